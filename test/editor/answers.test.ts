import { afterEach, expect, test } from "vitest"
import type {
  CallHierarchyIncomingCall,
  CallHierarchyItem,
  CallHierarchyOutgoingCall,
  CompletionItem,
  DocumentSymbol,
  FoldingRange,
  Hover,
  InlayHint,
  Location,
  Range,
  SelectionRange,
  SemanticTokens,
  SemanticTokensDelta,
  SignatureHelp,
  WorkspaceEdit,
  WorkspaceSymbol,
} from "vscode-languageserver-protocol"
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

async function open(text: string) {
  const opened = await openMarked(text)
  running = opened.client
  return opened
}

async function ask<Answer>(text: string, method: string, more: object = {}) {
  const { client, marked } = await open(text)
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

const office = `use { Nginx } from "std/nginx"
use { Dnsmasq } from "std/dnsmasq"

/// An office.
cluster office {
  network lan { cidr = 10.1.2.0/24 }
  appliance names: Dnsmasq { zone = "a.test" }
  appliance <|>web: Nginx { site = "a.test" }
  let count = 2
}
`

test("document and workspace symbols", async () => {
  const { client, answer } = await ask<DocumentSymbol[]>(office, "documentSymbol")
  expect(answer.map(({ name }) => name)).toContain("office")
  const cluster = answer.find(({ name }) => name === "office")!
  expect(cluster.children!.map(({ name }) => name)).toEqual(expect.arrayContaining(["lan", "names", "web"]))
  const found = await client.request<WorkspaceSymbol[]>("workspace/symbol", { query: "offi" })
  expect(found.map(({ name, location }) => [name, location.uri])).toEqual([["office", client.uri("main.appl")]])
})

test("folds and growing selections", async () => {
  const { client, marked, answer } = await ask<FoldingRange[]>(office, "foldingRange")
  expect(answer.map(({ startLine, endLine, kind }) => [startLine, endLine, kind])).toEqual(
    expect.arrayContaining([
      [0, 1, "imports"],
      [4, 8, "region"],
    ]),
  )
  const { textDocument, position } = client.place(marked.mark)
  const [selection] = await client.request<SelectionRange[]>("textDocument/selectionRange", {
    textDocument,
    positions: [position],
  })
  expect(selection!.range).toEqual({ start: { line: 7, character: 12 }, end: { line: 7, character: 15 } })
  expect(selection!.parent!.range.start.character).toBeLessThan(12)
})

test("colours of a whole text, of a part, and of what changed", async () => {
  const { client, answer } = await ask<SemanticTokens>(office, "semanticTokens/full")
  const textDocument = { uri: client.uri("main.appl") }
  expect(answer.data.length % 5).toBe(0)
  const range = { start: { line: 6, character: 0 }, end: { line: 7, character: 0 } }
  const part = await client.request<SemanticTokens>("textDocument/semanticTokens/range", { textDocument, range })
  expect(part.data[0]).toBe(6)
  expect(part.data.length).toBeLessThan(answer.data.length)
  await client.type("main.appl", office.indexOf("let count") - 3, office.indexOf("let count") - 3, "\n")
  const delta = await client.request<SemanticTokensDelta>("textDocument/semanticTokens/full/delta", {
    textDocument,
    previousResultId: answer.resultId,
  })
  expect(delta.edits.flatMap(({ data }) => data ?? []).length).toBeLessThan(answer.data.length)
})

test("hints: what was found out stands behind what was written", async () => {
  const { client, answer } = await ask<InlayHint[]>(office, "inlayHint", {
    range: { start: { line: 0, character: 0 }, end: { line: 10, character: 0 } },
  })
  expect(answer.map(({ position, label }) => `${position.line} ${label}`)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^7 .*10\.1\.2\./)]),
  )
  expect(client.complaints).toEqual([])
})

test("a signature, with the parameter that the cursor is at", async () => {
  const text = "fn add(left: Int, right: Int): Int = left + right\nlet sum = add(1, <|>2)\n"
  const { answer } = await ask<SignatureHelp>(text, "signatureHelp")
  expect(answer).toMatchObject({ activeParameter: 1, signatures: [{ parameters: [{}, {}] }] })
})

test("who needs whom is the hierarchy of calls", async () => {
  const { client, answer } = await ask<CallHierarchyItem[]>(office, "prepareCallHierarchy")
  expect(answer).toMatchObject([{ name: "web" }])
  const needed = await client.request<CallHierarchyOutgoingCall[]>("callHierarchy/outgoingCalls", { item: answer[0] })
  expect(needed.map(({ to }) => to.name)).toEqual(["names"])
  const needs = await client.request<CallHierarchyIncomingCall[]>("callHierarchy/incomingCalls", {
    item: needed[0]!.to,
  })
  expect(needs.map(({ from }) => from.name)).toEqual(["web"])
})

test("what evaluation finds is told after a pause, and again when it is no longer so", async () => {
  const { client, marked } = await open(`use { Nginx } from "std/nginx"
cluster c {
  network lan { cidr = 10.1.2.0/24 }
  appliance web: Nginx { on = nic(lan, address = 10.1.<|>3.7), site = "a.test" }
}
`)
  await client.until("main.appl", (all) => all.some(({ code }) => code === "A0412"))
  await client.type("main.appl", marked.mark.offset, marked.mark.offset + 1, "2")
  await client.until("main.appl", (all) => all.length === 0)
})

test("nothing is asked of what is on no disk", async () => {
  const { client } = await ask("let a = <|>1\n", "hover")
  const nowhere = { textDocument: { uri: "untitled:Untitled-1" }, position: { line: 0, character: 0 } }
  for (const method of ["hover", "definition", "completion", "references"]) {
    const asked = { ...nowhere, context: { includeDeclaration: true } }
    expect(await client.request(`textDocument/${method}`, asked)).toBeNull()
  }
})
