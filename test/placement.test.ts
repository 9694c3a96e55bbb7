import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Demand, place, type Supply } from "../lang/placement/place.ts"

const mebibyte = 2 ** 20

function demand(id: string, more: Partial<Demand> = {}): Demand {
  const forms = ["container", "microvm"] as const
  return {
    id,
    group: "Box",
    forms,
    cpus: 1,
    memory_bytes: 64 * mebibyte,
    disk_bytes: null,
    host: null,
    hosts: null,
    spread: false,
    ...more,
  }
}

function supply(host: string, more: Partial<Supply> = {}): Supply {
  const forms = ["container", "microvm"] as const
  return { host, forms, cpus: null, memory_bytes: null, disk_bytes: null, ...more }
}

const nobody = new Map<string, string>()

describe("placement", () => {
  test("takes the first form that the host can run", () => {
    const { spots } = place([demand("a", { forms: ["vm", "microvm"] })], [supply("one")], nobody)
    expect(spots.get("a")).toEqual({ host: "one", form: "microvm" })
  })

  test("says when no host runs a form, and when none has room", () => {
    const { misfits } = place(
      [demand("a", { forms: ["vm"] }), demand("b", { memory_bytes: 300 * mebibyte })],
      [supply("one", { memory_bytes: 200 * mebibyte }), supply("two", { memory_bytes: 100 * mebibyte })],
      nobody,
    )
    expect(misfits).toEqual([
      { id: "a", why: "form", table: [] },
      {
        id: "b",
        why: "room",
        table: [
          ["one", "memory", 300 * mebibyte, 200 * mebibyte],
          ["two", "memory", 300 * mebibyte, 100 * mebibyte],
        ],
      },
    ])
  })

  test("fills a host to the last cpu, whatever the fractions add up to", () => {
    const tenths = [1, 2, 3].map((index) => demand(`a[${index}]`, { cpus: 0.1 }))
    expect(place(tenths, [supply("one", { cpus: 0.3 })], nobody).misfits).toEqual([])
  })

  test("keeps an appliance where it was, and the tied one where it must", () => {
    const { spots } = place(
      [demand("a"), demand("b", { host: "one" }), demand("c")],
      [supply("one"), supply("two")],
      new Map([
        ["c", "two"],
        ["a", "gone"],
      ]),
    )
    expect([spots.get("b")!.host, spots.get("c")!.host]).toEqual(["one", "two"])
    expect(spots.size).toBe(3)
  })

  test("balances, so a second host is used", () => {
    const { spots } = place([demand("a"), demand("b")], [supply("one"), supply("two")], nobody)
    expect(new Set([...spots.values()].map((spot) => spot.host)).size).toBe(2)
  })

  test("packs when balance leaves one over", () => {
    const sizes = [40, 40, 60, 60].map((size, index) => demand(`a[${index}]`, { memory_bytes: size }))
    const hosts = [supply("one", { memory_bytes: 100 }), supply("two", { memory_bytes: 100 })]
    expect(place(sizes, hosts, nobody).misfits).toEqual([])
  })

  test("spreads a class over the hosts as far as there are", () => {
    const spread = [1, 2, 3].map((index) => demand(`a[${index}]`, { spread: true, memory_bytes: 1 }))
    const { spots } = place(
      [demand("big", { group: "Other", host: "one", memory_bytes: 1 }), ...spread],
      [supply("one"), supply("two"), supply("three")],
      nobody,
    )
    expect(new Set(spread.map((one) => spots.get(one.id)!.host)).size).toBe(3)
  })

  test("never promises a host more than it has, and says what is left", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ memory: fc.integer({ min: 1, max: 50 }), tied: fc.option(fc.nat(2)) }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 3 }),
        (wants, haves) => {
          const demands = wants.map(({ memory, tied }, index) =>
            demand(`a[${index}]`, {
              memory_bytes: memory,
              host: tied === null || tied >= haves.length ? null : `h${tied}`,
            }),
          )
          const hosts = haves.map((memory_bytes, index) => supply(`h${index}`, { memory_bytes }))
          const { spots, misfits, rows } = place(demands, hosts, nobody)
          expect(spots.size + misfits.length).toBe(demands.length)
          for (const { host, memory_bytes } of hosts) {
            const used = demands.filter((one) => spots.get(one.id)?.host === host)
            const sum = used.reduce((total, one) => total + one.memory_bytes, 0)
            expect(sum).toBeLessThanOrEqual(memory_bytes!)
            const row = rows.find((one) => one.host === host && one.resource === "memory")!
            expect([row.wanted, row.free]).toEqual([sum, memory_bytes! - sum])
          }
          for (const one of demands)
            if (one.host !== null && spots.has(one.id)) expect(spots.get(one.id)!.host).toBe(one.host)
        },
      ),
    )
  })
})
