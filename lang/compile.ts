import type { DesiredState } from "./desired/desired-state.ts"
import type { Lock } from "./desired/lock.ts"
import type { Diagnostic } from "./report/diagnostic.ts"
import type { Files } from "./text/files.ts"

/** What a compilation starts from. Everything that can change its answer is in here. */
export type Input = {
  /** The `.appl` file, as the user named it. */
  readonly entry: string
  readonly files: Files
  /** The folder of the standard modules: `std/nginx` is `<standard>/nginx`. */
  readonly standard: string
  /** Which cluster of the file; null: its only one. */
  readonly cluster: string | null
  /** The deployed name (`--as`); null: the cluster's own. */
  readonly deployed: string | null
  /** Values for params, strongest first: `--set`, environment, `--params`. */
  readonly params: readonly ParamInput[]
  readonly lock: Lock | null
  /** How many steps evaluation may take. */
  readonly limit: number
}

/** One given value: `text` is parsed by the param's type (`--set web-servers=3`); `json` comes from a parameter file. */
export type ParamInput = {
  readonly name: string
  readonly value: { readonly text: string } | { readonly json: unknown }
  /** Where it was said, for diagnostics: `--set web-servers=99`. */
  readonly said: string
}

export type Compiled = {
  /** Null when there was an error. */
  readonly desired: DesiredState | null
  /** The lock as it shall be written by apply; null when there was an error. */
  readonly lock: Lock | null
  readonly diagnostics: readonly Diagnostic[]
}
