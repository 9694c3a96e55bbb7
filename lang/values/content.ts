import { type DataFile, parseData, parserFor } from "../data/parse.ts"
import type { Unit } from "../names/symbol.ts"
import type { Report } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import type { Files } from "../text/files.ts"
import { folderOf, isInside, joinPath } from "../text/paths.ts"
import type { Span } from "../text/source.ts"
import { parseTemplate } from "./templates/parse.ts"
import type { Template } from "./templates/tree.ts"
import type { FolderFile } from "./value.ts"

/**
 * The files that a compilation reads beside its sources: each is read, and each template parsed, once. All paths are relative to
 * the file that names them and stay inside its module; a path that does not is reported where it stands, and gives null.
 */
export type Library = {
  file(unit: Unit, path: string, span: Span): { readonly path: string; readonly bytes: Uint8Array } | null
  folder(unit: Unit, path: string, span: Span): { readonly path: string; readonly files: readonly FolderFile[] } | null
  template(unit: Unit, path: string, span: Span): Template | null
  data(unit: Unit, path: string, span: Span): DataFile | null
  /** Where a file is that is not read; null when it is not there. */
  locate(unit: Unit, path: string, span: Span): string | null
}

/** A library over `files`; problems go to `report`. */
export function makeLibrary(files: Files, report: Report): Library {
  const library: State = {
    files,
    report,
    bytes: new Map(),
    folders: new Map(),
    templates: new Map(),
    data: new Map(),
  }
  return {
    file: (unit, path, span) => readFile(library, placeOf(unit), path, span),
    folder: (unit, path, span) => readFolder(library, placeOf(unit), path, span),
    template: (unit, path, span) => readTemplate(library, placeOf(unit), path, span),
    data: (unit, path, span) => readDataFile(library, placeOf(unit), path, span),
    locate: (unit, path, span) => locateFile(library, placeOf(unit), path, span),
  }
}

type State = {
  readonly files: Files
  readonly report: Report
  readonly bytes: Map<string, Uint8Array>
  readonly folders: Map<string, readonly FolderFile[]>
  /** Null: there was a problem, which was reported; "open": it is being read, so who asks for it now closes a cycle. */
  readonly templates: Map<string, Template | null | "open">
  /** Null: there was a problem, which was reported. */
  readonly data: Map<string, DataFile | null>
}

/** From where paths are seen, the folder that they may not leave, and how a file below is named to people. */
type Place = { readonly folder: string; readonly root: string; readonly shown: (path: string) => string }

function placeOf(unit: Unit): Place {
  const folder = folderOf(unit.path)
  // A source is named to people by another path than `Files` has when it belongs to a standard module.
  const shown_folder = folderOf(unit.source.path)
  const shown = (path: string) =>
    path.startsWith(`${folder}/`) ? joinPath(shown_folder, path.slice(folder.length + 1)) : path
  return { folder, root: joinPath(unit.module.root, "."), shown }
}

function readFile(library: State, place: Place, path: string, span: Span): { path: string; bytes: Uint8Array } | null {
  const found = locate(library, place, path, span)
  if (found === null) return null
  const bytes = library.bytes.get(found) ?? library.files.read(found)
  if (bytes === null) {
    const folder = library.files.list(found) !== null
    const hint = folder ? "it is a folder; `folder(…)` takes all files of one" : suggestion(library, found)
    library.report.add("A0801", span, folder ? `\`${path}\` is a folder` : `there is no file \`${path}\``, { hint })
    return null
  }
  library.bytes.set(found, bytes)
  return { path: found, bytes }
}

function locateFile(library: State, place: Place, path: string, span: Span): string | null {
  const found = locate(library, place, path, span)
  if (found === null || library.files.resolve(found) !== null) return found
  library.report.add("A0801", span, `there is no file \`${path}\``, { hint: suggestion(library, found) })
  return null
}

