import {
  EmbeddedActionsParser,
  type IRecognitionException,
  type IToken,
  isRecognitionException,
  type TokenType,
} from "chevrotain"
import type { Code } from "../report/codes.ts"
import type { Details } from "../report/diagnostic.ts"
import type { Source } from "../text/source.ts"
import { anItem, expectationCodes, expectationHint, expectations, separatorHint, shorten } from "./expectations.ts"
import { type Findings, makeFindings } from "./findings.ts"
import {
  afterBracket,
  afterItem,
  afterValue,
  bodyEnds,
  chain_limit,
  declarations,
  endOfFile,
  itemStarts,
  lineEnds,
  nesting_limit,
  type Stop,
} from "./landmarks.ts"
import { endOf, type Lexed } from "./lex.ts"
import { follow, type Nesting } from "./nesting.ts"
import { reportSurplusBrace } from "./places.ts"
import * as T from "./tokens.ts"
import { reservedWords } from "./words.ts"

/** Thrown where a text nests too deeply: ends the rules up to the next one that recovers. */
class NestingError extends Error {}

/**
 * The part of the parser that finds its way again. chevrotain's own recovery guesses token by token; here an error ends
 * the rules up to the next `recovering`, which leaves a hole, and goes on at the next place where the enclosing list,
 * argument list or body can go on. Braces are balanced by indentation when, and only when, their numbers differ.
 */
export abstract class RecoveringParser extends EmbeddedActionsParser {
  /** False while chevrotain runs the rules with tokens of its own, to learn the grammar. */
  protected live = false
  protected findings: Findings = makeFindings({ path: "", text: "" })
  protected text = ""
  private unclosed = 0
  private depth = 0
  private tooDeep = false

  constructor() {
    super(T.parserTokens, {
      maxLookahead: 1,
      recoveryEnabled: false,
      errorMessageProvider: expectations,
      skipValidations: true,
    })
  }

  /** Makes the parser ready for the tokens of `source`. */
  protected begin(source: Source, lexed: Lexed, findings: Findings): void {
    this.input = lexed.tokens
    this.findings = findings
    this.text = source.text
    this.unclosed = lexed.unclosed
    this.depth = 0
    this.tooDeep = false
  }

  /** The offset at which the next token starts; the text's end after the last one. */
  protected nextStart(): number {
    const token = this.LA(1)
    return token.tokenType === endOfFile ? this.text.length : token.startOffset
  }

  /** The offset just after the last token taken. */
  protected lastEnd(): number {
    const token = this.LA(0)
    return token.tokenType === endOfFile ? 0 : endOf(token)
  }

  /** Runs `parse` one level deeper. */
  protected deeper<Result>(parse: () => Result): Result {
    if (++this.depth > nesting_limit && this.live) this.refuse(`this is nested more than ${nesting_limit} levels deep`)
    const result = parse()
    this.depth--
    return result
  }

  /** Ends a chain of members or suffixes that is too long for a tree. */
  protected link(count: number): void {
    if (count > chain_limit) this.refuse(`this goes on for more than ${chain_limit} parts`)
  }

  /** Runs `parse`; when it breaks down, reports that, skips what belongs to it, and gives `hole(start, end)` instead. */
  protected recovering<Result>(
    parse: () => Result,
    hole: (start: number, end: number) => Result,
    stop: Stop = afterValue,
  ): Result {
    if (!this.live) return parse()
    const { depth } = this
    const first = this.LA(1)
    try {
      return parse()
    } catch (error) {
      if (!(error instanceof Error) || !(isRecognitionException(error) || error instanceof NestingError)) throw error
      this.depth = depth
      if (!(error instanceof NestingError))
        this.unexpected((error as unknown as IRecognitionException).token, error.message)
      const start = first.tokenType === endOfFile ? this.text.length : first.startOffset
      this.skip(first, start, stop)
      const end = this.lastEnd()
      // A hole that nothing was taken for lies at the end of what stands before, so that it is inside its parent.
      return hole(this.LA(1) === first ? end : start, end)
    }
  }

