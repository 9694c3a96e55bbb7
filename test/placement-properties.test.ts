import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Demand, type Placement, place, type Supply } from "../lang/placement/place.ts"
import { asked } from "./asked.ts"

/** What a person counts on when a cluster or its hosts change: nobody moves who need not. */
describe("placement of random clusters", () => {
  test("stays as it is when it is asked again, when a host comes, and when an appliance comes or goes", () => {
    holds(some_demands, some_supplies, (demands, supplies) => {
      const before = place(demands, supplies, new Map())
      const kept = hostsIn(before)
      expect(hostsIn(place(demands, supplies, kept))).toEqual(kept)
      const [host, more] = [supply("new", 1000), demand("new", 30)]
      const grown = hostsIn(place([...demands, more], [host, ...supplies], kept))
      for (const [id, at] of kept) expect(grown.get(id)).toBe(at)
      const fewer = hostsIn(place(demands.slice(1), supplies, kept))
      for (const one of demands.slice(1)) if (kept.has(one.id)) expect(fewer.get(one.id)).toBe(kept.get(one.id))
    })
  })

  test("moves only what was on a host that is drained or gone", () => {
    holds(some_demands, some_supplies, (demands, supplies) => {
      const kept = hostsIn(place(demands, supplies, new Map()))
      const [first, ...others] = supplies
      for (const left of [others, [{ ...first!, away: "drained" as const }, ...others]]) {
        const after = hostsIn(place(demands, left, kept))
        expect([...after.values()]).not.toContain(first!.host)
        for (const [id, at] of kept) if (at !== first!.host) expect(after.get(id)).toBe(at)
      }
    })
  })

  test("spreads those that ask for it evenly over hosts with room", () => {
    holds(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 6 }), (instances, hosts) => {
      const demands = Array.from({ length: instances }, (_, index) => ({ ...demand(`a[${index}]`, 1), spread: true }))
      const supplies = Array.from({ length: hosts }, (_, index) => supply(`h${index}`, null))
      const at = [...hostsIn(place(demands, supplies, new Map())).values()]
      const counts = supplies.map(({ host }) => at.filter((one) => one === host).length)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    })
  })
})

const some_demands = fc
  .array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 })
  .map((sizes) => sizes.map((memory, index) => demand(`a[${index}]`, memory)))
const some_supplies = fc
  .array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 4 })
  .map((sizes) => sizes.map((memory, index) => supply(`h${index}`, memory)))

function holds<One, Other>(
  one: fc.Arbitrary<One>,
  other: fc.Arbitrary<Other>,
  check: (one: One, other: Other) => void,
): void {
  const { count, seed } = asked(200)
  fc.assert(fc.property(one, other, check), { numRuns: count, seed })
}

function hostsIn({ spots }: Placement): ReadonlyMap<string, string> {
  return new Map([...spots].map(([id, { host }]) => [id, host] as const).sort(([one], [two]) => (one < two ? -1 : 1)))
}

function demand(id: string, memory_bytes: number): Demand {
  const nowhere = { cpus: 0.1, disk_bytes: null, host: null, hosts: null, spread: false } as const
  return { id, group: "Box", forms: ["container"], memory_bytes, ...nowhere }
}

function supply(host: string, memory_bytes: number | null): Supply {
  return { host, forms: ["container"], cpus: null, memory_bytes, disk_bytes: null }
}
