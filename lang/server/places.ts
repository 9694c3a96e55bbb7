import { fileURLToPath, pathToFileURL } from "node:url"
import type { Position, Range } from "vscode-languageserver/node"
import { TextDocument } from "vscode-languageserver-textdocument"
import type { Source, Span } from "../text/source.ts"

/** The path of a document on the disk; null for one that is not on any (an untitled one, a diff's other side). */
export function pathOf(uri: string): string | null {
  if (!uri.startsWith("file:")) return null
  try {
    return fileURLToPath(uri)
  } catch {
    return null
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href
}

/** Lines and columns from 0, in UTF-16 units, which is what the protocol counts in unless asked otherwise. */
export function rangeOf(span: Span): Range {
  const document = documentOf(span.source)
  return { start: document.positionAt(span.start), end: document.positionAt(span.end) }
}

/** The offset of a position; one that is outside of the text is the nearest inside. */
export function offsetOf(source: Source, position: Position): number {
  return documentOf(source).offsetAt(position)
}

const documents = new WeakMap<Source, TextDocument>()

/** The protocol ends lines also at a lone carriage return, which the language does not: so its own library counts them. */
function documentOf(source: Source): TextDocument {
  let document = documents.get(source)
  if (document === undefined) {
    document = TextDocument.create("", "", 0, source.text)
    documents.set(source, document)
  }
  return document
}
