import { readdirSync, statSync } from "node:fs"
import { extname, join } from "node:path"
import { type Result, refuse } from "./problem.ts"

/** A named file, or every `.appl` file below a named folder, sorted; what is installed (`node_modules`) is left out. */
export function sourcesOf(path: string, command: string): Result<string[]> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return refuse(`there is no file ${path}`, `${command} takes .appl files and folders`)
  if (!found.isDirectory()) {
    if (extname(path) !== ".appl")
      return refuse(`${path} is not an .appl file`, `${command} takes .appl files and folders`)
    return { ok: true, value: [path] }
  }
  const names = readdirSync(path, { recursive: true, encoding: "utf8" })
  const files = names.filter((name) => name.endsWith(".appl") && !name.includes("node_modules")).sort()
  return { ok: true, value: files.map((name) => join(path, name)) }
}
