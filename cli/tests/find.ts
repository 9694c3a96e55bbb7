import { readdirSync, readFileSync } from "node:fs"
import { extname, join } from "node:path"
import { lookAt, reasonOf } from "../files.ts"
import { type Result, refuse } from "../problem.ts"

/** The files that may have tests: every named one, and those below named folders that have the word at the start of a line. */
export function filesWithTests(paths: readonly string[]): Result<readonly string[]> {
  const found = new Set<string>()
  for (const path of paths) {
    const entry = lookAt(path)
    if (!entry.ok) return entry
    if (entry.value === "nothing") return refuse(`there is no file or folder ${path}`, remedy)
    if (entry.value === "file" && extname(path) !== ".appl") return refuse(`${path} is not an .appl file`, remedy)
    if (entry.value === "file") found.add(path)
    else {
      const files = below(path)
      if (!files.ok) return files
      for (const file of files.value) found.add(file)
    }
  }
  return { ok: true, value: [...found] }
}

const remedy = "name .appl files, or folders that hold some"

/** Folders that programs fill, and hidden ones, are passed by. */
function below(folder: string): Result<readonly string[]> {
  const found: string[] = []
  const look = (inside: string): void => {
    const entries = readdirSync(inside, { withFileTypes: true })
    for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
      const path = inside === "." ? entry.name : join(inside, entry.name)
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue
      if (entry.isDirectory()) look(path)
      else if (entry.isFile() && extname(path) === ".appl" && mentionsTests(path)) found.push(path)
    }
  }
  try {
    look(folder)
    return { ok: true, value: found }
  } catch (error) {
    return refuse(`what is below ${folder} cannot be read: ${reasonOf(error)}`, remedy)
  }
}

function mentionsTests(path: string): boolean {
  return /^[ \t]*test[ \t]+"/m.test(readFileSync(path, "utf8"))
}
