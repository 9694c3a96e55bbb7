import type { IToken, ParserMethod } from "chevrotain"
import type { DocFinder } from "./docs.ts"
import { endOf } from "./lex.ts"
import { RecoveringParser } from "./recovery.ts"
import { decodeBlock, decodeEscapes, joinParts, type RawPart } from "./texts.ts"
import * as T from "./tokens.ts"
import type { Expression, Name, Text } from "./tree.ts"
import { isKebab, isPascal, toKebab, toPascal } from "./words.ts"

/** A rule of the grammar that gives a `Result`. */
export type Rule<Result, Arguments extends unknown[] = []> = ParserMethod<Arguments, Result>

/** The node of a word. */
export function nameOf(token: IToken): Name {
  return { kind: "name", text: token.image, start: token.startOffset, end: endOf(token) }
}

/** What types of other languages that start with a small letter are here. */
const ownTypes: ReadonlyMap<string, string> = new Map([
  ["string", "Text"],
  ["str", "Text"],
  ["boolean", "Bool"],
  ["integer", "Int"],
  ["number", "Float"],
  ["double", "Float"],
])

/** The rules for names and texts. */
export abstract class WordGrammar extends RecoveringParser {
  protected abstract readonly value: Rule<Expression>
  protected docAbove: DocFinder = () => undefined

  /** A name in any form, such as after a `.`; an empty one, with its diagnostic, when there is none. */
  protected readonly anyName = this.RULE("anyName", (): Name => {
    if (this.isNameMissing()) return this.emptyName(T.Name.LABEL!)
    return this.OR([{ ALT: () => nameOf(this.CONSUME(T.Name)) }, { ALT: () => nameOf(this.CONSUME(T.TypeName)) }])
  })

  /** The name of a value, an instance or a cluster, where it is declared. */
  protected readonly valueName = this.RULE("valueName", (): Name => {
    const name = this.SUBRULE(this.anyName)
    if (this.live && name.text !== "" && !isKebab(name.text)) this.misformed(name, "A0118", toKebab(name.text))
    return name
  })

  /** The name of a type, a class or a service, where it is declared. */
  protected readonly typeName = this.RULE("typeName", (): Name => this.checkedTypeName(this.SUBRULE(this.anyName)))

  /** A text; it ends where its line ends, at the latest. */
  protected readonly textValue = this.RULE("textValue", (): Text => {
    return this.OR({
      DEF: [{ ALT: () => this.plainText(this.CONSUME(T.PlainText)) }, { ALT: () => this.SUBRULE(this.insertedText) }],
      ERR_MSG: T.PlainText.LABEL!,
    })
  })

