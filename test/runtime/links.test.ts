import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredNetwork, DesiredState, Flow, Nic } from "../../lang/index.ts"
import { reachesAcross } from "../../runtime/drivers/simulated/reach-across.ts"
import { fieldsOf } from "../../runtime/model/fields.ts"
import type { HostFacts } from "../../runtime/model/observed.ts"
import { toObjects } from "../../runtime/plan/objects.ts"
import { trafficOf } from "../../runtime/plan/traffic.ts"
import { linkFailure, mtuOf, underlaysOf } from "../../runtime/plan/underlay.ts"
import { expectConverges, lab } from "./faults.ts"
import { appliance, at, image, settled } from "./fixtures.ts"

const hosts = ["one", "two", "three"] as const
/** Two networks that hosts route, two that the appliance `edge` does. */
const nets = { back: "10.61.0", dmz: "10.62.0", lan: "10.63.0", vault: "10.64.0" }
type NetName = keyof typeof nets
const gatewayOf: Readonly<Record<NetName, boolean>> = { back: true, dmz: false, lan: false, vault: true }

type Spread = {
  readonly edge: number
  readonly boxes: readonly { readonly host: number; readonly net: NetName }[]
  readonly flows: readonly { readonly from: number; readonly to: number; readonly whole: boolean }[]
}

const random_flows = fc.array(fc.record({ from: fc.nat({ max: 7 }), to: fc.nat({ max: 7 }), whole: fc.boolean() }), {
  maxLength: 6,
})
const spread: fc.Arbitrary<Spread> = fc.record({
  edge: fc.nat({ max: 2 }),
  boxes: fc.array(fc.record({ host: fc.nat({ max: 2 }), net: fc.constantFrom(...(Object.keys(nets) as NetName[])) }), {
    minLength: 2,
    maxLength: 8,
  }),
  flows: random_flows,
})

const runs = Number(process.env.APPL_RUNS ?? "60")
const seed = Number(process.env.APPL_SEED ?? "1")

test("every open flow comes through wherever its ends are, and nothing else does", async () => {
  await fc.assert(
    fc.asyncProperty(spread, random_flows, async (random, later) => {
      const here = lab()
      for (const flows of [random.flows, later]) {
        const desired = clusterOf({ ...random, flows })
        await expectConverges(here, desired)
        for (const from of desired.appliances)
          for (const to of desired.appliances) {
            if (from === to || from.id === "edge" || to.id === "edge") continue
            const reached = reachesAcross(here.simulation.state(), "spread", from.id, {
              appliance: to.id,
              port: 80,
              protocol: "tcp",
            })
            expect(`${from.id} to ${to.id}: ${reached}`).toBe(`${from.id} to ${to.id}: ${isOpen(desired, from, to)}`)
          }
      }
    }),
    { numRuns: runs, seed },
  )
}, 120_000)

test("hosts learn only of those elsewhere that theirs speak to", () => {
  const boxes = Array.from({ length: 30 }, (_, index) => ({ host: index % 3, net: "lan" as const }))
  const desired = clusterOf({ edge: 0, boxes, flows: [{ from: 0, to: 1, whole: false }] })
  const traffic = trafficOf(desired)
  expect([...(traffic.get("one")!.remotes.get("lan")?.keys() ?? [])]).toEqual(["10.63.0.3"])
  expect([...(traffic.get("two")!.remotes.get("lan")?.keys() ?? [])]).toEqual(["10.63.0.2"])
  expect(traffic.get("three")!.remotes.get("lan")).toBeUndefined()
})

test("one appliance more changes the links of those hosts only that it speaks to", () => {
  const boxes = [0, 1, 2].map((host) => ({ host, net: "lan" as const }))
  const [less, more] = [[], [{ from: 2, to: 1, whole: false }]].map((flows) =>
    linksOf(clusterOf({ edge: 0, boxes, flows: [{ from: 0, to: 1, whole: false }, ...flows] })),
  )
  expect(more!.one).toEqual(less!.one)
  expect(more!.two).not.toEqual(less!.two)
  expect(less!.three).toBeNull()
})

