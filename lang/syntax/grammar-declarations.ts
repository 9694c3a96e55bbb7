import { WiringGrammar } from "./grammar-wiring.ts"
import { nameOf, type Rule } from "./grammar-words.ts"
import * as T from "./tokens.ts"
import type {
  ApplianceClass,
  Assert,
  Cluster,
  ClusterInstance,
  Declaration,
  FunctionDeclaration,
  Host,
  Instance,
  Let,
  Name,
  Network,
  Output,
  Param,
  Parameter,
  Params,
  Service,
  Test,
  Text,
  TypeDeclaration,
  TypeExpression,
  Use,
  UsedName,
} from "./tree.ts"
import { isKebab } from "./words.ts"

/** The rules for declarations: one rule for each keyword. */
export abstract class DeclarationGrammar extends WiringGrammar {
  protected readonly declaration: Rule<Declaration> = this.RULE("declaration", (): Declaration => {
    this.declarationAlternatives ??= this.alternatives()
    return this.OR(this.declarationAlternatives)
  })
  private declarationAlternatives: { ALT: () => Declaration }[] | undefined

  private alternatives(): { ALT: () => Declaration }[] {
    return [
      { ALT: () => this.SUBRULE(this.applianceDeclaration) },
      { ALT: () => this.SUBRULE(this.param) },
      { ALT: () => this.SUBRULE(this.let) },
      { ALT: () => this.SUBRULE(this.needs) },
      { ALT: () => this.SUBRULE(this.provides) },
      { ALT: () => this.SUBRULE(this.check) },
      { ALT: () => this.SUBRULE(this.output) },
      { ALT: () => this.SUBRULE(this.network) },
      { ALT: () => this.SUBRULE(this.host) },
      { ALT: () => this.SUBRULE(this.publish) },
      { ALT: () => this.SUBRULE(this.allow) },
      { ALT: () => this.SUBRULE(this.insert) },
      { ALT: () => this.SUBRULE(this.every) },
      { ALT: () => this.SUBRULE(this.assertion) },
      { ALT: () => this.SUBRULE(this.moved) },
      { ALT: () => this.SUBRULE(this.cluster) },
      { ALT: () => this.SUBRULE(this.params) },
      { ALT: () => this.SUBRULE(this.use) },
      { ALT: () => this.SUBRULE(this.fn) },
      { ALT: () => this.SUBRULE(this.typeDeclaration) },
      { ALT: () => this.SUBRULE(this.service) },
      { ALT: () => this.SUBRULE(this.test) },
    ]
  }

  /** `use Dnsmasq from …` takes a namespace; a name in PascalCase was meant to be taken out of it. */
  private namespace(name: Name): Name {
    if (!this.live || name.text === "" || isKebab(name.text)) return name
    const text = `{ ${name.text} }`
    this.findings.breakdown("A0118", name.start, name.end, "what a `use` takes out of a file stands in braces", {
      hint: `write \`use ${text} from …\``,
      fix: { title: `Write \`${text}\``, edits: [{ span: this.findings.span(name.start, name.end), text }] },
    })
    return name
  }

  private readonly use = this.RULE("use", (): Use => {
    const start = this.CONSUME(T.Use).startOffset
    const names: UsedName[] = []
    const namespace = this.OR({
      DEF: [
        {
          ALT: () => {
            const opener = this.CONSUME(T.LeftBrace)
            this.MANY(() => {
              names.push(this.SUBRULE(this.usedName))
              this.OPTION(() => this.CONSUME(T.Comma))
              this.missingComma(T.RightBrace)
            })
            if (!this.isLeftOpen(opener, T.RightBrace)) this.CONSUME(T.RightBrace)
            return undefined
          },
        },
        { ALT: () => this.namespace(this.SUBRULE(this.anyName)) },
      ],
      ERR_MSG: "`{` or a name",
    })
    const from = this.recovering(
      () => {
        this.CONSUME(T.From)
        return this.plainText(this.CONSUME(T.PlainText))
      },
      (start, end): Text => ({ kind: "text", parts: [], start, end }),
    )
    return { kind: "use", names, namespace, from, start, end: from.end }
  })

