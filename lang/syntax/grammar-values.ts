import type { IToken, TokenType } from "chevrotain"
import { nameOf, type Rule, WordGrammar } from "./grammar-words.ts"
import { endOf } from "./lex.ts"
import { decodeLiteral } from "./literals.ts"
import { climb, type Part } from "./operators.ts"
import type { Place } from "./places.ts"
import * as T from "./tokens.ts"
import type {
  Amend,
  Argument,
  Body,
  Call,
  Conditional,
  Element,
  ElementFor,
  Expression,
  ForHead,
  Index,
  Item,
  List,
  Match,
  Member,
  Pattern,
  RecordExpression,
  ValueArm,
} from "./tree.ts"

/** The rules for values: operators, lists, calls, `if` and `match`. */
export abstract class ValueGrammar extends WordGrammar {
  /** What the items that are being read belong to. */
  protected place: Place = "file"
  /** The items of a body, with `{` already taken, and the `}`. */
  protected abstract readonly items: Rule<readonly Item[], [IToken]>
  protected abstract readonly pattern: Rule<Pattern>

  /** A value, or a hole with its diagnostic. */
  protected readonly value: Rule<Expression> = this.RULE("value", (): Expression => {
    if (this.isEntry()) {
      this.expected("a value")
      return { kind: "missing", start: this.lastEnd(), end: this.lastEnd() }
    }
    const parse = () => this.SUBRULE(this.expression)
    return this.recovering(parse, (start, end): Expression => ({ kind: "missing", start, end }))
  })

  private readonly expression = this.RULE("expression", (): Expression => {
    this.expressionAlternatives ??= [
      { ALT: () => this.SUBRULE(this.conditional) },
      { ALT: () => this.SUBRULE(this.matchValue) },
      { ALT: () => this.SUBRULE(this.operation) },
    ]
    const alternatives = this.expressionAlternatives
    return this.deeper(() => this.OR({ DEF: alternatives, ERR_MSG: "a value" }))
  })
  private expressionAlternatives: { ALT: () => Expression }[] | undefined

  private readonly conditional = this.RULE("conditional", (): Conditional => {
    const start = this.CONSUME(T.If).startOffset
    const condition = this.SUBRULE(this.value)
    this.CONSUME(T.Then)
    const then = this.SUBRULE2(this.value)
    this.CONSUME(T.Else)
    const otherwise = this.SUBRULE3(this.value)
    return { kind: "conditional", condition, then, else: otherwise, start, end: otherwise.end }
  })

  private readonly matchValue = this.RULE("matchValue", (): Match => {
    const start = this.CONSUME(T.Match).startOffset
    const value = this.SUBRULE(this.value)
    const opener = this.isOpenerMissing() ? this.missingOpener() : this.CONSUME(T.LeftBrace)
    const arms: ValueArm[] = []
    this.MANY({
      GATE: () => !this.endsByIndent(opener),
      DEF: () => {
        arms.push(this.SUBRULE(this.valueArm))
        this.OPTION(() => this.CONSUME(T.Comma))
        this.betweenItems()
      },
    })
    if (!this.isBraceMissing(opener)) this.CONSUME(T.RightBrace)
    return { kind: "match-value", value, arms, start, end: this.lastEnd() }
  })

  private readonly valueArm = this.RULE("valueArm", (): ValueArm => {
    const pattern = this.SUBRULE(this.pattern)
    this.CONSUME(T.Arrow)
    const value = this.SUBRULE(this.value)
    return { kind: "value-arm", pattern, value, start: pattern.start, end: value.end }
  })

  private readonly operation = this.RULE("operation", (): Expression => {
    let parts: Part[] | undefined
    this.MANY(() => {
      const sign = this.CONSUME(T.Prefix)
      parts ??= []
      parts.push(sign)
    })
    const first = this.SUBRULE(this.postfix)
    parts?.push(first)
    this.MANY2(() => {
      const operator = this.CONSUME(T.BinaryOperator)
      parts ??= [first]
      parts.push(operator)
      this.MANY3(() => parts!.push(this.CONSUME2(T.Prefix)))
      parts.push(this.SUBRULE2(this.postfix))
    })
    return parts === undefined || !this.live ? first : climb(parts, this.findings)
  })

  private readonly postfix = this.RULE("postfix", (): Expression => {
    let value = this.SUBRULE(this.primary)
    let parts = 0
    this.MANY(() => {
      this.link(++parts)
      value = this.OR([
        { ALT: () => this.SUBRULE(this.member, { ARGS: [value] }) },
        { ALT: () => this.SUBRULE(this.call, { ARGS: [value] }) },
        { ALT: () => this.SUBRULE(this.index, { ARGS: [value] }) },
        { ALT: () => this.SUBRULE(this.amend, { ARGS: [value] }) },
      ])
    })
    return value
  })

  private readonly member = this.RULE("member", (of: Expression): Member => {
    this.CONSUME(T.Dot)
    const name = this.SUBRULE(this.anyName)
    return { kind: "member", of, name, start: of?.start, end: name.end }
  })

