import { makeTape, type Tape } from "./tape.ts"

/**
 * Random programs that mean to be well typed. What is chosen comes from a tape of numbers, where 0 is the simplest choice and what is
 * beyond its end too: a shorter tape with smaller numbers is a simpler program, so shrinking is readable.
 */
export type RandomProgram = {
  readonly text: string
  readonly files: Readonly<Record<string, string>>
}

type Wanted =
  | { readonly kind: "plain"; readonly name: PlainName }
  | { readonly kind: "int"; readonly least: number; readonly most: number }
  | { readonly kind: "list" | "map" | "optional"; readonly of: Wanted }
type PlainName = (typeof plain_names)[number]
type Known = { readonly name: string; readonly type: Wanted }
type Around = { readonly known: readonly Known[]; readonly functions: readonly Declared[]; readonly tape: Tape }
type Declared = { readonly name: string; readonly takes: readonly Wanted[]; readonly gives: Wanted }

const plain_names = [
  "Int",
  "Bool",
  "Text",
  "Float",
  "Size",
  "Site",
  "Tier",
  "Way",
  "Hostname",
  "Duration",
  "Percent",
  "Rate",
  "Cpus",
  "Ip",
  "Cidr",
  "IpRange",
  "Port",
  "PortRange",
] as const

const plain = (name: PlainName): Wanted => ({ kind: "plain", name })
const int = plain("Int")

const declarations = `type Tier = "gold" | "silver" | "tin"
type Site = { name: Hostname, workers: Int(1..9) = 2, tier: Tier = "gold", note: Text?, memory: Size = 64MiB }
type Way = Tcp { port: Port } | Unix { path: Path, mode: Int? } | Idle {}
`
const site_fields: Readonly<Record<string, Wanted>> = {
  name: plain("Hostname"),
  workers: { kind: "int", least: 1, most: 9 },
  tier: plain("Tier"),
  note: { kind: "optional", of: plain("Text") },
  memory: plain("Size"),
}

/** The program that a tape stands for: types, functions, values and data, and a cluster that puts out every value. */
export function programFrom(numbers: readonly number[]): RandomProgram {
  const tape = makeTape(numbers)
  const functions: Declared[] = []
  const lines: string[] = []
  for (let index = tape.upTo(3); index > 0; index--) {
    const takes = [randomType(tape, 1), randomType(tape, 1)]
    const gives = randomType(tape, 1)
    const known = takes.map((type, at) => ({ name: `p${at}`, type }))
    const body = expression(gives, { known, functions, tape }, 3)
    const name = `f${functions.length}`
    lines.push(
      `fn ${name}(${known.map((one) => `${one.name}: ${show(one.type)}`).join(", ")}): ${show(gives)} = ${body}`,
    )
    functions.push({ name, takes, gives })
  }
  const known: Known[] = []
  const files: Record<string, string> = {}
  for (let index = 1 + tape.upTo(10); index > 0; index--) {
    const name = `v${known.length}`
    const type = randomType(tape, 2)
    const how = tape.upTo(5)
    if (how === 4) files[`project/${name}.json`] = data(type, tape)
    const value = how === 4 ? `read("./${name}.json")` : expression(type, { known, functions, tape }, 3)
    lines.push(how === 3 ? `let ${name} = ${value}` : `let ${name}: ${show(type)} = ${value}`)
    known.push({ name, type })
  }
  const outputs = known.map(({ name }) => `  output o-${name} = ${name}\n`)
  return { text: `${declarations}${lines.join("\n")}\ncluster c {\n${outputs.join("")}}\n`, files }
}

function show(type: Wanted): string {
  switch (type.kind) {
    case "plain":
      return type.name
    case "int":
      return `Int(${type.least}..${type.most})`
    case "list":
      return `${show(type.of)}[]`
    case "map":
      return `Map<Text, ${show(type.of)}>`
    case "optional":
      return `${show(type.of)}?`
  }
}

function randomType(tape: Tape, depth: number): Wanted {
  const kind = tape.upTo(depth > 0 ? 10 : 6)
  if (kind < 5) return plain(tape.pick(plain_names))
  if (kind === 5) return { kind: "int", least: tape.upTo(3), most: 3 + tape.upTo(20) }
  if (kind < 8) return { kind: "list", of: randomType(tape, depth - 1) }
  if (kind === 8) return { kind: "map", of: randomType(tape, depth - 1) }
  const of = randomType(tape, depth - 1)
  return of.kind === "optional" ? of : { kind: "optional", of }
}

