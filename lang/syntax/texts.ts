import type { Findings } from "./findings.ts"
import type { Expression } from "./tree.ts"

/** A stretch of a text as written, or what was inserted into it. */
export type RawPart = { readonly raw: string; readonly start: number } | Expression

/** Resolves the escapes of one stretch of a text that starts at offset `start`; unknown ones are reported. */
export function decodeEscapes(raw: string, start: number, findings: Findings | null): string {
  if (!raw.includes("\\")) return raw
  return raw.replace(escapeSequence, (image: string, name: string, code: string | undefined, at: number) => {
    if (code !== undefined) {
      const point = Number.parseInt(code, 16)
      // No argument of a program and no variable can hold a zero character.
      if (point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)) return String.fromCodePoint(point)
    } else if (Object.hasOwn(escapes, name)) return escapes[name]!
    const end = start + at + image.length
    findings?.mistake("A0107", start + at, end, `\`${image}\` is no escape`, {
      hint: 'the escapes are `\\n`, `\\t`, `\\"`, `\\\\`, `\\${` and `\\u{…}`',
    })
    return image.slice(1)
  })
}

const escapeSequence = /\\(u\{([0-9a-fA-F]{1,8})\}|[\s\S]|$)/g
const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\", $: "$" }

/**
 * The parts of a `"""` text: the line of the opening quotes is dropped, the indentation of the closing line is taken
 * off every line, and the last line end goes with the closing line. Line ends become `\n`.
 */
export function decodeBlock(parts: readonly RawPart[], findings: Findings): (string | Expression)[] {
  const indent = closingIndent(parts)
  return joinParts(
    parts.map((part, index) => {
      if (!("raw" in part)) return part
      // Escapes are reported from the text as written, where their offsets are right, and resolved after the indentation.
      decodeEscapes(part.raw, part.start, findings)
      let raw = part.raw.replaceAll("\r\n", "\n")
      if (index === 0) raw = raw.replace(/^[ \t]*\n/, "\n")
      if (indent !== null) {
        if (index === parts.length - 1) raw = raw.slice(0, raw.lastIndexOf("\n"))
        raw = raw.replace(/\n([ \t]*)/g, (_, space: string) => `\n${space.slice(sharedLength(space, indent))}`)
      }
      if (index === 0 && raw.startsWith("\n")) raw = raw.slice(1)
      return decodeEscapes(raw, part.start, null)
    }),
  )
}

/** Joins neighbouring strings and leaves out empty ones. */
export function joinParts(parts: readonly (string | Expression)[]): (string | Expression)[] {
  const joined: (string | Expression)[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part === "") continue
    if (typeof part === "string" && typeof last === "string") joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  return joined
}

/** The white space before the closing quotes; null when they do not stand on a line of their own. */
function closingIndent(parts: readonly RawPart[]): string | null {
  const last = parts.at(-1)
  if (last === undefined || !("raw" in last)) return null
  const found = /\n([ \t]*)$/.exec(last.raw)
  return found === null ? null : found[1]!
}

function sharedLength(left: string, right: string): number {
  let length = 0
  while (length < left.length && length < right.length && left[length] === right[length]) length++
  return length
}
