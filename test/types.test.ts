import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { bind } from "../lang/names/bind.ts"
import { load } from "../lang/names/load.ts"
import { makeReport } from "../lang/report/report.ts"
import { memoryFiles } from "../lang/text/files.ts"
import { isAssignable, isSubtype, join } from "../lang/types/assignable.ts"
import * as build from "../lang/types/build.ts"
import { check } from "../lang/types/check.ts"
import { showType } from "../lang/types/show.ts"
import type { Bounds, RecordTypeOf, Type } from "../lang/types/type.ts"

// What every kind of mistake looks like stands in `cases/types/`; here is what is accepted, what type it has, and the laws.

describe("a value has the type", () => {
  test.each([
    ["1..3", "range of Int(1..3)"],
    ["1", "Int"],
    ["7 / 2", "Float"],
    ["1GiB / 1MiB", "Float"],
    ["2 * 1GiB", "Size"],
    ["70% * 1GiB", "Size"],
    ["50% * 3", "Float"],
    ["1GiB - 1MiB", "Size"],
    ["8000..8010/tcp", "PortRange"],
    ["10.0.0.1 .. 10.0.0.9", "IpRange"],
    ["[1, 2.5]", "Float[]"],
    ["[1, null]", "Int?[]"],
    ["[for x in 1..3 if x > 1: x * 2]", "Int[]"],
    ['{ a = 1, b = "x" }', "{ a: Int, b: Text }"],
    ["{ if count > 1 { a = 1 } }", "{ a: Int? }"],
    ['{ "a b" = 1, c = 2 }', "Map<Text, Int>"],
    ['{ for x in ["a"]: x = 80/tcp }', "Map<Text, Port>"],
    ["if count > 1 then 1 else null", "Int?"],
    ["spare ?? 5", "Int"],
    ["if spare != null then spare else 0", "Int"],
    ["if not (spare == null) and spare > 1 then spare else 0", "Int"],
    ["spare == null or spare > 1", "Bool"],
    ["[if spare != null: spare]", "Int[]"],
    ["way", "Way"],
    ["match way { Tcp t -> t.port, Unix u -> 1/tcp }", "Port"],
    ["if way is Tcp then way.port else 1/tcp", "Port"],
    ["double(2)", "Int"],
    ["web", "Map<Int or Text, Web>"],
    ["web[1].log", "Log"],
    ["web[1].log.zone", "Hostname"],
    ["web[1].log.address", "Ip"],
    ["extra", "Web?"],
    ["[for w in web: w.name]", "Hostname[]"],
    ["[for k, w in web: k]", "(Int or Text)[]"],
    ["lan.cidr.prefix", "Int(0..32)"],
    ['"${count}/${lan.cidr}"', "Text"],
    ["count in [1, 2]", "Bool"],
    ["10.0.0.1 in lan.cidr", "Bool"],
    ['debian("bookworm") { packages += ["x"] }', "Image"],
    ['{ name = "a", size = 1 } { size = 2 }', "{ name: Text, size: Int }"],
  ])("%s: %s", (text, type) => {
    const { codes, typeOf } = checked(`${world}  output it = ${text}\n}\n`)
    expect(codes).toEqual([])
    expect(typeOf("it")).toBe(type)
  })
})

