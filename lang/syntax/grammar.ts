import type { IToken, TokenType } from "chevrotain"
import { nearest } from "../report/nearest.ts"
import type { Source } from "../text/source.ts"
import { makeDocFinder } from "./docs.ts"
import { anItem } from "./expectations.ts"
import type { Findings } from "./findings.ts"
import { DeclarationGrammar } from "./grammar-declarations.ts"
import { nameOf, type Rule } from "./grammar-words.ts"
import { afterItem, afterPart } from "./landmarks.ts"
import { endOf, type Lexed } from "./lex.ts"
import { checkPlace, type Place } from "./places.ts"
import * as T from "./tokens.ts"
import type { Body, Entry, Field, ForItem, IfItem, Item, ItemArm, MapFor, MatchItem, Operator } from "./tree.ts"
import { declarationWords, foreignWords, reservedWords } from "./words.ts"

/** The whole grammar: files, bodies, and what may stand in them. */
export class Grammar extends DeclarationGrammar {
  constructor() {
    super()
    this.performSelfAnalysis()
    this.live = true
  }

  /** The items of a file, from its tokens. Never throws; what is wrong goes to `findings`. */
  parse(source: Source, lexed: Lexed, findings: Findings): readonly Item[] {
    this.begin(source, lexed, findings)
    this.place = "file"
    this.docAbove = makeDocFinder(source.text, lexed.comments)
    return this.file()
  }

