import type { Unit } from "../names/symbol.ts"
import type { Compiled } from "../realise.ts"
import type { Diagnostic } from "../report/diagnostic.ts"
import { moveDiagnostic } from "../report/move.ts"
import { entryOf } from "../text/entry.ts"
import type { Files } from "../text/files.ts"
import type { Source } from "../text/source.ts"
import { evaluate } from "./evaluate.ts"
import { indexNames, type NameIndex } from "./names.ts"
import { openProject, type Project, reachable } from "./project.ts"
import type { Snapshot } from "./snapshot.ts"

/** What an analysis starts from. */
export type AnalysisInput = {
  /** The disk, or what stands for it. */
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  /** The folder of the project: what its files may read lies in here. */
  readonly root: string
  /** The folder of all fetched modules; null when there is none. */
  readonly cache: string | null
}

/** The workspace as it is edited. Paths are those of `Files`. */
export type Analysis = {
  /** The text of a file, as it is in the editor: counts until `close`. A source (`.appl`) becomes part of the workspace. */
  change(path: string, text: string): void
  /** The file is no longer open: what the disk has counts again. */
  close(path: string): void
  /** A file belongs to the workspace, or was written by somebody else: it is read again. */
  read(path: string): void
  /** A file is gone, or no longer of the workspace. */
  remove(path: string): void
  /**
   * Evaluates a cluster of one of the entries, when one is not as it was: what that finds is in the next snapshot. Gives whether there
   * is another one to be evaluated.
   */
  evaluate(entries: readonly string[]): boolean
  snapshot(): Snapshot
}

/** An analysis of a workspace that is empty at first. */
export function makeAnalysis(input: AnalysisInput): Analysis {
  const buffers = new Map<string, Uint8Array>()
  const state: State = {
    input,
    buffers,
    sources: new Set(),
    files: overBuffers(buffers, input.files),
    project: null,
    changed: new Set(),
    indexes: new Map(),
    evaluations: new Map(),
    snapshot: null,
    others: 0,
  }
  return {
    change(path, text) {
      const isKnown = state.buffers.has(path)
      state.buffers.set(path, new TextEncoder().encode(text))
      if (isSource(path)) addSource(state, path)
      note(state, path, isKnown ? "content" : "presence")
    },
    close(path) {
      if (!state.buffers.delete(path)) return
      note(state, path, "presence")
    },
    read(path) {
      if (isSource(path)) addSource(state, path)
      note(state, path, "presence")
    },
    remove(path) {
      state.buffers.delete(path)
      if (state.sources.delete(path)) state.project = null
      note(state, path, "presence")
    },
    evaluate: (entries) => evaluateNext(state, entries),
    snapshot() {
      try {
        state.snapshot ??= takeSnapshot(state)
        return state.snapshot
      } catch (bug) {
        // What was half done is thrown away, so that the next change finds a project that was read anew.
        state.project = null
        throw bug
      }
    },
  }
}

type State = {
  readonly input: AnalysisInput
  readonly buffers: Map<string, Uint8Array>
  readonly sources: Set<string>
  readonly files: Files
  /** Null until it is asked for, and after a change that is not one of texts alone. */
  project: Project | null
  /** The files that changed since the project was last updated. */
  readonly changed: Set<string>
  readonly indexes: Map<Unit, { readonly bound: object | null; readonly index: NameIndex }>
  readonly evaluations: Map<string, Evaluation>
  snapshot: Snapshot | null
  /** How often a file that is no source has changed. */
  others: number
}

/** The last evaluation of a file. */
type Evaluation = {
  diagnostics: readonly Diagnostic[]
  /** The last one without an error; null when there was none yet. */
  readonly compiled: Compiled | null
  /** What it was made of. */
  readonly made: Ingredients
}

/** The sources that an evaluation reads, and how often other files had changed. */
type Ingredients = { readonly sources: readonly Source[]; readonly others: number }

function isSource(path: string): boolean {
  return path.endsWith(".appl")
}

/** What says which modules there are and what of them may be used. */
function isDescription(path: string): boolean {
  return /(?:^|\/)(?:appl\.json|appl\.lock|module\.json)$/.test(path)
}

function addSource(state: State, path: string): void {
  if (state.sources.has(path)) return
  state.sources.add(path)
  state.project = null
}

/** `presence`: it may be there now and not have been before, or the other way round, so that what was not found may be found. */
function note(state: State, path: string, what: "content" | "presence"): void {
  state.snapshot = null
  state.changed.add(path)
  if (isDescription(path)) state.project = null
  if (what === "presence" && isSource(path) && state.project?.unit(path) === undefined) state.project = null
}

