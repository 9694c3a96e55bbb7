import type { Entry, EntryKind, Member, Surface } from "../../lang/index.ts"

/** A module with what its site says of it. */
export type Documented = {
  readonly surface: Surface
  /** The text of its README; null: it has none. */
  readonly readme: string | null
}

/** Where everything of a site stands: paths from its root. */
export type Places = {
  readonly modules: readonly Documented[]
  pageOf(module: Documented): string
  entryPage(module: Documented, entry: Entry): string
  /** The page of a type, class or service as `from` knows it: its own first, then those of other modules. */
  find(name: string, from: Documented): string | null
}

/** Gives each page a path: the first module has the root, others a folder with their name. */
export function layOut(modules: readonly Documented[], all: "all alike" | "first is home"): Places {
  const taken = new Set<string>()
  const pages = new Map<Entry, string>()
  const folderOf = (module: Documented) =>
    all === "first is home" && module === modules[0] ? "" : `${module.surface.description.name.replace("@", "")}/`
  for (const module of modules) {
    for (const entry of module.surface.entries) {
      const wanted = `${folderOf(module)}${folders[entry.kind]}/${entry.part === null ? "" : `${entry.part}.`}${entry.name}`
      // Names that differ in capitals only are one file on some machines.
      let path = wanted
      for (let count = 2; taken.has(path.toLowerCase()); count++) path = `${wanted}-${count}`
      taken.add(path.toLowerCase())
      pages.set(entry, `${path}.html`)
    }
  }
  const entryPage = (_: Documented, entry: Entry) => pages.get(entry)!
  return {
    modules,
    pageOf: (module) => `${folderOf(module)}index.html`,
    entryPage,
    find: (name, from) => {
      for (const module of [from, ...modules.filter((one) => one !== from)]) {
        const entry = module.surface.entries.find((one) => one.name === name)
        if (entry !== undefined) return entryPage(module, entry)
      }
      return null
    },
  }
}

/** Where a member stands on the page of what has it. */
export function anchorOf({ kind, name, variant }: Member): string {
  return `${kind}.${variant === null ? "" : `${variant}.`}${name}`.replace(/\s+/g, "-")
}

/** A path of the site as seen from one of its pages. */
export function seenFrom(page: string, target: string): string {
  return `${"../".repeat(page.split("/").length - 1)}${target.split("/").map(encodeURIComponent).join("/")}`
}

const folders: Readonly<Record<EntryKind, string>> = {
  class: "class",
  service: "service",
  type: "type",
  function: "fn",
  cluster: "cluster",
  value: "let",
  network: "network",
  host: "host",
}
