import { describe, expect, test } from "vitest"
import type { ApplianceThing } from "../lang/values/model.ts"
import { display, show } from "../lang/values/show.ts"
import type { Content, MapValue, Value } from "../lang/values/value.ts"
import { type Evaluated, evaluate, type Options } from "./evaluating.ts"

const box = `
service Web { port: Port = 80/tcp, path: Path = "/" }
appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
}
`
/** What the outputs of a cluster are, after checking that nothing was reported. */
function outputs(body: string, options: Options = {}): Readonly<Record<string, string>> {
  const { problems, outputs: found } = evaluate(
    `${box}\ncluster c {\n  network lan { cidr = 10.0.0.0/24 }\n${body}\n}`,
    options,
  )
  expect(problems).toEqual([])
  return found
}

/** The value of an expression, as the language writes it. */
function answerOf(expression: string, before = ""): string {
  return outputs(`${before}\n  output answer = ${expression}`).answer!
}

function thing(evaluated: Evaluated, id: string): ApplianceThing {
  return evaluated.model!.appliances.find((appliance) => appliance.id === id)!
}

function field(evaluated: Evaluated, id: string, name: string): string {
  return display(thing(evaluated, id).field(name) as Value)
}

describe("expressions", () => {
  test.each([
    ["1 + 2 * 3", "7"],
    ["7 / 2", "3.5"],
    ["div(-7, 2)", "-4"],
    ["mod(-7, 2)", "1"],
    ["64MiB * 3", "192MiB"],
    ["1GiB / 3", "357913941B"],
    ["1GiB / 64MiB", "16"],
    ["70% * 1GiB", "751619276B"],
    ["50% * 5", "2.5"],
    ["90s + 30s", "2min"],
    ["100Mbps / 8", "12500kbps"],
    ["1..5", "1..5"],
    ["3 in 1..5", "true"],
    ["10.0.0.7 in 10.0.0.0/29", "true"],
    ['"a" in ["a", "b"]', "true"],
    ["not (1 < 2) or 2 >= 2", "true"],
    ['if 1 == 1 then "yes" else "no"', '"yes"'],
    ['"${8080/tcp} ${64MiB} ${10.0.0.0/24} ${70%} ${1.5}"', '"8080 64MiB 10.0.0.0/24 70% 1.5"'],
    ['port(8000 + 80, "tcp")', "8080/tcp"],
    ["[for i in 1..4 if i != 2: i * i]", "[1, 9, 16]"],
    ["[1, if 1 > 2: 2, for i in 3..4: i]", "[1, 3, 4]"],
    ["[for i in 3..1: i]", "[]"],
    ["(10.0.0.0/24).first", "10.0.0.1"],
    ["(10.0.0.0/24).mask", "255.255.255.0"],
    ["(443/tcp).number", "443"],
    ['"größe".length', "5"],
  ])("%s is %s", (expression, wanted) => {
    expect(answerOf(expression)).toBe(wanted)
  })

  test("records take their defaults, and amending changes a copy", () => {
    const before = `
  let base: { name: Text, size: Size = 1GiB, tags: Text[] = [] } = { name = "a" }
  let more = base { size = 2GiB, tags += ["x"] }`
    expect(answerOf("[base, more]", before)).toBe(
      '[{ name = "a", size = 1GiB, tags = [] }, { name = "a", size = 2GiB, tags = ["x"] }]',
    )
  })

  test("maps keep their order, and conditions leave entries out", () => {
    const before = `
  let names: Map<Text, Int> = { "b" = 1, if 1 > 2 { "x" = 9 }, for n in ["d", "c"]: n = 2 }`
    expect(answerOf('[for name, n in names: "${name}=${n}"]', before)).toBe('["b=1", "d=2", "c=2"]')
  })

  test("what is not taken is not worked out", () => {
    expect(answerOf("if zero == 0 then 0.0 else 1 / zero", "  let zero = 0")).toBe("0")
    expect(answerOf("zero == 0 or 1 / zero > 1.0", "  let zero = 0")).toBe("true")
  })

  test("functions and matches", () => {
    const text = `
type Target = Tcp { port: Port } | Unix { path: Path }
fn describe(t: Target): Text = match t {
  Tcp x  -> "port \${x.port}"
  Unix x -> "socket \${x.path}"
}
fn sign(n: Int, zero: Text = "none"): Text = match n { 0 -> zero, 1..9 -> "few", else -> "many" }
cluster c {
  output answer = [describe(Tcp { port = 80/tcp }), describe(Unix { path = "/run/x" }), sign(0), sign(5), sign(n = 10)]
}`
    const evaluated = evaluate(text)
    expect(evaluated.problems).toEqual([])
    expect(evaluated.outputs.answer).toBe('["port 80", "socket /run/x", "none", "few", "many"]')
  })
})

