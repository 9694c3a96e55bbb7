import type { IToken } from "chevrotain"
import { ValueGrammar } from "./grammar-values.ts"
import { nameOf, type Rule } from "./grammar-words.ts"
import { afterPart, afterReference } from "./landmarks.ts"
import { endOf } from "./lex.ts"
import { decodeLiteral, negate } from "./literals.ts"
import * as T from "./tokens.ts"
import type {
  Literal,
  Missing,
  Name,
  NamedType,
  Pattern,
  RangedType,
  RecordField,
  RecordType,
  TextPattern,
  TextType,
  TypeExpression,
  ValueRange,
} from "./tree.ts"
import { isBareKey, isKebab, toKebab } from "./words.ts"

/** The rules for types, and for the patterns of `match`. */
export abstract class TypeGrammar extends ValueGrammar {
  /** A type, or a hole with its diagnostic. */
  protected readonly type: Rule<TypeExpression> = this.RULE("type", (): TypeExpression => {
    const parse = () => this.SUBRULE(this.union)
    return this.recovering(parse, (start, end): TypeExpression => ({ kind: "missing-type", start, end }))
  })

  private readonly union = this.RULE("union", (): TypeExpression => {
    const start = this.nextStart()
    this.OPTION(() => this.CONSUME(T.Bar))
    const first = this.SUBRULE(this.alternative)
    let alternatives: TypeExpression[] | undefined
    this.MANY(() => {
      this.CONSUME2(T.Bar)
      alternatives ??= [first]
      alternatives.push(this.SUBRULE2(this.alternative))
    })
    if (alternatives === undefined || !this.live) return first
    this.checkAlternatives(alternatives)
    return { kind: "union-type", alternatives, start, end: this.lastEnd() }
  })

  private readonly alternative: Rule<TypeExpression> = this.RULE("alternative", (): TypeExpression => {
    return this.deeper(() => {
      const late = this.OPTION(() => this.CONSUME(T.Late))
      let type = this.SUBRULE(this.plainType)
      let suffixes = 0
      this.MANY(() => {
        this.link(++suffixes)
        type = this.OR([
          { ALT: () => this.SUBRULE(this.optional, { ARGS: [type] }) },
          { ALT: () => this.SUBRULE(this.listOf, { ARGS: [type] }) },
          { ALT: () => this.SUBRULE(this.ranged, { ARGS: [type] }) },
        ])
      })
      return late === undefined || !this.live
        ? type
        : { kind: "late-type", of: type, start: late.startOffset, end: type.end }
    })
  })

  private readonly plainType = this.RULE("plainType", (): TypeExpression => {
    return this.OR({
      DEF: [
        { ALT: () => this.textType(this.CONSUME(T.PlainText)) },
        { ALT: () => this.SUBRULE(this.recordType) },
        { ALT: () => this.SUBRULE(this.namedOrVariant) },
      ],
      ERR_MSG: "a type",
    })
  })

  private readonly namedOrVariant = this.RULE("namedOrVariant", (): TypeExpression => {
    const type = this.SUBRULE(this.namedType)
    const fields = this.OPTION(() => this.SUBRULE(this.variantFields))
    if (fields === undefined || !this.live) return type
    return { kind: "variant-type", name: type.path.at(-1)!, fields, start: type.start, end: fields.end }
  })

  private readonly variantFields = this.RULE("variantFields", (): RecordType => {
    return this.SUBRULE(this.fieldsAfter, { ARGS: [this.CONSUME(T.AmendOpen)] })
  })

  /** `: Type`; a hole, with its diagnostic, when there is none. */
  protected readonly typed = this.RULE("typed", (): TypeExpression => {
    const parse = () => {
      this.CONSUME(T.Colon)
      return this.SUBRULE(this.type)
    }
    return this.recovering(parse, (start, end): TypeExpression => ({ kind: "missing-type", start, end }))
  })

  /** `: Class`; a name without text, with its diagnostic, when there is none. */
  protected readonly classified = this.RULE("classified", (): NamedType => {
    const parse = () => {
      this.CONSUME(T.Colon)
      return this.SUBRULE(this.typePath)
    }
    return this.recovering(parse, namelessType, afterReference)
  })

  /** A name with its namespaces and arguments, such as `Map<Text, web.Site>`. */
  private readonly namedType = this.RULE("namedType", (): NamedType => {
    const path = this.SUBRULE(this.typePath)
    const list: TypeExpression[] = []
    this.OPTION(() => {
      this.CONSUME(T.Less)
      list.push(this.SUBRULE(this.type))
      this.MANY(() => {
        this.CONSUME(T.Comma)
        list.push(this.SUBRULE2(this.type))
      })
      this.CONSUME(T.Greater)
    })
    return list.length === 0 ? path : { ...path, arguments: list, end: this.lastEnd() }
  })

