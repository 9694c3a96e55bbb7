import { describe, expect, test } from "vitest"
import { compile, memoryFiles } from "../lang/index.ts"

// What somebody may write to make the compiler hang, run out of memory, fall over, or read what it should not. Each row names what is said
// of it, at first; null: it compiles. Hostile archives are in modules-of-others/, data files in data-files.test.ts, plans in runtime/.

type Row = readonly [name: string, text: string, code: string | null, others?: Readonly<Record<string, string>>]

const deep = 20_000
const box = 'appliance Box { image = debian("bookworm"), start = ["sleep", "infinity"] }\n'

/** `before` and `after` around something, many times. */
function nested(before: string, inside: string, after: string, times = deep): string {
  return before.repeat(times) + inside + after.repeat(times)
}

/** Sixty lets of which each is made of the one before twice: the last would be 2^60 times as large as the first. */
function doubled(first: string, next: (name: string) => string): string {
  const lets = Array.from({ length: 60 }, (_, index) => `let v${index + 1} = ${next(`v${index}`)}`)
  return `let v0 = ${first}\n${lets.join("\n")}\n`
}

/** A cluster with a file that is the template `t.njk`. */
function show(passed = "{}"): string {
  return `${box}cluster c {
  network lan { cidr = 10.1.0.0/24 }
  appliance box: Box { on = lan, files = { "/a" = template("t.njk", ${passed}) } }
}\n`
}

const nesting: readonly Row[] = [
  ["brackets", `let a = ${nested("(", "1", ")")}`, "A0127"],
  ["brackets that never close", `let a = ${"(".repeat(deep)}`, "A0127"],
  ["brackets that were never opened", `let a = 1 ${")".repeat(deep)}`, "A0114"],
  ["lists", `let a = ${nested("[", "1", "]")}`, "A0127"],
  ["records", `let a = ${nested("{ a = ", "1", " }")}`, "A0127"],
  ["insertions", `let a = ${nested('"${', "1", '}"')}`, "A0127"],
  ["conditions", `let a = ${nested("if true then 1 else ", "2", "")}`, "A0127"],
  ["matches", `let a = ${nested("match true {\n  false -> 1\n  true -> ", "2", "\n}")}`, "A0127"],
  ["calls", `fn f(a: Int): Int = a\nlet a = ${nested("f(", "1", ")")}`, "A0127"],
  ["bodies", `cluster c { ${nested("if true { ", "", " }")} }`, "A0127"],
  ["types", `type T = ${nested("Map<Text, ", "Int", ">")}`, "A0127"],
  ["record types", `type T = ${nested("{ a: ", "Int", " }")}`, "A0127"],
  ["suffixes of a type", `type T = Int${"[]".repeat(deep)}`, "A0127"],
  ["signs", `let a = ${"- ".repeat(deep)}1`, "A0127"],
  ["denials", `let a = ${"not ".repeat(deep)}true`, "A0127"],
  ["operators", `let a = 1${" + 1".repeat(deep)}`, "A0127"],
  ["members", `let a = { b = 1 }\nlet c = a${".b".repeat(deep)}`, "A0127"],
  ["indices", `let a = [1]\nlet c = a${"[0]".repeat(deep)}`, "A0127"],
  ["amendments", `let a = { b = 1 }\nlet c = a${" { b = 1 }".repeat(deep)}`, "A0127"],
]

const endless: readonly Row[] = [
  ["a value made of itself", "let a = b\nlet b = a", "A0322"],
  ["a function that calls itself", "fn f(n: Int): Int = f(n)\nlet a = f(1)", "A0322"],
  ["functions in a ring", "fn f(n: Int): Int = g(n)\nfn g(n: Int): Int = f(n)\nlet a = f(1)", "A0322"],
  ["a type made of itself", "type T = { next: T }", "A0322"],
  ["a class over itself", "appliance A: B { }\nappliance B: A { }", "A0215"],
  ["a cluster inside of itself", "cluster c { cluster d: c { } }", "A0216"],
  [
    "files that use each other",
    'use { b } from "./b.appl"\nlet a = b',
    "A0322",
    { "b.appl": 'use { a } from "./a.appl"\nlet b = a' },
  ],
  ["a template that includes itself", show(), "A0820", { "t.njk": '{% include "t.njk" %}' }],
  ["templates in a ring", show(), "A0820", { "t.njk": '{% include "u.njk" %}', "u.njk": '{% include "t.njk" %}' }],
]

const large: readonly Row[] = [
  ["a long range", "let a = [for i in 1..9_000_000_000_000_000: i]", "A0715"],
  ["a range of all addresses", "let a = [for i in 0.0.0.0 .. 255.255.255.255: i]", "A0317"],
  ["ranges in ranges", "let a = [for i in 1..3000: [for j in 1..3000: i]]", "A0715"],
  ["ranges that yield nothing", "let a = [for i in 1..100000: [for j in 1..100000 if false: i]]", "A0715"],
  ["a map of a long range", 'let a = { for i in 1..10_000_000: "k${i}" = i }', "A0715"],
  ["things of a long range", `${box}cluster c { for i in 1..100_000_000 { appliance box[i]: Box { } } }`, "A0715"],
  [
    "a function in a function",
    "fn f(n: Int): Int[] = [for i in 1..1000: n]\nlet a = [for i in 1..100000: f(i)]",
    "A0715",
  ],
  ["a text that doubles", doubled('"0123456789"', (name) => `"\${${name}}\${${name}}"`), "A0717"],
  ["a list that doubles", doubled("[1]", (name) => `${name} + ${name}`), "A0715"],
  ["a number that doubles", doubled("2", (name) => `${name} * ${name}`), "A0702"],
  ["a text of megabytes", `let a = "${"x".repeat(8_000_000)}"`, null],
  ["a name of megabytes", `let ${"x".repeat(1_000_000)} = 1`, null],
  ["a number of many digits", `let a = ${"9".repeat(100_000)}`, "A0123"],
]

