import type { ClassSymbol } from "./symbol.ts"

/** False when a class that it specialises is not known, which was reported: then neither is what it has from there. */
export function isWhole(symbol: ClassSymbol, bases: ReadonlyMap<ClassSymbol, ClassSymbol>): boolean {
  const base = bases.get(symbol)
  return base === undefined ? symbol.declaration.base === undefined : isWhole(base, bases)
}
