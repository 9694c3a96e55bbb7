import {
  type Connection,
  createConnection,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  type InitializeParams,
  type InitializeResult,
  ProposedFeatures,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node"
import { TextDocument } from "vscode-languageserver-textdocument"
import { addCodeActions } from "./code-actions.ts"
import { addCompletion } from "./completing.ts"
import { addFinding } from "./finding.ts"
import { addFormatting } from "./formatting.ts"
import { attempt, type Log } from "./guard.ts"
import { addOutline } from "./outlining.ts"
import { pathOf } from "./places.ts"
import { makePublisher } from "./publish.ts"
import type { Served } from "./served.ts"
import { addShowing } from "./showing.ts"
import { makeWorkspace, type Surroundings, type Workspace } from "./workspace.ts"

/** The streams that the client is at the other end of, and what is around the server. */
export type ServeInput = Surroundings & {
  readonly input: NodeJS.ReadableStream
  readonly output: NodeJS.WritableStream
  readonly version: string
}

/** What each feature says about itself when the client asks what there is. */
const features = [addFormatting, addCodeActions, addFinding, addCompletion, addShowing, addOutline]

/**
 * Speaks the Language Server Protocol (3.17) over two streams until the client ends it, which ends the process. The only place of
 * `lang/` that knows the protocol: it keeps the workspace in step with the client, and hands what is asked to `lang/editor/`.
 */
export function serve({ input, output, version, ...surroundings }: ServeInput): void {
  const connection = createConnection(ProposedFeatures.all, input, output)
  const log: Log = (message) => connection.console.error(message)
  const documents = new TextDocuments(TextDocument)
  const workspace = makeWorkspace(surroundings)
  const client: Served["client"] = { snippets: "plain", hints: "asked for" }
  const publisher = makePublisher(
    connection,
    workspace,
    (uri) => documents.get(uri)?.version,
    () => client.hints === "refreshed" && connection.languages.inlayHint.refresh().catch(() => {}),
    log,
  )
  const served: Served = { connection, documents, workspace, log, client }
  const capabilities = Object.assign({}, ...features.map((add) => add(served)))

  const follows = { folders: false, files: false }
  connection.onInitialize((parameters): InitializeResult => {
    Object.assign(follows, followed(parameters))
    Object.assign(client, understood(parameters))
    for (const folder of foldersOf(parameters)) attempt("a folder", log, () => workspace.addFolder(folder))
    return {
      serverInfo: { name: "appl", version },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: false },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
        ...capabilities,
      },
    }
  })
  connection.onInitialized(() => {
    if (follows.folders) followFolders(connection, workspace, publisher.changed, log)
    if (follows.files) watchFiles(connection, log)
    publisher.changed()
  })
  connection.onShutdown(() => publisher.stop())
  documents.onDidChangeContent(({ document }) => {
    const path = pathOf(document.uri)
    if (path === null) return
    attempt("a change", log, () => workspace.change(path, document.getText()))
    publisher.changed()
  })
  documents.onDidClose(({ document }) => {
    const path = pathOf(document.uri)
    if (path === null) return
    attempt("a closed document", log, () => workspace.close(path))
    publisher.changed()
  })
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri, type } of changes) {
      const path = pathOf(uri)
      if (path === null) continue
      attempt("a file", log, () =>
        type === FileChangeType.Deleted ? workspace.removed(path) : workspace.written(path),
      )
    }
    publisher.changed()
  })
  // For clients that must know when all diagnostics of what they sent were told: tests, and measurements.
  connection.onRequest("appl/settled", () => publisher.settled())
  documents.listen(connection)
  connection.listen()
}

/** What the client tells the server about by itself. */
function followed({ capabilities: { workspace } }: InitializeParams) {
  return {
    folders: workspace?.workspaceFolders === true,
    files: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  }
}

function understood({ capabilities: { textDocument, workspace } }: InitializeParams): Served["client"] {
  return {
    snippets: textDocument?.completion?.completionItem?.snippetSupport === true ? "understood" : "plain",
    hints: workspace?.inlayHint?.refreshSupport === true ? "refreshed" : "asked for",
  }
}

function foldersOf(parameters: InitializeParams): readonly string[] {
  const uris = parameters.workspaceFolders?.map(({ uri }) => uri) ?? [parameters.rootUri ?? ""]
  return uris.map(pathOf).filter((path) => path !== null)
}

/** Asks the client to say when files change that no editor has open: sources, templates, data, descriptions of modules. */
function watchFiles(connection: Connection, log: Log): void {
  const watchers = [{ globPattern: "**/*" }]
  connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch((error: Error) => {
    log(`the client does not say when files change on the disk: ${error.message}`)
  })
}

function followFolders(connection: Connection, workspace: Workspace, changed: () => void, log: Log): void {
  connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
    attempt("a change of folders", log, () => {
      for (const path of removed.map(({ uri }) => pathOf(uri))) if (path !== null) workspace.removeFolder(path)
      for (const path of added.map(({ uri }) => pathOf(uri))) if (path !== null) workspace.addFolder(path)
    })
    changed()
  })
}
