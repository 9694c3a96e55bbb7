import type { Source } from "../text/source.ts"
import type { Unit } from "./units.ts"

/**
 * The tree of a file: readonly data, complete even where the text is not. Every node has a `kind` that no other node
 * type shares, and the offsets of its text. Where recovery left a hole there is a `missing` node, or a `Name` whose
 * text is empty; a diagnostic was reported for each, so later phases pass over them in silence.
 */
export type Spanned = { readonly start: number; readonly end: number }

export type File = Spanned & {
  readonly kind: "file"
  readonly source: Source
  readonly items: readonly Item[]
  /** All comments in the order of the text, doc comments too. */
  readonly comments: readonly Comment[]
}

/** One `# …` or `/// …`, without its line end. */
export type Comment = Spanned & { readonly kind: "comment"; readonly doc: boolean }

/** A word that names something: a declaration, a reference or a field. Its span is exactly the word. */
export type Name = Spanned & { readonly kind: "name"; readonly text: string }

/** What stands between the braces of a declaration or an amendment. */
export type Body = Spanned & { readonly kind: "body"; readonly items: readonly Item[] }

/** The text of the `///` lines directly above a declaration, without the marks. */
type Documented = { readonly doc?: string }

// ---------------------------------------------------------------------------------------------------------------------
// Items: declarations, fields and the control around them, in the order of the text.

export type Item = Declaration | Field | Entry | MapFor | ForItem | IfItem | MatchItem

export type Declaration =
  | Use
  | Let
  | FunctionDeclaration
  | TypeDeclaration
  | Service
  | ApplianceClass
  | Instance
  | Cluster
  | ClusterInstance
  | Params
  | Host
  | Network
  | Param
  | Output
  | Provides
  | Needs
  | Check
  | Publish
  | Allow
  | Insert
  | Every
  | Assert
  | Moved
  | Test

/** `use { A, b as c } from "std/x"` gives names, `use x from "./x.appl"` gives a namespace; one of the two is there. */
export type Use = Spanned & {
  readonly kind: "use"
  readonly names: readonly UsedName[]
  readonly namespace?: Name
  readonly from: Text
}
export type UsedName = Spanned & { readonly kind: "used-name"; readonly name: Name; readonly alias?: Name }

export type Let = Spanned &
  Documented & { readonly kind: "let"; readonly name: Name; readonly type?: TypeExpression; readonly value: Expression }

export type FunctionDeclaration = Spanned &
  Documented & {
    readonly kind: "function"
    readonly name: Name
    readonly parameters: readonly Parameter[]
    readonly result: TypeExpression
    readonly value: Expression
  }
export type Parameter = Spanned & {
  readonly kind: "parameter"
  readonly name: Name
  readonly type: TypeExpression
  readonly value?: Expression
}

export type TypeDeclaration = Spanned &
  Documented & { readonly kind: "type"; readonly name: Name; readonly type: TypeExpression }

export type Service = Spanned &
  Documented & { readonly kind: "service"; readonly name: Name; readonly type: RecordType }

/** `appliance Name: Base { }`, a class: its name is in PascalCase. */
export type ApplianceClass = Spanned &
  Documented & { readonly kind: "appliance-class"; readonly name: Name; readonly base?: NamedType; readonly body: Body }

/** `appliance name[key]: Class { }`: its name is in kebab-case. */
export type Instance = Spanned &
  Documented & {
    readonly kind: "instance"
    readonly name: Name
    readonly key?: Expression
    readonly class: NamedType
    readonly body?: Body
  }

export type Cluster = Spanned & Documented & { readonly kind: "cluster"; readonly name: Name; readonly body: Body }

/** `cluster room[key]: server-room { }`: another cluster inside this one. `cluster` is a name or a path of members. */
export type ClusterInstance = Spanned &
  Documented & {
    readonly kind: "cluster-instance"
    readonly name: Name
    readonly key?: Expression
    readonly cluster: Expression
    readonly body?: Body
  }

export type Params = Spanned & Documented & { readonly kind: "params"; readonly name: Name; readonly body: Body }

export type Host = Spanned &
  Documented & { readonly kind: "host"; readonly name: Name; readonly key?: Expression; readonly value: Expression }

export type Network = Spanned &
  Documented & { readonly kind: "network"; readonly name: Name; readonly key?: Expression; readonly body: Body }