/** Whether a value of one type may stand where another is asked for, as far as the generator needs it. */
function fits(from: Wanted, to: Wanted): boolean {
  if (to.kind === "optional") return fits(from.kind === "optional" ? from.of : from, to.of)
  if (from.kind === "int" && to.kind === "int") return from.least >= to.least && from.most <= to.most
  if (from.kind === "int")
    return to.kind === "plain" && (to.name === "Int" || to.name === "Float" || to.name === "Cpus")
  if (from.kind === "plain" && from.name === "Hostname" && to.kind === "plain" && to.name === "Text") return true
  return show(from) === show(to)
}

type Make = () => string

function expression(type: Wanted, around: Around, depth: number): string {
  const { tape, known, functions } = around
  const own: Make[] = [() => literal(type, around, depth - 1)]
  for (const { name, type: given } of known) if (fits(given, type)) own.push(() => name)
  if (depth <= 0) return tape.pick(own)()
  const deeper = (wanted: Wanted, more: readonly Known[] = []) =>
    expression(
      wanted,
      { ...around, known: [...more, ...known.filter((one) => !more.some((it) => it.name === one.name))] },
      depth - 1,
    )
  const bool = plain("Bool")
  own.push(() => `(if ${deeper(bool)} then ${deeper(type)} else ${deeper(type)})`)
  for (const { name, takes, gives } of functions)
    if (fits(gives, type)) own.push(() => `${name}(${takes.map((one) => deeper(one)).join(", ")})`)
  const uses = known.flatMap(({ name, type: given }) => usesOf(name, given, type, deeper, around))
  // Else the many ways to make something new would leave what there is unused.
  if (uses.length > 0 && tape.upTo(2) === 1) return tape.pick(uses)()
  own.push(...(type.kind === "plain" ? made(type.name, deeper, around) : []))
  if (type.kind === "int") own.push(() => `(${deeper(int)} ${tape.pick(["+", "-", "*"])} ${deeper(int)})`)
  if (type.kind === "optional") own.push(() => deeper(type.of))
  if (type.kind === "list") own.push(...lists(type, deeper, around))
  return tape.pick(own)()
}

type Deeper = (wanted: Wanted, more?: readonly Known[]) => string

/** What a known value may be used for where a type is asked for. */
function usesOf(name: string, given: Wanted, type: Wanted, deeper: Deeper, around: Around): Make[] {
  const { tape, known } = around
  const uses: Make[] = []
  if (given.kind === "optional") {
    if (fits(given.of, type)) uses.push(() => `(${name} ?? ${deeper(type)})`)
    const narrowed = [{ name, type: given.of }]
    uses.push(() => `(if ${name} != null then ${deeper(type, narrowed)} else ${deeper(type)})`)
    uses.push(
      () =>
        `(if not (${name} == null) and ${deeper(plain("Bool"), narrowed)} then ${deeper(type, narrowed)} else ${deeper(type)})`,
    )
  }
  if (given.kind === "list" && fits(given.of, type)) uses.push(() => `${name}[${tape.upTo(3)}]`)
  if (given.kind === "map" && fits(given.of, type)) uses.push(() => `${name}["${tape.pick(["a", "b", "c d"])}"]`)
  if (given.kind !== "plain") return uses
  if (given.name === "Site") {
    for (const [field, of] of Object.entries(site_fields)) if (fits(of, type)) uses.push(() => `${name}.${field}`)
    uses.push(...usesOf(`${name}.note`, site_fields.note!, type, deeper, around))
  }
  if (given.name === "Tier")
    uses.push(
      () =>
        `(match ${name} { "gold" -> ${deeper(type)}, "silver" -> ${deeper(type)}, ${tape.pick(["else", '"tin"'])} -> ${deeper(type)} })`,
    )
  if (given.name === "Way") {
    // A name inside of a name does not hide it, so each match binds others.
    const depth = known.filter((one) => /^[tu]\d/.test(one.name)).length
    const tcp = [{ name: `t${depth}.port`, type: plain("Port") }]
    const unix = [{ name: `u${depth}.mode`, type: { kind: "optional", of: int } as const }]
    uses.push(
      () =>
        `(match ${name} { Tcp t${depth} -> ${deeper(type, tcp)}, Unix u${depth} -> ${deeper(type, unix)}, Idle -> ${deeper(type)} })`,
    )
    uses.push(
      () =>
        `(if ${name} is Tcp then ${deeper(type, [{ name: `${name}.port`, type: plain("Port") }])} else ${deeper(type)})`,
    )
  }
  if (given.name === "Int")
    uses.push(() => `(match ${name} { 0 -> ${deeper(type)}, 1..5 -> ${deeper(type)}, else -> ${deeper(type)} })`)
  return uses
}