  private readonly file = this.RULE("file", (): readonly Item[] => {
    const items: Item[] = []
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.itemAndSeparator, { ARGS: [items] }) },
        { ALT: () => this.surplusBrace(this.CONSUME(T.RightBrace)) },
      ])
    })
    return items
  })

  protected readonly body: Rule<Body, [Place?]> = this.RULE("body", (place?: Place): Body => {
    const outer = this.place
    this.place = place ?? outer
    const parse = (): Body => {
      const opener = this.isOpenerMissing() ? this.missingOpener() : this.CONSUME(T.LeftBrace)
      const items = this.SUBRULE(this.items, { ARGS: [opener] })
      return { kind: "body", items, start: opener.startOffset, end: this.lastEnd() }
    }
    const body = this.recovering(parse, (start, end): Body => ({ kind: "body", items: [], start, end }), afterPart)
    this.place = outer
    return body
  })

  protected readonly optionalBody: Rule<Body | undefined, [Place]> = this.RULE("optionalBody", (place: Place) => {
    if (this.isOpenerMissing()) return this.SUBRULE2(this.body, { ARGS: [place] })
    return this.OPTION(() => this.SUBRULE(this.body, { ARGS: [place] }))
  })

  protected readonly items: Rule<readonly Item[], [IToken]> = this.RULE("items", (opener: IToken): readonly Item[] => {
    const items: Item[] = []
    this.MANY({
      GATE: () => !this.endsByIndent(opener),
      DEF: () => this.SUBRULE(this.itemAndSeparator, { ARGS: [items, opener] }),
    })
    if (!this.isBraceMissing(opener)) this.CONSUME(T.RightBrace)
    return items
  })

  private readonly itemAndSeparator = this.RULE("itemAndSeparator", (items: Item[], opener?: IToken) => {
    const { place } = this
    const start = this.nextStart()
    const item = this.recovering<Item | undefined>(
      () => this.deeper(() => this.SUBRULE(this.item)),
      () => undefined,
      afterItem,
    )
    this.place = place
    if (item !== undefined && this.live) {
      checkPlace(item, place, this.text, this.findings)
      items.push(item)
    }
    this.OPTION(() => this.CONSUME(T.Comma))
    this.betweenItems()
    this.skipOrphans(start)
    while (opener !== undefined && this.isSurplusBrace(opener)) this.surplusBrace(this.take())
  })

  private readonly item: Rule<Item> = this.RULE("item", (): Item => {
    this.itemAlternatives ??= [
      { ALT: () => this.SUBRULE(this.field) },
      { ALT: () => this.SUBRULE(this.declaration) },
      { ALT: () => this.SUBRULE(this.entry) },
      { ALT: () => this.SUBRULE(this.forItem) },
      { ALT: () => this.SUBRULE(this.ifItem) },
      { ALT: () => this.SUBRULE(this.matchItem) },
      { ALT: () => this.SUBRULE(this.bare) },
      { ALT: () => this.SUBRULE(this.stray) },
    ]
    return this.OR(this.itemAlternatives)
  })
  private itemAlternatives: { ALT: () => Item }[] | undefined

  private readonly field = this.RULE("field", (): Field => {
    const token = this.CONSUME(T.FieldName)
    const name = nameOf(token)
    if (this.live) this.checkKey(token)
    const doc = this.docAbove(name.start)
    const operator = this.SUBRULE(this.operator)
    const value = this.SUBRULE(this.value)
    return { kind: "field", doc, name, operator, value, short: false, start: name.start, end: this.lastEnd() }
  })

  private readonly operator = this.RULE("operator", (): Operator => {
    return this.OR([
      { ALT: () => this.operatorOf(this.CONSUME(T.Assign), "=") },
      { ALT: () => this.operatorOf(this.CONSUME(T.PlusAssign), "+=") },
    ])
  })

  private readonly entry = this.RULE("entry", (): Entry => {
    const key = this.SUBRULE(this.textValue)
    const doc = this.docAbove(key.start)
    const operator = this.OR({
      DEF: [{ ALT: () => this.SUBRULE(this.operator) }, { ALT: () => this.colon(this.CONSUME(T.Colon), "an entry") }],
      ERR_MSG: T.Assign.LABEL!,
    })
    const value = this.SUBRULE(this.value)
    return { kind: "entry", doc, key, operator, value, start: key.start, end: this.lastEnd() }
  })

  private readonly forItem = this.RULE("forItem", (): ForItem | MapFor => {
    const head = this.SUBRULE(this.forHead)
    if (this.isOpenerMissing()) {
      const body = this.SUBRULE2(this.body)
      return { kind: "for", head, body, start: head.start, end: body.end }
    }
    return this.OR({
      DEF: [
        {
          ALT: (): ForItem => {
            const body = this.SUBRULE(this.body)
            return { kind: "for", head, body, start: head.start, end: body.end }
          },
        },
        {
          ALT: (): MapFor => {
            this.CONSUME(T.Colon)
            const key = this.SUBRULE(this.value)
            this.CONSUME(T.Assign)
            const value = this.SUBRULE2(this.value)
            return { kind: "map-for", head, key, value, start: head.start, end: this.lastEnd() }
          },
        },
      ],
      ERR_MSG: "`{` or `:`",
    })
  })

  private readonly ifItem: Rule<IfItem> = this.RULE("ifItem", (): IfItem => {
    return this.deeper(() => {
      const start = this.CONSUME(T.If).startOffset
      const condition = this.SUBRULE(this.value)
      const then = this.SUBRULE(this.body)
      const otherwise = this.OPTION(() => {
        this.CONSUME(T.Else)
        return this.OR({
          DEF: [
            { ALT: (): Body | IfItem => this.SUBRULE2(this.body) },
            { ALT: (): Body | IfItem => this.SUBRULE(this.ifItem) },
          ],
          ERR_MSG: "`{` or `if`",
        })
      })
      return { kind: "if", condition, then, else: otherwise, start, end: this.lastEnd() }
    })
  })

  private readonly matchItem = this.RULE("matchItem", (): MatchItem => {
    const start = this.CONSUME(T.Match).startOffset
    const value = this.SUBRULE(this.value)
    const opener = this.isOpenerMissing() ? this.missingOpener() : this.CONSUME(T.LeftBrace)
    const arms: ItemArm[] = []
    this.MANY({
      GATE: () => !this.endsByIndent(opener),
      DEF: () => {
        arms.push(this.SUBRULE(this.itemArm))
        this.OPTION(() => this.CONSUME(T.Comma))
        this.betweenItems()
      },
    })
    if (!this.isBraceMissing(opener)) this.CONSUME(T.RightBrace)
    return { kind: "match", value, arms, start, end: this.lastEnd() }
  })

  private readonly itemArm = this.RULE("itemArm", (): ItemArm => {
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.Arrow)
    const body = this.SUBRULE(this.body)
    return { kind: "item-arm", pattern, body, start: pattern?.start, end: body.end }
  })

  /** A word alone: the short form of a field, `name: value` by habit, or a keyword that is misspelt or lacks its name. */
  private readonly bare = this.RULE("bare", (): Field => {
    const name = nameOf(this.CONSUME(T.Name))
    const doc = this.docAbove(name.start)
    if (this.isShort()) {
      this.checkFieldName(name)
      return { kind: "field", doc, name, operator: "=", value: name, short: true, start: name.start, end: name.end }
    }
    // What is no field at all ends here, so that it is reported once.
    if (this.live && this.isNoKeyword(name.text, name.start, name.end)) this.CONSUME2(T.FieldName)
    const operator = this.OR({
      DEF: [{ ALT: () => this.SUBRULE(this.operator) }, { ALT: () => this.colon(this.CONSUME(T.Colon), "a field") }],
      ERR_MSG: T.Assign.LABEL!,
    })
    const value = this.SUBRULE(this.value)
    return { kind: "field", doc, name, operator, value, short: false, start: name.start, end: this.lastEnd() }
  })

  /** What no item starts with: always an error. */
  private readonly stray = this.RULE("stray", (): never => {
    // To fail is the way to be skipped; the grammar is told what is skipped here, so that a body takes any token.
    return this.CONSUME(this.live ? T.FieldName : T.Stray, { ERR_MSG: anItem }) as never
  })

  private isShort(): boolean {
    const { tokenType } = this.LA(1)
    if (!this.live) return false
    return tokenType === T.Comma || tokenType === T.RightBrace || tokenType === T.InsertionClose || this.atLineStart()
  }

  private operatorOf(_token: IToken, operator: Operator): Operator {
    return operator
  }

  private checkKey(token: IToken): void {
    if (reservedWords.has(token.image)) {
      const message = `\`${token.image}\` is a reserved word, and no name`
      this.findings.mistake("A0117", token.startOffset, endOf(token), message)
    } else this.checkFieldName(nameOf(token))
  }

  /** `network "lan"`. */
  private quotedName(token: IToken): void {
    const [start, end, name] = [token.startOffset, endOf(token), token.image.slice(1, -1)]
    this.findings.breakdown("A0129", start, end, `a name stands without quotes: \`${name}\``, {
      fix: { title: "Take the quotes away", edits: [{ span: this.findings.span(start, end), text: name }] },
    })
  }

  /** Reports a word that should be a keyword, or a keyword that lacks its name. */
  private isNoKeyword(word: string, start: number, end: number): boolean {
    const next = this.LA(1)
    if (declarationWords.has(word)) {
      const reserved = reservedWords.has(next.image)
      if (reserved)
        this.findings.breakdown(
          "A0117",
          next.startOffset,
          endOf(next),
          `\`${next.image}\` is a reserved word, and no name`,
        )
      else if (next.tokenType === T.PlainText && namePattern.test(next.image.slice(1, -1))) this.quotedName(next)
      else this.findings.breakdown("A0129", end, end, `expected a name after \`${word}\``)
      return true
    }
    const imports = foreignWords.get(word) === "use" && next.image === "{"
    if (!imports && !wordOrText.has(next.tokenType)) return false
    const meant = foreignWords.get(word) ?? nearest(word, [...declarationWords.keys(), ...reservedWords.keys()])
    this.findings.breakdown("A0116", start, end, `\`${word}\` is no keyword`, {
      hint: meant === null ? `a field is set with \`=\`: \`${word} = …\`` : `did you mean \`${meant}\`?`,
      fix:
        meant === null
          ? undefined
          : { title: `Write \`${meant}\``, edits: [{ span: this.findings.span(start, end), text: meant }] },
    })
    return true
  }
}

const namePattern = /^[A-Za-z][\w-]*$/
const wordOrText: ReadonlySet<TokenType> = new Set([T.Name, T.TypeName, T.PlainText, T.TextOpen])
