import type { DesiredState } from "../desired/desired-state.ts"
import type { AnySymbol, Bindings, Program, Unit } from "../names/symbol.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import type * as tree from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import type { Source } from "../text/source.ts"
import type { Check } from "../types/context.ts"
import type { Type } from "../types/type.ts"
import type { Model } from "../values/model.ts"

/**
 * What one analysis knows at one moment: every answer of the editor is a pure function over this. It holds until the next change of
 * the analysis that made it, which goes on with whatever did not change; ask for a new one for each request, and keep none.
 */
export type Snapshot = {
  /** The folder of the standard modules: `std/nginx` is `<standard>/nginx`. */
  readonly standard: string
  /** The units of the workspace by path, each with its tree (whole also where the text is not). */
  readonly units: ReadonlyMap<string, Unit>
  /** The files as the analysis sees them: open buffers over the disk. For templates, and for the paths that may be named. */
  readonly files: Files
  /** The whole tables, for what has no function of its own below: members of a class, what a union's variants are. */
  readonly program: Program
  readonly bindings: Bindings
  /** For `memberOf`, `membersOf`, `contractOf` and their like, which find types on demand; they may be asked at any time. */
  readonly check: Check
  /** What a name in a tree stands for, whether it is used there or declared there; null when it is unknown, or a field's. */
  symbolOf(name: tree.Name): AnySymbol | null
  /** Every place in the workspace that names a symbol, its declaration first. */
  usesOf(symbol: AnySymbol): readonly { readonly unit: Unit; readonly name: tree.Name }[]
  typeOf(expression: tree.Expression): Type | null
  /** The type of a declared place: a `TypeExpression` of a param, let, record field, result. */
  declaredType(node: object): Type | null
  /** What is wrong, by the path of the file that it is in: sources, templates and data. */
  readonly problems: ReadonlyMap<string, readonly Diagnostic[]>
  diagnostics(path: string): readonly Diagnostic[]
  /** Where a source lies, as `Files` knows it: a standard module is named otherwise to people. */
  pathOf(source: Source): string
  /**
   * The cluster of a unit, evaluated with its defaults and wired, as it last compiled without an error: for values, addresses and
   * wires in hovers and hints. May belong to a somewhat older text, and then `current` is false.
   */
  evaluated(path: string): Evaluated | null
}

export type Evaluated = {
  readonly model: Model
  /** What the model came to: hosts, forms, addresses and wires as data; null when a later phase failed. */
  readonly desired: DesiredState | null
  readonly current: boolean
}
