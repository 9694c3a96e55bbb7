import { describe, expect, test } from "vitest"
import { planAddresses } from "../lang/addresses/plan.ts"
import { readTopology } from "../lang/addresses/topology.ts"
import { makeReport } from "../lang/report/report.ts"
import { display } from "../lang/values/show.ts"
import { openFlows } from "../lang/wiring/flows.ts"
import { gatewayFacts } from "../lang/wiring/gateways.ts"
import { checkPorts } from "../lang/wiring/ports.ts"
import { startOrder } from "../lang/wiring/start-order.ts"
import { nameOf } from "../lang/wiring/unmet.ts"
import { wire } from "../lang/wiring/wire.ts"
import { makeModel, type Spec } from "./model-fixture.ts"

function connect(spec: Spec) {
  const report = makeReport()
  const model = makeModel(spec)
  const topology = readTopology(model, report)
  const found = wire(model, topology, () => [], report)
  const order = startOrder(model, found, report)
  checkPorts(model, report)
  const { nics } = planAddresses(model, topology, null, (id) => id, report)
  const flows = openFlows(model, topology, found.wires, report)
  return {
    codes: report.diagnostics.map((one) => one.code),
    messages: report.diagnostics.map((one) => one.message),
    wires: found.wires.map((one) => `${one.consumer.id}.${one.need.name}: ${one.providers.map(nameOf).join(" ")}`),
    order: new Map([...order].map(([one, others]) => [one.id, others.map((other) => other.id)])),
    flows: flows.openings.map(
      (one) => `${one.cause} [${one.ports.map((port) => `${port.from}/${port.protocol}`).join(" ")}]`,
    ),
    gateways: gatewayFacts(topology, nics, flows),
  }
}

const lan = { name: "lan", cidr: "10.20.0.0/24" }
const dmz = { name: "dmz", cidr: "10.21.0.0/24" }
const dns = {
  name: "dns",
  service: "Dns",
  ports: [
    [53, "udp"],
    [53, "tcp"],
  ] as [number, "tcp" | "udp"][],
}
const http = { name: "http", service: "Http", ports: [[80, "tcp"]] as [number, "tcp" | "udp"][] }
const needsDns = { name: "dns", service: "Dns" }

describe("a need", () => {
  test("is met by the only provider, and waits for it", () => {
    const { wires, order, flows, codes } = connect({
      networks: [lan],
      appliances: [
        { id: "web", needs: [needsDns] },
        { id: "names", provides: [dns] },
      ],
    })
    expect([wires, codes]).toEqual([["web.dns: names.dns"], []])
    expect(order.get("web")).toEqual(["names"])
    expect(flows).toEqual(["web needs dns: names.dns [53/udp 53/tcp]"])
  })

  test("is not met by the consumer itself", () => {
    const self = { id: "names", provides: [dns], needs: [needsDns] }
    expect(connect({ networks: [lan], appliances: [self] }).codes).toEqual(["A0501"])
    expect(connect({ networks: [lan], appliances: [self, { id: "other", provides: [dns] }] }).codes).toEqual([])
  })

  test("with several providers lists them", () => {
    const { messages, codes } = connect({
      networks: [lan],
      appliances: [
        { id: "web", needs: [needsDns] },
        { id: "b", provides: [dns] },
        { id: "a", provides: [dns] },
      ],
    })
    expect(codes).toEqual(["A0502"])
    expect(messages[0]).toBe("web needs one Dns, and 2 provide it: a.dns, b.dns")
  })

  test("of one that the consumer cannot reach is not met, and says so", () => {
    const appliances = [
      { id: "web", on: ["lan"], needs: [needsDns] },
      { id: "names", on: ["dmz"], provides: [dns] },
      { id: "edge", on: ["lan"] },
    ]
    const cut = connect({ networks: [{ ...lan, gateway: "edge" }, dmz], appliances })
    expect(cut.codes).toEqual(["A0501"])
    expect(cut.messages[0]).toContain("nothing that web can reach")
    expect(connect({ networks: [lan, dmz], appliances }).codes).toEqual([])
  })

  test("that may be unmet is", () => {
    const need = { ...needsDns, count: { kind: "maybe" as const } }
    expect(connect({ networks: [lan], appliances: [{ id: "web", needs: [need] }] })).toMatchObject({
      codes: [],
      wires: ["web.dns: "],
    })
  })

  test("of many takes all, ordered by name and number", () => {
    const need = { name: "backends", service: "Http", count: { kind: "many" as const, least: 1, most: null } }
    const webs = [10, 9, 2].map((key) => ({ id: `web[${key}]`, provides: [http] }))
    const balancer = { id: "front", needs: [need], provides: [http] }
    expect(connect({ networks: [lan], appliances: [balancer, ...webs] }).wires).toEqual([
      "front.backends: web[2].http web[9].http web[10].http",
    ])
    expect(connect({ networks: [lan], appliances: [balancer] }).codes).toEqual(["A0504"])
  })

  test("takes what the instance picked", () => {
    const names = ["a", "b"].map((id) => ({ id, provides: [dns] }))
    const web = { id: "web", needs: [{ ...needsDns, pick: ["b.dns"] }] }
    expect(connect({ networks: [lan], appliances: [...names, web] }).wires).toEqual(["web.dns: b.dns"])
  })

  test("cannot pick what it cannot reach, nor itself", () => {
    const appliances = [
      { id: "names", on: ["dmz"], provides: [dns], needs: [{ ...needsDns, pick: ["names.dns"] }] },
      { id: "web", on: ["lan"], needs: [{ ...needsDns, pick: ["names.dns"] }] },
      { id: "edge", on: ["lan"] },
    ]
    expect(connect({ networks: [{ ...lan, gateway: "edge" }, dmz], appliances }).codes).toEqual(["A0503", "A0507"])
  })
})

