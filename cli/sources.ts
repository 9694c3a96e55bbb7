import { readdirSync } from "node:fs"
import { extname, join } from "node:path"
import { isFile, lookAt, reasonOf } from "./files.ts"
import { type Result, refuse } from "./problem.ts"

/** A named file, or every `.appl` file below a named folder, sorted; what is installed (`node_modules`) is left out. */
export function sourcesOf(path: string, command: string): Result<string[]> {
  const found = lookAt(path)
  if (!found.ok) return found
  if (found.value === "nothing") return refuse(`there is no file ${path}`, `${command} takes .appl files and folders`)
  if (found.value === "file") {
    if (extname(path) !== ".appl")
      return refuse(`${path} is not an .appl file`, `${command} takes .appl files and folders`)
    return { ok: true, value: [path] }
  }
  const names = namesBelow(path)
  if (!names.ok) return names
  const files = names.value.filter((name) => name.endsWith(".appl") && !name.includes("node_modules")).sort()
  return { ok: true, value: files.map((name) => join(path, name)).filter(isFile) }
}

function namesBelow(folder: string): Result<string[]> {
  try {
    return { ok: true, value: readdirSync(folder, { recursive: true, encoding: "utf8" }) }
  } catch (error) {
    return refuse(
      `what is below ${folder} cannot be read: ${reasonOf(error)}`,
      "name the files and folders that can be read",
    )
  }
}