const templates: readonly Row[] = [
  ["a range", show(), "A0811", { "t.njk": nested("{% for a in range(1000) %}", "x", "{% endfor %}", 6) }],
  [
    "lists of lists",
    show("{ l = [for i in 1..1000: i] }"),
    "A0818",
    { "t.njk": nested("{% for a in l %}", "x", "{% endfor %}", 6) },
  ],
  ["conditions", show(), "A0818", { "t.njk": nested("{% if true %}", "x", "{% endif %}") }],
  ["brackets", show(), "A0818", { "t.njk": `{{ ${nested("(", "1", ")")} }}` }],
  [
    "a text that doubles",
    show('{ s = "0123456789" }'),
    "A0818",
    { "t.njk": `${"{% set s = s ~ s %}".repeat(60)}{{ s }}` },
  ],
  ["a constructor", show('{ s = "a" }'), "A0811", { "t.njk": "{{ s.constructor.constructor('return process')() }}" }],
  ["a prototype", show("{ s = { a = 1 } }"), "A0817", { "t.njk": "{{ s.__proto__ }}" }],
  ["a file outside", show(), "A0802", { "t.njk": '{% include "../secret.txt" %}' }],
  ["a file of the system", show(), "A0802", { "t.njk": '{% include "/etc/passwd" %}' }],
]

const outside: readonly Row[] = [
  ["read, above", 'let a: Text[] = read("../../etc/passwd.json")', "A0802"],
  ["read, absolute", 'let a: Text[] = read("/etc/passwd.json")', "A0802"],
  [
    "file",
    `${box}cluster c {\n network lan { cidr = 10.1.0.0/24 }\n appliance box: Box { files = { "/a" = file("/etc/shadow") } } }`,
    "A0802",
  ],
  [
    "folder",
    `${box}cluster c {\n network lan { cidr = 10.1.0.0/24 }\n appliance box: Box { files = { "/a" = folder("../..") } } }`,
    "A0802",
  ],
  ["use", 'use { a } from "../../secret.appl"', "A0208"],
  ["use, absolute", 'use { a } from "/etc/passwd"', "A0206"],
]

const patterns: readonly Row[] = [
  ["that other engines try in all ways", `type T = Text(/(a+)+b/)\nlet a: T = "${"a".repeat(50_000)}"`, "A0706"],
  ["that repeats repeats", 'type T = Text(/((a{1,1000}){1,1000}){1,1000}/)\nlet a: T = "a"', "A0707"],
  ["with brackets", `type T = Text(/${nested("(", "a", ")")}/)\nlet a: T = "a"`, "A0707"],
  ["with a look back", 'type T = Text(/(a)\\1/)\nlet a: T = "aa"', "A0707"],
]

const data: readonly Row[] = [
  [
    "a YAML bomb",
    `let a: { ${Array.from({ length: 14 }, (_, index) => `v${index}: Text${"[]".repeat(index + 1)}`).join(", ")} } = read("d.yaml")`,
    "A0715",
    { "d.yaml": bomb() },
  ],
  ["brackets", 'let a: Text[] = read("d.json")', "A0822", { "d.json": nested("[", "1", "]") }],
  ["megabytes", 'let a: Text[] = read("d.json")', "A0822", { "d.json": `["${"x".repeat(17 * 2 ** 20)}"]` }],
  [
    "a key of JavaScript",
    'let a: { b: Int } = read("d.json")',
    "A0807",
    { "d.json": '{ "__proto__": { "b": 1 }, "b": 2 }' },
  ],
]

function bomb(): string {
  const lines = Array.from({ length: 13 }, (_, index) => `v${index + 1}: &v${index + 1} [${`*v${index}, `.repeat(10)}]`)
  return `v0: &v0 [x, x, x]\n${lines.join("\n")}\n`
}

/** Names that mean something to JavaScript mean nothing here. */
const words: readonly Row[] = ["constructor", "to-string", "has-own-property", "proto"].map((word) => [
  word,
  `let ${word} = { ${word} = 1 }\nassert ${word}.${word} == 1\nassert { "__proto__" = 1 }["__proto__"] == 1\nlet a = { b = 1 }.constructor`,
  "A0311",
])

describe.each([
  ["nesting of", nesting],
  ["without an end:", endless],
  ["too much:", large],
  ["a template with", templates],
  ["what is outside, by", outside],
  ["a pattern", patterns],
  ["a data file with", data],
  ["a name of JavaScript:", words],
] as const)("%s", (_, rows) => {
  test.for(rows)("%s", ([_name, text, code, others = {}]) => {
    const { diagnostics, desired } = compile({
      entry: "p/a.appl",
      files: memoryFiles({
        "p/a.appl": `${text}\n${/^cluster /m.test(text) ? "" : "cluster page {}\n"}`,
        "secret.appl": "let a = 1",
        "secret.txt": "",
        ...inFolder(others),
      }),
      standard: "/standard",
      cluster: null,
      deployed: null,
      params: [],
      lock: null,
      limit: 1_000_000,
    })
    const [first] = diagnostics.filter(({ severity }) => severity === "error")
    expect(first?.code ?? null, first?.message).toBe(code)
    expect(desired === null).toBe(code !== null)
    // However much is wrong, what is said of it can be read.
    for (const { message } of diagnostics) expect(message.length).toBeLessThan(2000)
  })
})

function inFolder(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`p/${path}`, text]))
}
