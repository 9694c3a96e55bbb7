import { bindUnits, makeBinder, warnOfUnused } from "../names/bind.ts"
import { interfaceOf } from "../names/interface.ts"
import { type Loading, startLoading } from "../names/load.ts"
import type { Binder } from "../names/scope.ts"
import type { Program, Unit } from "../names/symbol.ts"
import type { Diagnostic, Report } from "../report/diagnostic.ts"
import { makeCollector } from "../report/report.ts"
import { type Parsed, parseWhole, reparse } from "../syntax/reparse.ts"
import { changeBetween, moveSpan } from "../text/edit.ts"
import type { Files } from "../text/files.ts"
import type { Source, Span } from "../text/source.ts"
import { checkUnits, makeCheck, type TemplateChecker } from "../types/check.ts"
import type { Check } from "../types/context.ts"
import { type Library, makeLibrary } from "../values/content.ts"
import { templateChecker } from "../values/templates.ts"
import { type Part, partsOf } from "./parts.ts"
import { causesOf, moveFindings, toldOf } from "./problems.ts"
import { type KeptSymbols, makeKeptSymbols } from "./symbols-kept.ts"
import { makeTables, type Tables } from "./tables.ts"

/** What a project starts from. */
export type ProjectInput = {
  /** Open buffers over the disk. */
  readonly files: Files
  readonly standard: string
  /** The folder of all fetched modules; null when there is none. */
  readonly cache: string | null
  readonly root: string
  /** The sources that nobody need use, by path. */
  readonly sources: readonly string[]
}

/**
 * A program that is kept while its texts change. What is found out about it is in tables that stay; a change takes back what was found
 * out in the units that it concerns, and finds it out anew there.
 */
export type Project = {
  readonly program: Program
  readonly binder: Binder
  readonly check: Check
  /** What is told, part by part. */
  told(): Iterable<Diagnostic>
  pathOf(source: Source): string
  /** A unit that the sources use, directly or not, by the path that `Files` knows. */
  unit(path: string): Unit | undefined
  /** Another object after each time that the names of a unit were bound. */
  boundOf(unit: Unit): object | null
  /** Whether there is an error in a unit or in what it uses. */
  hasErrors(unit: Unit): boolean
  /**
   * Takes in other texts of its sources, and that files beside them changed. Gives where the spans of the texts before are now: those of
   * what it holds itself are moved.
   */
  update(sources: ReadonlyMap<string, string>, others: ReadonlySet<string>): (span: Span) => Span
}

type Move = (span: Span) => Span

type State = {
  /** The files, as they note who reads them. */
  readonly files: Files
  readonly report: Report
  readonly sinks: Sinks
  readonly loading: Loading
  readonly entries: readonly [Unit, ...Unit[]]
  readonly parsed: Map<string, Parsed>
  readonly paths: WeakMap<Source, string>
  readonly interfaces: Map<Unit, string>
  /** What is wrong with the description of the project. */
  readonly description: readonly Diagnostic[]
  readonly tables: Tables
  readonly symbols: KeptSymbols
  readonly program: Program
  readonly binder: Binder
  readonly check: Check
  library: Library
  parts: readonly Part[]
}

/** Where what is reported goes at the moment, and who is told which files are read. */
type Sinks = { take: (diagnostic: Diagnostic) => void; read: (path: string) => void }

/** Reads and checks a project. */
export function openProject(input: ProjectInput): Project {
  const state = start(input)
  analyse(state, new Set(reachable(state.entries)), new Set())
  return {
    program: state.program,
    binder: state.binder,
    check: state.check,
    pathOf: (source) => state.paths.get(source) ?? source.path,
    *told() {
      yield* state.description
      for (const part of state.parts) yield* toldOf(part.findings, part.causes)
    },
    unit: (path) => state.program.units.find((unit) => unit.path === path),
    boundOf: (unit) => state.parts.find(({ units }) => units.includes(unit))?.bound ?? null,
    hasErrors(unit) {
      const units = new Set(reachable([unit]))
      const isError = ({ severity }: Diagnostic) => severity === "error"
      return state.parts.some(
        (part) => part.units.some((one) => units.has(one)) && toldOf(part.findings, part.causes).some(isError),
      )
    },
    update(sources, others) {
      const moves: Move[] = []
      const changed = new Set<Unit>()
      for (const unit of sources.size === 0 ? [] : state.loading.units()) {
        const text = sources.get(unit.path)
        if (text === undefined || text === unit.source.text) continue
        moves.push(replaceText(state, unit, text))
        changed.add(unit)
      }
      const stale = new Set(state.parts.filter(({ read }) => [...others].some((path) => isRead(read, path))))
      if (changed.size > 0 || stale.size > 0) analyse(state, changed, stale)
      return (span) => moves.reduce((moved, move) => move(moved), span)
    },
  }
}

/** The units that `entries` use, directly or not, and these. */
export function reachable(entries: Iterable<Unit>): readonly Unit[] {
  const found = new Set<Unit>(entries)
  for (const unit of found) for (const used of unit.uses) found.add(used)
  return [...found]
}

