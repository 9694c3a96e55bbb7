import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node"
import { inFolder, printTable } from "./measure.ts"

const main = join(import.meta.dirname, "..", "cli", "main.ts")

/** A workspace to type into: its files, the one that is typed into, and the lines of all. */
type Workspace = { readonly what: string; readonly files: Readonly<Record<string, string>>; readonly typed: string }

/**
 * How long after a keystroke are its diagnostics there, in a workspace of 100,000 lines in 200 files and an entry that uses them all, and
 * in one file of 10,000? The real server over its standard input and output, one letter at a time: in a text, and new declarations,
 * whose text is broken and whose names change with most letters.
 */
export async function benchEditor(): Promise<void> {
  const rows = [["workspace", "lines", "typed", "opened ms", "median ms", "p95 ms", "most ms", "CPU ms", "resident MB"]]
  for (const workspace of [manyFiles(200, 500), oneFile(10_000)]) {
    rows.push(await measureTyping(workspace, "in a text", "front page", "x".repeat(letters)))
    rows.push(await measureTyping(workspace, "declarations", "\n\n/// A site with", newLines()))
  }
  printTable(rows)
}

/** How many letters are typed, after some that warm the server up. */
const letters = 240
const warm = 40

function newLines(): string {
  let text = "\n"
  for (let count = 1; text.length < letters; count++) text += `let added-${count}: Int = ${count} + mod(7, 2)\n`
  return text.slice(0, letters)
}

/** Types the letters of `added` behind the `place` that is nearest to the middle of a file. */
async function measureTyping(
  { what, files, typed }: Workspace,
  how: string,
  place: string,
  added: string,
): Promise<string[]> {
  return inFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
    const child = spawn(process.execPath, [main, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] })
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout!),
      new StreamMessageWriter(child.stdin!),
    )
    connection.listen()
    const began = performance.now()
    await connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: [{ uri: pathToFileURL(folder).href, name: "bench" }],
      capabilities: {},
    })
    await connection.sendNotification("initialized", {})
    const uri = pathToFileURL(join(folder, typed)).href
    const text = files[typed]!
    const document = { uri, languageId: "appl", version: 1, text }
    await connection.sendNotification("textDocument/didOpen", { textDocument: document })
    await connection.sendRequest("appl/settled")
    const opened_ms = performance.now() - began
    const before = text.slice(0, text.indexOf(place, text.length / 2) + (place.startsWith("\n") ? 1 : place.length))
    const at = { line: before.split("\n").length - 1, character: before.length - before.lastIndexOf("\n") - 1 }
    const times_ms: number[] = []
    let cpu_before_ms = 0
    for (const [index, letter] of [...added].entries()) {
      if (index === warm) cpu_before_ms = cpuMilliseconds(child)
      const start = performance.now()
      await connection.sendNotification("textDocument/didChange", {
        textDocument: { uri, version: index + 2 },
        contentChanges: [{ range: { start: at, end: at }, text: letter }],
      })
      await connection.sendRequest("appl/settled")
      if (index >= warm) times_ms.push(performance.now() - start)
      if (letter === "\n") Object.assign(at, { line: at.line + 1, character: 0 })
      else at.character++
    }
    times_ms.sort((left, right) => left - right)
    const lines = Object.values(files).reduce((sum, one) => sum + one.split("\n").length, 0)
    const figures = [
      opened_ms,
      times_ms[times_ms.length >> 1]!,
      times_ms[Math.floor(times_ms.length * 0.95)]!,
      times_ms.at(-1)!,
      (cpuMilliseconds(child) - cpu_before_ms) / times_ms.length,
      residentMegabytes(child),
    ]
    await connection.sendRequest("shutdown")
    await connection.sendNotification("exit")
    return [what, String(lines), how, ...figures.map((figure) => figure.toFixed(figure < 100 ? 1 : 0))]
  })
}

function residentMegabytes(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8")
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

/** What the process has computed so far, in user and system mode, with what its helper threads did (proc(5), in ticks of 10 ms). */
function cpuMilliseconds(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]!.split(" ")
  return (Number(fields[11]) + Number(fields[12])) * 10
}

function manyFiles(count: number, lines: number): Workspace {
  const names = Array.from({ length: count }, (_, index) => `part-${index}.appl`)
  const files = Object.fromEntries(names.map((name, index) => [name, declarations(lines, `P${index}`)]))
  const uses = names.map((name, index) => `use { WebP${index}N1 } from "./${name}"`)
  const instances = names.map((_, index) => `  appliance web-${index}: WebP${index}N1 { site = "a.test" }`)
  const entry = [...uses, "", "cluster many {", "  network lan { cidr = 10.0.0.0/16 }", ...instances, "}", ""].join(
    "\n",
  )
  return {
    what: `${count} files and an entry`,
    files: { ...files, "main.appl": entry },
    typed: `part-${count >> 1}.appl`,
  }
}

function oneFile(lines: number): Workspace {
  return { what: "one file", files: { "main.appl": declarations(lines, "P0") }, typed: "main.appl" }
}

/** Types, functions, lets and classes that use each other, about so many lines of them. */
function declarations(lines: number, prefix: string): string {
  const template = readFileSync(new URL("./declarations.appl", import.meta.url), "utf8")
  const [head = "", body = ""] = template.split("# ---\n")
  const count = Math.max(1, Math.round((lines - head.split("\n").length) / (body.split("\n").length - 1)))
  return (
    head +
    Array.from({ length: count }, (_, index) =>
      body.replaceAll("XX", `${prefix}N${index + 1}`).replaceAll("xx", `${prefix.toLowerCase()}n${index + 1}`),
    ).join("")
  )
}
