import type { Connection, ServerCapabilities, TextDocuments } from "vscode-languageserver/node"
import type { TextDocument } from "vscode-languageserver-textdocument"
import type { Log } from "./guard.ts"
import type { Workspace } from "./workspace.ts"

/** What the handlers of a feature work with. */
export type Served = {
  readonly connection: Connection
  readonly documents: TextDocuments<TextDocument>
  readonly workspace: Workspace
  readonly log: Log
  /** What the client said that it understands. */
  readonly client: { snippets: "understood" | "plain"; hints: "refreshed" | "asked for" }
}

/** Registers the handlers of a feature, and gives what it adds to the server's capabilities. */
export type AddFeature = (served: Served) => Partial<ServerCapabilities>
