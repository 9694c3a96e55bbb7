import { lstatSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { isModuleFile, type ModuleFile } from "../../lang/index.ts"
import { checkFiles } from "./archive.ts"
import { type Fetching, limits, refused, unreachable } from "./fetching.ts"
import { wrongPath } from "./names.ts"

/** The files of the module in a folder of this machine, under the same rules as those of an archive. */
export function readModuleFolder(folder: string): Fetching<ModuleFile[]> {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) return unreachable(`there is no folder ${folder}`)
  const files: ModuleFile[] = []
  let size = 0
  const waiting = [""]
  while (waiting.length > 0) {
    const inner = waiting.pop()!
    for (const entry of readdirSync(join(folder, inner), { withFileTypes: true })) {
      const path = inner === "" ? entry.name : `${inner}/${entry.name}`
      if (!isModuleFile(path)) continue
      const wrong = wrongPath(path)
      if (wrong !== null) return refused(`"${path}" ${wrong}`)
      if (entry.isDirectory()) waiting.push(path)
      else if (!entry.isFile()) {
        return refused(
          `"${path}" is ${entry.isSymbolicLink() ? "a link" : "no plain file"}`,
          "a module has plain files only: put the content itself there",
        )
      } else {
        const { size: bytes, mode } = lstatSync(join(folder, path))
        size += bytes
        if (size > limits.unpacked_bytes || files.length > limits.files)
          return refused("it is too large, or has too many files")
        files.push({ path, bytes: readFileSync(join(folder, path)), executable: (mode & 0o111) !== 0 })
      }
    }
  }
  return checkFiles(files)
}