  private readonly call = this.RULE("call", (callee: Expression): Call => {
    const opener = this.CONSUME(T.CallOpen)
    const list: Argument[] = []
    this.MANY({
      GATE: () => !this.isLeftByField(list.length) && !this.isSwallowed(opener),
      DEF: () => {
        list.push(this.SUBRULE(this.argument))
        this.OPTION(() => this.CONSUME(T.Comma))
        this.missingComma(T.RightParenthesis)
      },
    })
    if (!this.isLeftOpen(opener, T.RightParenthesis)) this.CONSUME(T.RightParenthesis, this.orMore("`)`"))
    return { kind: "call", callee, arguments: list, start: callee?.start, end: this.lastEnd() }
  })

  private readonly argument = this.RULE("argument", (): Argument => {
    return this.OR([
      {
        ALT: (): Argument => {
          const name = nameOf(this.CONSUME(T.FieldName))
          this.CONSUME(T.Assign)
          const value = this.SUBRULE(this.value)
          return { kind: "argument", name, value, start: name.start, end: value.end }
        },
      },
      {
        ALT: (): Argument => {
          const value = this.SUBRULE2(this.value)
          let named: Expression | undefined
          this.OPTION(() => {
            this.colon(this.CONSUME(T.Colon), "an argument")
            named = this.SUBRULE3(this.value)
          })
          const name = named !== undefined && value.kind === "name" ? value : undefined
          return { kind: "argument", name, value: named ?? value, start: value?.start, end: (named ?? value)?.end }
        },
      },
    ])
  })

  private readonly index = this.RULE("index", (of: Expression): Index => {
    const key = this.SUBRULE(this.key)
    return { kind: "index", of, key, start: of?.start, end: this.lastEnd() }
  })

  /** `[key]`, touching what it belongs to. */
  protected readonly key = this.RULE("key", (): Expression => {
    const opener = this.CONSUME(T.IndexOpen)
    const key = this.SUBRULE(this.value)
    if (!this.isLeftOpen(opener, T.RightSquare)) this.CONSUME(T.RightSquare)
    return key
  })

  /** Names, members and indexes. */
  protected readonly path = this.RULE("path", (): Expression => {
    let path: Expression = this.SUBRULE(this.anyName)
    let parts = 0
    this.MANY(() => {
      this.link(++parts)
      path = this.OR([
        { ALT: () => this.SUBRULE(this.member, { ARGS: [path] }) },
        { ALT: () => this.SUBRULE(this.index, { ARGS: [path] }) },
      ])
    })
    return path
  })

  private readonly amend = this.RULE("amend", (of: Expression): Amend => {
    const opener = this.CONSUME(T.AmendOpen)
    const items = this.SUBRULE(this.recordItems, { ARGS: [opener] })
    const body: Body = { kind: "body", items, start: opener.startOffset, end: this.lastEnd() }
    return { kind: "amend", of, body, start: of?.start, end: body.end }
  })