describe("things", () => {
  test("a for makes a family, an if one or none", () => {
    const found = outputs(
      `
  param spare: Bool = false
  for i in 1..2 {
    for side in ["left", "right"] {
      appliance box["\${side}-\${i}"]: Box {}
    }
  }
  if spare {
    appliance more: Box {}
  } else {
    appliance less: Box {}
  }
  output all = [for b in box: b.name]
  output one = box["left-2"].id
  output spare-name = more?.name ?? "none"`.replace("more?.name", "(if more != null then more.name else null)"),
    )
    expect(found).toEqual({
      all: '["box-left-1", "box-right-1", "box-left-2", "box-right-2"]',
      one: '"box[left-2]"',
      "spare-name": '"none"',
    })
  })

  test("what stands later can be read before", () => {
    expect(
      outputs(`
  output names = [for b in box: b.name]
  for i in 1..count { appliance box[i]: Box {} }
  let count = twice
  let twice = 2`).names,
    ).toBe('["box-1", "box-2"]')
  })

  test("= replaces, += adds, classes stand below instances", () => {
    const evaluated = evaluate(`${box}
appliance Small: Box {
  param label: Text = "small \${self.name}"
  memory = 32MiB
  tags   = ["small"]
  env    = { "A" = "1", "B" = label }
}
appliance Tiny: Small { memory = 16MiB, tags += ["tiny"], label = "tiny" }
cluster c {
  network lan { cidr = 10.0.0.0/24 }
  appliance one: Small { tags += ["mine"] }
  appliance two: Tiny { tags += ["mine"], env += { "B" = "2", "C" = "3" } }
  appliance three: Small { tags = [] }
}`)
    expect(evaluated.problems).toEqual([])
    expect(field(evaluated, "one", "tags")).toBe('["small", "mine"]')
    expect(field(evaluated, "one", "env")).toBe('{ A = "1", B = "small one" }')
    expect(field(evaluated, "two", "tags")).toBe('["small", "tiny", "mine"]')
    expect(field(evaluated, "two", "env")).toBe('{ A = "1", B = "2", C = "3" }')
    expect([
      field(evaluated, "one", "memory"),
      field(evaluated, "two", "memory"),
      field(evaluated, "three", "memory"),
    ]).toEqual(["32MiB", "16MiB", "32MiB"])
    expect(field(evaluated, "three", "cpus")).toBe("1")
    expect(thing(evaluated, "one").field("on")).toBeUndefined()
  })

  test("right of = is where it is written, self is the thing", () => {
    const evaluated = evaluate(`${box}
appliance Named: Box { param site: Text, param title: Text = "at \${site}", output full = "\${self.name}: \${title}" }
cluster c {
  param site: Text = "outer"
  network lan { cidr = 10.0.0.0/24 }
  for i in 1..2 {
    let own = "\${site}-\${i}"
    appliance one[i]: Named { site = own, env = { "ME" = self.id } }
  }
  output answer = [one[1].full, one[2].title]
}`)
    expect(evaluated.problems).toEqual([])
    expect(evaluated.outputs.answer).toBe('["one-1: at outer-1", "at outer-2"]')
    expect(field(evaluated, "one[2]", "env")).toBe('{ ME = "one[2]" }')
  })

  test("for and if inside of bodies", () => {
    const evaluated = evaluate(`${box}
appliance Choosy: Box {
  param tls: Bool = false
  provides web: Web { path = "/x" }
  if tls {
    provides secure: Web { port = 443/tcp }
    env += { "TLS" = "1" }
  } else {
    memory = 16MiB
  }
}
cluster c {
  network lan { cidr = 10.0.0.0/24 }
  appliance plain: Choosy {}
  appliance safe: Choosy { tls = true }
}`)
    expect(evaluated.problems).toEqual([])
    expect(thing(evaluated, "plain").provides.map((provided) => provided.name)).toEqual(["web"])
    expect(thing(evaluated, "safe").provides.map((provided) => provided.name)).toEqual(["web", "secure"])
    expect(
      thing(evaluated, "safe")
        .provides[1]!.ports()
        .map(({ name, value }) => [name, show(value)]),
    ).toEqual([["port", "443"]])
    expect([field(evaluated, "plain", "memory"), field(evaluated, "safe", "memory")]).toEqual(["16MiB", "64MiB"])
    expect(field(evaluated, "safe", "env")).toBe('{ TLS = "1" }')
  })

  test("checks of a cluster belong to the appliance that they ask, and those of a class may be replaced", () => {
    const evaluated = evaluate(`${box}
appliance Server: Box {
  provides web: Web
  check "page" = http-get(web)
}
appliance Slow: Server {
  check "page" = http-get(web, path = "/slow") { timeout = 9s }
}
cluster c {
  network lan { cidr = 10.0.0.0/24 }
  appliance fast: Server {}
  appliance slow: Slow {}
  check "health" = http-get(fast.web, path = "/health", status = 204)
}`)
    expect(evaluated.problems).toEqual([])
    expect(thing(evaluated, "fast").checks.map((check) => check.title)).toEqual(["page", "health"])
    expect(thing(evaluated, "slow").checks.map((check) => check.title)).toEqual(["page"])
    expect(thing(evaluated, "slow").checks[0]!.value()).toMatchObject({
      times: { every_ms: 10_000, timeout_ms: 9_000, within_ms: 30_000 },
    })
  })
})

