import type { Body, ForHead, Item, Name, Spanned } from "./tree.ts"
import type { Unit } from "./units.ts"

// Expressions. One in parentheses spans its parentheses, but for a `Name`, which always spans its word alone.

export type Expression =
  | Name
  | Literal
  | Text
  | List
  | RecordExpression
  | Unary
  | Binary
  | Is
  | Member
  | Index
  | Call
  | Amend
  | Conditional
  | Match
  | Missing

/** A hole that recovery left, already reported. */
export type Missing = Spanned & { readonly kind: "missing" }

export type Literal =
  | NullLiteral
  | BoolLiteral
  | IntLiteral
  | FloatLiteral
  | QuantityLiteral
  | PortLiteral
  | IpLiteral
  | CidrLiteral

export type NullLiteral = Spanned & { readonly kind: "null" }
export type BoolLiteral = Spanned & { readonly kind: "bool"; readonly value: boolean }
export type IntLiteral = Spanned & { readonly kind: "int"; readonly value: number }
export type FloatLiteral = Spanned & { readonly kind: "float"; readonly value: number }
/** A number with its unit as written, such as 64 and `MiB`; `units` says what a unit measures and its factor. */
export type QuantityLiteral = Spanned & { readonly kind: "quantity"; readonly amount: number; readonly unit: Unit }
/** `from` equals `to` for a single port. */
export type PortLiteral = Spanned & {
  readonly kind: "port"
  readonly from: number
  readonly to: number
  readonly protocol: "tcp" | "udp"
}
/** An IPv4 address as an unsigned number of 32 bits. */
export type IpLiteral = Spanned & { readonly kind: "ip"; readonly value: number }
/** A network as written: host bits of `address` may be set. */
export type CidrLiteral = Spanned & { readonly kind: "cidr"; readonly address: number; readonly prefix: number }

/** A text with its escapes resolved; neighbouring strings are joined, and a text without `${}` has at most one part. */
export type Text = Spanned & { readonly kind: "text"; readonly parts: readonly (string | Expression)[] }

export type List = Spanned & { readonly kind: "list"; readonly elements: readonly Element[] }
/** What may stand in a list; `[for x in xs: f]` is a list with one `ElementFor`. */
export type Element = Expression | ElementIf | ElementFor
/** `if c: element`. */
export type ElementIf = Spanned & {
  readonly kind: "element-if"
  readonly condition: Expression
  readonly element: Element
}
/** `for x in xs if p: element`. */
export type ElementFor = Spanned & { readonly kind: "element-for"; readonly head: ForHead; readonly element: Element }

/** `{ … }` as a value: a record, or a map where one is expected. Its items are fields, entries, `for`, `if`, `match`. */
export type RecordExpression = Spanned & { readonly kind: "record"; readonly items: readonly Item[] }

export type Unary = Spanned & {
  readonly kind: "unary"
  readonly operator: "-" | "not"
  readonly operand: Expression
}

export type BinaryOperator =
  | "??"
  | "or"
  | "and"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | ".."
  | "+"
  | "-"
  | "*"
  | "/"

export type Binary = Spanned & {
  readonly kind: "binary"
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** `x is C`, for a class, a service or a variant. */
export type Is = Spanned & { readonly kind: "is"; readonly value: Expression; readonly type: NamedType }

export type Member = Spanned & { readonly kind: "member"; readonly of: Expression; readonly name: Name }
export type Index = Spanned & { readonly kind: "index"; readonly of: Expression; readonly key: Expression }
export type Call = Spanned & {
  readonly kind: "call"
  readonly callee: Expression
  readonly arguments: readonly Argument[]
}
export type Argument = Spanned & { readonly kind: "argument"; readonly name?: Name; readonly value: Expression }

/** `value { … }`; also how a variant is built, where `of` is the variant's name: `Tcp { port = 80/tcp }`. */
export type Amend = Spanned & { readonly kind: "amend"; readonly of: Expression; readonly body: Body }

/** `if c then a else b`. */
export type Conditional = Spanned & {
  readonly kind: "conditional"
  readonly condition: Expression
  readonly then: Expression
  readonly else: Expression
}

export type Match = Spanned & {
  readonly kind: "match-value"
  readonly value: Expression
  readonly arms: readonly ValueArm[]
}
export type ValueArm = Spanned & { readonly kind: "value-arm"; readonly pattern: Pattern; readonly value: Expression }

// Patterns of `match`.

export type Pattern = ElsePattern | LiteralPattern | RangePattern | VariantPattern | MissingPattern

export type ElsePattern = Spanned & { readonly kind: "else-pattern" }
/** `"gold"`, `80/tcp`, `-1`: a negative number is a literal with a negative value. */
export type LiteralPattern = Spanned & { readonly kind: "literal-pattern"; readonly value: Literal | Text }
/** `1..5`, inclusive. */
export type RangePattern = Spanned & { readonly kind: "range-pattern"; readonly from: Literal; readonly to: Literal }
/** `Tcp` or `Tcp t`. */
export type VariantPattern = Spanned & {
  readonly kind: "variant-pattern"
  readonly name: Name
  readonly binding?: Name
}
export type MissingPattern = Spanned & { readonly kind: "missing-pattern" }

// Types.

export type TypeExpression =
  | NamedType
  | TextType
  | RecordType
  | VariantType
  | UnionType
  | OptionalType
  | ListType
  | RangedType
  | LateType
  | MissingType

/** `Int`, `web.Site`, `Map<Text, Int>`: the last name of the path is the type, the ones before it namespaces. */
export type NamedType = Spanned & {
  readonly kind: "named-type"
  readonly path: readonly Name[]
  readonly arguments: readonly TypeExpression[]
}
/** One alternative of an enum, or an enum with one alternative. */
export type TextType = Spanned & { readonly kind: "text-type"; readonly value: string }
export type RecordType = Spanned & { readonly kind: "record-type"; readonly fields: readonly RecordField[] }
export type RecordField = Spanned & { readonly doc?: string } & {
  readonly kind: "record-field"
  readonly name: Name
  readonly type: TypeExpression
  readonly value?: Expression
}
/** One alternative of a tagged union, `Tcp { port: Port }`. */
export type VariantType = Spanned & { readonly kind: "variant-type"; readonly name: Name; readonly fields: RecordType }
export type UnionType = Spanned & { readonly kind: "union-type"; readonly alternatives: readonly TypeExpression[] }
export type OptionalType = Spanned & { readonly kind: "optional-type"; readonly of: TypeExpression }
export type ListType = Spanned & { readonly kind: "list-type"; readonly of: TypeExpression }
export type RangedType = Spanned & {
  readonly kind: "ranged-type"
  readonly of: TypeExpression
  readonly range: ValueRange | TextPattern
}
/** `1..20`, `64MiB..`, `..5`, inclusive; a single value has equal ends. Negative numbers are literals. */
export type ValueRange = Spanned & { readonly kind: "value-range"; readonly from?: Literal; readonly to?: Literal }
/** `/[a-z]+/`: the regular expression without its slashes, with `\/` resolved. */
export type TextPattern = Spanned & { readonly kind: "text-pattern"; readonly pattern: string }
export type LateType = Spanned & { readonly kind: "late-type"; readonly of: TypeExpression }
export type MissingType = Spanned & { readonly kind: "missing-type" }
