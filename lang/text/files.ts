/**
 * The files that a compilation may read: the only way in which `lang/` sees any. The command passes the disk, tests a map in
 * memory, the editor its open buffers over the disk. Paths use `/`; what is outside of `root`s is the caller's affair.
 */
export type Files = {
  /** The bytes of a file, or null when there is none (or it is not a plain file). */
  read(path: string): Uint8Array | null
  /**
   * All plain files below a folder, as paths relative to it, sorted, and links to folders, which cannot be read; null when there is no such
   * folder, or so much in it that it cannot be meant.
   */
  list(path: string): readonly ListedFile[] | null
  /** The path with all links resolved, or null when it does not exist: how a link that leaves its module is found. */
  resolve(path: string): string | null
}
export type ListedFile = { readonly path: string; readonly executable: boolean }

/** Files from a map of path to text: the twin in memory. */
export function memoryFiles(files: Readonly<Record<string, string>>): Files {
  const encoder = new TextEncoder()
  return {
    read: (path) => (files[path] === undefined ? null : encoder.encode(files[path])),
    list: (path) => {
      const prefix = path.endsWith("/") ? path : `${path}/`
      const found = Object.keys(files).filter((name) => name.startsWith(prefix))
      if (found.length === 0) return null
      return found.sort().map((name) => ({ path: name.slice(prefix.length), executable: false }))
    },
    resolve: (path) =>
      files[path] === undefined && !Object.keys(files).some((name) => name.startsWith(`${path}/`)) ? null : path,
  }
}

/** The same files with some texts in place of what they hold. */
export function overlay(files: Files, texts: ReadonlyMap<string, string>): Files {
  const encoder = new TextEncoder()
  return {
    ...files,
    read: (path) => {
      const text = texts.get(path)
      return text === undefined ? files.read(path) : encoder.encode(text)
    },
  }
}