export type Param = Spanned &
  Documented & {
    readonly kind: "param"
    readonly name: Name
    readonly type: TypeExpression
    readonly value?: Expression
  }

export type Output = Spanned &
  Documented & {
    readonly kind: "output"
    readonly name: Name
    readonly type?: TypeExpression
    readonly value: Expression
  }

export type Provides = Spanned &
  Documented & { readonly kind: "provides"; readonly name: Name; readonly service: NamedType; readonly body?: Body }

/** `needs` waits for the provider, `uses` does not. The type is `S`, `S?`, `S[]` or `S[](1..)`. */
export type Needs = Spanned &
  Documented & {
    readonly kind: "needs"
    readonly how: "needs" | "uses"
    readonly name: Name
    readonly type: TypeExpression
  }

/** `check "what" = http-get(…) { every = 10s }`: the times are an `Amend` around the call. */
export type Check = Spanned & Documented & { readonly kind: "check"; readonly title: Text; readonly value: Expression }

/** `publish 8080/tcp = web.http`; the port is any expression, so also the name of a param. */
export type Publish = Spanned & { readonly kind: "publish"; readonly port: Expression; readonly target: Expression }

/** `allow a -> b on 22/tcp`; several ports are a `List`. `self` and `outside` are plain names. */
export type Allow = Spanned & {
  readonly kind: "allow"
  readonly from: Expression
  readonly to: Expression
  readonly ports: Expression
}

/** `insert name: Class before web on dmz { }`; the target and the network are paths (names, members, indexes). */
export type Insert = Spanned &
  Documented & {
    readonly kind: "insert"
    readonly name: Name
    readonly class: NamedType
    readonly before: Expression
    readonly network: Expression
    readonly body?: Body
  }

/** `every appliance a where condition { }`. */
export type Every = Spanned & {
  readonly kind: "every"
  readonly name?: Name
  readonly where?: Expression
  readonly body: Body
}

export type Assert = Spanned & { readonly kind: "assert"; readonly condition: Expression; readonly message?: Text }

/** `moved old -> new`; both are paths. */
export type Moved = Spanned & { readonly kind: "moved"; readonly from: Expression; readonly to: Expression }

export type Test = Spanned & Documented & { readonly kind: "test"; readonly title: Text; readonly body: Body }

export type Operator = "=" | "+="

/** `name = value`. In the short form `{ stage }` the value is the same `Name` node as the name. */
export type Field = Spanned &
  Documented & {
    readonly kind: "field"
    readonly name: Name
    readonly operator: Operator
    readonly value: Expression
    readonly short: boolean
  }

/** `"any key" = value` of a map. */
export type Entry = Spanned &
  Documented & {
    readonly kind: "entry"
    readonly key: Text
    readonly operator: Operator
    readonly value: Expression
  }

/** `for x in xs: key = value` of a map; the key is an expression. */
export type MapFor = Spanned & {
  readonly kind: "map-for"
  readonly head: ForHead
  readonly key: Expression
  readonly value: Expression
}

/** `x in xs if filter`, or `key, value in map`. */
export type ForHead = Spanned & {
  readonly kind: "for-head"
  readonly names: readonly Name[]
  readonly in: Expression
  readonly filter?: Expression
}

export type ForItem = Spanned & { readonly kind: "for"; readonly head: ForHead; readonly body: Body }

export type IfItem = Spanned & {
  readonly kind: "if"
  readonly condition: Expression
  readonly then: Body
  readonly else?: Body | IfItem
}

export type MatchItem = Spanned & {
  readonly kind: "match"
  readonly value: Expression
  readonly arms: readonly ItemArm[]
}
export type ItemArm = Spanned & { readonly kind: "item-arm"; readonly pattern: Pattern; readonly body: Body }

// ---------------------------------------------------------------------------------------------------------------------
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

// ---------------------------------------------------------------------------------------------------------------------
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

// ---------------------------------------------------------------------------------------------------------------------
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
export type RecordField = Spanned &
  Documented & {
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

/** Any node of a tree. */
export type Node =
  | File
  | Comment
  | Item
  | Body
  | UsedName
  | Parameter
  | ForHead
  | ItemArm
  | ValueArm
  | Element
  | Argument
  | Pattern
  | TypeExpression
  | RecordField
  | ValueRange
  | TextPattern