  private readonly typePath = this.RULE("typePath", (): NamedType => {
    const start = this.nextStart()
    const path: Name[] = []
    if (this.isTypeInLowerCase()) path.push(this.SUBRULE(this.typeName))
    else {
      this.MANY(() => {
        path.push(nameOf(this.CONSUME(T.Name)))
        this.CONSUME(T.Dot)
      })
      path.push(nameOf(this.CONSUME(T.TypeName)))
    }
    return { kind: "named-type", path, arguments: [], start, end: this.lastEnd() }
  })

  private readonly optional = this.RULE("optional", (of: TypeExpression): TypeExpression => {
    this.CONSUME(T.Question)
    return { kind: "optional-type", of, start: of?.start, end: this.lastEnd() }
  })

  private readonly listOf = this.RULE("listOf", (of: TypeExpression): TypeExpression => {
    this.CONSUME(T.IndexOpen)
    this.CONSUME(T.RightSquare)
    return { kind: "list-type", of, start: of?.start, end: this.lastEnd() }
  })

  private readonly ranged = this.RULE("ranged", (of: TypeExpression): RangedType => {
    const opener = this.CONSUME(T.CallOpen)
    const range = this.SUBRULE(this.range)
    if (!this.isLeftOpen(opener, T.RightParenthesis)) this.CONSUME(T.RightParenthesis)
    return { kind: "ranged-type", of, range, start: of?.start, end: this.lastEnd() }
  })

  private readonly range = this.RULE("range", (): ValueRange | TextPattern => {
    const start = this.nextStart()
    return this.OR({
      DEF: [
        { ALT: () => this.textPattern(this.CONSUME(T.TextPattern)) },
        {
          ALT: () => {
            this.CONSUME(T.Range)
            return this.between(start, undefined, this.SUBRULE(this.bound))
          },
        },
        {
          ALT: () => {
            const from = this.SUBRULE2(this.bound)
            let to: Literal | Missing | undefined = from
            this.OPTION(() => {
              this.CONSUME2(T.Range)
              to = this.OPTION2(() => this.SUBRULE3(this.bound))
            })
            return this.between(start, from, to)
          },
        },
      ],
      ERR_MSG: "a range or a pattern",
    })
  })

  private readonly bound = this.RULE("bound", (): Literal | Missing => {
    const sign = this.OPTION(() => this.CONSUME(T.Negate))
    const literal = decodeLiteral(this.CONSUME(T.Literal), this.findings)
    return sign === undefined || !this.live ? literal : negate(literal, sign.startOffset)
  })

  private readonly recordType = this.RULE("recordType", (): RecordType => {
    return this.SUBRULE(this.fieldsAfter, { ARGS: [this.CONSUME(T.LeftBrace)] })
  })

  /** The fields of a record, with `{` already taken. */
  protected readonly fieldsAfter = this.RULE("fieldsAfter", (opener: IToken): RecordType => {
    const fields: RecordField[] = []
    this.MANY({
      GATE: () => !this.endsByIndent(opener),
      DEF: () => {
        const field = this.recovering(
          () => this.SUBRULE(this.recordField),
          () => undefined,
          afterPart,
        )
        if (field !== undefined) fields.push(field)
        this.OPTION(() => this.CONSUME(T.Comma))
        this.betweenItems()
      },
    })
    if (!this.isBraceMissing(opener)) this.CONSUME(T.RightBrace, { ERR_MSG: "a field's name or `}`" })
    return { kind: "record-type", fields, start: opener?.startOffset, end: this.lastEnd() }
  })

