import type * as tree from "../syntax/tree.ts"
import type { Source } from "../text/source.ts"

/** One source file with its tree and the module that it belongs to. */
export type Unit = {
  readonly source: Source
  readonly tree: tree.File
  readonly module: Module
  /** The unit behind each `use` of this one; null where it was not found (reported). */
  readonly imports: ReadonlyMap<tree.Use, Unit | null>
}

/** A folder that reads nothing outside itself: the user's project, or a standard module such as `std/nginx`. */
export type Module = { readonly name: string; readonly root: string; readonly exports: readonly string[] | null }

/**
 * What a name stands for. One object per declaration, compared by identity; `bind` makes them and never writes to a tree.
 * Where a declaration stands in a `for` or has a key, it is a family: `keyed`.
 */
export type Symbol =
  | {
      readonly kind: "let"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.Let
      readonly owner: Owner
    }
  | {
      readonly kind: "function"
      readonly name: string
      readonly unit: Unit
      readonly declaration: tree.FunctionDeclaration
    }
  | { readonly kind: "type"; readonly name: string; readonly unit: Unit; readonly declaration: tree.TypeDeclaration }
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
  | { readonly kind: "namespace"; readonly name: string; readonly unit: Unit; readonly target: Unit }
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

/** An instance, network, host, inner cluster or insertion. */
export type ThingSymbol = {
  readonly kind: "thing"
  readonly name: string
  readonly unit: Unit
  readonly declaration: tree.Instance | tree.Network | tree.Host | tree.ClusterInstance | tree.Insert
  readonly keyed: boolean
  /** How many of the `for`s around it, outermost first, must be entered to reach it. */
  readonly owner: Owner
}

/** The class or cluster whose body a declaration stands in; null at file level. */
export type Owner = ClassSymbol | ClusterSymbol | null

/** What every use of a name means. A name that is not in it was reported, and later phases pass over it in silence. */
export type Bindings = {
  readonly uses: ReadonlyMap<tree.Name, Symbol>
  /** The declared symbol of each declaration and local. */
  readonly declared: ReadonlyMap<tree.Declaration | tree.Name, Symbol>
}
