import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { parseBlock, showBlock } from "../lang/addresses/ipv4.ts"
import { planAddresses } from "../lang/addresses/plan.ts"
import { readTopology } from "../lang/addresses/topology.ts"
import type { LockSection } from "../lang/desired/lock.ts"
import { makeReport } from "../lang/report/report.ts"
import { showAddress } from "../lang/values/show.ts"
import { makeModel, type Spec } from "./model-fixture.ts"

function plan(spec: Spec, locked: Record<string, string> = {}) {
  const report = makeReport()
  const model = makeModel(spec)
  const lock: LockSection = { addresses: locked, placement: {}, images: {} }
  const { nics, locked: after } = planAddresses(model, readTopology(model, report), lock, (id) => id, report)
  const addresses = new Map<string, string>()
  for (const [appliance, own] of nics)
    for (const nic of own) addresses.set(`${appliance.id}/${nic.network?.id ?? ""}`, showAddress(nic.address))
  return { nics, addresses, locked: after, codes: report.diagnostics.map((one) => one.code), report }
}

const lan = { name: "lan", cidr: "10.20.0.0/24" }

describe("the address plan", () => {
  test("gives the gateway the first address, the others the next ones by name and number", () => {
    const { addresses, codes } = plan({
      networks: [{ ...lan, gateway: "edge" }],
      appliances: [{ id: "web[10]" }, { id: "web[2]" }, { id: "edge" }, { id: "names" }],
    })
    expect(codes).toEqual([])
    expect(addresses.get("edge/lan")).toBe("10.20.0.1")
    expect(addresses.get("names/lan")).toBe("10.20.0.2")
    expect(addresses.get("web[2]/lan")).toBe("10.20.0.3")
    expect(addresses.get("web[10]/lan")).toBe("10.20.0.4")
  })

  test("gives a gateway an uplink as its last nic, out of 100.64.0.0/10, and the default route to its host", () => {
    const { nics, locked } = plan({
      networks: [{ ...lan, gateway: "edge" }],
      appliances: [{ id: "edge" }, { id: "web" }],
    })
    const [edge, web] = [...nics.values()]
    const uplink = edge!.at(-1)!
    expect([uplink.device, uplink.network, uplink.prefix]).toEqual(["eth1", null, 30])
    expect(uplink.gateway).toBe(uplink.peer)
    expect(uplink.address).toBe(uplink.peer! + 1)
    expect(edge!.filter((nic) => nic.gateway !== null)).toEqual([uplink])
    expect(showAddress(web![0]!.gateway!)).toBe("10.20.0.1")
    expect(parseBlock(locked["edge/"]!)!.first).toBe(uplink.peer! - 1)
    expect(locked["edge/"]).toMatch(/^100\./)
  })

  test("keeps an uplink that the lock knows, and two gateways apart", () => {
    const spec: Spec = {
      networks: [
        { ...lan, gateway: "a" },
        { name: "dmz", cidr: "10.21.0.0/24", gateway: "b" },
      ],
      appliances: [
        { id: "a", on: ["lan"] },
        { id: "b", on: ["dmz"] },
      ],
    }
    const { locked } = plan(spec, { "b/": "100.64.3.4/30" })
    expect(locked["b/"]).toBe("100.64.3.4/30")
    expect(plan(spec, { "a/": "100.64.3.4/30", "b/": "100.64.3.4/30" }).locked["b/"]).not.toBe("100.64.3.4/30")
  })

  test("routes over the host where there is no gateway", () => {
    const { nics } = plan({ networks: [lan], appliances: [{ id: "web" }] })
    expect([...nics.values()][0]!.map((nic) => showAddress(nic.gateway!))).toEqual(["10.20.0.254"])
  })

  test("routes over the first network with a gateway, on one nic only", () => {
    const { nics } = plan({
      networks: [lan, { name: "dmz", cidr: "10.21.0.0/24", gateway: "edge" }],
      appliances: [
        { id: "web", on: ["lan", "dmz"] },
        { id: "edge", on: ["dmz"] },
      ],
    })
    expect([...nics.values()][0]!.map((nic) => nic.gateway && showAddress(nic.gateway))).toEqual([null, "10.21.0.1"])
  })

  test("leaves out the DHCP range", () => {
    const { addresses } = plan({
      networks: [{ ...lan, dhcp: ["10.20.0.2", "10.20.0.99"] }],
      appliances: [{ id: "web" }],
    })
    expect(addresses.get("web/lan")).toBe("10.20.0.100")
  })

  test("moves a locked address only out of what can no longer be had", () => {
    const { addresses } = plan(
      { networks: [lan], appliances: [{ id: "a" }, { id: "b" }, { id: "c" }] },
      { "a/lan": "10.99.0.7", "b/lan": "10.20.0.254", "c/lan": "10.20.0.77" },
    )
    expect([...addresses.values()]).toEqual(["10.20.0.2", "10.20.0.3", "10.20.0.77"])
  })

  test("does not take a locked address away from another appliance", () => {
    const { codes } = plan(
      { networks: [lan], appliances: [{ id: "a", on: [{ network: "lan", address: "10.20.0.9" }] }, { id: "b" }] },
      { "b/lan": "10.20.0.9" },
    )
    expect(codes).toEqual(["A0414"])
  })

  test("fills a network to the last address, and counts when there is one too many", () => {
    const small = { name: "lan", cidr: "10.20.0.0/29" }
    const boxes = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `box[${index}]` }))
    expect(plan({ networks: [small], appliances: boxes(4) }).codes).toEqual([])
    const full = plan({ networks: [small], appliances: boxes(6) })
    expect(full.codes).toEqual(["A0404"])
    expect(full.report.diagnostics[0]!.message).toBe("lan has no address for box[4] and 1 more")
    expect(full.report.diagnostics[0]!.hint).toContain("/28")
  })
})