  private readonly insertedText = this.RULE("insertedText", (): Text => {
    const opener = this.CONSUME(T.TextOpen)
    const parts: RawPart[] = []
    let broken = 0
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            const part = this.CONSUME(T.TextPart)
            parts.push({ raw: part.image, start: part.startOffset })
          },
        },
        {
          ALT: () => {
            const insertion = this.CONSUME(T.Insertion)
            parts.push(this.SUBRULE(this.value))
            if (this.isInsertionOpen(insertion)) broken++
            else this.CONSUME(T.RightBrace)
          },
        },
      ])
    })
    if (!this.isTextOpen(opener, broken)) this.CONSUME(T.TextClose)
    return this.joinText(opener, parts)
  })

  /** A type's name as it should be: one in lower case is reported, and its right form may well be known. */
  protected checkedTypeName(name: Name): Name {
    if (!this.live || name.text === "" || isPascal(name.text)) return name
    const text = ownTypes.get(name.text) ?? toPascal(name.text)
    this.misformed(name, "A0119", text)
    return { ...name, text }
  }

  /** The text of a token that has no insertions. */
  protected plainText(token: IToken): Text {
    const start = token.startOffset
    const end = endOf(token)
    if (!this.live) return { kind: "text", parts: [], start, end }
    const closed = token.image.length > 1 && token.image.endsWith(token.image.charAt(0))
    const raw = token.image.slice(1, closed ? -1 : undefined)
    if (token.tokenType === T.ForeignText) this.foreignText(raw, start, end)
    const text = decodeEscapes(raw, start + 1, this.findings)
    return { kind: "text", parts: text === "" ? [] : [text], start, end }
  }

  /** Reports a `:` that stands where `=` should, and reads it so; `what` is being set. */
  protected colon(token: IToken, what: string): "=" {
    if (!this.live) return "="
    const start = token.startOffset
    const end = endOf(token)
    this.findings.breakdown("A0112", start, end, `${what} is set with \`=\``, {
      hint: "after `:` stands a type, where something is declared",
      fix: { title: "Write `=`", edits: [{ span: this.findings.span(start, end), text: " =" }] },
    })
    return "="
  }

  /** Reports that `what` was expected, and gives a name without text. */
  protected emptyName(what: string): Name {
    this.expected(what)
    const at = this.lastEnd()
    return { kind: "name", text: "", start: at, end: at }
  }

  private isNameMissing(): boolean {
    const { tokenType } = this.LA(1)
    return this.live && tokenType !== T.Name && tokenType !== T.TypeName
  }

  private misformed(name: Name, code: "A0118" | "A0119", better: string): void {
    const form = code === "A0118" ? "kebab-case" : "PascalCase"
    const whose = code === "A0118" ? "a value's" : "a type's"
    const suits = code === "A0118" ? isKebab(better) : isPascal(better)
    this.findings.breakdown(code, name.start, name.end, `${whose} name is in ${form}`, {
      hint: suits ? `write \`${better}\`` : undefined,
      fix: suits
        ? { title: `Write \`${better}\``, edits: [{ span: this.findings.span(name.start, name.end), text: better }] }
        : undefined,
    })
  }

  private foreignText(raw: string, start: number, end: number): void {
    const text = `"${raw.replaceAll('"', '\\"')}"`
    this.findings.mistake("A0110", start, end, "a text stands in double quotes", {
      hint: `write ${text}`,
      fix: { title: "Write double quotes", edits: [{ span: this.findings.span(start, end), text }] },
    })
  }

  /** Whether an insertion lacks its `}`; if so, reports it and takes the rest of the insertion. */
  private isInsertionOpen(insertion: IToken): boolean {
    if (!this.live || this.LA(1).tokenType === T.InsertionClose) return false
    const at = this.lastEnd()
    this.findings.breakdown("A0106", at, at, "a `}` is missing here: `${` is not closed", {
      related: [{ message: "opened here", span: this.findings.span(insertion.startOffset, endOf(insertion)) }],
      fix: { title: "Add `}`", edits: [{ span: this.findings.span(at, at), text: "}" }] },
    })
    this.skipInsertion()
    return true
  }

  private isTextOpen(opener: IToken, broken: number): boolean {
    const { tokenType } = this.LA(1)
    if (!this.live || tokenType === T.TextClose || tokenType === T.BlockClose) return false
    if (broken === 0) {
      const block = opener.tokenType === T.BlockOpen
      const at = block ? opener.startOffset : this.lastEnd()
      const quotes = block ? '"""' : '"'
      this.findings.breakdown("A0106", at, block ? endOf(opener) : at, `this text is not closed with \`${quotes}\``, {
        related: block ? [] : [{ message: "opened here", span: this.findings.span(opener.startOffset, endOf(opener)) }],
        hint: block ? undefined : 'a text of several lines stands between `"""`',
      })
    }
    if (tokenType === T.TextBreak) this.take()
    return true
  }

  private joinText(opener: IToken, parts: readonly RawPart[]): Text {
    const start = opener.startOffset
    const end = this.lastEnd()
    if (!this.live) return { kind: "text", parts: [], start, end }
    if (opener.tokenType === T.BlockOpen) return { kind: "text", parts: decodeBlock(parts, this.findings), start, end }
    const decoded = parts.map((part) => ("raw" in part ? decodeEscapes(part.raw, part.start, this.findings) : part))
    return { kind: "text", parts: joinParts(decoded), start, end }
  }
}