  private readonly recordField = this.RULE("recordField", (): RecordField => {
    const start = this.nextStart()
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.fieldName)
    this.CONSUME(T.Colon)
    const type = this.SUBRULE(this.type)
    const value = this.OPTION(() => {
      this.CONSUME(T.Assign)
      return this.SUBRULE(this.value)
    })
    return { kind: "record-field", doc, name, type, value, start, end: this.lastEnd() }
  })

  /** One side of an arm of `match`. */
  protected readonly pattern: Rule<Pattern> = this.RULE("pattern", (): Pattern => {
    const hole = (start: number, end: number): Pattern => ({ kind: "missing-pattern", start, end })
    return this.recovering(() => this.SUBRULE(this.plainPattern), hole)
  })

  private readonly plainPattern = this.RULE("plainPattern", (): Pattern => {
    const start = this.nextStart()
    return this.OR({
      DEF: [
        { ALT: () => this.elsePattern(this.CONSUME(T.Else)) },
        { ALT: () => this.textOfPattern(this.CONSUME(T.PlainText)) },
        {
          ALT: () => {
            const from = this.SUBRULE(this.bound)
            const to = this.OPTION(() => {
              this.CONSUME(T.Range)
              return this.SUBRULE2(this.bound)
            })
            return this.valuePattern(start, from, to)
          },
        },
        // A value's name is no pattern; it fails here, so that it is reported as one.
        { ALT: () => this.elsePattern(this.CONSUME2(this.live ? T.Else : T.Name, { ERR_MSG: "a pattern" })) },
        {
          ALT: (): Pattern => {
            const name = nameOf(this.CONSUME(T.TypeName))
            const binding = this.OPTION2(() => nameOf(this.CONSUME3(T.Name)))
            return { kind: "variant-pattern", name, binding, start, end: this.lastEnd() }
          },
        },
      ],
      ERR_MSG: "a pattern",
    })
  })

  /** The name of a field, where it is declared or set: `kebab-case`, or `ALL_CAPS`. */
  protected readonly fieldName = this.RULE("fieldName", (): Name => {
    const name = this.OR([
      { ALT: () => nameOf(this.CONSUME(T.FieldName)) },
      { ALT: () => nameOf(this.CONSUME(T.Name)) },
      { ALT: () => nameOf(this.CONSUME(T.TypeName)) },
    ])
    if (this.live) this.checkFieldName(name)
    return name
  })

  protected checkFieldName(name: Name): void {
    if (isBareKey(name.text)) return
    const better = toKebab(name.text)
    this.findings.mistake("A0118", name.start, name.end, "a field's name is in kebab-case or ALL_CAPS", {
      hint: isKebab(better) ? `write \`${better}\`; in a map, any other key stands in quotes` : undefined,
    })
  }

  private isTypeInLowerCase(): boolean {
    return this.live && this.LA(1).tokenType === T.Name && this.LA(2).tokenType !== T.Dot
  }

  private textType(token: IToken): TextType {
    const text = this.plainText(token)
    return { kind: "text-type", value: text.parts.join(""), start: text.start, end: text.end }
  }

  private textPattern(token: IToken): TextPattern {
    const pattern = token.image.slice(1, -1).replaceAll("\\/", "/")
    return { kind: "text-pattern", pattern, start: token.startOffset, end: endOf(token) }
  }

  private between(start: number, from: Literal | Missing | undefined, to: Literal | Missing | undefined): ValueRange {
    return { kind: "value-range", from: known(from), to: known(to), start, end: this.lastEnd() }
  }

  private elsePattern(token: IToken): Pattern {
    return { kind: "else-pattern", start: token.startOffset, end: endOf(token) }
  }

  private textOfPattern(token: IToken): Pattern {
    const value = this.plainText(token)
    return { kind: "literal-pattern", value, start: value.start, end: value.end }
  }

  private valuePattern(start: number, from: Literal | Missing, to: Literal | Missing | undefined): Pattern {
    const end = this.lastEnd()
    const low = known(from)
    const high = known(to)
    if (low === undefined || (to !== undefined && high === undefined)) return { kind: "missing-pattern", start, end }
    if (high === undefined) return { kind: "literal-pattern", value: low, start, end }
    return { kind: "range-pattern", from: low, to: high, start, end }
  }

  /** The alternatives of a union are all texts, or all variants with their fields. */
  private checkAlternatives(alternatives: readonly TypeExpression[]): void {
    const [first] = alternatives
    if (first === undefined || first.kind === "missing-type") return
    const wanted = first.kind === "text-type" ? "text-type" : "variant-type"
    const odd = alternatives.find(({ kind }) => kind !== wanted && kind !== "missing-type")
    if (odd === undefined) return
    this.findings.breakdown(
      "A0128",
      odd.start,
      odd.end,
      "the alternatives of a type are all texts, or all names with fields",
      {
        hint: 'as in `"gold" | "silver"`, or `Tcp { port: Port } | None {}`',
      },
    )
  }
}

function namelessType(start: number, end: number): NamedType {
  const name: Name = { kind: "name", text: "", start, end: start }
  return { kind: "named-type", path: [name], arguments: [], start, end }
}

function known(literal: Literal | Missing | undefined): Literal | undefined {
  return literal === undefined || literal.kind === "missing" ? undefined : literal
}