  /** Reports a mistake at the next token. */
  protected mistakeAtNext(code: Code, message: string, details?: Details): void {
    const start = this.nextStart()
    const token = this.LA(1)
    this.findings.mistake(code, start, token.tokenType === endOfFile ? start : endOf(token), message, details)
  }

  /** True when the next token is the first of its line, or there is none. */
  protected atLineStart(): boolean {
    const token = this.LA(1)
    return token.tokenType === endOfFile || this.indentOf(token) !== null
  }

  /** True when a body that was opened at `opener` must end here, although its `}` is missing. */
  protected endsByIndent(opener: IToken): boolean {
    if (!this.live || this.unclosed <= 0) return false
    const next = this.LA(1)
    const indent = this.indentOf(next)
    if (indent === null) return false
    const outer = this.lineIndent(opener.startOffset)
    return next.tokenType === T.RightBrace ? indent < outer : indent <= outer && itemStarts.has(next.tokenType)
  }

  /** True when the next token is a `}` that is one too many, by its indentation, in a body opened at `opener`. */
  protected isSurplusBrace(opener: IToken): boolean {
    if (!this.live || this.unclosed >= 0) return false
    const next = this.LA(1)
    const indent = next.tokenType === T.RightBrace ? this.indentOf(next) : null
    return indent !== null && indent > this.lineIndent(opener.startOffset)
  }

  /** Reports a `}` that closes nothing. */
  protected surplusBrace(token: IToken): void {
    if (!this.live) return
    this.unclosed++
    if (this.tooDeep) return
    const [start, end] = [token.startOffset, endOf(token)]
    reportSurplusBrace(start, end, this.findings)
  }

  /** Whether a body opened at `opener` lacks its `}`; if so, that is reported. Anything else is left to the caller. */
  protected isBraceMissing(opener: IToken): boolean {
    if (!this.live) return false
    const missing = this.LA(1).tokenType === endOfFile || this.endsByIndent(opener)
    if (missing) this.missingBrace(opener)
    return missing
  }

  /** Reports an item that follows another on its line with nothing to separate them; what is no item is skipped. */
  protected betweenItems(): void {
    const next = this.LA(1)
    if (!this.live || this.LA(0).tokenType === T.Comma || bodyEnds.has(next.tokenType) || this.atLineStart()) return
    if (next.tokenType === T.Equal) return this.comparisonForValue(next)
    const at = this.lastEnd()
    const hint = separatorHint(this.LA(0), next)
    const message = "a line's end or a comma is missing before this"
    const fix = { title: "Add a comma", edits: [{ span: this.findings.span(at, at), text: "," }] }
    this.findings.breakdown("A0114", next.startOffset, endOf(next), message, hint === undefined ? { fix } : { hint })
    if (!itemStarts.has(next.tokenType) || hint !== undefined) this.skip(next, next.startOffset, afterItem)
  }

  /** `param n: Int == 3`. */
  private comparisonForValue(sign: IToken): void {
    const [start, end] = [sign.startOffset, endOf(sign)]
    this.findings.breakdown("A0112", start, end, "a value is set with `=`; `==` compares", {
      fix: { title: "Write `=`", edits: [{ span: this.findings.span(start, end), text: "=" }] },
    })
    this.skip(sign, start, afterItem)
  }

  /** Whether the `{` of a body is missing before what comes next, going by the number of `}` and the indentation. */
  protected isOpenerMissing(): boolean {
    const { tokenType } = this.LA(1)
    if (!this.live || this.unclosed >= 0 || braces.has(tokenType)) return false
    const indent = this.indentOf(this.LA(1))
    if (indent === null) return !noBodyStarts.has(tokenType) && !bodyEnds.has(tokenType)
    return itemStarts.has(tokenType) && indent > this.lineIndent(this.lastEnd())
  }

  /** Reports that a `{` is missing here, and gives what stands for it. */
  protected missingOpener(): IToken {
    this.unclosed++
    this.expected(T.LeftBrace.LABEL!)
    return this.LA(0)
  }

