import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import type { CodeAction, TextEdit } from "vscode-languageserver-protocol"
import { applyEdits, type Client, openMarked, startClient } from "./client.ts"

let running: Client | null = null

afterEach(async () => {
  const client = running
  running = null
  if (client === null) return
  expect(client.complaints).toEqual([])
  expect(await client.stop()).toBe(0)
})

async function open(text: string) {
  const opened = await openMarked(text)
  running = opened.client
  return opened
}

test("a mistake is told while it is typed, and taken back when it is mended", async () => {
  const { client, marked } = await open("let number: Int = <|>1\n")
  expect(await client.diagnostics("main.appl")).toEqual([])
  const { offset } = marked.mark
  await client.type("main.appl", offset, offset + 1, '"one"')
  expect(await client.diagnostics("main.appl")).toMatchObject([
    { code: "A0302", source: "appl", severity: 1, range: { start: { line: 0, character: 18 } } },
  ])
  await client.type("main.appl", offset, offset + 5, "2")
  expect(await client.diagnostics("main.appl")).toEqual([])
})

test("columns are UTF-16 units", async () => {
  const { client } = await open('let fox = "🦊é" + nothing\n')
  expect(await client.diagnostics("main.appl")).toMatchObject([{ code: "A0201", range: { start: { character: 18 } } }])
})

test("a file that is open counts, whatever the disk says; a closed one is read again", async () => {
  const { client } = await open(
    'use { number } from "./other.appl"\nlet twice: Int = number\n## other.appl\nlet number = 1\n',
  )
  await client.type("other.appl", 13, 14, '"one"')
  expect(await client.diagnostics("main.appl")).toMatchObject([{ code: "A0302" }])
  await client.close("other.appl")
  expect(await client.diagnostics("main.appl")).toEqual([])
})

test("a file that changes on the disk is read again, also a template", async () => {
  const { client } = await open(
    'let page: Template = template("page.njk", { title = "hello" })\n## page.njk\n<h1>{{ title }}</h1>\n',
  )
  await client.close("page.njk")
  expect(await client.diagnostics("main.appl")).toEqual([])
  writeFileSync(join(client.folder, "page.njk"), "<h1>{{ title }}{{ name }}</h1>\n")
  const changes = [{ uri: client.uri("page.njk"), type: 2 }]
  await client.connection.sendNotification("workspace/didChangeWatchedFiles", { changes })
  expect(await client.diagnostics("main.appl")).toMatchObject([{ code: "A0813" }])
  expect(await client.diagnostics("page.njk")).toMatchObject([{ range: { start: { line: 0, character: 18 } } }])
})

test("files that nobody has open are told about too", async () => {
  running = await startClient({ "shop/broken.appl": "let number: Int = true\n" })
  expect(await running.diagnostics("shop/broken.appl")).toMatchObject([{ code: "A0302" }])
})

test("a fix is offered where its diagnostic is, and all of them at once", async () => {
  const text = 'let name = "a"\nlet one = nam\nlet two = "${nme}"\n'
  const { client } = await open(text)
  expect(await client.diagnostics("main.appl")).toHaveLength(2)
  const at = { line: 1, character: 11 }
  const actions = await client.request<CodeAction[]>("textDocument/codeAction", {
    textDocument: { uri: client.uri("main.appl") },
    range: { start: at, end: at },
    context: { diagnostics: [] },
  })
  expect(actions.map(({ title, kind }) => `${kind}: ${title}`)).toEqual([
    "quickfix: change to name",
    "source.fixAll.appl: mend all that can be mended by machine",
  ])
  const edits = actions[1]!.edit!.changes![client.uri("main.appl")]!
  expect(applyEdits(text, edits)).toBe('let name = "a"\nlet one = name\nlet two = "${name}"\n')
})

test("formatting: the whole text, a range of it, and the line that was just ended", async () => {
  const text = "let   a = 1\nlet b = [1,2]\nlet   c  = 3\n"
  const { client } = await open(text)
  const textDocument = { uri: client.uri("main.appl") }
  const options = { tabSize: 2, insertSpaces: true }
  const whole = await client.request<TextEdit[]>("textDocument/formatting", { textDocument, options })
  expect(applyEdits(text, whole)).toBe("let a = 1\nlet b = [1, 2]\nlet c = 3\n")
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } }
  const part = await client.request<TextEdit[]>("textDocument/rangeFormatting", { textDocument, range, options })
  expect(applyEdits(text, part)).toContain("let c = 3\n")
  const typed = { textDocument, position: { line: 1, character: 0 }, ch: "\n", options }
  const line = await client.request<TextEdit[]>("textDocument/onTypeFormatting", typed)
  expect(applyEdits(text, line)).toBe("let a = 1\nlet b = [1,2]\nlet   c  = 3\n")
})

test("what is no request of this language is an error, and the server lives on", async () => {
  const { client } = await open("let a = 1\n")
  await expect(client.request("appl/nothing", {})).rejects.toThrow()
  const nowhere = { textDocument: { uri: "untitled:one" }, range: {}, context: {} }
  await expect(client.request("textDocument/codeAction", nowhere)).resolves.toEqual([])
  expect(await client.diagnostics("main.appl")).toEqual([])
})
