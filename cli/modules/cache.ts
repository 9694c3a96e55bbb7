import { randomUUID } from "node:crypto"
import { chmodSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { contentFolder, contentHash, type ModuleFile, moduleFiles } from "../../lang/index.ts"
import { diskFiles } from "../files.ts"
import { type Result, refuse } from "../problem.ts"
import { modulesFolder } from "../state.ts"

/** The files of a fetched module, by the hash of its content; null when it is not here, or is damaged. */
export function cached(hash: string): ModuleFile[] | null {
  const files = moduleFiles(contentFolder(modulesFolder(), hash), diskFiles)
  return files !== null && contentHash(files) === hash ? files : null
}

/** Keeps the files of a module below the hash of their content. It is there as a whole or not at all, also when two do so at once. */
export function keep(files: readonly ModuleFile[]): Result<string> {
  const hash = contentHash(files)
  const final = contentFolder(modulesFolder(), hash)
  if (cached(hash) !== null) return { ok: true, value: hash }
  const temporary = join(modulesFolder(), `.${randomUUID()}`)
  try {
    for (const file of files) {
      const path = join(temporary, file.path)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, file.bytes, { flag: "wx" })
      chmodSync(path, file.executable ? 0o555 : 0o444)
    }
    // What lies there with another content is damaged.
    if (statSync(final, { throwIfNoEntry: false }) !== undefined) rmSync(final, { recursive: true, force: true })
    renameSync(temporary, final)
    return { ok: true, value: hash }
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true })
    if (cached(hash) !== null) return { ok: true, value: hash }
    const why = error instanceof Error ? error.message : String(error)
    return refuse(
      `the cache ${modulesFolder()} cannot be written: ${why}`,
      "make it writable, or name another folder with APPL_CACHE",
    )
  }
}
