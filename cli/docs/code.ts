import { highlight } from "../../lang/index.ts"
import { type Html, html, joined } from "./html.ts"

/** Where a name is documented, as seen from the page at hand; null: nowhere in this site. */
export type LinkOf = (name: string) => string | null

/** Code of the language in colours, its types linked to where they are documented. */
export function code(text: string, linkOf: LinkOf): Html {
  const pieces: Html[] = []
  let at = 0
  for (const { start, end, kind } of highlight(text)) {
    if (start < at) continue
    pieces.push(html`${text.slice(at, start)}`)
    const word = text.slice(start, end)
    const link = kind === "type" ? linkOf(word) : null
    const shown = html`<span class="${kind}">${word}</span>`
    pieces.push(link === null ? shown : html`<a href="${link}">${shown}</a>`)
    at = end
  }
  pieces.push(html`${text.slice(at)}`)
  return joined(pieces)
}
