import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makeReport } from "../lang/report/report.ts"
import { parse } from "../lang/syntax/parse.ts"

const folder = join(import.meta.dirname, "cases", "language")
const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"))

/** Of the texts that lack one `sign` and are wrong for it: the part that gets just one diagnostic. */
function reportedOnce(sign: string): number {
  let wrong = 0
  let once = 0
  for (const text of texts) {
    for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) {
      const report = makeReport()
      parse({ path: "x.appl", text: text.slice(0, at) + text.slice(at + 1) }, report)
      if (report.diagnostics.length > 0) wrong++
      if (report.diagnostics.length === 1) once++
    }
  }
  expect(wrong).toBeGreaterThan(10)
  return once / wrong
}

// Where two readings are equally near, such as after a lost quote in a list of texts, there may be more than one.
test.each([
  ["}", 0.95],
  ["{", 0.9],
  [")", 1],
  ["(", 1],
  ["]", 0.95],
  ["[", 0.95],
  [",", 1],
  ["=", 0.97],
  [":", 1],
  ['"', 0.85],
])("one `%s` that is missing gives one diagnostic in %f of all places", (sign, part) => {
  expect(reportedOnce(sign)).toBeGreaterThanOrEqual(part)
})
