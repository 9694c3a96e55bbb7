import { expect, test } from "vitest"
import { bind } from "../lang/names/bind.ts"
import { load } from "../lang/names/load.ts"
import { makeReport } from "../lang/report/report.ts"
import type { Name, Node } from "../lang/syntax/tree.ts"
import { eachChild } from "../lang/syntax/walk.ts"
import { memoryFiles } from "../lang/text/files.ts"

// What every kind of mistake looks like stands in `cases/names/`; here is what is right, and what is not loaded.

const services = "service Dns { zone: Hostname }\n"
const nginx = 'use { Dns } from "std/services"\nappliance Nginx {\n  needs dns: Dns\n}\n'
const standard = {
  "std/services/module.json": '{ "exports": { "Dns": "./services.appl" } }',
  "std/services/services.appl": services,
  "std/nginx/module.json": '{ "exports": { "Nginx": "./nginx.appl", "Other": "./other.appl" } }',
  "std/nginx/nginx.appl": nginx,
  "std/nginx/other.appl": "this is ) no appl at all",
  "std/broken/module.json": "{",
}

test("only the files whose names are taken are parsed, each once", () => {
  const { program, codes } = bound({
    "main.appl":
      'use { Nginx } from "std/nginx"\nuse { Dns } from "std/services"\nappliance A: Nginx { provides d: Dns { zone = "a" } }\n',
  })
  expect(codes).toEqual([])
  expect(program.units.map((unit) => unit.source.path)).toEqual([
    "main.appl",
    "std/nginx/nginx.appl",
    "std/services/services.appl",
  ])
})

test("files may use each other", () => {
  const { codes } = bound({
    "main.appl": 'use { b } from "./parts/b.appl"\nlet a = 1\nlet c = b\n',
    "parts/b.appl": 'use { a } from "../main.appl"\nlet b = 2\nlet d = a\n',
  })
  expect(codes).toEqual([])
})

test("a link that leaves the project is outside of it", () => {
  const files = memoryFiles({ "home/main.appl": 'use { b } from "./b.appl"\n', "home/b.appl": "let b = 1\n" })
  const linked = {
    ...files,
    resolve: (path: string) => (path === "home/b.appl" ? "elsewhere/b.appl" : files.resolve(path)),
  }
  const report = makeReport()
  load("home/main.appl", linked, "std", report)
  expect(report.diagnostics.map((one) => one.code)).toEqual(["A0208"])
})

test("a module without a proper description is none", () => {
  expect(bound({ "main.appl": 'use { X } from "std/broken"\n' }).codes).toEqual(["A0206"])
})

test("what a failed import would have declared is passed over in silence", () => {
  const { codes } = bound({
    "main.appl":
      'use { Nginx, Bind as Named } from "std/ngnix"\nuse x from "./no.appl"\ncluster c {\n  appliance a: Nginx {}\n  appliance b: Named {}\n  output o = x.y\n}\n',
  })
  expect(codes).toEqual(["A0206", "A0205"])
})

test.each([
  [
    "a class's own names",
    'appliance A {\n  param p: Int = 1\n  let q = p\n  provides s: S {}\n  needs n: S\n  output o = q\n  check "c" = tcp-open(s)\n  env = { A = "${n.address}" }\n}\nservice S { port: Port = 1/tcp }\n',
  ],
  ["what a class inherits", "appliance A { param p: Int = 1 }\nappliance B: A { output o = p }\n"],
  ["a param that is declared again", "appliance A { param p: Int = 1 }\nappliance B: A { param p: Int(1..2) = 1 }\n"],
  [
    "a function of the language beside a param of its name",
    'cluster c {\n  param port: Int = 80\n  output o = port(port, "tcp")\n}\n',
  ],
  [
    "the loop's names, also in its filter",
    "cluster c {\n  output o = [for x in [1, 2] if x > 1: x]\n  let sizes = { a = 1 }\n  output m = { for k, v in sizes: k = v }\n}\n",
  ],
  ["one name in two loops", "cluster c {\n  output a = [for x in [1]: x]\n  output b = [for x in [2]: x]\n}\n"],
  ["names in any order", "let a = b\nlet b = 1\n"],
  [
    "a family declared in several places",
    "appliance A {}\ncluster c {\n  appliance w[1]: A {}\n  for i in 2..3 { appliance w[i]: A {} }\n  output o = w[2].name\n}\n",
  ],
  [
    "an output with the name of what it gives",
    'cluster c {\n  param domain: Text = "a"\n  output domain = domain\n}\n',
  ],
  ["variants, brought along by their union", 'use { Way } from "./ways.appl"\nlet w: Way = Tcp { port = 1/tcp }\n'],
  ["a namespace", 'use ways from "./ways.appl"\nlet w: ways.Way = ways.Tcp { port = ways.standard }\n'],
  ["another name", 'use { standard as usual } from "./ways.appl"\nlet w = usual\n'],
])("%s can be used", (_, text) => {
  const ways = "type Way = Tcp { port: Port } | Unix {}\nlet standard = 80/tcp\n"
  const { codes, unbound } = bound({ "main.appl": text, "ways.appl": ways })
  expect(codes).toEqual([])
  expect(unbound).toEqual([])
})

test("what stands right of `=` in an instance is looked up in the cluster, not in the class", () => {
  const { program, bindings, codes } = bound({
    "main.appl":
      'appliance A { param site: Text }\ncluster c {\n  param domain: Text = "a"\n  appliance a: A { site = domain }\n}\n',
  })
  expect(codes).toEqual([])
  const [domain] = namesIn(program.entry.tree).filter((name) => name.text === "domain" && bindings.uses.has(name))
  expect(bindings.uses.get(domain!)).toMatchObject({ kind: "param", owner: { kind: "cluster" } })
})

test("a thing under an `if` is known to be there only inside", () => {
  const { program, bindings } = bound({
    "main.appl":
      "appliance A {}\ncluster c {\n  if true {\n    appliance a: A {}\n    for i in 1..2 { appliance b[i]: A {} }\n  }\n  appliance d: A {}\n}\n",
  })
  const cluster = [...bindings.members.keys()].find((symbol) => symbol.kind === "cluster")!
  const under = [...bindings.members.get(cluster)!.values()].map((symbol) => bindings.under.get(symbol)?.length ?? 0)
  expect(under).toEqual([1, 0, 0])
  expect(program.units).toHaveLength(1)
})

/** Loads and binds a few files; `unbound` are the names in values that mean nothing and were not reported. */
function bound(files: Readonly<Record<string, string>>) {
  const report = makeReport()
  const program = load("main.appl", memoryFiles({ ...standard, ...files }), "std", report)
  const bindings = bind(program, report)
  const codes = report.diagnostics.filter((one) => one.severity === "error").map((one) => one.code)
  const unbound = valueNames(program.entry.tree).filter((name) => !bindings.uses.has(name))
  return { program, bindings, codes, unbound: unbound.map((name) => name.text) }
}

/** All names that stand where a value stands. */
function valueNames(root: Node): Name[] {
  const found: Name[] = []
  const visit = (node: Node) => {
    if ("value" in node && typeof node.value === "object" && node.value.kind === "name") found.push(node.value)
    if ("of" in node && node.of.kind === "name") found.push(node.of)
    eachChild(node, visit)
  }
  visit(root)
  return found
}

function namesIn(root: Node): Name[] {
  const found: Name[] = []
  const visit = (node: Node) => {
    if (node.kind === "name") found.push(node)
    eachChild(node, visit)
  }
  visit(root)
  return found
}