describe("is accepted", () => {
  test.each([
    ["an Int for a Float or Cpus", "let a: Float = 1\nlet b: Cpus = 2\nlet c: Cpus = 0.5\n"],
    [
      "text for a text with a form, to be looked at",
      'let a: Text = "x"\nlet b: Hostname = "www.${a}.test"\nlet c: Path = a\n',
    ],
    ["a computed number for a range, to be looked at", "let a: Int(1..5) = 2\nlet b: Int(1..9) = a + 1\n"],
    ["a narrower range for a wider one", "let a: Int(2..4) = 3\nlet b: Int(1..5) = a\nlet c: Int = a\n"],
    [
      "a record without what has a default or may be null",
      "type R = { a: Int, b: Int = 1, c: Text? }\nlet r: R = { a = 1 }\nlet s: R = { r }.r\n",
    ],
    ["an empty list and an empty map anywhere", "let a: Text[] = []\nlet b: Map<Text, Int> = {}\n"],
    ["a bare key in a map is text", 'let m: Map<Text, Size> = { a = 1GiB, "b c" = 2GiB }\n'],
    ["one port for a range of them", "let p: PortRange = 80/tcp\n"],
    ["a text of an enum as text", 'type T = "a" | "b"\nlet t: T = "a"\nlet u: Text = t\n'],
    [
      "nested records by what their place expects",
      "type A = { at: { size: Size } }\nlet a: A[] = [{ at = { size = 1GiB } }]\n",
    ],
    [
      "the same field in both branches",
      'appliance A {\n  param big: Bool = true\n  if big { memory = 1GiB } else { memory = 1MiB }\n  image = debian("bookworm")\n  start = ["a"]\n}\n',
    ],
    [
      "a class that specialises, where its base is wanted",
      'appliance A { image = debian("bookworm"), start = ["a"] }\nappliance B: A {}\nappliance G { param of: A, image = debian("bookworm"), start = ["a"] }\ncluster c {\n  network n { cidr = 10.0.0.0/24 }\n  appliance b: B {}\n  appliance g: G { of = b }\n}\n',
    ],
  ])("%s", (_, text) => {
    expect(checked(text).codes).toEqual([])
  })
})

test("one mistake gives one diagnostic, however often its value is used", () => {
  const { codes } = checked('let a = 1 + true\nlet b = a * 2\nlet c: Text = b\nlet d = [a, "x"]\nlet e = "${a}"\n')
  expect(codes).toEqual(["A0314"])
})

test("a chain of ten thousand lets is checked, in whatever order it is written", () => {
  const links = Array.from({ length: 10_000 }, (_, index) => `let a${index} = a${index + 1} + 1`)
  expect(checked(`${links.join("\n")}\nlet a10000 = 1\n`).codes).toEqual([])
  expect(checked(`${links.join("\n")}\nlet a10000 = a0\n`).codes).toEqual(["A0322"])
})

describe("templates are looked into with what is passed", () => {
  test("by name and type", () => {
    const passed: string[] = []
    const text =
      'appliance A {\n  param site: Hostname\n  files = { "/a" = template("a.njk", { site, n = 1 }), "/b" = template("b.njk") }\n}\n'
    checked(text, (path, variables) => passed.push(`${path}: ${variables}`))
    expect(passed).toEqual(["a.njk: site Hostname, n Int", "b.njk: "])
  })
})

describe("assignability", () => {
  const options = { numRuns: 2_000 }

  test("is reflexive", () => {
    fc.assert(
      fc.property(anyType, (type) => isSubtype(type, type, new Map()) && isAssignable(type, type, new Map())),
      options,
    )
  })

  test("as subtype is transitive", () => {
    fc.assert(
      fc.property(chain, ([a, b, c]) => {
        if (isSubtype(a, b, new Map()) && isSubtype(b, c, new Map())) expect(isSubtype(a, c, new Map())).toBe(true)
      }),
      options,
    )
  })

  test("by a check allows all that is a subtype", () => {
    fc.assert(
      fc.property(chain, ([a, b]) => {
        if (isSubtype(a, b, new Map())) expect(isAssignable(a, b, new Map())).toBe(true)
      }),
      options,
    )
  })

  test("holds for both sides of what they have in common", () => {
    fc.assert(
      fc.property(chain, ([a, b]) => {
        const both = join(a, b, new Map())
        if (both === null) return
        expect(isSubtype(a, both, new Map())).toBe(true)
        expect(isSubtype(b, both, new Map())).toBe(true)
      }),
      options,
    )
  })
})

