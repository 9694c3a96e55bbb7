import type { Report } from "../report/diagnostic.ts"
import { makeReport } from "../report/report.ts"
import type { Source } from "../text/source.ts"
import { makeFindings } from "./findings.ts"
import { structureOf } from "./format-groups.ts"
import { cut, type Group, type Leaf, type Part, type Piece, type Remark } from "./format-pieces.ts"
import { lex } from "./lex.ts"
import { parse } from "./parse.ts"

/** Lines are broken where they would be longer than this, when there is a bracket to break. */
const width = 100
const step = "  "

/**
 * The text of `source` in the one style of the language. Comments stay where they are, and what a bracket holds stays on
 * lines of its own when its first part was written so. A text with mistakes is given back as it is, and they are in
 * `report`.
 */
export function format(source: Source, report: Report): string {
  const own = makeReport()
  const file = parse(source, own)
  for (const { code, span, message, ...details } of own.diagnostics) report.add(code, span, message, details)
  if (own.failed) return source.text
  const { tokens } = lex(source.text, makeFindings(source))
  const group = cut(source.text, tokens, file.comments, structureOf(file, tokens), file.items)
  const lines = bodyLines(group, "")
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`
}

/** What a broken bracket holds, one line for each part, comment and empty line. */
function bodyLines(group: Group, indent: string): string[] {
  const lines: string[] = []
  const remarks = (list: readonly Remark[]) => {
    for (const remark of list) {
      if (remark.spaced && lines.length > 0) lines.push("")
      lines.push(indent + remark.text)
    }
  }
  for (const part of group.parts) {
    remarks(part.above)
    if (part.spaced && lines.length > 0) lines.push("")
    const comma = group.separator === "list" ? "," : ""
    const comment = part.comment === undefined ? "" : ` ${part.comment}`
    lines.push(`${indent}${write(part.pieces, indent)}${comma}${comment}`)
  }
  remarks(group.rest)
  return lines
}

/** A piece as it is laid out: brackets that are not broken are dissolved into words. */
type Laid =
  | (Leaf & { readonly opens?: Group; readonly closes?: Group })
  | { readonly kind: "broken"; readonly group: Group }

/** The pieces of a part, on one line or, where they must be broken, on several; the first line starts after `indent`. */
function write(pieces: readonly Piece[], indent: string): string {
  const broken = new Set<Group>()
  let laid = lay(pieces, broken)
  for (let group = tooLong(laid, indent); group !== null; group = tooLong(laid, indent)) {
    broken.add(group)
    laid = lay(pieces, broken)
  }
  let text = ""
  for (const piece of laid) {
    if (piece.kind === "leaf") text += piece.newLine ? `\n${indent}${step}${piece.text}` : piece.gap + piece.text
    else text += writeBroken(piece.group, indent)
  }
  return text
}

function writeBroken(group: Group, indent: string): string {
  const { opener, comment, closer } = group
  const first = `${opener.newLine ? `\n${indent}${step}` : opener.gap}${opener.text}${comment === undefined ? "" : ` ${comment}`}`
  return [first, ...bodyLines(group, indent + step), indent + closer].join("\n")
}

function lay(pieces: readonly Piece[], broken: ReadonlySet<Group>): Laid[] {
  return pieces.flatMap((piece): Laid[] => {
    if (piece.kind === "leaf") return [piece]
    if (broken.has(piece) || mustBreak(piece)) return [{ kind: "broken", group: piece }]
    return flat(piece, broken)
  })
}

/** A bracket on the line of what stands around it. */
function flat(group: Group, broken: ReadonlySet<Group>): Laid[] {
  const inner = group.parts.flatMap((part, index): Laid[] => {
    const laid = lay(part.pieces, broken)
    return index === 0 ? withGap(laid, braceGap(group)) : [leaf(",", ""), ...withGap(laid, " ")]
  })
  const closer = leaf(group.closer, group.parts.length === 0 ? "" : braceGap(group))
  return [{ ...group.opener, opens: group }, ...inner, { ...closer, closes: group }]
}

function withGap(laid: readonly Laid[], gap: string): Laid[] {
  return laid.map((piece, index) => {
    if (index > 0) return piece
    if (piece.kind === "leaf") return { ...piece, gap }
    return { ...piece, group: { ...piece.group, opener: { ...piece.group.opener, gap } } }
  })
}

function braceGap({ closer }: Group): string {
  return closer === "}" ? " " : ""
}

function leaf(text: string, gap: string): Leaf {
  return { kind: "leaf", text, gap, newLine: false }
}

/** The bracket to break so that the first line that is too long gets shorter: the last of the outermost on that line. */
function tooLong(laid: readonly Laid[], indent: string): Group | null {
  let column = indent.length
  let depth = 0
  let best: { readonly group: Group; readonly depth: number } | null = null
  const isOver = () => column > width && best !== null
  for (const piece of laid) {
    const first = piece.kind === "leaf" ? piece : piece.group.opener
    if (first.newLine) {
      if (isOver()) break
      column = indent.length + step.length
      best = null
    } else column += first.gap.length
    const [line, ...more] = first.text.split("\n")
    column += line!.length
    if (piece.kind === "leaf") {
      if (piece.closes !== undefined) depth--
      if (piece.opens !== undefined) {
        if (piece.opens.parts.length > 0 && (best === null || depth <= best.depth)) best = { group: piece.opens, depth }
        depth++
      }
    }
    if (more.length > 0 || piece.kind === "broken") {
      if (isOver()) break
      column = piece.kind === "broken" ? indent.length + piece.group.closer.length : more.at(-1)!.length
      best = null
    }
  }
  return isOver() ? best!.group : null
}

const decided = new WeakMap<Group, boolean>()

/** Whether a bracket is broken whatever its length: it was, it holds a comment, or something in it takes several lines. */
function mustBreak(group: Group): boolean {
  let must = decided.get(group)
  if (must === undefined) {
    must = group.broken || hasRemarks(group) || group.parts.some((part, index) => breaksAround(group, part, index))
    decided.set(group, must)
  }
  return must
}

function hasRemarks({ comment, rest, parts }: Group): boolean {
  return (
    comment !== undefined ||
    rest.length > 0 ||
    parts.some((part) => part.comment !== undefined || part.above.length > 0)
  )
}

/** A list keeps its brackets on the line when only its last part takes several, as in `f(a, { … })`. */
function breaksAround(group: Group, part: Part, index: number): boolean {
  if (!part.pieces.some(takesLines)) return false
  return group.separator === "body" || index < group.parts.length - 1
}

function takesLines(piece: Piece): boolean {
  if (piece.kind === "leaf") return piece.newLine || piece.text.includes("\n") || piece.text.startsWith("#")
  return piece.opener.newLine || mustBreak(piece) || piece.parts.some((part) => part.pieces.some(takesLines))
}
