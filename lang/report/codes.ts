import { addressCodes } from "./codes/addresses.ts"
import { compositionCodes } from "./codes/composition.ts"
import { evaluationCodes } from "./codes/evaluation.ts"
import { fileCodes } from "./codes/files.ts"
import { inputCodes } from "./codes/inputs.ts"
import { lintCodes } from "./codes/lint.ts"
import { moduleCodes } from "./codes/modules.ts"
import { nameCodes } from "./codes/names.ts"
import { placementCodes } from "./codes/placement.ts"
import { syntaxCodes } from "./codes/syntax.ts"
import { taintCodes } from "./codes/taint.ts"
import { typeCodes } from "./codes/types.ts"
import { wiringCodes } from "./codes/wiring.ts"

/**
 * What `appl explain CODE` tells about one diagnostic. `wrong` gives exactly that code, `right` compiles without it;
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
  /** A small complete `.appl` file that gives this code; absent where files or hosts beyond one source are needed. */
  readonly wrong?: string
  readonly right?: string
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
  ...inputCodes,
  ...lintCodes,
}

export type Code = keyof typeof codes

/** The names of the rules of `appl lint`. */
export const ruleNames: readonly string[] = Object.values<CodeEntry>(codes).flatMap((entry) => entry.rule ?? [])