const world = `type Way = Tcp { port: Port } | Unix { path: Path }
service Log {
  port: Port = 514/udp
  zone: Hostname
}
fn double(n: Int): Int = n * 2
appliance Web {
  image = debian("bookworm")
  start = ["web"]
  provides log: Log { zone = "a.test" }
}
cluster c {
  param count: Int(1..9) = 2
  param spare: Int?
  param way: Way = Tcp { port = 80/tcp }
  network lan { cidr = 10.0.0.0/24 }
  for i in 1..count {
    appliance web[i]: Web {}
  }
  if count > 1 {
    appliance extra: Web {}
  }
`

function checked(text: string, template?: (path: string, variables: string) => void) {
  const report = makeReport()
  const program = load("main.appl", memoryFiles({ "main.appl": text }), "std", report)
  const bindings = bind(program, report)
  const types = check(program, bindings, report, () => ({ path, variables }) => {
    template?.(path.parts.join(""), variables.map(({ name, type }) => `${name} ${showType(type)}`).join(", "))
  })
  const typeOf = (name: string) => {
    for (const [item] of bindings.declared) {
      if (item.kind === "output" && item.name.text === name) return showType(types.of.get(item.value)!)
    }
    return null
  }
  return { codes: report.diagnostics.filter((one) => one.severity === "error").map((one) => one.code), typeOf }
}

// Few names and numbers, so that types that have to do with each other come often.
const bounds: fc.Arbitrary<Bounds> = fc
  .tuple(fc.option(fc.integer({ min: 0, max: 3 })), fc.option(fc.integer({ min: 0, max: 3 })))
  .map(([least, length]) => ({ least, most: length === null ? null : (least ?? 0) + length }))
const leaf: fc.Arbitrary<Type> = fc.oneof(
  fc.constantFrom(build.boolType, build.nullType, build.ipType, build.cidrType, build.networkType, build.anyAppliance),
  bounds.map((bounds): Type => ({ kind: "int", bounds })),
  bounds.map((bounds): Type => ({ kind: "float", bounds })),
  bounds.map((bounds): Type => ({ kind: "port", bounds })),
  fc.constant(build.portRangeType),
  fc
    .tuple(fc.constantFrom("size" as const, "cpus" as const), bounds)
    .map(([of, bounds]): Type => ({ kind: "quantity", of, bounds })),
  fc
    .tuple(fc.constantFrom(null, "Hostname" as const, "Path" as const), fc.constantFrom(null, "a+", "b+"), bounds)
    .map(([form, pattern, bounds]): Type => ({ kind: "text", form, pattern, bounds })),
  fc.subarray(["a", "b", "cc"], { minLength: 1 }).map((values): Type => ({ kind: "enum", name: null, values })),
)
const { anyType } = fc.letrec<{ anyType: Type }>((tie) => ({
  anyType: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.tuple(tie("anyType"), bounds).map(([of, bounds]): Type => ({ kind: "list", of, bounds })),
    tie("anyType").map(build.optional),
    tie("anyType").map((value): Type => ({ kind: "map", key: build.textType, value })),
    fc.dictionary(fc.constantFrom("x", "y"), tie("anyType")).map(recordFrom),
  ),
}))
/** Three types of which the later ones are often wider forms of the first. */
const chain: fc.Arbitrary<[Type, Type, Type]> = fc.oneof(
  fc.tuple(anyType, anyType, anyType),
  anyType.chain((type) => fc.tuple(fc.constant(type), widerThan(type), widerThan(type))),
)

function widerThan(type: Type): fc.Arbitrary<Type> {
  const open = "bounds" in type ? ({ ...type, bounds: build.open } as Type) : type
  return fc.constantFrom(type, open, build.optional(type), build.optional(open))
}

function recordFrom(fields: Readonly<Record<string, Type>>): RecordTypeOf {
  const entries = Object.entries(fields).map(([name, type]) => [name, { type, default: null, doc: null }] as const)
  return { kind: "record", name: null, fields: new Map(entries) }
}
