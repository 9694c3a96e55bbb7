/** A piece of HTML. What is no such piece is a text, and is escaped wherever it is put. */
export type Html = { readonly html: string }

type Part = Html | string | number | null | readonly (Html | string)[]

/** HTML with values in it: texts are escaped, in attributes too, pieces of HTML are put in as they are, null is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.map((text, index) => text + (index < parts.length ? shown(parts[index]!) : "")).join("") }
}

/** Texts and pieces one after the other. */
export function joined(parts: readonly (Html | string)[], between = ""): Html {
  return { html: parts.map(shown).join(between) }
}

/** A text so that it means itself, between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => `&#${sign.codePointAt(0)};`)
}

function shown(part: Part): string {
  if (part === null) return ""
  if (typeof part === "string") return escaped(part)
  if (typeof part === "number") return String(part)
  return "html" in part ? part.html : part.map(shown).join("")
}
