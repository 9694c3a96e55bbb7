import * as build from "../lang/types/build.ts"
import type { Bounds, RecordTypeOf, Type } from "../lang/types/type.ts"
import type { Value } from "../lang/values/value.ts"
import type { Tape } from "./tape.ts"

/** A type out of few names and numbers, so that types that have to do with each other come often. */
export function randomType(tape: Tape, depth: number): Type {
  const leaves: (() => Type)[] = [
    () => build.boolType,
    () => ({ kind: "int", bounds: randomBounds(tape) }),
    () => ({ kind: "float", bounds: randomBounds(tape) }),
    () => ({
      kind: "text",
      form: tape.pick([null, "Hostname", "Path"]),
      pattern: tape.pick([null, "a+", "[ab]+"]),
      bounds: randomBounds(tape),
    }),
    () => ({ kind: "enum", name: null, values: ["a", "bb", "aaa"].slice(tape.upTo(2), 2 + tape.upTo(2)) }),
    () => ({ kind: "quantity", of: tape.pick(["size", "cpus", "percent"]), bounds: randomBounds(tape) }),
    () => ({ kind: "port", bounds: randomBounds(tape) }),
    () => tape.pick([build.ipType, build.cidrType, build.ipRangeType, build.portRangeType]),
  ]
  const deeper: (() => Type)[] = [
    () => build.optional(randomType(tape, depth - 1)),
    () => ({ kind: "list", of: randomType(tape, depth - 1), bounds: randomBounds(tape) }),
    () => build.mapOf(randomType(tape, depth - 1)),
    () => randomRecord(null, tape, depth),
    () => ({
      kind: "union",
      name: "U",
      variants: ["A", "B"].slice(0, 1 + tape.upTo(2)).map((name) => emptyVariant(name)),
    }),
  ]
  return tape.pick(depth > 0 ? [...leaves, ...deeper] : leaves)()
}

/** A type that a given one is often a subtype of. */
export function wider(type: Type, tape: Tape): Type {
  const inner = widerInside(type, tape)
  return tape.upTo(4) === 3 ? build.optional(inner) : inner
}

/** A value of a type; the types of `randomType` have one, or nearly: an empty range gives its lower end. */
export function aValueOf(type: Type, tape: Tape): Value {
  switch (type.kind) {
    case "bool":
      return tape.upTo(2) === 1
    case "int":
    case "float":
      return inside(type.bounds, tape)
    case "quantity":
      return { kind: "quantity", of: type.of, amount: inside(type.bounds, tape) }
    case "port":
      return portFrom(inside(type.bounds, tape), 0)
    case "port-range":
      return portFrom(tape.upTo(9), tape.upTo(5))
    case "ip":
      return { kind: "ip", address: tape.upTo(256) }
    case "cidr":
      return { kind: "cidr", address: tape.upTo(256), prefix: 24 }
    case "ip-range":
      return { kind: "range", from: tape.upTo(9), to: tape.upTo(9), of: "ip" }
    case "enum":
      return tape.pick(type.values)
    case "text":
      return (type.pattern === null ? tape.pick(["a", "b"]) : "a").repeat(Math.max(1, inside(type.bounds, tape)))
    case "optional":
      return tape.upTo(3) === 0 ? null : aValueOf(type.of, tape)
    case "list":
      return Array.from({ length: inside(type.bounds, tape) }, () => aValueOf(type.of, tape))
    case "map":
      return {
        kind: "map",
        entries: new Map(["x", "y"].slice(tape.upTo(3)).map((key) => [key, aValueOf(type.value, tape)])),
      }
    case "record":
      return { kind: "record", tag: null, fields: fieldsOf(type, tape) }
    case "union": {
      const variant = tape.pick(type.variants)
      return { kind: "record", tag: variant.name, fields: fieldsOf(variant, tape) }
    }
    default:
      throw new Error(`no random type is a ${type.kind}`)
  }
}

function fieldsOf(type: RecordTypeOf, tape: Tape): ReadonlyMap<string, Value> {
  const given = [...type.fields].filter(([, field]) => field.type.kind !== "optional" || tape.upTo(2) === 0)
  return new Map(given.map(([name, field]) => [name, aValueOf(field.type, tape)]))
}

function randomBounds(tape: Tape): Bounds {
  const least = tape.pick([null, 0, 1, 2])
  const length = tape.pick([null, 0, 1, 3])
  return { least, most: length === null ? null : (least ?? 0) + length }
}

function inside({ least, most }: Bounds, tape: Tape): number {
  const from = least ?? 0
  return from + tape.upTo((most ?? from + 3) - from + 1)
}

function portFrom(from: number, more: number): Value {
  return { kind: "port", from, to: from + more, protocol: "tcp" }
}

function randomRecord(name: string | null, tape: Tape, depth: number): RecordTypeOf {
  const names = ["x", "y", "z"].slice(tape.upTo(3))
  return {
    kind: "record",
    name,
    fields: new Map(names.map((field) => [field, { type: randomType(tape, depth - 1), default: null, doc: null }])),
  }
}

/** The variants of one union are the same wherever they are: a union is known by its name. */
function emptyVariant(name: string): RecordTypeOf {
  const port = { type: build.portType, default: null, doc: null }
  return { kind: "record", name, fields: name === "A" ? new Map() : new Map([["port", port]]) }
}

function widerInside(type: Type, tape: Tape): Type {
  switch (type.kind) {
    case "int":
      return tape.pick([
        { ...type, bounds: build.open },
        { kind: "float", bounds: type.bounds },
        build.floatType,
        build.cpusType,
      ])
    case "port":
      return tape.pick([build.portType, build.portRangeType])
    case "text":
      return tape.pick([
        { ...type, bounds: build.open },
        { ...type, pattern: null, bounds: build.open },
        build.textType,
      ])
    case "enum":
      return tape.pick([build.textType, { ...type, values: [...type.values, "c"] }])
    case "float":
    case "quantity":
      return { ...type, bounds: build.open }
    case "list":
      return { ...type, of: wider(type.of, tape), bounds: tape.pick([type.bounds, build.open]) }
    case "map":
      return { ...type, value: wider(type.value, tape) }
    case "optional":
      return build.optional(widerInside(type.of, tape))
    case "union":
      return { ...type, variants: [emptyVariant("A"), emptyVariant("B")] }
    case "record": {
      const fields = [...type.fields].map(
        ([name, field]) => [name, { ...field, type: wider(field.type, tape) }] as const,
      )
      const more = { type: build.optional(build.boolType), default: null, doc: null }
      return { ...type, fields: new Map(tape.upTo(2) === 0 ? fields : [...fields, ["more", more]]) }
    }
    default:
      return type
  }
}