describe("the addresses over which hosts talk", () => {
  const host = (name: string, destination?: string) => ({
    name,
    connection:
      destination === undefined
        ? ({ kind: "local" } as const)
        : ({ kind: "ssh", user: null, host: destination, port: null } as const),
    capacity: {},
    labels: {},
    origin: null,
  })
  const facts = (...addresses: readonly string[]) =>
    ({
      addresses: addresses.map((text, index) => {
        const [address = "", prefix] = text.split("/")
        return { address, prefix: Number(prefix), device: `eth${index}`, mtu: index === 0 ? 1500 : 9000 }
      }),
      outside: addresses[0]?.split("/")[0] ?? null,
    }) as unknown as HostFacts
  const chosen = (hosts: readonly ReturnType<typeof host>[], known: Readonly<Record<string, HostFacts>>) =>
    Object.fromEntries(
      [...underlaysOf(hosts, new Map(Object.entries(known)))].map(([name, { address }]) => [name, address]),
    )

  test("that of the connection, else the network that most share, else the way to the world", () => {
    expect(
      chosen([host("a", "10.9.0.1"), host("b"), host("c", "c.example")], {
        a: facts("10.7.0.1/24", "10.9.0.1/24"),
        b: facts("10.8.0.2/24", "10.9.0.2/24"),
        c: facts("10.6.0.3/24"),
      }),
    ).toEqual({ a: "10.9.0.1", b: "10.9.0.2", c: "10.6.0.3" })
  })

  test("an address that two hosts have is no way between them", () => {
    expect(
      chosen([host("a"), host("b")], {
        a: facts("172.17.0.1/16", "10.9.0.1/24"),
        b: facts("172.17.0.1/16", "10.9.0.2/24"),
      }),
    ).toEqual({ a: "10.9.0.1", b: "10.9.0.2" })
  })

  test("two hosts without one are told, with what they have", () => {
    const desired = clusterOf({
      edge: 0,
      boxes: [
        { host: 0, net: "lan" },
        { host: 1, net: "lan" },
      ],
      flows: [{ from: 0, to: 1, whole: false }],
    })
    const known = new Map([
      ["one", facts("10.0.2.15/24")],
      ["two", facts("10.0.2.15/24")],
    ])
    const real = { ...desired, hosts: hosts.map((name) => host(name)) }
    expect(linkFailure(real, trafficOf(real), underlaysOf(real.hosts, known), known)?.message).toBe(
      "office.appl:1: network lan leads from one to two, which share no address to talk over: one has 10.0.2.15/24 on eth0; two has 10.0.2.15/24 on eth0",
    )
  })

  test("an `mtu` that does not pass is told with both numbers, and one that nobody says is what passes", () => {
    const desired = clusterOf({
      edge: 0,
      boxes: [
        { host: 0, net: "lan" },
        { host: 1, net: "lan" },
      ],
      flows: [{ from: 0, to: 1, whole: false }],
    })
    const known = new Map([
      ["one", facts("10.9.0.1/24")],
      ["two", facts("10.9.0.2/24")],
    ])
    const real = { ...desired, hosts: hosts.slice(0, 2).map((name) => host(name)) }
    const underlays = underlaysOf(real.hosts, known)
    const said = { ...real, networks: real.networks.map((network) => ({ ...network, mtu: 1500 })) }
    const failure = linkFailure(said, trafficOf(said), underlays, known)
    expect(failure?.message).toBe(
      "office.appl:1: network lan has an `mtu` of 1500, and 1450 pass between its hosts: eth0 of one takes 1500, and the tunnel needs 50 of them",
    )
    expect(failure?.remedy).toContain("`mtu = 1450`")
    expect(mtuOf({ mtu: null }, underlays)).toBe(1450)
    expect(linkFailure(real, trafficOf(real), underlays, known)).toBeNull()
  })
})

test("a published port is passed on by every other host of the cluster", async () => {
  const here = lab()
  const boxes = [0, 1].map((host) => ({ host, net: "lan" as const }))
  const desired = clusterOf({ edge: 2, boxes, flows: [] })
  const published: DesiredState = {
    ...desired,
    flows: [
      {
        from: { kind: "outside" },
        to: { kind: "appliance", id: "box[1]" },
        ports: [{ from: 80, to: 80, protocol: "tcp" }],
        cause: "publish",
        origin: at(3),
      },
    ],
    publishes: [
      {
        port: 8080,
        protocol: "tcp",
        appliance: "box[1]",
        target_address: "10.63.0.2",
        target_port: 80,
        through: null,
        host: "one",
        origin: at(3),
      },
    ],
  }
  await expectConverges(here, published)
  const relays = hosts.map(
    (host) => here.simulation.state().hosts[host]!.clusters.spread!.records["publish/8080-tcp"]?.fields.relay,
  )
  const home = here.simulation.host("one").addresses[0]!.address
  expect(relays).toEqual([null, home, home])
})

