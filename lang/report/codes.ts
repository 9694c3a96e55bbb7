import { addressCodes } from "./codes/addresses.ts"
import { compositionCodes } from "./codes/composition.ts"
import { dataCodes } from "./codes/data.ts"
import { evaluationCodes } from "./codes/evaluation.ts"
import { fileCodes } from "./codes/files.ts"
import { inputCodes } from "./codes/inputs.ts"
import { lintCodes } from "./codes/lint.ts"
import { moduleCodes } from "./codes/modules.ts"
import { nameCodes } from "./codes/names.ts"
import { placementCodes } from "./codes/placement.ts"
import { syntaxCodes } from "./codes/syntax.ts"
import { taintCodes } from "./codes/taint.ts"
import { templateCodes } from "./codes/templates.ts"
import { typeCodes } from "./codes/types.ts"
import { wiringCodes } from "./codes/wiring.ts"

/**
 * What `appl explain CODE` tells about one diagnostic. `wrong` gives exactly that code, `right` compiles without a diagnostic;
 * a test proves both. Codes are never reused or renumbered.
 */
export type CodeEntry = {
  /** The headline: a short statement without values, as in "this address is outside its network". */
  readonly title: string
  readonly severity?: "warning" | "hint"
  /** Only of what `appl lint` finds: the name that settings and comments use. */
  readonly rule?: string
  /** Why it is a mistake and how to mend it, in two to four sentences. */
  readonly explain: string
  readonly wrong?: Example
  readonly right?: Example
  /** Instead of `wrong` and `right`, where no files alone give this code: a sentence that says what gives it. */
  readonly elsewhere?: string
}

/** A small complete `.appl` file, or several files. */
export type Example = string | ExampleFiles

export type ExampleFiles = {
  /** By path. The first `.appl` file is the one that is compiled; `appl.lock` is the lock. */
  readonly files: Readonly<Record<string, string>>
  /** The files of fetched modules, by the module's name and path. An `appl.lock` that is not shown has them as they are. */
  readonly fetched?: Readonly<Record<string, string>>
  /** What is typed, as in `appl check office.appl --set servers=3`; without it, just the file is compiled. */
  readonly command?: string
}

export type CodeTable = Readonly<Record<`A${number}`, CodeEntry>>

/**
 * All diagnostics, by phase: A01 syntax, A02 names and imports, A03 types and ranges, A04 addresses, A05 wiring,
 * A06 placement, A07 evaluation, A08 files and templates, A09 inputs (parameters, lock, command line), A10 lint.
 */
export const codes = {
  ...syntaxCodes,
  ...nameCodes,
  ...moduleCodes,
  ...typeCodes,
  ...taintCodes,
  ...addressCodes,
  ...wiringCodes,
  ...placementCodes,
  ...evaluationCodes,
  ...compositionCodes,
  ...fileCodes,
  ...templateCodes,
  ...dataCodes,
  ...inputCodes,
  ...lintCodes,
}

export type Code = keyof typeof codes

/** The parts of an example in the order they are read, each under what it is called; null: a file without a name, which stands alone. */
export function exampleParts(example: Example): readonly { readonly name: string | null; readonly text: string }[] {
  if (typeof example === "string") return [{ name: null, text: example }]
  const fetched = Object.entries(example.fetched ?? {}).map(([name, text]) => ({ name: `${name} (fetched)`, text }))
  const command = example.command === undefined ? [] : [{ name: "command", text: example.command }]
  return [...Object.entries(example.files).map(([name, text]) => ({ name, text })), ...fetched, ...command]
}

/** The names of the rules of `appl lint`. */
export const ruleNames: readonly string[] = Object.values<CodeEntry>(codes).flatMap((entry) => entry.rule ?? [])
