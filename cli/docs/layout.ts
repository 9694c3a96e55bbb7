import type { Entry, EntryKind } from "../../lang/index.ts"
import { type Html, html } from "./html.ts"
import { type Documented, type Places, seenFrom } from "./places.ts"

/** What stands around the content of every page. */
export type Page = {
  readonly path: string
  readonly title: string
  /** The module that it is about; null: a page about all of them. */
  readonly module: Documented | null
  readonly entry: Entry | null
  readonly content: Html
}

/** The kinds of exports in the order in which they are listed. */
export const groups: readonly (readonly [EntryKind, string, string])[] = [
  ["class", "Appliances", "appliance class"],
  ["cluster", "Clusters", "cluster"],
  ["service", "Services", "service"],
  ["type", "Types", "type"],
  ["function", "Functions", "function"],
  ["value", "Values", "value"],
  ["network", "Networks", "network"],
  ["host", "Hosts", "host"],
]

/** What one export is called: "appliance class". */
export function kindWord(kind: EntryKind): string {
  return groups.find(([one]) => one === kind)![2]
}

/** A whole page. Its scripts and styles are files of the site, and it may load nothing else. */
export function layout(page: Page, places: Places): string {
  const to = (target: string) => seenFrom(page.path, target)
  const description = page.module?.surface.description ?? null
  const home = page.module === null ? "index.html" : places.pageOf(page.module)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="appl docs">
<title>${page.title}</title>
<link rel="stylesheet" href="${to("style.css")}">
<script src="${to("site.js")}"></script>
<script src="${to("search.js")}" defer></script>
</head>
<body data-root="${"../".repeat(page.path.split("/").length - 1)}">
<header>
<a class="name" href="${to(home)}">${description?.name ?? "Modules"} <span class="version">${description?.version ?? ""}</span></a>
<div class="search" role="search"><input type="search" placeholder="Search ( / )" aria-label="Search" role="combobox" aria-expanded="false" aria-controls="found" autocomplete="off" spellcheck="false" disabled><ol id="found" role="listbox"></ol></div>
<button type="button" aria-label="light or dark" title="light or dark" hidden>◐</button>
</header>
<div class="frame">
<nav aria-label="Contents"><details open><summary>Contents</summary>${page.module === null ? null : navigation(page, page.module, places)}${others(page, places)}</details></nav>
<main>${page.content}<footer>Made by <code>appl docs</code>.</footer></main>
</div>
</body>
</html>
`.html
}

function navigation(page: Page, module: Documented, places: Places): Html {
  const listed = groups.map(([kind, title]) => {
    const entries = module.surface.entries.filter((entry) => entry.kind === kind)
    if (entries.length === 0) return html``
    const items = entries.map((entry) => {
      const here = entry === page.entry ? html` aria-current="page"` : null
      const name = entry.part === null ? entry.name : `${entry.part}/${entry.name}`
      return html`<li><a href="${seenFrom(page.path, places.entryPage(module, entry))}"${here}>${name}</a></li>`
    })
    return html`<h2>${title}</h2><ul>${items}</ul>`
  })
  return html`${listed}`
}

/** The other modules of the site. */
function others(page: Page, places: Places): Html | null {
  const modules = places.modules.filter((one) => one !== page.module)
  if (modules.length === 0) return null
  const items = modules.map((module) => {
    const { name } = module.surface.description
    return html`<li><a href="${seenFrom(page.path, places.pageOf(module))}">${name}</a></li>`
  })
  return html`<h2>${page.module === null ? "Modules" : "Other modules"}</h2><ul>${items}</ul>`
}