  private readonly usedName = this.RULE("usedName", (): UsedName => {
    const name = this.SUBRULE(this.anyName)
    const alias = this.OPTION(() => {
      this.CONSUME(T.As)
      return this.SUBRULE2(this.anyName)
    })
    return { kind: "used-name", name, alias, start: name?.start, end: this.lastEnd() }
  })

  private readonly let = this.RULE("let", (): Let => {
    const start = this.CONSUME(T.Let).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const type = this.OPTION(() => this.SUBRULE(this.typed))
    const value = this.SUBRULE(this.assigned)
    return { kind: "let", doc, name, type, value, start, end: this.lastEnd() }
  })

  private readonly fn = this.RULE("fn", (): FunctionDeclaration => {
    const start = this.CONSUME(T.Fn).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const opener = this.CONSUME(T.CallOpen)
    const parameters: Parameter[] = []
    this.MANY(() => {
      parameters.push(this.SUBRULE(this.parameter))
      this.OPTION(() => this.CONSUME(T.Comma))
      this.missingComma(T.RightParenthesis)
    })
    if (!this.isLeftOpen(opener, T.RightParenthesis)) this.CONSUME(T.RightParenthesis)
    const result = this.SUBRULE(this.typed)
    const value = this.SUBRULE(this.assigned)
    return { kind: "function", doc, name, parameters, result, value, start, end: this.lastEnd() }
  })

  private readonly parameter = this.RULE("parameter", (): Parameter => {
    const name = this.SUBRULE(this.valueName)
    const type = this.SUBRULE(this.typed)
    const value = this.OPTION(() => {
      this.CONSUME(T.Assign)
      return this.SUBRULE(this.value)
    })
    return { kind: "parameter", name, type, value, start: name?.start, end: this.lastEnd() }
  })

