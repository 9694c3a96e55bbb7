import type { IToken } from "chevrotain"
import { TypeGrammar } from "./grammar-types.ts"
import { nameOf, type Rule } from "./grammar-words.ts"
import { endOf } from "./lex.ts"
import type { Place } from "./places.ts"
import * as T from "./tokens.ts"
import type { Allow, Body, Check, Every, Expression, Insert, Moved, Name, Needs, Provides, Publish } from "./tree.ts"
import { toKebab } from "./words.ts"

/** The rules for what wires a cluster: services, checks, flows, and what is put in line or added to many. */
export abstract class WiringGrammar extends TypeGrammar {
  protected abstract readonly body: Rule<Body, [Place?]>
  protected abstract readonly optionalBody: Rule<Body | undefined, [Place]>

  /** `= value`; a hole, with its diagnostic, when there is no `=`. */
  protected readonly assigned = this.RULE("assigned", (): Expression => {
    return this.recovering(
      () => {
        this.CONSUME(T.Assign)
        return this.SUBRULE(this.value)
      },
      (start, end): Expression => ({ kind: "missing", start, end }),
    )
  })

  protected readonly provides = this.RULE("provides", (): Provides => {
    const start = this.CONSUME(T.Provides).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const service = this.SUBRULE(this.classified)
    const body = this.SUBRULE(this.optionalBody, { ARGS: ["service"] })
    const value = this.OPTION(() => {
      this.CONSUME(T.Assign)
      return this.SUBRULE(this.value)
    })
    return { kind: "provides", doc, name, service, body, value, start, end: this.lastEnd() }
  })

  protected readonly needs = this.RULE("needs", (): Needs => {
    const keyword = this.OR([{ ALT: () => this.CONSUME(T.Needs) }, { ALT: () => this.CONSUME(T.Uses) }])
    const start = keyword.startOffset
    const doc = this.docAbove(start)
    const how: Needs["how"] = keyword.tokenType === T.Uses ? "uses" : "needs"
    if (this.lacksName()) {
      this.nameBefore(this.LA(1), how)
      const name = { kind: "name" as const, text: "", start: this.lastEnd(), end: this.lastEnd() }
      return { kind: "needs", doc, how, name, type: this.SUBRULE2(this.type), start, end: this.lastEnd() }
    }
    const name = this.SUBRULE(this.valueName)
    const type = this.SUBRULE(this.typed)
    return { kind: "needs", doc, how, name, type, start, end: this.lastEnd() }
  })

  protected readonly check = this.RULE("check", (): Check => {
    const start = this.CONSUME(T.Check).startOffset
    const doc = this.docAbove(start)
    const title = this.SUBRULE(this.textValue)
    const value = this.SUBRULE(this.assigned)
    return { kind: "check", doc, title, value, start, end: this.lastEnd() }
  })

  protected readonly publish = this.RULE("publish", (): Publish => {
    const start = this.CONSUME(T.Publish).startOffset
    const port = this.SUBRULE(this.value)
    const target = this.SUBRULE(this.assigned)
    return { kind: "publish", port, target, start, end: this.lastEnd() }
  })

  protected readonly allow = this.RULE("allow", (): Allow => {
    const start = this.CONSUME(T.Allow).startOffset
    const from = this.SUBRULE(this.value)
    this.CONSUME(T.Arrow)
    const to = this.SUBRULE2(this.value)
    this.CONSUME(T.On)
    const ports = this.SUBRULE3(this.value)
    return { kind: "allow", from, to, ports, start, end: this.lastEnd() }
  })

  protected readonly insert = this.RULE("insert", (): Insert => {
    const start = this.CONSUME(T.Insert).startOffset
    const doc = this.docAbove(start)
    const name = this.SUBRULE(this.valueName)
    const of = this.SUBRULE(this.classified)
    this.CONSUME(T.Before)
    const before = this.SUBRULE(this.path)
    this.CONSUME(T.On)
    const network = this.SUBRULE2(this.path)
    const body = this.SUBRULE(this.optionalBody, { ARGS: ["instance"] })
    return { kind: "insert", doc, name, class: of, before, network, body, start, end: this.lastEnd() }
  })

  protected readonly every = this.RULE("every", (): Every => {
    const start = this.CONSUME(T.Every).startOffset
    this.CONSUME(T.Appliance)
    const name = this.OPTION(() => this.SUBRULE(this.plainName))
    const where = this.OPTION2(() => {
      this.CONSUME(T.Where)
      return this.SUBRULE(this.value)
    })
    const body = this.SUBRULE(this.body, { ARGS: ["every"] })
    return { kind: "every", name, where, body, start, end: this.lastEnd() }
  })

  private readonly plainName = this.RULE("plainName", (): Name => nameOf(this.CONSUME(T.Name)))

  protected readonly moved = this.RULE("moved", (): Moved => {
    const start = this.CONSUME(T.Moved).startOffset
    const from = this.SUBRULE(this.path)
    this.CONSUME(T.Arrow)
    const to = this.SUBRULE2(this.path)
    return { kind: "moved", from, to, start, end: this.lastEnd() }
  })

  /** `needs Dns`, without a name for what provides it. */
  private lacksName(): boolean {
    return this.live && this.LA(1).tokenType === T.TypeName && this.LA(2).tokenType !== T.Colon
  }

  private nameBefore(type: IToken, how: string): void {
    this.findings.breakdown(
      "A0129",
      type.startOffset,
      endOf(type),
      `expected a name and \`:\` before \`${type.image}\``,
      {
        hint: `write \`${how} ${toKebab(type.image)}: ${type.image}\``,
      },
    )
  }
}