  private readonly primary = this.RULE("primary", (): Expression => {
    this.primaryAlternatives ??= [
      { ALT: () => nameOf(this.CONSUME(T.Name)) },
      { ALT: () => this.SUBRULE(this.textValue) },
      { ALT: () => decodeLiteral(this.CONSUME(T.Literal), this.findings) },
      { ALT: () => nameOf(this.CONSUME(T.TypeName)) },
      { ALT: () => this.SUBRULE(this.parenthesised) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.record) },
    ]
    return this.OR({ DEF: this.primaryAlternatives, ERR_MSG: "a value" })
  })
  private primaryAlternatives: { ALT: () => Expression }[] | undefined

  private readonly parenthesised = this.RULE("parenthesised", (): Expression => {
    const opener = this.CONSUME(T.LeftParenthesis)
    const value = this.SUBRULE(this.value)
    if (!this.isLeftOpen(opener, T.RightParenthesis)) this.CONSUME(T.RightParenthesis)
    return value?.kind === "name" ? value : { ...value, start: opener.startOffset, end: this.lastEnd() }
  })

  private readonly list = this.RULE("list", (): List => {
    const opener = this.CONSUME(T.LeftSquare)
    const elements: Element[] = []
    this.MANY({
      GATE: () => !this.isSwallowed(opener),
      DEF: () => {
        elements.push(this.SUBRULE(this.element))
        this.OPTION(() => this.CONSUME(T.Comma))
        this.missingComma(T.RightSquare)
      },
    })
    if (!this.isLeftOpen(opener, T.RightSquare)) this.CONSUME(T.RightSquare, this.orMore("`]`"))
    return { kind: "list", elements, start: opener.startOffset, end: this.lastEnd() }
  })

  private readonly element: Rule<Element> = this.RULE("element", (): Element => {
    return this.deeper(() =>
      this.OR({
        // `elementIf` stands first, and takes the value `if … then … else` as well.
        DEF: [
          { ALT: () => this.SUBRULE(this.elementIf), IGNORE_AMBIGUITIES: true },
          { ALT: () => this.SUBRULE(this.elementFor) },
          { ALT: () => this.SUBRULE(this.value) },
        ],
        ERR_MSG: "a value",
      }),
    )
  })

  /** `if c: element`, or the value `if c then a else b`. */
  private readonly elementIf = this.RULE("elementIf", (): Element => {
    const start = this.CONSUME(T.If).startOffset
    const condition = this.SUBRULE(this.value)
    return this.OR({
      DEF: [
        {
          ALT: (): Element => {
            this.CONSUME(T.Colon)
            const element = this.SUBRULE(this.element)
            return { kind: "element-if", condition, element, start, end: element.end }
          },
        },
        {
          ALT: (): Element => {
            this.CONSUME(T.Then)
            const then = this.SUBRULE2(this.value)
            this.CONSUME(T.Else)
            const otherwise = this.SUBRULE3(this.value)
            return { kind: "conditional", condition, then, else: otherwise, start, end: otherwise.end }
          },
        },
      ],
      ERR_MSG: "`:` or `then`",
    })
  })

  private readonly elementFor = this.RULE("elementFor", (): ElementFor => {
    const head = this.SUBRULE(this.forHead)
    this.CONSUME(T.Colon)
    const element = this.SUBRULE(this.element)
    return { kind: "element-for", head, element, start: head.start, end: element.end }
  })

  protected readonly forHead = this.RULE("forHead", (): ForHead => {
    const start = this.CONSUME(T.For).startOffset
    const names = [this.SUBRULE(this.valueName)]
    this.OPTION(() => {
      this.CONSUME(T.Comma)
      names.push(this.SUBRULE2(this.valueName))
    })
    const source = this.recovering(
      () => {
        this.CONSUME(T.In)
        return this.SUBRULE(this.value)
      },
      (start, end): Expression => ({ kind: "missing", start, end }),
    )
    const filter = this.OPTION2(() => {
      this.CONSUME(T.If)
      return this.SUBRULE2(this.value)
    })
    return { kind: "for-head", names, in: source, filter, start, end: (filter ?? source)?.end }
  })

  private readonly recordItems = this.RULE("recordItems", (opener: IToken): readonly Item[] => {
    const outer = this.place
    this.place = "record"
    const items = this.SUBRULE(this.items, { ARGS: [opener] })
    this.place = outer
    return items
  })

  private readonly record = this.RULE("record", (): RecordExpression => {
    const opener = this.CONSUME(T.RecordOpen)
    const items = this.SUBRULE(this.recordItems, { ARGS: [opener] })
    return { kind: "record", items, start: opener.startOffset, end: this.lastEnd() }
  })

  /** `b` of `[a b]`: the comma before it is missing, and reading goes on. */
  protected missingComma(closing: TokenType): void {
    const last = this.LA(0).tokenType
    if (!this.live || last === T.Comma || last === T.TextBreak || !continuesList.has(this.LA(1).tokenType)) return
    if (this.LA(1).tokenType === T.FieldName && (closing !== T.RightParenthesis || this.atLineStart())) return
    const at = this.lastEnd()
    this.findings.breakdown("A0115", this.nextStart(), endOf(this.LA(1)), "a comma is missing before this", {
      fix: { title: "Add a comma", edits: [{ span: this.findings.span(at, at), text: "," }] },
    })
  }

  /** True when what comes next is no value but an entry of a map, on a line of its own. */
  private isEntry(): boolean {
    if (!this.live || this.LA(1).tokenType !== T.PlainText) return false
    const after = this.LA(2).tokenType
    return (after === T.Assign || after === T.PlusAssign) && this.atLineStart()
  }

  /** What a list or call may go on with, besides its closing bracket. */
  private orMore(closing: string): { ERR_MSG: string } | undefined {
    if (!this.live || this.LA(1).tokenType === T.RightSquare || this.LA(1).tokenType === T.RightParenthesis)
      return undefined
    const separated = this.LA(0).tokenType === T.Comma || listOpens.has(this.LA(0).tokenType)
    return { ERR_MSG: `${separated ? "a value" : "`,`"} or ${closing}` }
  }

  /** True when the next token is a field on a line of its own after arguments that no comma ends: the `)` is missing. */
  private isLeftByField(count: number): boolean {
    if (!this.live || this.LA(1).tokenType !== T.FieldName || !this.atLineStart()) return false
    return count > 0 && this.LA(0).tokenType !== T.Comma
  }
}

const listOpens: ReadonlySet<TokenType> = new Set([T.LeftSquare, T.CallOpen])
const continuesList: ReadonlySet<TokenType> = new Set([
  ...[T.Name, T.TypeName, T.FieldName, T.PlainText, T.ForeignText, T.TextOpen, T.BlockOpen, T.Int, T.Float, T.Quantity],
  ...[T.Port, T.Ip, T.Cidr, T.True, T.False, T.Null, T.LeftParenthesis, T.LeftSquare, T.RecordOpen, T.If, T.For, T.Not],
])