/** Operations that give a type. */
function made(name: PlainName, deeper: Deeper, { tape, known }: Around): Make[] {
  const of = (other: PlainName) => deeper(plain(other))
  const own = plain(name)
  const both =
    (operator: string): Make =>
    () =>
      `(${deeper(own)} ${operator} ${deeper(own)})`
  const quantity: Make[] = [
    both("+"),
    both("-"),
    () => `(${of("Int")} * ${deeper(own)})`,
    () => `(${deeper(own)} / ${of("Float")})`,
    () => `(${of("Percent")} * ${deeper(own)})`,
  ]
  const shown = () =>
    tape.pick(["Int", "Text", "Size", "Port", "Ip", "Cidr", "Tier", "Hostname", "Rate", "Percent"] as const)
  const ways = known.filter((one) => one.type.kind === "plain" && one.type.name === "Way")
  switch (name) {
    case "Int":
      return [
        both("+"),
        both("-"),
        both("*"),
        () => `${tape.pick(["div", "mod"])}(${deeper(int)}, ${deeper(int)})`,
        () => `${deeper({ kind: "list", of: randomType(tape, 0) })}.length`,
        () => `${of("Cidr")}.prefix`,
        () => `${of("Port")}.number`,
        () => `${of("Duration")}.milliseconds`,
        () => `(-${of("Int")})`,
      ]
    case "Float":
      return [
        both("+"),
        both("*"),
        () => `(${of("Int")} / ${of("Int")})`,
        () => `(${of("Size")} / ${of("Size")})`,
        () => `(${of("Percent")} * ${of("Int")})`,
      ]
    case "Size":
    case "Duration":
    case "Rate":
    case "Cpus":
      return quantity
    case "Percent":
      return [both("+"), both("-")]
    case "Text":
      return [() => `"a\${${deeper(plain(shown()))}}b"`, () => `"\${${deeper(plain(shown()))}}"`]
    case "Hostname":
      return [() => `"w\${${deeper(plain(shown()))}}.test"`]
    case "Bool":
      return [
        () => comparison(tape, deeper),
        () => `(${of("Bool")} ${tape.pick(["and", "or"])} ${of("Bool")})`,
        () => `(not ${of("Bool")})`,
        () => `(${of("Ip")} in ${of(tape.pick(["Cidr", "IpRange"] as const))})`,
        () => `(${of("Port")} in ${of("PortRange")})`,
        () => `(${of("Tier")} in ${deeper({ kind: "list", of: plain("Tier") })})`,
        () => `(${of("Text")} in ${deeper({ kind: "map", of: int })})`,
        ...ways.map(
          (way): Make =>
            () =>
              `(${way.name} is ${tape.pick(["Tcp", "Unix", "Idle"])})`,
        ),
      ]
    case "Ip":
      return [
        () => `address(${of("Cidr")}, ${of("Int")})`,
        () => `${of("Cidr")}.${tape.pick(["network", "mask", "first", "last"])}`,
      ]
    case "Cidr":
      return [() => `subnet(${of("Cidr")}, ${deeper({ kind: "int", least: 0, most: 23 })}, ${of("Int")})`]
    case "IpRange":
      return [() => `(${of("Ip")} .. ${of("Ip")})`]
    case "Port":
      return [() => `port(${deeper({ kind: "int", least: 1, most: 23 })}, "${tape.pick(["tcp", "udp"])}")`]
    case "Site": {
      const sites = known.filter((one) => one.type.kind === "plain" && one.type.name === "Site")
      const field = () => {
        const [key, wanted] = tape.pick(Object.entries(site_fields))
        return `${key} = ${deeper(wanted)}`
      }
      return sites.map(
        (site): Make =>
          () =>
            `${site.name} { ${field()} }`,
      )
    }
    default:
      return []
  }
}

function comparison(tape: Tape, deeper: Deeper): string {
  if (tape.upTo(2) === 0) {
    const name = plain(
      tape.pick(["Int", "Float", "Size", "Duration", "Percent", "Rate", "Cpus", "Text", "Ip"] as const),
    )
    return `(${deeper(name)} ${tape.pick(["<", "<=", ">", ">="])} ${deeper(name)})`
  }
  const type = randomType(tape, 1)
  return `(${deeper(type)} ${tape.pick(["==", "!="])} ${deeper(type)})`
}

function lists(
  { of }: Wanted & { readonly kind: "list" | "map" | "optional" },
  deeper: Deeper,
  { tape, known: outer }: Around,
): Make[] {
  const list: Wanted = { kind: "list", of }
  const loop = (name: string): { readonly head: string; readonly known: readonly Known[] } => {
    const over = randomType(tape, 0)
    if (tape.upTo(2) === 0) return { head: `${name} in ${tape.upTo(3)}..${tape.upTo(4)}`, known: [{ name, type: int }] }
    return { head: `${name} in ${deeper({ kind: "list", of: over })}`, known: [{ name, type: over }] }
  }
  return [
    () => `[${deeper(of)}, if ${deeper(plain("Bool"))}: ${deeper(of)}]`,
    () => {
      const name = `x${outer.length}`
      const { head, known } = loop(name)
      const condition = tape.upTo(2) === 0 ? "" : ` if ${deeper(plain("Bool"), known)}`
      return `[for ${head}${condition}: ${deeper(of, known)}]`
    },
    () => `(${deeper(list)} + ${deeper(list)})`,
  ]
}

