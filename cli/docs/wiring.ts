import type { Entry, Member } from "../../lang/index.ts"
import { code, type LinkOf } from "./code.ts"
import { type Html, html } from "./html.ts"
import { type Documented, type Places, seenFrom } from "./places.ts"

/** What a class or cluster needs on one side, and what it provides on the other. */
export function wiring(entry: Entry, linkOf: LinkOf): Html | null {
  const needs = entry.members.filter(({ kind }) => kind === "needs" || kind === "uses")
  const provides = entry.members.filter(({ kind }) => kind === "provides")
  if (needs.length === 0 && provides.length === 0) return null
  const left =
    needs.length === 0
      ? null
      : html`<ul>${needs.map((member) => chip(member, linkOf))}</ul><span class="to" aria-label="is needed by">→</span>`
  const right =
    provides.length === 0
      ? null
      : html`<span class="to" aria-label="provides">→</span><ul>${provides.map((member) => chip(member, linkOf))}</ul>`
  return html`<h2>Wiring</h2><div class="wires">${left}<span class="self">${entry.name}</span>${right}</div>`
}

/** Of a service: who of this site provides it, and who needs it. */
export function whoWires(entry: Entry, of: Documented, path: string, places: Places): Html | null {
  const { symbol } = entry
  if (symbol.kind !== "service") return null
  const among = (kinds: readonly Member["kind"][]) =>
    places.modules.flatMap((module) =>
      module.surface.entries
        .filter((one) => one.members.some((member) => kinds.includes(member.kind) && isOf(member, module, entry, of)))
        .map((one) => link(one, module, path, places)),
    )
  const [providers, consumers] = [among(["provides"]), among(["needs", "uses"])]
  const list = (title: string, links: readonly Html[]) =>
    links.length === 0 ? null : html`<h2>${title}</h2><ul>${links}</ul>`
  return html`${list("Provided by", providers)}${list("Needed by", consumers)}`
}

function chip(member: Member, linkOf: LinkOf): Html {
  const type = member.type === null ? "" : code(member.type.text, linkOf)
  return html`<li${member.kind === "uses" ? html` class="uses" title="used, without waiting for it"` : null}>${member.name}: <span class="code">${type}</span></li>`
}

function link(entry: Entry, module: Documented, path: string, places: Places): Html {
  return html`<li><a href="${seenFrom(path, places.entryPage(module, entry))}">${entry.name}</a> <span class="quiet small">${module.surface.description.name}</span></li>`
}

/** Modules are checked one by one, so a service is known by its module and name; one of the module at hand has no module's name. */
function isOf(member: Member, owner: Documented, entry: Entry, of: Documented): boolean {
  const type = member.type?.type
  const bare = type?.kind === "optional" || type?.kind === "list" ? type.of : type
  if (bare?.kind !== "service" || bare.service === null) return false
  const module = bare.service.unit.module.name || owner.surface.description.name
  return bare.service.name === entry.name && module === of.surface.description.name
}