describe("a cycle", () => {
  const names = { id: "names", provides: [dns] }
  const logs = { id: "logs", provides: [{ name: "log", service: "Log", ports: [] }], needs: [needsDns] }
  const needsLog = { name: "log", service: "Log" }

  test("of needs prints the shortest loop", () => {
    const { codes, messages } = connect({ networks: [lan], appliances: [{ ...names, needs: [needsLog] }, logs] })
    expect(codes).toEqual(["A0505"])
    expect(messages[0]).toContain("logs -> names -> logs")
  })

  test("with one uses is none", () => {
    const uses = { ...needsLog, how: "uses" as const }
    const { codes, order } = connect({ networks: [lan], appliances: [{ ...names, needs: [uses] }, logs] })
    expect(codes).toEqual([])
    expect(order.get("names")).toBeUndefined()
    expect(order.get("logs")).toEqual(["names"])
  })
})

describe("flows", () => {
  const web = { id: "web", on: ["lan"], provides: [http] }
  const edge = { id: "edge", on: ["lan", "dmz"] }
  const both = [
    { ...lan, gateway: "edge" },
    { ...dmz, gateway: "edge" },
  ]

  test("of publish lead to the port of the same protocol, once", () => {
    const names = { id: "names", on: ["lan"], provides: [dns] }
    const published = (port: [number, "tcp" | "udp"]) =>
      connect({ networks: [lan], appliances: [names], publishes: [{ port, target: "names.dns" }] })
    expect(published([5353, "tcp"]).flows).toEqual(["publish 5353/tcp = names.dns [53/tcp]"])
    const twice = connect({
      networks: [lan],
      appliances: [web],
      publishes: [
        { port: [80, "tcp"], target: "web.http" },
        { port: [80, "tcp"], target: "web.http" },
      ],
    })
    expect(twice.codes).toEqual(["A0508"])
    const wrong = connect({
      networks: [lan],
      appliances: [web],
      publishes: [{ port: [80, "udp"], target: "web.http" }],
    })
    expect(wrong.codes).toEqual(["A0509"])
  })

  test("of an allow that a wire has opened are no new ones", () => {
    const consumer = { id: "front", on: ["lan"], needs: [{ name: "http", service: "Http" }] }
    const allowed = (number: number) =>
      connect({
        networks: [lan],
        appliances: [web, consumer],
        allows: [{ from: "front", to: "web", port: [number, "tcp"] }],
      })
    expect(allowed(80).codes).toEqual(["A0511"])
    expect(allowed(81)).toMatchObject({
      codes: [],
      flows: [expect.anything(), "allow front -> web on 81/tcp [81/tcp]"],
    })
  })

  test("of an allow need a route, and two ends", () => {
    const other = { id: "other", on: ["dmz"] }
    const allow = [{ from: "web", to: "other", port: [22, "tcp"] as [number, "tcp"] }]
    const cut = [{ ...lan, gateway: "edge" }, dmz]
    expect(connect({ networks: cut, appliances: [web, edge, other], allows: allow }).codes).toEqual(["A0507"])
    expect(connect({ networks: both, appliances: [web, edge, other], allows: allow }).codes).toEqual([])
    const same = [{ from: "web", to: "web", port: [22, "tcp"] as [number, "tcp"] }]
    expect(connect({ networks: [lan], appliances: [web], allows: same }).codes).toEqual(["A0512"])
  })

  test("that cross a gateway are known to it, with addresses", () => {
    const { gateways, codes } = connect({
      networks: both,
      appliances: [web, edge, { id: "front", on: ["dmz"], needs: [{ name: "http", service: "Http" }] }],
      publishes: [{ port: [8080, "tcp"], target: "web.http" }],
      allows: [
        { from: "web", to: "outside", port: [53, "udp"] },
        { from: "lan", to: "dmz", port: [22, "tcp"] },
        { from: "outside", to: "edge", port: [22, "tcp"] },
        { from: "10.9.0.0/16", to: "lan", port: [23, "tcp"] },
      ],
    })
    expect(codes).toEqual([])
    expect([...gateways].map(([appliance, value]) => `${appliance.id} ${display(value)}`)).toMatchInlineSnapshot(`
      [
        "edge { uplink = { device = "eth2", address = 100.120.95.154, peer = 100.120.95.153 }, networks = [{ name = "lan", device = "eth0", cidr = 10.20.0.0/24, address = 10.20.0.1 }, { name = "dmz", device = "eth1", cidr = 10.21.0.0/24, address = 10.21.0.1 }], forwards = [{ protocol = "tcp", port = 8080, to = 10.20.0.2, to-port = 80, cause = "publish 8080/tcp = web.http" }], flows = [{ from = "10.21.0.2/32", to = "10.20.0.2/32", protocol = "tcp", from-port = 80, to-port = 80, cause = "front needs http: web.http" }, { from = "10.20.0.2/32", to = "0.0.0.0/0", protocol = "udp", from-port = 53, to-port = 53, cause = "allow web -> outside on 53/udp" }, { from = "10.20.0.0/24", to = "10.21.0.0/24", protocol = "tcp", from-port = 22, to-port = 22, cause = "allow lan -> dmz on 22/tcp" }, { from = "10.9.0.0/16", to = "10.20.0.0/24", protocol = "tcp", from-port = 23, to-port = 23, cause = "allow 10.9.0.0/16 -> lan on 23/tcp" }] }",
      ]
    `)
  })

  test("of two services on one port of one appliance are a mistake", () => {
    const two = { id: "web", provides: [http, { ...http, name: "admin" }] }
    expect(connect({ networks: [lan], appliances: [two] }).codes).toEqual(["A0506"])
  })
})