function readFolder(
  library: State,
  place: Place,
  path: string,
  span: Span,
): { path: string; files: readonly FolderFile[] } | null {
  const found = locate(library, place, path, span)
  if (found === null) return null
  const known = library.folders.get(found)
  if (known !== undefined) return { path: found, files: known }
  const listed = library.files.list(found)
  if (listed === null) {
    const there = library.files.resolve(found) !== null && library.files.read(found) === null
    const message = there ? `\`${path}\` has too much in it, or cannot be read` : `there is no folder \`${path}\``
    library.report.add("A0801", span, message, { hint: there ? undefined : suggestion(library, found) })
    return null
  }
  const files: FolderFile[] = []
  for (const entry of listed) {
    const inside = locate(library, { ...place, folder: found }, entry.path, span)
    const bytes = inside === null ? null : library.files.read(inside)
    if (bytes !== null) files.push({ path: entry.path, bytes, executable: entry.executable })
    else if (inside !== null) {
      const hint = "copy what it points to into the folder, or name that folder by itself"
      library.report.add("A0801", span, `\`${entry.path}\` is a link to a folder, or cannot be read`, { hint })
    }
  }
  library.folders.set(found, files)
  return { path: found, files }
}

function readDataFile(library: State, place: Place, path: string, span: Span): DataFile | null {
  const parser = parserFor(path)
  if (parser === null) {
    const hint = "the ending says what it is: .csv, .json, .yaml or .toml"
    library.report.add("A0805", span, `\`${path}\` has no ending of a data file`, { hint })
    return null
  }
  const content = readFile(library, place, path, span)
  if (content === null) return null
  const known = library.data.get(content.path)
  if (known !== undefined) return known
  const parsed = parseData(content.bytes, place.shown(content.path), parser)
  const file = "problem" in parsed ? null : parsed
  library.data.set(content.path, file)
  if ("problem" in parsed) {
    const { code, at, message, hint, related } = parsed.problem
    const { source } = parsed
    library.report.add(code, { source, ...at }, message, {
      hint,
      related: [
        ...(related === undefined ? [] : [{ message: related.message, span: { source, ...related.at } }]),
        { message: "read here", span },
      ],
    })
  }
  return file
}

function readTemplate(library: State, place: Place, path: string, span: Span): Template | null {
  const content = readFile(library, place, path, span)
  if (content === null) return null
  const known = library.templates.get(content.path)
  if (known === "open") {
    library.report.add("A0820", span, `\`${path}\` is included by what it includes itself`)
    return null
  }
  if (known !== undefined) return known
  library.templates.set(content.path, "open")
  const template = parseBytes(library, place, content, span)
  library.templates.set(content.path, template)
  return template
}

function parseBytes(
  library: State,
  place: Place,
  content: { readonly path: string; readonly bytes: Uint8Array },
  span: Span,
): Template | null {
  const text = decode(content.bytes)
  if (text === null) {
    library.report.add("A0804", span, `\`${place.shown(content.path)}\` is not UTF-8 text`)
    return null
  }
  const inner: Place = { ...place, folder: folderOf(content.path) }
  return parseTemplate(
    {
      source: { path: place.shown(content.path), text },
      path: content.path,
      root: place.root,
      include: (path, at) => readTemplate(library, inner, path, at),
    },
    library.report,
  )
}

/** The path of a file inside the module, as `Files` knows it; null when it leaves, which is reported. */
function locate(library: State, place: Place, path: string, span: Span): string | null {
  const { files, report } = library
  if (path.startsWith("/")) {
    report.add("A0802", span, `\`${path}\` is an absolute path`, {
      hint: "write it relative to the file that it stands in",
    })
    return null
  }
  const joined = joinPath(place.folder, path)
  if (!isInside(place.root, joined)) {
    report.add("A0802", span, `\`${path}\` leaves the folder of its module`, {
      hint: "a param of type `File` or `Folder` lets the caller hand in one of its own",
    })
    return null
  }
  const resolved = files.resolve(joined)
  const root = files.resolve(place.root)
  if (resolved !== null && root !== null && !isInside(root, resolved)) {
    report.add("A0802", span, `\`${path}\` is a link that leaves the folder of its module`, {
      hint: "copy what it points to into the folder",
    })
    return null
  }
  return joined
}

/** A file beside the one that is not there, whose name is nearly the same. */
function suggestion(library: State, path: string): string | undefined {
  const folder = folderOf(path)
  const beside = (library.files.list(folder) ?? []).map((entry) => entry.path.split("/")[0]!)
  const near = nearest(path.slice(path.lastIndexOf("/") + 1), new Set(beside))
  return near === null ? undefined : `did you mean \`${near}\`?`
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