function takeSnapshot(state: State): Snapshot {
  const { input, files } = state
  const project = projectOf(state)
  const { program, binder, check, pathOf } = project
  const units = new Map(program.units.map((unit) => [unit.path, unit]))
  const indexOf = (unit: Unit) => {
    const bound = project.boundOf(unit)
    const known = state.indexes.get(unit)
    if (known !== undefined && known.bound === bound) return known.index
    const index = indexNames(unit, binder)
    state.indexes.set(unit, { bound, index })
    return index
  }
  const problems = problemsOf(state, project)
  const evaluationOf = (path: string): Evaluation | undefined => {
    const unit = units.get(path)
    // Whoever asks first gets it made; later it is redone in pauses only.
    if (unit !== undefined && !state.evaluations.has(path)) evaluateUnit(state, project, unit)
    return state.evaluations.get(path)
  }
  return {
    units,
    files,
    standard: input.standard,
    program,
    bindings: binder,
    check,
    symbolOf(name) {
      const used = binder.uses.get(name) ?? binder.declared.get(name)
      if (used !== undefined) return used
      for (const unit of program.units) {
        const symbol = indexOf(unit).symbols.get(name)
        if (symbol !== undefined) return symbol
      }
      return null
    },
    usesOf(symbol) {
      const own = "unit" in symbol ? symbol.unit : null
      const ordered = own === null ? program.units : [own, ...program.units.filter((unit) => unit !== own)]
      return ordered.flatMap((unit) => (indexOf(unit).uses.get(symbol) ?? []).map((name) => ({ unit, name })))
    },
    typeOf: (expression) => check.of.get(expression) ?? null,
    declaredType: (node) => check.declared.get(node) ?? null,
    problems,
    diagnostics: (path) => problems.get(path) ?? [],
    pathOf,
    evaluated(path) {
      const evaluation = evaluationOf(path)
      const compiled = evaluation?.compiled ?? null
      if (evaluation === undefined || compiled === null || compiled.model === null) return null
      const current = isMadeOf(evaluation.made, ingredientsOf(state, units.get(path)!))
      return { model: compiled.model, desired: compiled.desired, current }
    },
  }
}

/** The project with all changes taken in. */
function projectOf(state: State): Project {
  const { input, files, sources, buffers, changed } = state
  if (state.project === null) {
    state.project = openProject({ ...input, files, sources: [...sources] })
    state.indexes.clear()
  } else if (changed.size > 0) {
    const texts = new Map<string, string>()
    const others = new Set<string>()
    for (const path of changed) {
      if (!isSource(path)) others.add(path)
      else texts.set(path, new TextDecoder().decode(buffers.get(path) ?? files.read(path) ?? new Uint8Array()))
    }
    const move = state.project.update(texts, others)
    for (const evaluation of state.evaluations.values()) {
      evaluation.diagnostics = evaluation.diagnostics.map((one) => moveDiagnostic(one, move))
    }
  }
  if ([...changed].some((path) => !isSource(path))) state.others++
  changed.clear()
  return state.project
}

/** What is told of all files: of names and types, and what evaluation found where there was nothing else. */
function problemsOf(state: State, project: Project): ReadonlyMap<string, readonly Diagnostic[]> {
  const problems = new Map<string, Diagnostic[]>()
  const said = new Set<string>()
  const tell = (one: Diagnostic) => {
    const path = project.pathOf(one.span.source)
    const key = `${path} ${one.code} ${one.span.start} ${one.span.end} ${one.message}`
    if (said.has(key)) return
    said.add(key)
    entryOf(problems, path, () => []).push(one)
  }
  for (const one of project.told()) tell(one)
  for (const [path, { diagnostics }] of state.evaluations) {
    const unit = diagnostics.length === 0 ? undefined : project.unit(path)
    if (unit !== undefined && !project.hasErrors(unit)) diagnostics.forEach(tell)
  }
  return problems
}

function evaluateNext(state: State, entries: readonly string[]): boolean {
  state.snapshot ??= takeSnapshot(state)
  const project = projectOf(state)
  const waiting = entries
    .map((path) => project.unit(path))
    .filter((unit) => unit !== undefined)
    .filter((unit) => !isMadeOf(state.evaluations.get(unit.path)?.made, ingredientsOf(state, unit)))
  const [unit] = waiting
  if (unit === undefined) return false
  evaluateUnit(state, project, unit)
  state.snapshot = null
  return waiting.length > 1
}

function evaluateUnit(state: State, project: Project, unit: Unit): void {
  const { program, binder, check } = project
  const before = state.evaluations.get(unit.path)?.compiled ?? null
  const made = ingredientsOf(state, unit)
  if (project.hasErrors(unit)) {
    state.evaluations.set(unit.path, { diagnostics: [], compiled: before, made })
    return
  }
  const checked = { program: { ...program, entry: unit }, bindings: binder, types: check }
  const { diagnostics, compiled } = evaluate(checked, state.files, state.input.standard)
  state.evaluations.set(unit.path, { diagnostics, compiled: compiled ?? before, made })
}

function ingredientsOf(state: State, unit: Unit): Ingredients {
  return { sources: reachable([unit]).map(({ source }) => source), others: state.others }
}

function isMadeOf(made: Ingredients | undefined, now: Ingredients): boolean {
  return (
    made !== undefined &&
    made.others === now.others &&
    made.sources.length === now.sources.length &&
    made.sources.every((source, index) => source === now.sources[index])
  )
}

function overBuffers(buffers: ReadonlyMap<string, Uint8Array>, files: Files): Files {
  return {
    read: (path) => buffers.get(path) ?? files.read(path),
    list: (path) => files.list(path),
    resolve: (path) => files.resolve(path) ?? (buffers.has(path) ? path : null),
  }
}
