import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { compile, type DesiredState, type Lock, memoryFiles, render } from "../lang/index.ts"

// Invariant 5 of ARCHITECTURE.md: declarations are generated, taken away, added and put in another order, and what stays keeps its name,
// its MACs, its addresses and its host.
const runs = Number(process.env.APPL_RUNS ?? 60)
const seed = Number(process.env.APPL_SEED ?? 1)

type Declaration =
  | { readonly kind: "appliance"; readonly network: number }
  | { readonly kind: "family"; readonly network: number; readonly keys: readonly number[] }
  | { readonly kind: "room" }
  | { readonly kind: "rooms"; readonly keys: readonly number[] }
  | { readonly kind: "gateway" }

/** A declaration with its number, which makes its name and addresses its own. */
type Numbered = { readonly index: number; readonly declaration: Declaration }

const keys = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
const network = fc.integer({ min: 0, max: 2 })
const declaration: fc.Arbitrary<Declaration> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("appliance" as const), network }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("family" as const), network, keys }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("room" as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("rooms" as const), keys }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("gateway" as const) }) },
)

/** All declarations there are, which of them stand in the file before and after, and their order after. */
const change = fc.array(declaration, { minLength: 1, maxLength: 14 }).chain((all) =>
  fc.record({
    all: fc.constant(all.map((one, index): Numbered => ({ index, declaration: one }))),
    before: fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
    after: fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }),
    order: fc.shuffledSubarray(
      all.map((_, index) => index),
      { minLength: all.length, maxLength: all.length },
    ),
  }),
)

describe("what stays in the file", () => {
  test("keeps its names, MACs, addresses and hosts when others come and go, with the lock", () => {
    fc.assert(
      fc.property(change, ({ all, before, after, order }) => {
        const first = compiled(sourceOf(all.filter(({ index }) => before[index])), null)
        const moved = order.map((index) => all[index]!).filter(({ index }) => after[index])
        const second = compiled(sourceOf(moved), first.lock)
        const old = factsOf(first.desired)
        for (const [id, facts] of factsOf(second.desired)) if (old.has(id)) expect(facts).toEqual(old.get(id))
      }),
      { numRuns: runs, seed },
    )
  })

  test("keeps its names and MACs without a lock, and where only the order changes its addresses too", () => {
    fc.assert(
      fc.property(change, ({ all, before, order }) => {
        const whole = compiled(sourceOf(all), null).desired
        const shuffled = compiled(sourceOf(order.map((index) => all[index]!)), null).desired
        expect(addressesOf(shuffled)).toEqual(addressesOf(whole))
        const part = compiled(sourceOf(all.filter(({ index }) => before[index])), null).desired
        const known = macsOf(whole)
        for (const [id, macs] of macsOf(part)) expect(macs).toEqual(known.get(id))
      }),
      { numRuns: runs, seed },
    )
  })

  test("keeps its addresses without a lock when only inner clusters come, go and move", () => {
    fc.assert(
      fc.property(change, ({ all, before, order }) => {
        const isRoom = ({ declaration: { kind } }: Numbered) => kind === "room" || kind === "rooms"
        const kept = order.map((index) => all[index]!).filter((one) => !isRoom(one) || before[one.index])
        const whole = addressesOf(compiled(sourceOf(all), null).desired)
        for (const [id, addresses] of addressesOf(compiled(sourceOf(kept), null).desired))
          expect(addresses).toEqual(whole.get(id))
      }),
      { numRuns: runs, seed },
    )
  })

  test("keeps everything when it is renamed with `moved`, and when that line is deleted later", () => {
    fc.assert(
      fc.property(change, ({ all, order }) => {
        const first = compiled(sourceOf(all), null)
        const renamed = order.map((index) => all[index]!)
        const moves = all.map((one) => `  moved ${nameOf(one, "x")} -> ${nameOf(one, "y")}`)
        const second = compiled(sourceOf(renamed, "y", moves), first.lock)
        const third = compiled(sourceOf(all, "y"), second.lock)
        const old = [...factsOf(first.desired).values()].map(({ nics, host }) => ({ nics, host }))
        for (const { desired } of [second, third])
          expect([...factsOf(desired).values()].map(({ nics, host }) => ({ nics, host }))).toEqual(
            old.map(({ nics, host }) => ({ nics: nics.map(renamedNic), host })),
          )
      }),
      { numRuns: runs, seed },
    )
  })
})

function sourceOf(declarations: readonly Numbered[], mark = "x", more: readonly string[] = []): string {
  return `appliance Box { image = debian("bookworm"), start = ["sleep", "infinity"] }
host one = simulated({ cpus = 500 })
host two = simulated({ cpus = 500 })
network shared { cidr = 10.250.0.0/16 }
cluster room {
  param number: Int
  network lan { cidr = subnet(10.128.0.0/9, prefix = 24, index = number) }
  appliance box: Box { on = [lan, shared] }
  for i in 1..2 { appliance web[i]: Box { on = lan } }
}
cluster all {
${[0, 1, 2].map((index) => `  network net-${index} { cidr = 10.${index}.0.0/20 }`).join("\n")}
${declarations.map((one) => `  ${textOf(one, nameOf(one, mark))}`).join("\n")}
${more.join("\n")}
}
`
}

function nameOf({ index }: Numbered, mark: string): string {
  return `${mark}-${index}`
}

function textOf({ index, declaration: one }: Numbered, name: string): string {
  const number = `number = ${index * 20}`
  switch (one.kind) {
    case "appliance":
      return `appliance ${name}: Box { on = net-${one.network} }`
    case "family":
      return `for i in [${one.keys.join(", ")}] { appliance ${name}[i]: Box { on = net-${one.network} } }`
    case "room":
      return `cluster ${name}: room { ${number} }`
    case "rooms":
      return `for i in [${one.keys.join(", ")}] { cluster ${name}[i]: room { ${number} + i } }`
    case "gateway":
      return `appliance ${name}: Box { on = routed-${index} }\n  network routed-${index} { cidr = 10.64.${index}.0/24, gateway = ${name} }`
  }
}

function compiled(text: string, lock: Lock | null): { desired: DesiredState; lock: Lock } {
  const {
    desired,
    lock: after,
    diagnostics,
  } = compile({
    entry: "all.appl",
    files: memoryFiles({ "all.appl": text }),
    standard: "modules",
    cluster: "all",
    deployed: null,
    params: [],
    lock,
    limit: 1_000_000,
  })
  expect(render(diagnostics, { color: "never", width: 120 })).toBe("")
  return { desired: desired!, lock: after! }
}

type Facts = { readonly name: string; readonly host: string; readonly nics: readonly string[] }

function factsOf(desired: DesiredState): ReadonlyMap<string, Facts> {
  return new Map(
    desired.appliances.map(({ id, name, host, nics }) => [
      id,
      { name, host, nics: nics.map((nic) => `${nic.network} ${nic.address} ${nic.mac}`) },
    ]),
  )
}

/** The networks of rooms are renamed with them. */
function renamedNic(nic: string): string {
  return nic.replace(/^x-/, "y-")
}

function addressesOf(desired: DesiredState): ReadonlyMap<string, readonly string[]> {
  return new Map(
    desired.appliances.map(({ id, nics }) => [
      id,
      nics.flatMap(({ network, address }) => (network === "shared" ? [] : [address])),
    ]),
  )
}

function macsOf(desired: DesiredState): ReadonlyMap<string, readonly string[]> {
  return new Map(desired.appliances.map(({ id, nics }) => [id, nics.map(({ mac }) => mac)]))
}