describe("where values come from", () => {
  const text = `${box}
appliance Server: Box {
  param site: Text = "default"
  param title: Text = site
  provides web: Web { path = "/\${site}" }
}
appliance Client: Box {
  needs web: Web
  files = { "/a" = template("a.njk", { site = self.name, path = web.path, at = web.address, title }) }
  param title: Text
}
cluster c {
  param domain: Text = "office"
  let long = domain
  network lan { cidr = 10.0.0.0/24 }
  appliance server: Server { site = long }
  appliance client: Client { title = server.title }
}`
  test("through params, lets, services and things to the place that was written, or given", () => {
    const files = { "project/a.njk": "{{ site }} {{ path }} {{ at }} {{ title }}" }
    const evaluated = evaluate(text, {
      files,
      set: { domain: "given" },
      wire: (model) => {
        const [server, client] = model.appliances
        const nic = { device: "eth0", network: model.networks[0]!, prefix: 24, mac: "", gateway: null, peer: null }
        model.facts.wires = new Map([[client!, new Map([["web", server!.provides[0]!]])]])
        model.facts.nics = new Map([
          [server!, [{ ...nic, address: 0x0a000005 }]],
          [client!, [{ ...nic, address: 0x0a000006 }]],
        ])
        model.facts.gateways = new Map()
      },
    })
    expect(evaluated.problems).toEqual([])
    const files_of_client = thing(evaluated, "client").field("files") as MapValue
    const content = files_of_client.entries.get("/a") as Content & { readonly kind: "template" }
    expect(content.text).toBe("client /given 10.0.0.5 given")
    const written = content.causes.map(({ name, through, span }) => [
      name,
      through,
      `${span.source.path.replace("project/", "")}: ${span.source.text.slice(span.start, span.end)}`,
    ])
    expect(written).toEqual([
      ["site", ["client.name"], "main.appl: client"],
      ["path", ["server.web.path", "site"], 'main.appl: "/${site}"'],
      ["at", ["server.address"], "main.appl: server"],
      ["title", ["server.title", "site", "long", "domain"], "--set domain=given: given"],
    ])
  })
})

