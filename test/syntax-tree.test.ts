import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makeReport } from "../lang/report/report.ts"
import { parse } from "../lang/syntax/parse.ts"
import { asSubtraction } from "../lang/syntax/words.ts"

const cases = join(import.meta.dirname, "cases", "tree")

/** A tree as indented text, without offsets. A name is written as its word in backticks. */
function show(value: unknown, indent: string): string {
  if (Array.isArray(value)) return value.map((element) => `\n${indent}- ${show(element, `${indent}  `)}`).join("")
  if (typeof value !== "object" || value === null) return JSON.stringify(value)
  const { kind, start, end, ...fields } = value as Record<string, unknown>
  expect(start).toBeLessThanOrEqual(end as number)
  if (kind === "name") return `\`${fields.text}\``
  const shown = Object.entries(fields)
    .filter(([, field]) => field !== undefined && !(Array.isArray(field) && field.length === 0))
    .map(([key, field]) => `\n${indent}${key}: ${show(field, `${indent}  `)}`)
  return `${kind}${shown.join("")}`
}

test.each(readdirSync(cases).filter((name) => name.endsWith(".appl")))("the tree of %s", async (name) => {
  const report = makeReport()
  const file = parse({ path: name, text: readFileSync(join(cases, name), "utf8") }, report)
  expect(report.diagnostics).toEqual([])
  await expect(`${show(file.items, "").trim()}\n`).toMatchFileSnapshot(join(cases, name.replace(/\.appl$/, ".txt")))
})

test("names and comments have the offsets of their words", () => {
  const text = "# c\ncluster office {\n  param web-port: Port = f(x).y # d\n}\n"
  const file = parse({ path: "x.appl", text }, makeReport())
  expect(file.comments.map(({ start, end }) => text.slice(start, end))).toEqual(["# c", "# d"])
  const [cluster] = file.items
  if (cluster?.kind !== "cluster") throw new Error("expected a cluster")
  expect(text.slice(cluster.name.start, cluster.name.end)).toBe("office")
  const [param] = cluster.body.items
  if (param?.kind !== "param" || param.value?.kind !== "member") throw new Error("expected a param with a member")
  expect(text.slice(param.start, param.end)).toBe("param web-port: Port = f(x).y")
  expect(text.slice(param.name.start, param.name.end)).toBe("web-port")
  expect(text.slice(param.value.name.start, param.value.name.end)).toBe("y")
})

test("a name with a dash is a subtraction when what stands on both sides is known", () => {
  const known = (name: string) => ["n", "web-count", "m"].includes(name)
  expect(asSubtraction("n-1", known)).toEqual({ left: "n", right: "1" })
  expect(asSubtraction("web-count-m", known)).toEqual({ left: "web-count", right: "m" })
  expect(asSubtraction("web-front", known)).toBeNull()
})
