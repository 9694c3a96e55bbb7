import type { Source, Span } from "../../text/source.ts"

/** A template as data: what is left of Nunjucks' tree when all that could run code is gone. */
export type Template = {
  readonly source: Source
  /** The path by which `Files` knows it; includes are relative to it. */
  readonly path: string
  /** The folder that it may not leave. */
  readonly root: string
  readonly body: readonly TemplateNode[]
}

export type TemplateNode =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "output"; readonly value: TemplateExpression }
  | {
      readonly kind: "if"
      readonly condition: TemplateExpression
      readonly body: readonly TemplateNode[]
      readonly else: readonly TemplateNode[]
    }
  | {
      readonly kind: "for"
      readonly names: readonly string[]
      readonly in: TemplateExpression
      readonly body: readonly TemplateNode[]
      readonly else: readonly TemplateNode[]
      readonly span: Span
    }
  | { readonly kind: "set"; readonly names: readonly string[]; readonly value: TemplateExpression }
  /** `{% set x %}…{% endset %}` */
  | { readonly kind: "capture"; readonly names: readonly string[]; readonly body: readonly TemplateNode[] }
  | { readonly kind: "include"; readonly template: Template }

/** Every expression has the span at which a diagnostic about it points: its name where it has one. */
export type TemplateExpression = { readonly span: Span } & (
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "member"; readonly of: TemplateExpression; readonly name: string }
  | { readonly kind: "index"; readonly of: TemplateExpression; readonly key: TemplateExpression }
  | {
      readonly kind: "filter"
      readonly name: string
      readonly of: TemplateExpression
      readonly arguments: readonly TemplateExpression[]
    }
  | { readonly kind: "list"; readonly elements: readonly TemplateExpression[] }
  | { readonly kind: "unary"; readonly operator: "not" | "-" | "+"; readonly operand: TemplateExpression }
  | {
      readonly kind: "binary"
      readonly operator: TemplateOperator
      readonly left: TemplateExpression
      readonly right: TemplateExpression
    }
  | {
      readonly kind: "conditional"
      readonly condition: TemplateExpression
      readonly body: TemplateExpression
      /** Absent: nothing is printed. */
      readonly else?: TemplateExpression
    }
  | { readonly kind: "test"; readonly of: TemplateExpression; readonly name: TemplateTest }
)

export type TemplateOperator =
  | "and"
  | "or"
  | "+"
  | "-"
  | "*"
  | "/"
  | "//"
  | "%"
  | "~"
  | "in"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="

export const templateTests = ["defined", "undefined", "none", "odd", "even"] as const
export type TemplateTest = (typeof templateTests)[number]
