import { dirname, join } from "node:path"
import { diskFiles } from "../cli/files.ts"
import { contentHash, type Files } from "../lang/index.ts"

// What stands for modules that were fetched, in tests that have no registry.

type ModuleTexts = Readonly<Record<string, string>>

/** The files of each module by its name, from texts by `name/path`. */
export function byModule(fetched: Readonly<Record<string, string>>): ReadonlyMap<string, ModuleTexts> {
  const modules = new Map<string, Record<string, string>>()
  for (const [path, text] of Object.entries(fetched)) {
    const [, name, own] = /^((?:@[^/]+\/)?[^/]+)\/(.+)$/.exec(path)!
    modules.set(name!, { ...modules.get(name!), [own!]: text })
  }
  return modules
}

export function hashOf(module: ModuleTexts): string {
  const encoder = new TextEncoder()
  return contentHash(
    Object.entries(module).map(([path, text]) => ({ path, bytes: encoder.encode(text), executable: false })),
  )
}

/** The entry of the lock for a module whose files are these. */
export function lockedAs(module: ModuleTexts, spec: string): object {
  const version = /"version": "([^"]*)"/.exec(module["module.json"] ?? "")?.[1] ?? "1.0.0"
  return { version, spec, resolved: "https://registry.test/", sha256: hashOf(module) }
}

/** The files of a case, over those of the standard modules. */
export function overStandard(own: Files): Files {
  const isStandard = (path: string) => path === "modules" || path.startsWith("modules/")
  const root = dirname(import.meta.dirname)
  return {
    read: (path) => (isStandard(path) ? diskFiles.read(join(root, path)) : own.read(path)),
    list: (path) => (isStandard(path) ? diskFiles.list(join(root, path)) : own.list(path)),
    resolve: (path) => (isStandard(path) ? path : own.resolve(path)),
  }
}
