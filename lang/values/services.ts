import type { ServiceSymbol } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { Type } from "../types/type.ts"
import { enter, pending, reportCycle, spanOf } from "./frame.ts"
import type { NeedPlan, ProvidePlan } from "./layout.ts"
import type { ClusterThing, NeedThing, Provided, Traced } from "./model.ts"
import type { Appliance } from "./things.ts"
import { invalid, type Value } from "./value.ts"

/** What an appliance needs or uses. */
export class Need implements NeedThing {
  readonly #appliance: Appliance
  readonly #plan: NeedPlan

  constructor(appliance: Appliance, plan: NeedPlan) {
    this.#appliance = appliance
    this.#plan = plan
  }

  get how(): "needs" | "uses" {
    return this.#plan.item.how
  }

  get name(): string {
    return this.#plan.item.name.text
  }

  get service(): ServiceSymbol {
    return this.#plan.service
  }

  get count(): NeedThing["count"] {
    return countOf(this.#plan.item.type)
  }

  get met(): ClusterThing | null {
    return this.#plan.met ?? this.#appliance.within
  }

  pick(): Value | undefined {
    const entry = this.#appliance.layout.picks.get(this.name)
    return entry === undefined ? undefined : this.#appliance.run(entry)
  }

  get span(): Span {
    return this.#appliance.layout.picks.get(this.name)?.span ?? this.#appliance.span
  }

  get declaration(): Span {
    return spanOf(this.#plan.unit, this.#plan.item.name)
  }
}

/** A service that an appliance provides; its fields are worked out when they are read. */
export class ProvidedService implements Provided {
  readonly kind = "provided-service"
  readonly appliance: Appliance
  readonly plan: ProvidePlan
  #values: Map<string, Value | typeof pending> | null = null

  constructor(appliance: Appliance, plan: ProvidePlan) {
    this.appliance = appliance
    this.plan = plan
  }

  get name(): string {
    return this.plan.item.name.text
  }

  get service(): ServiceSymbol {
    return this.plan.service
  }

  get span(): Span {
    return spanOf(this.plan.unit, this.plan.item.name)
  }

  field(name: string): Value | undefined {
    const field = this.plan.fields.get(name)
    if (field === undefined) return undefined
    if (field.entry === null) return field.type.kind === "optional" ? null : invalid
    const known = this.#values?.get(name)
    const { evaluation } = this.appliance
    if (known === pending) return reportCycle(evaluation, `${this.appliance.id}.${this.name}`, name)
    if (known !== undefined) return known
    const { entry } = field
    if (entry.code.reach === Number.POSITIVE_INFINITY) return this.appliance.run(entry)
    this.#values ??= new Map()
    this.#values.set(name, pending)
    const read = { owner: `${this.appliance.id}.${this.name}`, name, span: entry.span }
    const value = enter(evaluation, read, entry.code.depth, () => this.appliance.run(entry))
    this.#values.set(name, value)
    return value
  }

  fieldSpan(name: string): Span {
    return this.plan.fields.get(name)?.entry?.span ?? this.span
  }

  trace(name: string): Traced {
    const entry = this.plan.fields.get(name)?.entry ?? null
    return entry === null ? { through: [], span: this.span } : entry.trace(this.appliance.frameOf(entry.frame))
  }

  ports(): readonly { readonly name: string; readonly value: Value; readonly span: Span }[] {
    const ports = [...this.plan.fields].filter(([, field]) => bare(field.type) === "port")
    return ports.flatMap(([name]) => {
      const value = this.field(name)
      return value === undefined || value === null ? [] : [{ name, value, span: this.fieldSpan(name) }]
    })
  }
}

/** How many providers the type of a need asks for. */
export function countOf(type: tree.TypeExpression): NeedThing["count"] {
  if (type.kind === "optional-type") return { kind: "maybe" }
  if (type.kind === "list-type") return { kind: "many", least: 0, most: null }
  if (type.kind !== "ranged-type" || type.range.kind !== "value-range") return { kind: "one" }
  const { from, to } = type.range
  return { kind: "many", least: from?.kind === "int" ? from.value : 0, most: to?.kind === "int" ? to.value : null }
}

function bare(type: Type): string {
  return type.kind === "optional" ? bare(type.of) : type.kind
}
