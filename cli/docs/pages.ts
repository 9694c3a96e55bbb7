import type { Entry, Member } from "../../lang/index.ts"
import { code, type LinkOf } from "./code.ts"
import { type Html, html } from "./html.ts"
import { groups, kindWord } from "./layout.ts"
import { markdown, summary } from "./markdown.ts"
import { anchorOf, type Documented, type Places, seenFrom } from "./places.ts"
import { whoWires, wiring } from "./wiring.ts"

/** The page of a module: its README, and all that it exports. */
export function modulePage(module: Documented, places: Places): Html {
  const { description, entries } = module.surface
  const path = places.pageOf(module)
  const linkOf = linksFrom(path, module, places)
  const readme =
    module.readme === null
      ? html`<h1>${description.name}</h1><p>${description.about}</p>`
      : markdown(module.readme, linkOf)
  const lists = groups.map(([kind, title]) => {
    const own = entries.filter((entry) => entry.kind === kind)
    return own.length === 0
      ? html``
      : html`<h2>${title}</h2><ul class="cards">${own.map((entry) => card(entry, module, path, places))}</ul>`
  })
  const facts = html`<p class="quiet small">Version ${description.version} · edition ${description.edition} · licence ${description.licence}</p>`
  return html`${readme}${lists}${facts}`
}

/** The page of all modules of a site. */
export function modulesPage(places: Places): Html {
  const cards = places.modules.map((module) => {
    const { name, about, version } = module.surface.description
    const said = about === "" ? summary((module.readme ?? "").replace(/^#.*\n/, "")) : about
    return html`<li><a href="${seenFrom("index.html", places.pageOf(module))}"><b>${name}</b> <span class="quiet small">${version}</span><p>${said}</p></a></li>`
  })
  return html`<h1>Modules</h1><ul class="cards">${cards}</ul>`
}

/** The page of one export. */
export function entryPage(entry: Entry, module: Documented, places: Places): Html {
  const path = places.entryPage(module, entry)
  const linkOf = linksFrom(path, module, places)
  const from = `${module.surface.description.name}${entry.part === null ? "" : `/${entry.part}`}`
  const of = (...kinds: Member["kind"][]) => entry.members.filter((member) => kinds.includes(member.kind))
  const base =
    entry.base === null
      ? null
      : html`<p>Specialises <span class="code">${code(entry.base, linkOf)}</span>: what that has, it has too.</p>`
  return html`<p><span class="kind">${kindWord(entry.kind)}</span><span class="quiet small">${from}</span></p>
<h1>${entry.name}</h1>
${markdown(entry.doc, linkOf)}${base}
<pre><code>${code(`use { ${entry.name} } from "${from}"`, () => null)}</code></pre>
${signature(entry, linkOf)}${wiring(entry, linkOf)}
${table("Params", of("param"), linkOf)}${table(entry.kind === "function" ? "Parameters" : "Fields", of("field", "parameter"), linkOf)}
${table("Needs", of("needs", "uses"), linkOf)}${table("Provides", of("provides"), linkOf)}${table("Outputs", of("output"), linkOf)}
${table("Checks", of("check"), linkOf)}${table("What it is made of", of("builtin"), linkOf)}${whoWires(entry, module, path, places)}
<p class="quiet small">Declared in ${module.surface.description.name}/${fileOf(entry, module)}.</p>`
}

/** The file that declares an export, as `module.json` names it. */
function fileOf(entry: Entry, module: Documented): string {
  const { exports, parts } = module.surface.description
  const file = (entry.part === null ? exports : parts.get(entry.part))?.get(entry.name) ?? ""
  return file.replace(/^\.\//, "")
}

function linksFrom(path: string, module: Documented, places: Places): LinkOf {
  return (name) => {
    const target = places.find(name, module)
    return target === null || target === path ? null : seenFrom(path, target)
  }
}

function card(entry: Entry, module: Documented, path: string, places: Places): Html {
  const name = entry.part === null ? entry.name : `${entry.part}/${entry.name}`
  return html`<li><a href="${seenFrom(path, places.entryPage(module, entry))}"><b>${name}</b><p>${summary(entry.doc)}</p></a></li>`
}

/** How a function is called, or what a type or value is. */
function signature(entry: Entry, linkOf: LinkOf): Html | null {
  if (entry.type === null) return null
  if (entry.kind === "function") {
    const parameters = entry.members.map(
      ({ name, type, value }) => `${name}: ${type?.text ?? "?"}${value === null ? "" : ` = ${value}`}`,
    )
    return html`<pre><code>${code(`fn ${entry.name}(${parameters.join(", ")}): ${entry.type.text}`, linkOf)}</code></pre>`
  }
  if (entry.members.length > 0 && !entry.members.some(({ variant }) => variant !== null)) return null
  const head = entry.kind === "type" ? `type ${entry.name} = ` : `let ${entry.name}: `
  return html`<pre><code>${code(`${head}${entry.type.text}`, linkOf)}</code></pre>`
}

function table(title: string, members: readonly Member[], linkOf: LinkOf): Html | null {
  if (members.length === 0) return null
  const typed = members.some(({ type }) => type !== null)
  const valued = members.some(({ value }) => value !== null)
  const told = members.some(({ doc, inherited }) => doc !== "" || inherited !== null)
  const heading = valued
    ? html`<th>${title === "Params" || title === "Fields" || title === "Parameters" ? "Default" : "Value"}</th>`
    : null
  const rows = members.map((member) => row(member, { typed, valued, told }, linkOf))
  return html`<h2>${title}</h2><table class="members"><thead><tr><th>Name</th>${typed ? html`<th>Type</th>` : null}${heading}${told ? html`<th>Meaning</th>` : null}</tr></thead><tbody>${rows}</tbody></table>`
}

type Columns = { readonly typed: boolean; readonly valued: boolean; readonly told: boolean }

function row(member: Member, { typed, valued, told }: Columns, linkOf: LinkOf): Html {
  const { name, type, doc, inherited, variant, required, kind } = member
  const shown = variant === null ? name : `${variant}.${name}`
  const is_given = kind === "param" || kind === "field" || kind === "parameter"
  const must =
    required && is_given
      ? html` <span class="must">must be given</span>`
      : kind === "uses"
        ? html` <span class="must">uses</span>`
        : null
  const from =
    inherited === null
      ? null
      : html`<p class="quiet small">from <span class="code">${code(inherited, linkOf)}</span></p>`
  const cells = [
    typed ? html`<td class="code" data-label="">${type === null ? "" : code(type.text, linkOf)}</td>` : html``,
    valued
      ? html`<td class="code" data-label="${is_given ? "default" : ""}">${valueCell(member, linkOf)}</td>`
      : html``,
    told ? html`<td>${markdown(doc, linkOf)}${from}</td>` : html``,
  ]
  return html`<tr id="${anchorOf(member)}"><td class="name">${shown}${must}</td>${cells}</tr>`
}

function valueCell(member: Member, linkOf: LinkOf): Html | null {
  const { value, written } = member
  if (value === null) return null
  if (written === null || !written.includes("\n")) return code(value, linkOf)
  return html`<pre><code>${code(written, linkOf)}</code></pre>`
}
