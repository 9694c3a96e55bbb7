import { readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { type Result, refuse } from "../problem.ts"

/** The files that may have tests: every named one, and those below named folders that have the word at the start of a line. */
export function filesWithTests(paths: readonly string[]): Result<readonly string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    const entry = statSync(path, { throwIfNoEntry: false })
    if (entry === undefined)
      return refuse(`there is no file or folder ${path}`, "name .appl files, or folders that hold some")
    if (entry.isDirectory()) for (const file of below(path)) found.add(file)
    else if (extname(path) === ".appl") found.add(path)
    else return refuse(`${path} is not an .appl file`, null)
  }
  return { ok: true, value: [...found] }
}

/** Folders that programs fill, and hidden ones, are passed by. */
function below(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = folder === "." ? entry.name : join(folder, entry.name)
      if (entry.name.startsWith(".") || entry.name === "node_modules") return []
      if (entry.isDirectory()) return below(path)
      return entry.isFile() && extname(path) === ".appl" && mentionsTests(path) ? [path] : []
    })
}

function mentionsTests(path: string): boolean {
  return /^[ \t]*test[ \t]+"/m.test(readFileSync(path, "utf8"))
}
