import MarkdownIt from "markdown-it"
import { code, type LinkOf } from "./code.ts"
import { escaped, type Html } from "./html.ts"

/** Markdown as HTML. HTML in it is text, its images are links: a page of a module loads nothing from elsewhere and runs nothing. */
export function markdown(text: string, linkOf: LinkOf): Html {
  const parser = new MarkdownIt({
    html: false,
    linkify: false,
    highlight: (block, language) => (language === "appl" ? code(block, linkOf).html : escaped(block)),
  })
  parser.validateLink = isHarmless
  parser.renderer.rules.image = (tokens, index) => {
    const token = tokens[index]!
    const said = token.content === "" ? "image" : token.content
    return `<a rel="noopener noreferrer nofollow" href="${escaped(String(token.attrGet("src") ?? ""))}">${escaped(said)}</a>`
  }
  parser.renderer.rules.link_open = (tokens, index, options, _, renderer) => {
    tokens[index]!.attrSet("rel", "noopener noreferrer nofollow")
    return renderer.renderToken(tokens, index, options)
  }
  parser.renderer.rules.table_open = () => '<div class="wide"><table>'
  parser.renderer.rules.table_close = () => "</table></div>"
  return { html: parser.render(text) }
}

/** The first sentence of a Markdown text, as plain text: what a list has room for. */
export function summary(text: string): string {
  const [paragraph = ""] = text.trim().split(/\n\s*\n/)
  const plain = paragraph
    .replace(/\s+/g, " ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/[`*_#>]/g, "")
    .trim()
  return /^.*?[.!?](?=\s|$)/.exec(plain)?.[0] ?? plain
}

/** Addresses of the web, of mail, and places in the page: nothing that runs, and nothing on the reader's disk. */
function isHarmless(link: string): boolean {
  return /^(?:https?:\/\/|mailto:|#)/i.test(link.trim())
}