  /** After an item at `start` that broke down on its line: takes what belonged to it, when a `{` seems to be missing. */
  protected skipOrphans(start: number): void {
    if (!this.live || this.unclosed >= 0) return
    if (!this.findings.isBroken(start) && !this.findings.isBroken(this.lastEnd())) return
    const outer = this.lineIndent(start)
    const isOrphan = () => {
      const indent = this.indentOf(this.LA(1))
      return this.LA(1).tokenType !== endOfFile && (indent === null || indent > outer)
    }
    if (this.LA(1).tokenType !== T.RightBrace && !isOrphan()) return
    while (isOrphan() && this.LA(1).tokenType !== T.RightBrace) this.take()
    if (this.LA(1).tokenType !== T.RightBrace || (this.indentOf(this.LA(1)) ?? outer) < outer) return
    this.take()
    this.unclosed++
  }

  private missingBrace(opener: IToken): void {
    if (this.tooDeep) return
    this.unclosed--
    const at = this.lastEnd()
    const indent = " ".repeat(this.lineIndent(opener.startOffset))
    this.findings.breakdown("A0103", at, at, "a `}` is missing here", {
      related: [{ message: "opened here", span: this.findings.span(opener.startOffset, endOf(opener)) }],
      fix: { title: "Add `}`", edits: [{ span: this.findings.span(at, at), text: `\n${indent}}` }] },
    })
  }

  /**
   * Whether the bracket `opener` is closed by what comes next. When it is not, and the text goes on as if it were, that
   * is reported here; anything else is left to the caller, who asks for the closing bracket and breaks down.
   */
  protected isLeftOpen(opener: IToken, closing: TokenType): boolean {
    if (!this.live || this.LA(1).tokenType === closing) return false
    if (this.isSwallowed(opener)) return true
    const next = this.LA(1).tokenType
    const goesOn = this.atLineStart() || afterBracket.has(next)
    if (!goesOn) return false
    if (this.tooDeep) return true
    const at = this.lastEnd()
    const sign = closing.LABEL!
    this.findings.breakdown("A0105", at, at, `a ${sign} is missing here`, {
      related: [{ message: "opened here", span: this.findings.span(opener.startOffset, endOf(opener)) }],
      fix: { title: `Add ${sign}`, edits: [{ span: this.findings.span(at, at), text: sign.slice(1, -1) }] },
    })
    return true
  }

  /** Takes what is left of an insertion into a text that lacks its `}`, up to where the text goes on or its line ends. */
  protected skipInsertion(): void {
    const nesting: Nesting = []
    for (;;) {
      const { tokenType } = this.LA(1)
      if (tokenType === endOfFile) return
      const inside = follow(nesting, tokenType)
      if (!inside && (tokenType === T.TextClose || tokenType === T.BlockClose || tokenType === T.TextBreak)) return
      this.take()
      if (!inside && (tokenType === T.InsertionClose || tokenType === T.InsertionBreak)) return
    }
  }

  /** True after a text that is not closed and has, on the line of `opener`, swallowed the closing bracket. */
  protected isSwallowed(opener: IToken): boolean {
    const last = this.LA(0)
    return (
      this.live &&
      last.tokenType === T.TextBreak &&
      !this.text.slice(opener.startOffset, last.startOffset).includes("\n")
    )
  }

  /** Takes the next token, whatever it is. */
  protected take(): IToken {
    return this.CONSUME(this.LA(1).tokenType)
  }

  /** Reports that `what` was expected at the next token, for a hole that needs no skipping. */
  protected expected(what: string): void {
    this.unexpected(this.LA(1), what)
  }

  private refuse(message: string): never {
    if (!this.tooDeep) this.mistakeAtNext("A0127", message)
    this.tooDeep = true
    throw new NestingError()
  }