function literal(type: Wanted, around: Around, depth: number): string {
  const { tape } = around
  const inner = (wanted: Wanted) => expression(wanted, around, depth)
  switch (type.kind) {
    case "int":
      return String(type.least + tape.upTo(type.most - type.least + 1))
    case "list":
      return `[${Array.from({ length: tape.upTo(3) }, () => inner(type.of)).join(", ")}]`
    case "map":
      return `{ ${["a", "b", "c d"]
        .slice(0, tape.upTo(4))
        .map((key) => `"${key}" = ${inner(type.of)}`)
        .join(", ")} }`
    case "optional":
      return tape.upTo(2) === 0 ? "null" : inner(type.of)
    case "plain":
      return plainLiteral(type.name, tape, inner)
  }
}

const literals: Readonly<Record<Exclude<PlainName, "Site" | "Way">, readonly string[]>> = {
  Int: ["0", "1", "2", "7", "1_000", "9007199254740991"],
  Bool: ["true", "false"],
  Text: ['""', '"a"', '"a.test"', '"two words"'],
  Float: ["0.5", "1", "2.25", "0"],
  Size: ["64MiB", "1GiB", "0MiB", "10GB"],
  Tier: ['"gold"', '"silver"', '"tin"'],
  Hostname: ['"a.test"', '"b"'],
  Duration: ["5s", "500ms", "2min", "7d"],
  Percent: ["70%", "0%", "0.5%"],
  Rate: ["100Mbps", "1Gbps"],
  Cpus: ["1", "0.5", "2"],
  Ip: ["10.0.0.1", "255.255.255.255", "0.0.0.0"],
  Cidr: ["10.0.0.0/24", "0.0.0.0/0", "10.1.2.3/32", "10.0.0.0/8"],
  IpRange: ["10.0.0.1 .. 10.0.0.9", "10.0.0.9 .. 10.0.0.1"],
  Port: ["80/tcp", "53/udp"],
  PortRange: ["8000..8010/tcp", "80/tcp"],
}

function plainLiteral(name: PlainName, tape: Tape, inner: (wanted: Wanted) => string): string {
  if (name === "Site") {
    const fields = Object.entries(site_fields).filter(([field]) => field === "name" || tape.upTo(2) === 1)
    return `{ ${fields.map(([field, wanted]) => `${field} = ${inner(wanted)}`).join(", ")} }`
  }
  if (name === "Way") {
    const choice = tape.upTo(3)
    if (choice === 0) return "Idle {}"
    return choice === 1 ? `Tcp { port = ${inner(plain("Port"))} }` : `Unix { path = "/run/${tape.upTo(9)}" }`
  }
  const text = tape.pick(literals[name])
  return name === "IpRange" ? `(${text})` : text
}

/** A JSON file that holds a value of a type, now and then one that is not quite of it. */
function data(type: Wanted, tape: Tape): string {
  return JSON.stringify(dataOf(type, tape))
}

function dataOf(type: Wanted, tape: Tape): unknown {
  switch (type.kind) {
    case "int":
      return type.least + tape.upTo(type.most - type.least + 2)
    case "list":
      return Array.from({ length: tape.upTo(3) }, () => dataOf(type.of, tape))
    case "map":
      return Object.fromEntries(["a", "b", "c d"].slice(0, tape.upTo(4)).map((key) => [key, dataOf(type.of, tape)]))
    case "optional":
      return tape.upTo(2) === 0 ? null : dataOf(type.of, tape)
    default:
      return plainData(type.name, tape)
  }
}

function plainData(name: PlainName, tape: Tape): unknown {
  if (name === "Site") {
    const fields = Object.entries(site_fields).filter(([field]) => field === "name" || tape.upTo(2) === 1)
    return Object.fromEntries(fields.map(([field, wanted]) => [field, dataOf(wanted, tape)]))
  }
  if (name === "Way") return tape.pick(["Idle", { Tcp: { port: "80/tcp" } }, { Unix: { path: "/run/x", mode: null } }])
  const text = tape.pick(literals[name])
  if (name === "Int" || name === "Float" || name === "Cpus") return Number(text.replaceAll("_", ""))
  if (name === "Bool") return text === "true"
  return text.replace(/^"|"$/g, "")
}
