import type { Unit } from "../names/symbol.ts"
import { codes } from "../report/codes.ts"
import type * as tree from "../syntax/tree.ts"
import { units } from "../syntax/units.ts"
import { folderOf, joinPath } from "../text/paths.ts"
import type { Type } from "../types/type.ts"
import { candidate } from "./candidates.ts"
import type { Candidate, Completion } from "./completion.ts"
import { expectedAt, parameterOf } from "./expected.ts"
import { moduleNames } from "./imports.ts"
import { nodesAt } from "./nodes.ts"
import type { Snapshot } from "./snapshot.ts"
import { bare } from "./types.ts"
import { viewOf, viewWith } from "./view.ts"

/** A text that the cursor is in: from behind its first quote to where it ends. */
export type TextAround = { readonly start: number; readonly end: number }

/** The text that an offset lies in, outside of its `${…}`; null when it lies in none. A text ends with its line. */
export function textAround(unit: Unit, offset: number): TextAround | null {
  const { text } = unit.source
  const line = text.lastIndexOf("\n", offset - 1) + 1
  const stack: ("text" | "code")[] = []
  let start = -1
  for (let at = line; at < offset; at++) {
    const inText = stack.at(-1) === "text"
    const letter = text[at]
    if (inText && letter === "\\") at++
    else if (inText && letter === "$" && text[at + 1] === "{") {
      stack.push("code")
      at++
      if (at + 1 > offset) return null
    } else if (letter === '"' && inText) stack.pop()
    else if (letter === '"') {
      stack.push("text")
      start = at + 1
    } else if (letter === "}" && stack.at(-1) === "code") stack.pop()
    else if (letter === "#" && !inText) return null
  }
  if (stack.at(-1) !== "text") return null
  const rest = /^[^"\n]*/.exec(text.slice(offset))![0]
  return { start, end: offset + rest.length }
}

/** What could stand in a text: a module, a file, one of an enum, a code. */
export function completeText(snapshot: Snapshot, unit: Unit, around: TextAround, offset: number): Completion {
  const { text } = unit.source
  const typed = text.slice(around.start, offset)
  const whole = { path: unit.path, start: around.start, end: around.end }
  const none: Completion = { path: unit.path, start: offset, end: offset, candidates: [] }
  const lineStart = text.lastIndexOf("\n", offset - 1) + 1
  if (/^\s*use\b[^"]*$/.test(text.slice(lineStart, around.start - 1)))
    return { ...whole, candidates: sources(snapshot, unit) }
  const isClosed = text[around.end] === '"'
  // A text that is not closed is closed for the tree, so that what stands after it is not taken for a part of it.
  const view = isClosed
    ? viewOf(snapshot, unit)
    : viewWith(snapshot, unit, around.start, around.end, `${text.slice(around.start, around.end).trimEnd()}"`)
  const chain = nodesAt(view.file, around.start)
  const at = chain.findLastIndex(({ kind }) => kind === "text")
  if (at === -1) return none
  const parent = chain[at - 1]
  const call = chain[at - 2]
  if (parent?.kind === "argument" && call?.kind === "call" && call.callee.kind === "name") {
    if (call.callee.text === "fails") return { ...whole, candidates: codeNames() }
    if (parameterOf(view, call, parent as tree.Argument)?.path) {
      const slash = typed.lastIndexOf("/") + 1
      const candidates = filesIn(snapshot, unit, typed.slice(0, slash), call.callee.text)
      return { path: unit.path, start: around.start + slash, end: around.end, candidates }
    }
  }
  const values = enumValues(expectedAt(view, chain, at))
  return { ...whole, candidates: values.map((value) => candidate(value, "enum", 0)) }
}

/** The units that a number may have where it stands; all where nothing is asked for. */
export function unitsAfter(snapshot: Snapshot, unit: Unit, start: number, offset: number): Completion {
  const { text } = unit.source
  const digits = /^[0-9][0-9_]*/.exec(text.slice(start, offset))![0]
  const at = start + digits.length
  const none: Completion = { path: unit.path, start: offset, end: offset, candidates: [] }
  if (/[.0-9/]$/.test(text.slice(0, start)) && !/\.\.\s*$/.test(text.slice(0, start))) return none
  const view = viewWith(snapshot, unit, start, offset, digits)
  const chain = nodesAt(view.file, start)
  const place = chain.findLastIndex(({ kind }) => kind === "int")
  const expected = place === -1 ? null : expectedAt(view, chain, place)
  const candidates = [
    ...unitsOf(expected),
    ...(isPort(expected) ? ["/tcp", "/udp"].map((word) => candidate(word, "unit", 0)) : []),
  ]
  return { path: unit.path, start: at, end: offset, candidates }
}

function unitsOf(type: Type | null): readonly Candidate[] {
  const of = bare(type)
  if (of !== null && of.kind !== "quantity") return []
  return Object.entries(units)
    .filter(([, { measure }]) => of === null || measure === of.of)
    .map(([name, { measure }]) => candidate(name, "unit", commonUnits.has(name) ? 0 : 1, { detail: measure }))
}

const commonUnits: ReadonlySet<string> = new Set(["MiB", "GiB", "s", "min", "%", "Mbps"])

function isPort(type: Type | null): boolean {
  const of = bare(type)
  if (of?.kind === "either") return of.of.some(isPort)
  return of?.kind === "port" || of?.kind === "port-range"
}

function sources(snapshot: Snapshot, unit: Unit): readonly Candidate[] {
  const folder = folderOf(unit.path)
  const beside = (snapshot.files.list(folder) ?? []).filter(
    ({ path }) => path.endsWith(".appl") && joinPath(folder, path) !== unit.path,
  )
  return [
    ...moduleNames(snapshot).map((name) => candidate(name, "module", 1)),
    ...beside.map(({ path }) => candidate(`./${path}`, "file", 0)),
  ]
}

/** The files and folders beside the source that a function could read. */
function filesIn(snapshot: Snapshot, unit: Unit, below: string, called: string): readonly Candidate[] {
  const folder = joinPath(folderOf(unit.path), below === "" ? "." : below)
  const names = new Map<string, Candidate>()
  for (const { path } of snapshot.files.list(folder) ?? []) {
    const [first, ...rest] = path.split("/")
    if (rest.length > 0) names.set(`${first}/`, candidate(`${first}/`, "folder", called === "folder" ? 0 : 1))
    else if (called !== "folder") names.set(first!, candidate(first!, "file", isLikely(called, first!) ? 0 : 2))
  }
  return [...names.values()]
}

function isLikely(called: string, name: string): boolean {
  if (called === "template") return name.endsWith(".njk")
  if (called === "read") return /\.(csv|json|ya?ml|toml)$/.test(name)
  return !name.endsWith(".njk") && !name.endsWith(".appl")
}

function enumValues(type: Type | null): readonly string[] {
  const of = bare(type)
  if (of?.kind === "enum") return of.values
  return of?.kind === "either" ? of.of.flatMap(enumValues) : []
}

function codeNames(): readonly Candidate[] {
  return Object.entries(codes).map(([code, { title }]) => candidate(code, "enum", 0, { detail: title }))
}
