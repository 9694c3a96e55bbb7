import { sha256 } from "../text/digest.ts"
import type { Files } from "../text/files.ts"
import { compareTexts } from "../text/order.ts"
import { joinPath } from "../text/paths.ts"

/** One file of a module, its path relative to the module's folder. */
export type ModuleFile = { readonly path: string; readonly bytes: Uint8Array; readonly executable: boolean }

/**
 * Whether a file below a module's folder is a part of the module, wherever it comes from: hidden files, packages of other tools,
 * archives, locks and the site of its documents are not, so that a folder, a repository and a tarball of the same module have the same content.
 */
export function isModuleFile(path: string): boolean {
  const parts = path.split("/")
  if (parts.some((part) => part.startsWith(".") || part === "node_modules") || parts[0] === "site") return false
  return (
    path !== "package.json" && path !== "package-lock.json" && path !== "appl.lock" && !/\.(?:tgz|tar\.gz)$/.test(path)
  )
}

/**
 * The hash of a module's content, as 64 hexadecimal digits: SHA-256 over one line for each file in the order of their paths, which
 * holds the file's own SHA-256, `x` or `-` for whether it can be executed, and its path. This is the method of Go's
 * `dirhash.Hash1` (golang.org/x/mod/sumdb/dirhash), with the executable bit: it does not depend on how the files were packed.
 */
export function contentHash(files: readonly ModuleFile[]): string {
  const lines = [...files]
    .sort((left, right) => compareTexts(left.path, right.path))
    .map((file) => `${sha256(file.bytes)} ${file.executable ? "x" : "-"} ${file.path}\n`)
  return sha256(lines.join(""))
}

/** The files of the module in a folder; null when there is no such folder. */
export function moduleFiles(root: string, files: Files): ModuleFile[] | null {
  const listed = files.list(root)
  if (listed === null) return null
  return listed
    .filter(({ path }) => isModuleFile(path))
    .flatMap(({ path, executable }) => {
      const bytes = files.read(joinPath(root, path))
      return bytes === null ? [] : [{ path, bytes, executable }]
    })
}

/** The folder of a module with this content hash, below the folder of all fetched modules. */
export function contentFolder(cache: string, hash: string): string {
  return joinPath(cache, hash)
}