const ids = fc.uniqueArray(
  fc.constantFrom(..."abcdefgh".split("").flatMap((name) => [name, `${name}[1]`, `${name}[2]`])),
  {
    maxLength: 14,
  },
)

describe("the lock", () => {
  test("keeps the address of every appliance, whatever comes, goes or is written in another order", () => {
    fc.assert(
      fc.property(ids, ids, fc.boolean(), (before, after, routed) => {
        const networks = [{ ...lan, cidr: "10.20.0.0/27", ...(routed ? { gateway: "edge" } : {}) }]
        const spec = (names: readonly string[]): Spec => ({
          networks,
          appliances: [...names.map((id) => ({ id })), { id: "edge" }],
        })
        const first = plan(spec(before))
        const second = plan(spec(after), first.locked)
        for (const [key, address] of first.addresses)
          if (second.addresses.has(key)) expect(second.addresses.get(key)).toBe(address)
        expect(new Set(second.addresses.values()).size).toBe(second.addresses.size)
        expect(plan(spec(after), second.locked).locked).toEqual(second.locked)
      }),
    )
  })

  test("does not change the plan of what it knows, nor do MACs depend on the others", () => {
    fc.assert(
      fc.property(ids, fc.nat(), (names, seed) => {
        const shuffled = [...names].sort((a, b) => ((a.charCodeAt(0) * seed) % 7) - ((b.charCodeAt(0) * seed) % 7))
        const spec = (list: readonly string[]): Spec => ({ networks: [lan], appliances: list.map((id) => ({ id })) })
        expect(plan(spec(shuffled)).locked).toEqual(plan(spec(names)).locked)
        const macs = (list: readonly string[]) =>
          new Map([...plan(spec(list)).nics].map(([appliance, nics]) => [appliance.id, nics[0]!.mac]))
        const all = macs(names)
        for (const [id, mac] of macs(names.slice(1))) expect(all.get(id)).toBe(mac)
        expect(new Set(all.values()).size).toBe(all.size)
        for (const mac of all.values()) expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/)
      }),
    )
  })
})

test("a block is shown as it is read", () => {
  expect(showBlock(parseBlock("10.20.3.77/22")!)).toBe("10.20.0.0/22")
  expect(parseBlock("10.20.300.0/22")).toBeNull()
  expect(parseBlock("10.20.0.0/33")).toBeNull()
})
