import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-jsonrpc/node"
import type {
  Diagnostic,
  InitializeResult,
  Position,
  PublishDiagnosticsParams,
  TextEdit,
} from "vscode-languageserver-protocol"
import { TextDocument } from "vscode-languageserver-textdocument"
import { type Mark, type Marked, readMarked } from "./marked.ts"

const main = join(dirname(dirname(import.meta.dirname)), "cli", "main.ts")

/** A real server process with a real client at its other end, in a folder of its own. */
export type Client = {
  readonly folder: string
  readonly initialized: InitializeResult
  readonly connection: MessageConnection
  /** What the server said about itself going wrong: nothing, if all is well. */
  readonly complaints: readonly string[]
  uri(path: string): string
  open(path: string, text: string): Promise<void>
  /** Replaces a stretch of an open document, as typing does. */
  type(path: string, start: number, end: number, text: string): Promise<void>
  text(path: string): string
  close(path: string): Promise<void>
  request<Answer>(method: string, parameters: object): Promise<Answer>
  /** The last diagnostics of a document, once the server has told those of all that it was sent before. */
  diagnostics(path: string): Promise<readonly Diagnostic[]>
  /** Waits until the diagnostics of a document are as `wanted`. */
  until(path: string, wanted: (diagnostics: readonly Diagnostic[]) => boolean): Promise<readonly Diagnostic[]>
  place(mark: Mark): { textDocument: { uri: string }; position: Position }
  stop(): Promise<number | null>
}

/** Starts a server over `files`, which are on the disk before it starts; none is open in the editor. */
export async function startClient(files: Readonly<Record<string, string>>): Promise<Client> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "appl-lsp-")))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const child = spawn(process.execPath, [main, "lsp", "--stdio"], { stdio: ["pipe", "pipe", "inherit"] })
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  )
  const complaints: string[] = []
  const told = new Map<string, readonly Diagnostic[]>()
  let listeners: (() => void)[] = []
  connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }: PublishDiagnosticsParams) => {
    told.set(uri, diagnostics)
    for (const listener of listeners) listener()
  })
  connection.onNotification("window/logMessage", ({ message }: { message: string }) => void complaints.push(message))
  connection.onRequest("client/registerCapability", () => null)
  connection.onError(([error]) => void complaints.push(String(error)))
  connection.listen()
  const uri = (path: string) => pathToFileURL(join(folder, path)).href
  const workspaceFolders = [{ uri: pathToFileURL(folder).href, name: "test" }]
  const capabilities = {
    workspace: { workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
    textDocument: { publishDiagnostics: { relatedInformation: true } },
  }
  const initialized = await connection.sendRequest<InitializeResult>("initialize", {
    processId: process.pid,
    rootUri: null,
    workspaceFolders,
    capabilities,
  })
  await connection.sendNotification("initialized", {})
  const documents = new Map<string, TextDocument>()
  const documentOf = (path: string): TextDocument => {
    const document = documents.get(path)
    if (document === undefined) throw new Error(`${path} is not open`)
    return document
  }
  const client: Client = {
    folder,
    initialized,
    connection,
    complaints,
    uri,
    async open(path, text) {
      documents.set(path, TextDocument.create(uri(path), "appl", 1, text))
      const textDocument = { uri: uri(path), languageId: "appl", version: 1, text }
      await connection.sendNotification("textDocument/didOpen", { textDocument })
    },
    async type(path, start, end, text) {
      const document = documentOf(path)
      const range = { start: document.positionAt(start), end: document.positionAt(end) }
      const version = document.version + 1
      documents.set(path, TextDocument.update(document, [{ range, text }], version))
      const textDocument = { uri: uri(path), version }
      await connection.sendNotification("textDocument/didChange", { textDocument, contentChanges: [{ range, text }] })
    },
    text: (path) => documentOf(path).getText(),
    async close(path) {
      documents.delete(path)
      await connection.sendNotification("textDocument/didClose", { textDocument: { uri: uri(path) } })
    },
    request: (method, parameters) => connection.sendRequest(method, parameters),
    async diagnostics(path) {
      await connection.sendRequest("appl/settled")
      return told.get(uri(path)) ?? []
    },
    async until(path, wanted) {
      for (;;) {
        const found = told.get(uri(path)) ?? []
        if (wanted(found)) return found
        await new Promise<void>((resolve) => {
          listeners.push(resolve)
        })
        listeners = []
      }
    },
    place: (mark) => ({
      textDocument: { uri: uri(mark.path) },
      position: documentOf(mark.path).positionAt(mark.offset),
    }),
    async stop() {
      await connection.sendRequest("shutdown")
      await connection.sendNotification("exit")
      const code = await ended
      connection.dispose()
      rmSync(folder, { recursive: true, force: true })
      return code
    },
  }
  return client
}

/** A server with all files of a marked text open. */
export async function openMarked(text: string): Promise<{ readonly client: Client; readonly marked: Marked }> {
  const marked = readMarked(text)
  const client = await startClient(marked.files)
  for (const [path, content] of Object.entries(marked.files)) await client.open(path, content)
  return { client, marked }
}

/** A text with edits made, as an editor makes them. */
export function applyEdits(text: string, edits: readonly TextEdit[] | null): string {
  return TextDocument.applyEdits(TextDocument.create("", "", 0, text), [...(edits ?? [])])
}
