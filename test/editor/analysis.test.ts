import { expect, test } from "vitest"
import { snapshotOf } from "./marked.ts"

test("a name across files has one symbol, declared once and found wherever it is used", () => {
  const { snapshot, marked } = snapshotOf(`use { site } from "./names.appl"
let both = "\${site} and \${<|>site}"
## names.appl
let site = "a.test"
`)
  const unit = snapshot.units.get(marked.mark.path)!
  const symbol = [...snapshot.bindings.uses].find(([name]) => name.start === marked.mark.offset && name.text === "site")
  expect(snapshot.usesOf(symbol![1]).map(({ unit: of, name }) => `${of.path}:${name.start}`)).toEqual([
    "names.appl:4",
    "main.appl:6",
    "main.appl:47",
    `main.appl:${unit.source.text.lastIndexOf("site")}`,
  ])
  expect(snapshot.diagnostics("main.appl")).toEqual([])
})

test("a mistake is told in the file that it is in", () => {
  const { snapshot } = snapshotOf(`use { site } from "./names.appl"
let number: Int = site
## names.appl
let site = "a.test"
`)
  expect(snapshot.diagnostics("main.appl").map(({ code }) => code)).toEqual(["A0302"])
  expect(snapshot.diagnostics("names.appl")).toEqual([])
})