function start(input: ProjectInput): State {
  const description: Diagnostic[] = []
  const sinks: Sinks = { take: (one) => description.push(one), read: () => {} }
  const report = makeCollector((diagnostic) => sinks.take(diagnostic))
  const files = watched(input.files, sinks)
  const parsed = new Map<string, Parsed>()
  const paths = new WeakMap<Source, string>()
  const parse = (source: Source, path: string) => {
    const found = parseWhole(source)
    parsed.set(path, found)
    paths.set(source, path)
    return found.file
  }
  const loading = startLoading({ ...input, files }, parse, report)
  sinks.take = () => {}
  const opened = input.sources.map((path) => loading.open(path)).filter((unit) => unit !== null)
  const [first = loading.nothing(), ...others] = opened
  const entries: State["entries"] = [first, ...others]
  const program = { ...loading.programOf(entries) }
  const tables = makeTables()
  const symbols = makeKeptSymbols()
  const binder = makeBinder(program, report, { table: tables.table, renew: symbols.renew })
  const look: TemplateChecker = (members) => (call) => templateChecker(state.library, report)(members)(call)
  const state: State = {
    ...{ files, report, sinks, loading, entries, parsed, paths, interfaces: new Map(), description },
    ...{ tables, symbols, program, binder, check: makeCheck(program, binder, report, look, tables.table) },
    library: makeLibrary(files, report),
    parts: [],
  }
  return state
}

/** Finds out anew what the texts of `changed` mean, what depends on that, and what `stale` parts have read. */
function analyse(state: State, changed: ReadonlySet<Unit>, stale: ReadonlySet<Part>): void {
  const { binder, check, tables, program } = state
  tables.eraseUntraced()
  for (const unit of changed) state.loading.relink(unit)
  const before = new Set(state.parts)
  Object.assign(program, { units: reachable(state.entries) })
  state.parts = partsOf(program.units, state.parts)
  const dirty = dirtyParts(state, changed, before, stale)
  for (const part of before) if (dirty.has(part) || !state.parts.includes(part)) forget(part)
  for (const part of dirty) {
    const { units, findings } = part
    findings.syntax = units.flatMap((unit) => state.parsed.get(unit.path)?.problems ?? [])
    findings.imports = collect(state, part, () => units.forEach(state.loading.relink))
    state.symbols.begin(units)
    part.bound = tables.trace(() => {
      findings.names = collect(state, part, () => bindUnits(binder, units))
    })
    findings.unused = collect(state, part, () => warnOfUnused(binder, units))
  }
  for (const part of dirty) {
    state.library = makeLibrary(state.files, state.report)
    part.checked = tables.trace(() => {
      part.findings.types = collect(state, part, () => checkUnits(check, part.units))
    })
  }
  for (const part of state.parts) {
    part.causes = causesOf(
      part.findings,
      part.uses.map(({ causes }) => causes),
    )
  }
}

/**
 * The parts that must be looked at again, in order: those whose text changed, and those that use, directly or not, one whose interface
 * changed.
 */
function dirtyParts(
  { parts, interfaces }: State,
  changed: ReadonlySet<Unit>,
  before: ReadonlySet<Part>,
  stale: ReadonlySet<Part>,
): ReadonlySet<Part> {
  const dirty = new Set<Part>()
  const other = new Set<Part>()
  for (const part of parts) {
    const isOther = !before.has(part) || part.uses.some((used) => other.has(used))
    const isChanged = part.units
      .filter((unit) => changed.has(unit) || !before.has(part))
      .map((unit) => {
        const found = interfaceOf(unit)
        const isSame = interfaces.get(unit) === found
        interfaces.set(unit, found)
        return !isSame
      })
    if (isOther || isChanged.length > 0 || stale.has(part)) dirty.add(part)
    if (isOther || isChanged.includes(true)) other.add(part)
  }
  return dirty
}

function forget(part: Part): void {
  part.bound?.erase()
  part.checked?.erase()
  part.read.clear()
}

/** What `work` reports of the units of a part, and of files that are no units. What it finds elsewhere was found there before. */
function collect(state: State, part: Part, work: () => void): readonly Diagnostic[] {
  const found: Diagnostic[] = []
  const own = new Set(part.units.map(({ source }) => source))
  state.sinks.take = (one) => {
    if (own.has(one.span.source) || !state.paths.has(one.span.source)) found.push(one)
  }
  state.sinks.read = (path) => part.read.add(path)
  work()
  state.sinks.take = () => {}
  state.sinks.read = () => {}
  return found
}

/** Puts another text into a unit, and moves with it what was found elsewhere and points into it. */
function replaceText(state: State, unit: Unit, text: string): Move {
  const old = unit.source
  const source: Source = { path: old.path, text }
  const parsed = reparse(state.parsed.get(unit.path)!, source)
  state.parsed.set(unit.path, parsed)
  state.paths.set(source, unit.path)
  Object.assign(unit, { source, tree: parsed.file })
  const change = changeBetween(old.text, text)
  const move = (span: Span) => (span.source === old ? moveSpan(span, change, source) : span)
  for (const part of state.parts) moveFindings(part.findings, move)
  return move
}

/** The same files, which say what is read of them: a path, or a folder with `/` at its end. */
function watched(files: Files, sinks: Sinks): Files {
  return {
    read(path) {
      sinks.read(path)
      return files.read(path)
    },
    list(path) {
      sinks.read(`${path}/`)
      return files.list(path)
    },
    resolve: (path) => files.resolve(path),
  }
}

function isRead(read: ReadonlySet<string>, path: string): boolean {
  if (read.has(path)) return true
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    if (read.has(path.slice(0, end + 1))) return true
  }
  return read.has("./")
}
