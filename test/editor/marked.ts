import { dirname, join } from "node:path"
import { diskFiles } from "../../cli/files.ts"
import { type Analysis, makeAnalysis } from "../../lang/editor/analysis.ts"
import type { Snapshot } from "../../lang/editor/snapshot.ts"
import { memoryFiles } from "../../lang/index.ts"

const root = dirname(dirname(import.meta.dirname))

/** A place in a file of a marked text. */
export type Mark = { readonly path: string; readonly offset: number }

/**
 * Files with marks in them. One text may hold several files, each after a line `## name.appl`; what stands before the first such
 * line is `main.appl`. `<|>` is the unnamed mark, and `<|name>` one with a name; both are taken out of the text.
 */
export type Marked = {
  readonly files: Readonly<Record<string, string>>
  readonly marks: ReadonlyMap<string, Mark>
  /** The unnamed mark; throws when there is none. */
  readonly mark: Mark
}

export function readMarked(text: string): Marked {
  const files: Record<string, string> = {}
  const marks = new Map<string, Mark>()
  const parts = text.split(/^## (\S+)\n/m)
  const named: [string, string][] = parts[0]!.trim() === "" && parts.length > 1 ? [] : [["main.appl", parts[0]!]]
  for (let at = 1; at < parts.length; at += 2) named.push([parts[at]!, parts[at + 1]!])
  for (const [path, marked] of named) {
    let plain = ""
    let from = 0
    for (const match of marked.matchAll(/<\|([\w-]*)>/g)) {
      plain += marked.slice(from, match.index)
      if (marks.has(match[1]!)) throw new Error(`the mark <|${match[1]}> stands there twice`)
      marks.set(match[1]!, { path, offset: plain.length })
      from = match.index + match[0].length
    }
    files[path] = plain + marked.slice(from)
  }
  return {
    files,
    marks,
    get mark() {
      const found = marks.get("")
      if (found === undefined) throw new Error("there is no mark <|> in the text")
      return found
    },
  }
}

/** An analysis with the files of a marked text as open buffers, the real standard modules, and nothing else. */
export function analyse(files: Readonly<Record<string, string>>): Analysis {
  const standard = join(root, "modules")
  const memory = memoryFiles(files)
  const analysis = makeAnalysis({
    files: {
      read: (path) => memory.read(path) ?? (path.startsWith(standard) ? diskFiles.read(path) : null),
      list: (path) =>
        path.startsWith(standard) ? diskFiles.list(path) : path === "." ? listAll(files) : memory.list(path),
      resolve: (path) =>
        path.startsWith(standard) ? diskFiles.resolve(path) : path === "." ? "." : memory.resolve(path),
    },
    standard,
    root: ".",
    cache: null,
  })
  for (const [path, text] of Object.entries(files)) analysis.change(path, text)
  return analysis
}

/** The snapshot of a marked text, with its unnamed mark where there is one. */
export function snapshotOf(text: string): { readonly snapshot: Snapshot; readonly marked: Marked } {
  const marked = readMarked(text)
  return { snapshot: analyse(marked.files).snapshot(), marked }
}

function listAll(files: Readonly<Record<string, string>>) {
  return Object.keys(files)
    .sort()
    .map((path) => ({ path, executable: false }))
}
