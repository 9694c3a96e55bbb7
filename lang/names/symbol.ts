import type * as tree from "../syntax/tree.ts"
import type { Source } from "../text/source.ts"

/** The entry file and all that it uses, directly or not. */
export type Program = {
  readonly entry: Unit
  /** Every file once, the entry first. */
  readonly units: readonly Unit[]
  /** The standard modules that export a name; reads their descriptions when it is first asked, so only for a diagnostic. */
  modulesWith(name: string): readonly string[]
}

/** One source file with its tree and the module that it belongs to. */
export type Unit = {
  readonly source: Source
  /** The file as `Files` knows it; what the file names is relative to its folder. */
  readonly path: string
  readonly tree: tree.File
  readonly module: Module
  /** What each `use` may take: names and the files that declare them; null where nothing was found (reported). */
  readonly imports: ReadonlyMap<tree.Use, ReadonlyMap<string, Unit> | null>
  /** The files that it takes from, also those that have nothing of what it asks for. */
  readonly uses: ReadonlySet<Unit>
}

/** A folder that reads nothing outside itself: the user's project, a standard module such as `std/nginx`, or one that was fetched. */
export type Module = {
  /** Empty for the user's project. */
  readonly name: string
  readonly root: string
  /** Exported names and the files that declare them, relative to `root`; null: every file gives all of its names. */
  readonly exports: ReadonlyMap<string, string> | null
  /** The exports of its parts, by the part's name: `use { A } from "web-kit/tls"`. */
  readonly parts?: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/**
 * What a name stands for. One object per declaration, compared by identity; `bind` makes them and never writes to a tree.
 * Where a declaration stands in a `for` or has a key, it is a family: `keyed`.
 */
export type AnySymbol =
  | LetSymbol
  | FunctionSymbol
  | TypeSymbol
  | VariantSymbol
  | ServiceSymbol
  | ClassSymbol
  | ClusterSymbol
  | {
      readonly kind: "param"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.Param
      readonly owner: Owner
    }
  | {
      readonly kind: "output"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.Output
      readonly owner: Owner
    }
  | {
      readonly kind: "provides"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.Provides
      readonly owner: Owner
    }
  | {
      readonly kind: "needs"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.Needs
      readonly owner: Owner
    }
  | ThingSymbol
  | ParamsSymbol
  /** `use x from "./x.appl"`: the names that `x.` gives, with the files that declare them. */
  | {
      readonly kind: "namespace"
      readonly name: string
      readonly unit: Unit
      readonly members: ReadonlyMap<string, AnySymbol>
    }
  /** A loop's variable, a function's parameter, a pattern's binding, the name of an `every`. */
  | {
      readonly kind: "local"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.Name
      readonly role: "element" | "key" | "parameter" | "binding" | "every"
    }
  /** `self` inside a class or instance, `outside` in flows. */
  | { readonly kind: "self"; readonly name: "self" }
  | { readonly kind: "outside"; readonly name: "outside" }
  /** A function of the language, such as `template` or `http-get`: see `types/schema.ts`. */
  | { readonly kind: "builtin"; readonly name: string }

export type LetSymbol = {
  readonly kind: "let"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.Let
  readonly owner: Owner
}
export type FunctionSymbol = {
  readonly kind: "function"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.FunctionDeclaration
}
export type TypeSymbol = {
  readonly kind: "type"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.TypeDeclaration
}
/** One alternative of a tagged union, in scope wherever its union is. */
export type VariantSymbol = {
  readonly kind: "variant"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.VariantType
  readonly union: TypeSymbol
}

export type ServiceSymbol = {
  readonly kind: "service"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.Service
}
export type ClassSymbol = {
  readonly kind: "class"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.ApplianceClass
}
export type ClusterSymbol = {
  readonly kind: "cluster"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.Cluster
}

/** A named set of values for the params of a cluster that stands beside it. */
export type ParamsSymbol = {
  readonly kind: "params"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.Params
}

/**
 * An instance, network, host, inner cluster or insertion. Declarations with a key that share a name are one family and one
 * symbol, whose `declaration` is the first of them.
 */
export type ThingSymbol = {
  readonly kind: "thing"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.Instance | tree.Network | tree.Host | tree.ClusterInstance | tree.Insert
  readonly keyed: boolean
  readonly owner: Owner
}

/** The class or cluster whose body a declaration stands in; null at file level. */
export type Owner = ClassSymbol | ClusterSymbol | null

/**
 * What every use of a name means. A name that is not in `uses` was reported, or names a type of the language (`Int`), or is a
 * field's: those are found by type. Later phases pass over reported ones in silence.
 */
export type Bindings = {
  readonly uses: ReadonlyMap<tree.Name, AnySymbol>
  /** The declared symbol of each declaration and local. */
  readonly declared: ReadonlyMap<tree.Declaration | tree.Name, AnySymbol>
  /** What a class or cluster declares, by name; a class has what it inherits as well, its own first. */
  readonly members: ReadonlyMap<ClassSymbol | ClusterSymbol, ReadonlyMap<string, AnySymbol>>
  /** What is read of a cluster from outside: its outputs, which may have the names of its members. */
  readonly outputs: ReadonlyMap<ClusterSymbol, ReadonlyMap<string, AnySymbol>>
  /** The class that a class specialises. */
  readonly bases: ReadonlyMap<ClassSymbol, ClassSymbol>
  /** The bodies of `if` and `match` that a declaration without a key stands in, outermost first: outside of them it may be absent. */
  readonly under: ReadonlyMap<AnySymbol, readonly tree.Body[]>
  /** The functions and lets that the value of each function and let names. */
  readonly reads: ReadonlyMap<AnySymbol, ReadonlySet<AnySymbol>>
}
