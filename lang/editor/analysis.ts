import { bind } from "../names/bind.ts"
import { loadAll } from "../names/load.ts"
import type { Bindings, Program, Unit } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import { makeReport } from "../report/report.ts"
import { entryOf } from "../text/entry.ts"
import type { Files } from "../text/files.ts"
import type { Source } from "../text/source.ts"
import { check } from "../types/check.ts"
import type { Check } from "../types/context.ts"
import { makeLibrary } from "../values/content.ts"
import { templateChecker } from "../values/templates.ts"
import { evaluate } from "./evaluate.ts"
import { indexNames, type NameIndex } from "./names.ts"
import type { Snapshot } from "./snapshot.ts"

/** What an analysis starts from. */
export type AnalysisInput = {
  /** The disk, or what stands for it. */
  readonly files: Files
  /** The folder of the standard modules. */
  readonly standard: string
  /** The folder of the project: what its files may read lies in here. */
  readonly root: string
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
  const sources = new Set<string>()
  const files: Files = {
    read: (path) => buffers.get(path) ?? input.files.read(path),
    list: (path) => input.files.list(path),
    resolve: (path) => (buffers.has(path) ? path : input.files.resolve(path)),
  }
  let current: Snapshot | null = null
  const note = (path: string) => {
    if (path.endsWith(".appl")) sources.add(path)
    current = null
  }
  return {
    change(path, text) {
      buffers.set(path, new TextEncoder().encode(text))
      note(path)
    },
    close(path) {
      buffers.delete(path)
      current = null
    },
    read: note,
    remove(path) {
      buffers.delete(path)
      sources.delete(path)
      current = null
    },
    evaluate: () => false,
    snapshot() {
      current ??= analyse([...sources], files, input)
      return current
    },
  }
}

function analyse(sources: readonly string[], files: Files, input: AnalysisInput): Snapshot {
  const report = makeReport()
  const [first = "", ...others] = sources
  const program = loadAll([first, ...others], input.root, files, input.standard, report)
  const bindings = bind(program, report)
  const types = check(program, bindings, report, templateChecker(makeLibrary(files, report), report))
  return snapshotOf(program, bindings, types, files, report, input)
}

function snapshotOf(
  program: Program,
  bindings: Bindings,
  types: Check,
  files: Files,
  report: Report,
  input: AnalysisInput,
): Snapshot {
  const units = new Map(program.units.map((unit) => [unit.path, unit]))
  const paths = new Map(program.units.map((unit) => [unit.source, unit.path]))
  const pathOf = (source: Source) => paths.get(source) ?? source.path
  const problems = Map.groupBy(report.diagnostics, ({ span }) => pathOf(span.source))
  const indexes = new Map<Unit, NameIndex>()
  const indexOf = (unit: Unit) => entryOf(indexes, unit, () => indexNames(unit, bindings))
  return {
    units,
    files,
    standard: input.standard,
    program,
    bindings,
    check: types,
    symbolOf(name) {
      const used = bindings.uses.get(name) ?? bindings.declared.get(name)
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
    typeOf: (expression) => types.of.get(expression) ?? null,
    declaredType: (node) => types.declared.get(node) ?? null,
    problems,
    diagnostics: (path) => problems.get(path) ?? [],
    pathOf,
    evaluated(path) {
      const unit = units.get(path)
      if (unit === undefined || report.failed) return null
      const library = makeLibrary(files, makeReport())
      const found = evaluate({ program: { ...program, entry: unit }, bindings, types, library }, files, input.standard)
      return found === null ? null : { ...found, current: true }
    },
  }
}
