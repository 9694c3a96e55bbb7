import type { AnySymbol, Unit } from "../names/symbol.ts"

/**
 * Gives the symbols of a unit that is bound again the identity that they had: what other units know of them stays true. A symbol is the
 * same when it has the kind and name of one before, in a class or cluster of the same name.
 */
export type KeptSymbols = {
  /** From here on the symbols of these units are made again. */
  begin(units: readonly Unit[]): void
  readonly renew: <Made extends AnySymbol>(symbol: Made) => Made
}

export function makeKeptSymbols(): KeptSymbols {
  const before = new Map<Unit, Map<string, AnySymbol>>()
  const now = new Map<Unit, Map<string, AnySymbol>>()
  return {
    begin(units) {
      for (const unit of units) {
        before.set(unit, now.get(unit) ?? new Map())
        now.set(unit, new Map())
      }
    },
    renew(made) {
      const unit = "unit" in made ? made.unit : null
      if (unit === null) return made
      const key = keyOf(made)
      const old = before.get(unit)?.get(key)
      before.get(unit)?.delete(key)
      const symbol = old === undefined ? made : (Object.assign(old, made) as typeof made)
      now.get(unit)?.set(key, symbol)
      return symbol
    },
  }
}

function keyOf(symbol: AnySymbol): string {
  const around = "owner" in symbol ? symbol.owner : "union" in symbol ? symbol.union : null
  return [symbol.kind, around?.kind ?? "", around?.name ?? "", symbol.name].join("\n")
}