describe("params from outside", () => {
  const text = `
type Server = { name: Text, ports: Port[] = [80/tcp], note: Text? }
cluster c {
  param servers: Server[] = []
  param sizes: Map<Text, Size> = {}
  param count: Int(1..5) = 1
  param cpus: Cpus = 1
  param on: Bool?
  output answer = "\${count}"
  output all = servers
  output some = sizes
  output maybe = on
}`
  test("JSON by the shape of the type, with the defaults of records", () => {
    const json = {
      servers: [{ name: "a" }, { name: "b", ports: ["443/tcp"], note: "x" }],
      sizes: { small: "64MiB" },
      count: 3,
      cpus: 0.5,
      on: true,
    }
    const { problems, outputs: found } = evaluate(text, { json })
    expect(problems).toEqual([])
    expect(found).toEqual({
      answer: '"3"',
      all: '[{ name = "a", ports = [80/tcp], note = null }, { name = "b", ports = [443/tcp], note = "x" }]',
      some: "{ small = 64MiB }",
      maybe: "true",
    })
  })

  test("the literal syntax of the language, by type", () => {
    const set = { servers: '[{ name = "a" }, { name = b, ports = [1/tcp, 2/udp] }]', sizes: "{ a = 1GiB }", on: "null" }
    const { problems, outputs: found } = evaluate(text, { set })
    expect(problems).toEqual([])
    expect(found.all).toBe(
      '[{ name = "a", ports = [80/tcp], note = null }, { name = "b", ports = [1/tcp, 2/udp], note = null }]',
    )
    expect(found.maybe).toBe("null")
  })

  test.each([
    [{ servers: [{ name: "a" }, { name: 3 }] }, "A0902 `servers[1].name` is 3, and Text is wanted"],
    [{ servers: [{ ports: [] }] }, "A0902 `servers[0]` has no `name`"],
    [{ servers: [{ name: "a", port: 1 }] }, "A0902 `servers[0]` has no field `port`"],
    [{ servers: {} }, "A0902 `servers` is {}, and Server[] is wanted"],
    [{ sizes: { small: "64" } }, "A0902 `sizes.small`: `64` is not of type Size"],
    [{ count: 3.5 }, "A0902 `count` is 3.5, and Int(1..5) is wanted"],
    [{ count: 9 }, "A0301 9 is outside 1..5"],
    [{ count: "3" }, 'A0902 `count` is "3", and Int(1..5) is wanted'],
    [{ on: "true" }, 'A0902 `on` is "true", and Bool is wanted'],
    [{ servers: [JSON.parse('{ "name": "a", "__proto__": 1 }')] }, "A0902 `servers[0]` has no field `__proto__`"],
  ])("%j", (json, problem) => {
    expect(evaluate(text, { json }).problems).toEqual([problem])
  })

  test("a value from outside is data: no names, calls or calculations", () => {
    for (const given of ["count", "1 + 1", "div(9, 3)", '"${1}"', "3\nlet x = 4"]) {
      const { problems } = evaluate(text, { set: { count: given } })
      expect(problems.map((problem) => problem.slice(0, 5))).toEqual(["A0902"])
    }
  })
})

test.each(["true < false", "1 + 80/tcp", "80/tcp..81/tcp"])(
  "%s is a diagnostic even if the checker missed it",
  (operation) => {
    const { problems } = evaluate(`cluster c {\n  output answer = ${operation}\n}`, { unchecked: true })
    expect(problems.map((problem) => problem.slice(0, 5))).toEqual(["A0718"])
  },
)

describe("deep and large inputs end in a diagnostic or a value", () => {
  test("a chain of lets", () => {
    const chain = (length: number) =>
      Array.from(
        { length },
        (_, index) => `  let x${index}: Int = ${index === length - 1 ? "1" : `x${index + 1} + 1`}`,
      ).join("\n")
    expect(evaluate(`cluster c {\n${chain(300)}\n  output answer = x0\n}`).outputs.answer).toBe("300")
    const { problems } = evaluate(`cluster c {\n${chain(3000)}\n  output answer = x0\n}`)
    expect(problems.map((problem) => problem.slice(0, 5))).toEqual(["A0716"])
  })

  test("a sum of many parts", () => {
    const sum = (length: number) => `cluster c {\n  output answer = ${Array(length).fill("1").join(" + ")}\n}`
    expect(evaluate(sum(300)).outputs.answer).toBe("300")
    // The parser has a limit of its own, which is the smaller one.
    expect(evaluate(sum(5000)).problems.map((problem) => problem.slice(0, 5))).toEqual(["A0127"])
  })

  test("ten thousand appliances, each field once", () => {
    const { model, problems } = evaluate(`${box}
cluster c {
  network lan { cidr = 10.0.0.0/8 }
  for i in 1..10000 { appliance box[i]: Box { env = { "N" = "\${i}" } } }
}`)
    expect(problems).toEqual([])
    expect(model!.appliances).toHaveLength(10_000)
    const [first, second] = model!.appliances
    expect(first!.field("image")).toBe(second!.field("image"))
    expect(first!.field("env")).toBe(first!.field("env"))
  })
})
