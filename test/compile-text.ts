import { dirname } from "node:path"
import { diskFiles } from "../cli/files.ts"
import { type Compiled, compile } from "../lang/index.ts"

const root = dirname(import.meta.dirname)

/** Compiles a text as if it stood in the file `entry`, with the real files and modules around it and an empty lock. */
export function compileText(entry: string, text: string): Compiled {
  return compile({
    entry,
    files: {
      ...diskFiles,
      read: (path) => (path === entry ? new TextEncoder().encode(text) : diskFiles.read(path)),
      resolve: (path) => (path === entry ? path : diskFiles.resolve(path)),
    },
    standard: `${root}/modules`,
    cluster: null,
    deployed: null,
    params: [],
    lock: null,
    limit: 1_000_000,
  })
}
