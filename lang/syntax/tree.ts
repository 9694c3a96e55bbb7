import type { Source } from "../text/source.ts"
import type {
  Argument,
  Element,
  Expression,
  NamedType,
  Pattern,
  RecordField,
  RecordType,
  Text,
  TextPattern,
  TypeExpression,
  ValueArm,
  ValueRange,
} from "./tree-values.ts"

export type * from "./tree-values.ts"

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
  Documented & {
    readonly kind: "provides"
    readonly name: Name
    readonly service: NamedType
    readonly body?: Body
    /** In a cluster: which service inside of it is offered outward. */
    readonly value?: Expression
  }

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
