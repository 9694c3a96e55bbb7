import { join } from "node:path"
import { type CheckedModule, checkModule, type Files, type ModuleFile } from "../../lang/index.ts"
import { diskFiles } from "../files.ts"
import { standardModules } from "../installation.ts"
import { modulesFolder } from "../state.ts"
import type { Fetching } from "./fetching.ts"
import { type Gotten, getPlace, getVersion, type Sources, versionsOf } from "./sources.ts"

/** A module that lies in a folder. */
export function checkFolder(root: string): CheckedModule {
  return checkModule({ root, files: diskFiles, standard: standardModules(), modules: modulesFolder() })
}

/** Files of another version, checked in its place: what it uses is what the lock in `root` holds. */
export function checkFiles(root: string, name: string, files: readonly ModuleFile[]): CheckedModule {
  const place = join(root, `.appl-${name.replace("/", "-")}`)
  return checkModule({
    root: place,
    files: filesAt(place, files, join(root, "appl.lock")),
    standard: standardModules(),
    modules: modulesFolder(),
  })
}

/** A version of a module to compare with: `1.2.0` or `^1` of the registry, or a place. `newest` is the newest one; null: there is none. */
export async function getOther(name: string, request: string, sources: Sources): Promise<Fetching<Gotten | null>> {
  const { maxSatisfying, validRange } = await import("semver")
  if (request !== "newest" && validRange(request) === null) return getPlace(name, request, sources)
  const known = await versionsOf(name, sources)
  if (!known.ok)
    return known.message.startsWith("there is no ") && request === "newest" ? { ok: true, value: null } : known
  const version = maxSatisfying(known.value, request === "newest" ? "*" : request)
  if (version === null) return { ok: true, value: null }
  return getVersion(name, version, sources)
}

/** The disk with a folder more in it. */
function filesAt(place: string, own: readonly ModuleFile[], lock: string): Files {
  const inside = new Map(own.map((file) => [join(place, file.path), file]))
  return {
    read: (path) => {
      if (path === join(place, "appl.lock")) return diskFiles.read(lock)
      return inside.get(path)?.bytes ?? diskFiles.read(path)
    },
    list: (path) => {
      if (path !== place && !path.startsWith(`${place}/`)) return diskFiles.list(path)
      const below = [...inside].filter(([name]) => name.startsWith(`${path}/`))
      return below.map(([name, { executable }]) => ({ path: name.slice(path.length + 1), executable }))
    },
    resolve: (path) => (path === place || path.startsWith(`${place}/`) ? path : diskFiles.resolve(path)),
  }
}