  private readonly typeDeclaration = this.RULE("typeDeclaration", (): TypeDeclaration => {
    const start = this.CONSUME(T.Type).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.typeName)
    const type = this.recovering(
      () => {
        this.CONSUME(T.Assign)
        return this.SUBRULE(this.type)
      },
      (start, end): TypeExpression => ({ kind: "missing-type", start, end }),
    )
    return { kind: "type", doc, name, type, start, end: this.lastEnd() }
  })

  private readonly service = this.RULE("service", (): Service => {
    const start = this.CONSUME(T.Service).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.typeName)
    const opener = this.CONSUME(T.LeftBrace)
    const type = this.SUBRULE(this.fieldsAfter, { ARGS: [opener] })
    return { kind: "service", doc, name, type, start, end: this.lastEnd() }
  })

  /** A class when its name is in PascalCase, else an instance. */
  private readonly applianceDeclaration = this.RULE("appliance", (): ApplianceClass | Instance => {
    const keyword = this.CONSUME(T.Appliance)
    const start = keyword.startOffset
    const doc = this.docAbove(start)
    return this.OR({
      // A name in PascalCase makes a class; whatever else stands there is an instance.
      DEF: [
        {
          IGNORE_AMBIGUITIES: true,
          ALT: (): ApplianceClass => {
            const name = this.checkedTypeName(nameOf(this.CONSUME(T.TypeName)))
            const base = this.OPTION(() => this.SUBRULE(this.classified))
            const body = this.SUBRULE(this.body, { ARGS: ["class"] })
            return { kind: "appliance-class", doc, name, base, body, start, end: this.lastEnd() }
          },
        },
        {
          ALT: (): Instance => {
            const name = this.SUBRULE(this.valueName)
            const key = this.OPTION2(() => this.SUBRULE(this.key))
            const of = this.SUBRULE2(this.classified)
            const body = this.SUBRULE(this.optionalBody, { ARGS: ["instance"] })
            return { kind: "instance", doc, name, key, class: of, body, start, end: this.lastEnd() }
          },
        },
      ],
      ERR_MSG: T.Name.LABEL!,
    })
  })

  private readonly cluster = this.RULE("cluster", (): Cluster | ClusterInstance => {
    const start = this.CONSUME(T.Cluster).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    if (this.isOpenerMissing()) {
      const body = this.SUBRULE3(this.body, { ARGS: ["cluster"] })
      return { kind: "cluster", doc, name, body, start, end: this.lastEnd() }
    }
    return this.OR({
      DEF: [
        {
          ALT: (): Cluster => {
            const body = this.SUBRULE(this.body, { ARGS: ["cluster"] })
            return { kind: "cluster", doc, name, body, start, end: this.lastEnd() }
          },
        },
        {
          ALT: (): ClusterInstance => {
            const key = this.OPTION(() => this.SUBRULE(this.key))
            this.CONSUME(T.Colon)
            const cluster = this.SUBRULE(this.path)
            const body = this.SUBRULE(this.optionalBody, { ARGS: ["instance"] })
            return { kind: "cluster-instance", doc, name, key, cluster, body, start, end: this.lastEnd() }
          },
        },
      ],
      ERR_MSG: "`{` or `:`",
    })
  })

  private readonly params = this.RULE("params", (): Params => {
    const start = this.CONSUME(T.Params).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const body = this.SUBRULE(this.body, { ARGS: ["params"] })
    return { kind: "params", doc, name, body, start, end: this.lastEnd() }
  })

  private readonly host = this.RULE("host", (): Host => {
    const start = this.CONSUME(T.Host).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const key = this.OPTION(() => this.SUBRULE(this.key))
    const value = this.SUBRULE(this.assigned)
    return { kind: "host", doc, name, key, value, start, end: this.lastEnd() }
  })

  private readonly network = this.RULE("network", (): Network => {
    const start = this.CONSUME(T.Network).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const key = this.OPTION(() => this.SUBRULE(this.key))
    const body = this.SUBRULE(this.body, { ARGS: ["network"] })
    return { kind: "network", doc, name, key, body, start, end: this.lastEnd() }
  })

  private readonly param = this.RULE("param", (): Param => {
    const start = this.CONSUME(T.Param).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const type = this.SUBRULE(this.typed)
    const value = this.OPTION(() => {
      this.CONSUME(T.Assign)
      return this.SUBRULE(this.value)
    })
    return { kind: "param", doc, name, type, value, start, end: this.lastEnd() }
  })

  private readonly output = this.RULE("output", (): Output => {
    const start = this.CONSUME(T.Output).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const type = this.OPTION(() => this.SUBRULE(this.typed))
    const value = this.SUBRULE(this.assigned)
    return { kind: "output", doc, name, type, value, start, end: this.lastEnd() }
  })

  private readonly assertion = this.RULE("assertion", (): Assert => {
    const start = this.CONSUME(T.Assert).startOffset
    const condition = this.SUBRULE(this.value)
    let message: Text | undefined
    this.OPTION({
      GATE: () => !this.live || messageStarts.has(this.LA(2).tokenType),
      DEF: () => {
        this.CONSUME(T.Comma)
        message = this.SUBRULE(this.textValue)
      },
    })
    return { kind: "assert", condition, message, start, end: this.lastEnd() }
  })

  private readonly test = this.RULE("test", (): Test => {
    const start = this.CONSUME(T.Test).startOffset
    const doc = this.docAbove(start)
    const title = this.SUBRULE(this.textValue)
    const body = this.SUBRULE(this.body, { ARGS: ["test"] })
    return { kind: "test", doc, title, body, start, end: this.lastEnd() }
  })
}

const messageStarts: ReadonlySet<unknown> = new Set([T.PlainText, T.ForeignText, T.TextOpen, T.BlockOpen])
