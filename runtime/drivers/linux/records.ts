import type { ObjectRecord } from "../../model/object.ts"
import { readRecord } from "../../model/schema.ts"
import type { SeenRecord } from "./seen.ts"

/** Records as they were found in files: those that are whole, and of the others the file with what stands in it. */
export type Records = {
  readonly records: readonly ObjectRecord[]
  readonly damaged: readonly { readonly file: string; readonly value: unknown }[]
}

export function readRecords(seen: readonly SeenRecord[]): Records {
  const read = seen.map(([file, content]) => ({ file, value: parseJson(content) }))
  const checked = read.map(({ file, value }) => ({ file, value, record: readRecord(value) }))
  return {
    records: checked.flatMap(({ record }) => (record.ok ? [record.value] : [])),
    damaged: checked.flatMap(({ file, value, record }) => (record.ok ? [] : [{ file, value }])),
  }
}

/** The value that a text of JSON has; the text itself when it is none, which no schema takes. */
export function parseJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch {
    return content
  }
}