  private unexpected(token: IToken, message: string): void {
    const previous = this.LA(0)
    const at = this.lastEnd()
    const after = previous.tokenType === endOfFile ? "" : ` after \`${shorten(previous.image)}\``
    const code = expectationCodes.get(message) ?? "A0101"
    const expected = `expected ${message}${message === anItem ? "" : after}`
    if (message === anItem && token.tokenType !== endOfFile) {
      this.findings.breakdown(code, token.startOffset, endOf(token), `${expected}, found \`${shorten(token.image)}\``)
      return
    }
    if (lineEnds.has(token.tokenType) || this.indentOf(token) !== null) {
      const hint =
        message === T.Else.LABEL ? "a choice has two values; with `else null`, one of them is nothing" : undefined
      this.findings.breakdown(code, at, at, expected, { hint })
      return
    }
    const reserved = message === T.Name.LABEL && reservedWords.has(token.image)
    if (reserved) {
      const text = `\`${token.image}\` is a reserved word, and no name`
      this.findings.breakdown("A0117", token.startOffset, endOf(token), text)
      return
    }
    this.findings.breakdown(code, token.startOffset, endOf(token), expected, {
      label: `found \`${shorten(token.image)}\``,
      hint: expectationHint(this.LA(0), token, message),
    })
  }

  /**
   * Takes the tokens that belong to what started with `first` and broke down: up to a comma or closing bracket of what
   * stands around it, the next item on a line of its own, or one no deeper than the line of `first`.
   */
  private skip(first: IToken, start: number, stop: Stop): void {
    const nesting = this.openSince(first)
    const outer = this.lineIndent(start)
    for (;;) {
      const { tokenType } = this.LA(1)
      if (tokenType === endOfFile) return
      const forced = stop.takesFirst && this.LA(1) === first
      if (!forced && (this.isNextItem(nesting, outer) || (nesting.length === 0 && stop.at.has(tokenType)))) return
      const closesOuter = !follow(nesting, tokenType)
      if (closesOuter && !forced && !(stop.inBody && brackets.has(tokenType))) return
      this.take()
    }
  }

  private isNextItem(nesting: Nesting, outer: number): boolean {
    const { tokenType } = this.LA(1)
    const indent = itemStarts.has(tokenType) ? this.indentOf(this.LA(1)) : null
    if (indent === null) return false
    return nesting.length === 0 || (indent <= outer && (declarations.has(tokenType) || !nesting.includes("brace")))
  }

  /** The brackets that were opened, and not closed, from `first` up to here. */
  private openSince(first: IToken): Nesting {
    const nesting: Nesting = []
    const next = this.LA(1)
    if (first === next) return nesting
    const tokens = this.input
    for (let index = indexOf(tokens, first); index < tokens.length && tokens[index] !== next; index++) {
      follow(nesting, tokens[index]!.tokenType)
    }
    return nesting
  }

  /** The column of `token` when only white space stands before it on its line, else null. */
  private indentOf(token: IToken): number | null {
    let at = token.startOffset - 1
    while (at >= 0 && isBlank(this.text.charCodeAt(at))) at--
    return at < 0 || this.text.charCodeAt(at) === 10 ? token.startOffset - at - 1 : null
  }

  /** The indentation of the line that `offset` is on. */
  private lineIndent(offset: number): number {
    const start = this.text.lastIndexOf("\n", offset - 1) + 1
    let at = start
    while (isBlank(this.text.charCodeAt(at))) at++
    return at - start
  }
}

const noBodyStarts: ReadonlySet<TokenType> = new Set([T.Comma, T.Colon, T.IndexOpen])
const braces: ReadonlySet<TokenType> = new Set([T.RecordOpen, T.AmendOpen, T.BodyOpen])
const brackets: ReadonlySet<TokenType> = new Set([T.RightParenthesis, T.RightSquare])
function indexOf(tokens: readonly IToken[], token: IToken): number {
  let low = 0
  let high = tokens.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (tokens[middle]!.startOffset < token.startOffset) low = middle + 1
    else high = middle
  }
  // The ends of a text and of its insertion at a line's end share their offset.
  while (low < tokens.length - 1 && tokens[low] !== token) low++
  return low
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 13
}
