import type { Source } from "../text/source.ts"
import { parseCsv } from "./csv.ts"
import { parseJson } from "./json.ts"
import { type DataNode, type DataParser, type DataProblem, isProblem } from "./node.ts"
import { parseToml } from "./toml.ts"
import { parseYaml } from "./yaml.ts"

/** A data file that was read: its text, to point into, and what stands in it. */
export type DataFile = { readonly source: Source; readonly root: DataNode }

/** The largest data file that is read, in bytes. */
export const most_bytes = 16 * 2 ** 20

const parsers: Readonly<Record<string, DataParser>> = {
  csv: parseCsv,
  json: parseJson,
  yaml: parseYaml,
  yml: parseYaml,
  toml: parseToml,
}

/** The parser for a file, by its ending; null when the ending says no format. */
export function parserFor(path: string): DataParser | null {
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase()
  return Object.hasOwn(parsers, ending) ? parsers[ending]! : null
}

/** Whether a source is a data file. */
export function isData(source: Source): boolean {
  return source.said !== true && parserFor(source.path) !== null
}

/** The text of a data file without its byte order mark, read by `parser`; `shown` is how the file is named to people. */
export function parseData(
  bytes: Uint8Array,
  shown: string,
  parser: DataParser,
): DataFile | { readonly problem: DataProblem; readonly source: Source } {
  const whole = { start: 0, end: 0 }
  if (bytes.length > most_bytes) {
    const message = `this file has ${Math.ceil(bytes.length / 2 ** 20)}MiB`
    const problem: DataProblem = {
      code: "A0822",
      at: whole,
      message,
      hint: `at most ${most_bytes / 2 ** 20}MiB are read`,
    }
    return { problem, source: { path: shown, text: "" } }
  }
  const text = decode(bytes)
  const source: Source = { path: shown, text: text ?? "" }
  if (text === null) {
    const hint = "save it as UTF-8"
    return { problem: { code: "A0805", at: whole, message: "this file is not text in UTF-8", hint }, source }
  }
  const root = parser(source)
  if (!isProblem(root)) return { source, root }
  const { at } = root.problem
  // The parsers may point behind the end, where what they miss should be.
  const within = { start: Math.min(at.start, text.length), end: Math.min(at.end, text.length) }
  return { problem: { ...root.problem, at: within }, source }
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
