import { readdirSync } from "node:fs"
import { join } from "node:path"
import { serve } from "../../lang/server/serve.ts"
import { diskFiles } from "../files.ts"
import { readVersion, standardModules } from "../installation.ts"
import { modulesFolder } from "../state.ts"

/** `appl lsp`: a language server on the standard input and output. The client ends it, and with it the process. */
export async function lsp(): Promise<number> {
  serve({
    input: process.stdin,
    output: process.stdout,
    version: readVersion(),
    files: diskFiles,
    standard: standardModules(),
    modules: modulesFolder(),
    sourcesBelow,
  })
  return new Promise(() => {})
}

/** How many sources of a folder are read when it is opened; of the rest only what these use. */
const most_sources = 5_000

/** How many folders are looked into, so that a home folder that was opened by mistake does not take minutes. */
const most_folders = 10_000

function sourcesBelow(folder: string): readonly string[] {
  const sources: string[] = []
  const folders = [folder]
  for (let index = 0; index < Math.min(folders.length, most_folders) && sources.length < most_sources; index++) {
    for (const entry of entriesOf(folders[index]!)) {
      const path = join(folders[index]!, entry.name)
      if (entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules") folders.push(path)
      else if (entry.isFile() && entry.name.endsWith(".appl")) sources.push(path)
    }
  }
  return sources
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
