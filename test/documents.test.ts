import { readdirSync } from "node:fs"
import { expect, test } from "vitest"
import { codes } from "../lang/index.ts"
import { diagnosticPages, grammarPage } from "../scripts/documents.ts"

// Pages that are made from the code: `npm run update` writes them.
test("docs/grammar.md is the parser's grammar", async () => {
  await expect(grammarPage()).toMatchFileSnapshot("../docs/grammar.md")
})

test.each([...diagnosticPages()])("docs/diagnostics/%s is the table of codes", async (file, page) => {
  await expect(page).toMatchFileSnapshot(`../docs/diagnostics/${file}`)
})

test("every code is on a page, and no page is left over", () => {
  const pages = diagnosticPages()
  const text = [...pages.values()].join("\n")
  expect(Object.keys(codes).filter((code) => !text.includes(`## ${code}\n`))).toEqual([])
  expect(readdirSync("docs/diagnostics").sort()).toEqual([...pages.keys()].sort())
})
