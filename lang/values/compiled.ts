import type { ClusterSymbol, ParamsSymbol } from "../names/symbol.ts"
import type { Call } from "../syntax/tree.ts"
import type { ParamInput } from "./inputs.ts"
import type { ApplianceThing } from "./model.ts"
import type { CompiledValue, PortValue, Value } from "./value.ts"

/** What a test can ask of a cluster that it compiled. Reading anything of one that does not compile fails the test. */
export type CompiledCluster = {
  /** In a diagnostic: its name, with the codes of what is wrong with it. */
  readonly shown: string
  /** An output, a param, a thing or a fact; invalid when it does not compile, `undefined` when it has none of that name. */
  member(name: string): Value | undefined
  /** Whether all of `ports` may be opened by all of `from`, to all of `to`. */
  allows(from: Value, to: Value, ports: PortValue): Value
}

/** A cluster, with the set of params that it is named by. */
export type Deployable = { readonly cluster: ClusterSymbol; readonly set: ParamsSymbol | null }

/** Compiles the clusters that one test names, and remembers what became of each. */
export type Clusters = {
  /** The cluster with these params, compiled when something of it is first asked. */
  make(of: Deployable, given: ReadonlyMap<string, ParamInput>): CompiledValue
  /** Works out the params of a cluster; null when one failed: what was wrong with them is then wrong with the cluster that it gives. */
  withParams(of: () => Value, work: () => ReadonlyMap<string, ParamInput> | null): Value
  /** What became of a field of an appliance, such as the text of its files; `undefined` for those that say it themselves. */
  decided(thing: ApplianceThing, name: string): Value | undefined
  /** Does something that is not part of the test, such as drawing what failed: what it names is not named by the test. */
  aside<T>(work: () => T): T
  /** Whether a cluster fails, with a diagnostic of `code` when one is named; what is asked for is expected from then on. */
  fails(call: Call, cluster: () => Value, code: string | null): Value
}
