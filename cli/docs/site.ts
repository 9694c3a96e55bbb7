import { readFileSync } from "node:fs"
import { libraryFile } from "../installation.ts"
import { client } from "./client.ts"
import { kindWord, layout } from "./layout.ts"
import { summary } from "./markdown.ts"
import { entryPage, modulePage, modulesPage } from "./pages.ts"
import { anchorOf, type Documented, layOut, type Places } from "./places.ts"
import { style } from "./style.ts"

/**
 * The files of a site about modules, by path: pages that need no server, and load nothing from outside the folder. With "first is home"
 * the first module is what the site is about, and the others are those that it uses.
 */
export function makeSite(
  modules: readonly Documented[],
  all: "all alike" | "first is home",
): ReadonlyMap<string, string> {
  const places = layOut(modules, all)
  const files = new Map<string, string>([
    ["style.css", style],
    ["site.js", client],
    ["search.js", `${searchLibrary()}\nwindow.applDocuments = ${JSON.stringify(documents(places))};\n`],
  ])
  if (all === "all alike") {
    files.set(
      "index.html",
      layout({ path: "index.html", title: "Modules", module: null, entry: null, content: modulesPage(places) }, places),
    )
  }
  for (const module of modules) {
    const { name } = module.surface.description
    const path = places.pageOf(module)
    files.set(path, layout({ path, title: name, module, entry: null, content: modulePage(module, places) }, places))
    for (const entry of module.surface.entries) {
      const page = places.entryPage(module, entry)
      const content = entryPage(entry, module, places)
      files.set(page, layout({ path: page, title: `${entry.name} · ${name}`, module, entry, content }, places))
    }
  }
  return files
}

/** What the search knows of: every export, and every member that has a text. */
type SearchDocument = {
  readonly id: number
  readonly name: string
  /** The name in its words: `web-servers` is found by `servers`, `ServerRoom` by `room`. */
  readonly words: string
  readonly kind: string
  readonly where: string
  readonly doc: string
  readonly href: string
}

function documents(places: Places): SearchDocument[] {
  const found: Omit<SearchDocument, "id">[] = []
  for (const module of places.modules) {
    const { name } = module.surface.description
    const own = module.surface.description.about
    found.push({
      name,
      words: wordsOf(name),
      kind: "module",
      where: module.surface.description.version,
      doc: own,
      href: places.pageOf(module),
    })
    for (const entry of module.surface.entries) {
      const href = places.entryPage(module, entry)
      found.push({
        name: entry.name,
        words: wordsOf(entry.name),
        kind: kindWord(entry.kind),
        where: name,
        doc: summary(entry.doc),
        href,
      })
      for (const member of entry.members) {
        if (member.kind === "builtin" || member.inherited !== null) continue
        found.push({
          name: member.name,
          words: wordsOf(member.name),
          kind: member.kind,
          where: `${entry.name} · ${name}`,
          doc: summary(member.doc),
          href: `${href}#${encodeURIComponent(anchorOf(member))}`,
        })
      }
    }
  }
  return found.map((document, id) => ({ id, ...document }))
}

function wordsOf(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1 $2").replace(/[-/@]/g, " ")
}

/** MiniSearch as one plain script, from the package itself. */
function searchLibrary(): string {
  const path = libraryFile("minisearch").replace(/dist[\\/].*$/, "dist/umd/index.js")
  return readFileSync(path, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n")
}
