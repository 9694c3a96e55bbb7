import { afterEach, expect, test } from "vitest"
import type { CompletionItem, Hover, Location, Range, WorkspaceEdit } from "vscode-languageserver-protocol"
import { applyEdits, type Client, openMarked } from "./client.ts"

// What the server answers is decided by `lang/editor/` and proved by its cases; here it is that it arrives, at the right place.

let running: Client | null = null

afterEach(async () => {
  const client = running
  running = null
  if (client === null) return
  expect(client.complaints).toEqual([])
  expect(await client.stop()).toBe(0)
})

async function ask<Answer>(text: string, method: string, more: object = {}) {
  const { client, marked } = await openMarked(text)
  running = client
  const answer = await client.request<Answer>(`textDocument/${method}`, { ...client.place(marked.mark), ...more })
  return { client, marked, answer }
}

test("hover shows the type and the doc comment", async () => {
  const { answer } = await ask<Hover>(
    '/// Where we are.\nlet domain: Hostname = "a.test"\nlet url = "http://${<|>domain}/"\n',
    "hover",
  )
  expect(answer.contents).toMatchObject({ kind: "markdown" })
  expect(JSON.stringify(answer.contents)).toContain("Hostname")
  expect(JSON.stringify(answer.contents)).toContain("Where we are.")
  expect(answer.range).toEqual({ start: { line: 2, character: 20 }, end: { line: 2, character: 26 } })
})

test("a definition is found in another file, with UTF-16 columns", async () => {
  const { client, answer } = await ask<Location[]>(
    'use { site } from "./names.appl"\nlet both = "🦊${<|>site}"\n## names.appl\nlet fox = "é"\nlet site = "a.test"\n',
    "definition",
  )
  const range = { start: { line: 1, character: 4 }, end: { line: 1, character: 8 } }
  expect(answer).toEqual([{ uri: client.uri("names.appl"), range }])
})

test("references leave the declaration out when they are asked to", async () => {
  const { answer } = await ask<Location[]>("let a = 1\nlet b = <|>a + a\n", "references", {
    context: { includeDeclaration: false },
  })
  expect(answer.map(({ range }) => range.start.character)).toEqual([8, 12])
})

test("highlights", async () => {
  const { answer } = await ask<{ range: Range; kind: number }[]>("let a = 1\nlet b = <|>a + a\n", "documentHighlight")
  expect(answer.map(({ range, kind }) => [range.start.line, kind])).toEqual([
    [0, 3],
    [1, 2],
    [1, 2],
  ])
})

test("a rename goes through all files; one that cannot be done says why", async () => {
  const text = 'use { site } from "./names.appl"\nlet both = "${<|>site}"\n## names.appl\nlet site = "a.test"\n'
  const { client, marked, answer } = await ask<WorkspaceEdit>(text, "rename", { newName: "place" })
  const edits = answer.changes!
  expect(applyEdits(marked.files["names.appl"]!, edits[client.uri("names.appl")]!)).toBe('let place = "a.test"\n')
  expect(applyEdits(marked.files["main.appl"]!, edits[client.uri("main.appl")]!)).toContain("${place}")
  const wrong = { ...client.place(marked.mark), newName: "not a name" }
  await expect(client.request("textDocument/rename", wrong)).rejects.toThrow()
})

test("completion offers members, and their doc comments when they are asked for", async () => {
  const text = `use { Nginx } from "std/nginx"
use { Dnsmasq } from "std/dnsmasq"
cluster c {
  network lan { cidr = 10.1.2.0/24 }
  appliance names: Dnsmasq { zone = "a.test" }
  appliance web: Nginx { site = "a.test" }
  output answer = web.<|>
}
`
  const { client, answer } = await ask<CompletionItem[]>(text, "completion")
  const site = answer.find(({ label }) => label === "site")
  expect(site).toMatchObject({ kind: 10, textEdit: { newText: "site" } })
  const resolved = await client.request<CompletionItem>("completionItem/resolve", site!)
  expect(resolved.documentation).toMatchObject({ kind: "markdown", value: expect.stringContaining("name") })
})

test("a variable of a template is completed inside of the template", async () => {
  const text = 'let page: Template = template("page.njk", { title = "hello" })\n## page.njk\n<h1>{{ ti<|> }}</h1>\n'
  const { answer } = await ask<CompletionItem[]>(text, "completion")
  expect(answer.map(({ label }) => label)).toContain("title")
})

test("nothing is asked of what is on no disk", async () => {
  const { client } = await ask("let a = <|>1\n", "hover")
  const nowhere = { textDocument: { uri: "untitled:Untitled-1" }, position: { line: 0, character: 0 } }
  for (const method of ["hover", "definition", "completion", "references"]) {
    const asked = { ...nowhere, context: { includeDeclaration: true } }
    expect(await client.request(`textDocument/${method}`, asked)).toBeNull()
  }
})
