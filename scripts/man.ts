import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { makeProgram } from "../cli/program.ts"
import { manualPages } from "../cli/shell/man.ts"
import { processTerminal } from "../cli/terminal.ts"

// Writes the pages of the manual to `dist/man`, from where npm installs them.

const root = join(import.meta.dirname, "..")
const folder = join(root, "dist", "man")
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))

mkdirSync(folder, { recursive: true })
const pages = manualPages(
  makeProgram(processTerminal(), () => {}),
  version,
)
for (const [name, page] of pages) writeFileSync(join(folder, name), page)