function linksOf(desired: DesiredState): Record<string, unknown> {
  const known = new Map(
    hosts.map((name, index) => [
      name as string,
      {
        addresses: [{ address: `10.9.0.${index + 1}`, prefix: 24, device: "e", mtu: 1500 }],
        outside: null,
      } as unknown as HostFacts,
    ]),
  )
  const objects = toObjects(
    settled(desired),
    { [nothing.id]: { base: [], packages: [], kernel: [] } },
    underlaysOf(desired.hosts, known),
  )
  return Object.fromEntries(
    objects.filter(({ address }) => address === "network/lan").map((one) => [one.host, fieldsOf(one, "network").link]),
  )
}

function isOpen({ flows, networks }: DesiredState, from: DesiredAppliance, to: DesiredAppliance): boolean {
  const is = (end: Flow["from"], one: DesiredAppliance) =>
    end.kind === "appliance"
      ? end.id === one.id
      : end.kind === "network" && one.nics.some((nic) => nic.network === end.name)
  const router = ({ nics }: DesiredAppliance) =>
    networks.find(({ name }) => name === nics[0]!.network)!.gateway === null
  return router(from) === router(to) && flows.some((flow) => is(flow.from, from) && is(flow.to, to))
}

const nothing = image([], ["container"], 1)

function nic(device: string, network: NetName, last: number): Nic {
  const mac = `52:54:00:${nets[network].split(".")[1]!}:00:${(last + 16).toString(16)}`
  return { device, network, address: `${nets[network]}.${last}`, prefix: 24, mac, gateway: null, peer: null }
}

/** A cluster as the compiler makes it; flows between ends that nothing routes are left out, as it refuses them. */
function clusterOf({ edge, boxes, flows }: Spread): DesiredState {
  const made = boxes.map(
    ({ host, net }, index): DesiredAppliance => ({
      ...appliance(`box[${index + 1}]`, `box-${index + 1}`, "Box", nothing, 2),
      host: hosts[host]!,
      nics: [nic("eth0", net, index + 2)],
    }),
  )
  const way_out: Nic = {
    device: "eth2",
    network: null,
    address: "100.64.0.2",
    prefix: 30,
    mac: "52:55:00:00:00:01",
    gateway: null,
    peer: "100.64.0.1",
  }
  const router: DesiredAppliance = {
    ...appliance("edge", "edge", "Edge", nothing, 2),
    host: hosts[edge]!,
    nics: [nic("eth0", "back", 1), nic("eth1", "vault", 1), way_out],
  }
  const flow = ({ from, to, whole }: Spread["flows"][number]): Flow[] => {
    const [left, right] = [from, to].map((index) => boxes[index % boxes.length]!)
    if (from % boxes.length === to % boxes.length || gatewayOf[left!.net] !== gatewayOf[right!.net]) return []
    return [
      {
        from: whole ? { kind: "network", name: left!.net } : { kind: "appliance", id: made[from % boxes.length]!.id },
        to: { kind: "appliance", id: made[to % boxes.length]!.id },
        ports: [{ from: 80, to: 80, protocol: "tcp" }],
        cause: `${from} to ${to}`,
        origin: at(3),
      },
    ]
  }
  const networks = (Object.keys(nets) as NetName[]).map(
    (name): DesiredNetwork => ({
      name,
      cidr: `${nets[name]}.0/24`,
      mtu: null,
      gateway: gatewayOf[name] ? { appliance: "edge", address: `${nets[name]}.1` } : null,
      host_address: `${nets[name]}.254`,
      dhcp: null,
      hosts,
      origin: at(1),
    }),
  )
  const unique = new Map(flows.flatMap(flow).map((one) => [one.cause, one]))
  return {
    version: 1,
    cluster: "spread",
    definition: "spread",
    file: "office.appl",
    hosts: hosts.map((name) => ({ name, connection: { kind: "simulated" }, capacity: {}, labels: {}, origin: null })),
    networks,
    images: [nothing],
    appliances: [...made, router],
    inserts: [],
    moved: [],
    wires: [],
    flows: [...unique.values()],
    publishes: [],
    outputs: [],
    placement: [],
  }
}
