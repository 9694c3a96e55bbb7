import { commands, type ExtensionContext, window, workspace } from "vscode"
import { LanguageClient, type LanguageClientOptions, type ServerOptions } from "vscode-languageclient/node"

let client: LanguageClient | null = null

/** Called by the editor when the first file of the language is opened: starts `appl lsp` and speaks with it. */
export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    commands.registerCommand("appl.restart", restart),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("appl.path")) void restart()
    }),
  )
  await start()
}

/** Called by the editor before it ends, or when the extension is switched off. */
export async function deactivate(): Promise<void> {
  await client?.stop()
  client = null
}

async function restart(): Promise<void> {
  await deactivate()
  await start()
}

async function start(): Promise<void> {
  const command = workspace.getConfiguration("appl").get("path", "appl")
  const server: ServerOptions = { command, args: ["lsp"] }
  const options: LanguageClientOptions = {
    documentSelector: [
      { scheme: "file", language: "appl" },
      // Templates have variables that are known by type.
      { scheme: "file", pattern: "**/*.njk" },
    ],
  }
  const started = new LanguageClient("appl", "appl", server, options)
  client = started
  try {
    await started.start()
  } catch (problem) {
    client = null
    const settings = "Open the setting"
    const chosen = await window.showErrorMessage(
      `appl: \`${command} lsp\` did not start: ${messageOf(problem)}`,
      settings,
    )
    if (chosen === settings) await commands.executeCommand("workbench.action.openSettings", "appl.path")
  }
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem)
}
