import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredNetwork, DesiredState, Flow } from "../../lang/index.ts"
import type { Driver } from "../../runtime/drivers/driver.ts"
import { openLinux } from "../../runtime/drivers/linux/driver.ts"
import { bridgeName, portName, tunnelName } from "../../runtime/drivers/linux/names.ts"
import { localHolder } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { quote } from "../../runtime/hosts/shell.ts"
import { fieldsOf } from "../../runtime/model/fields.ts"
import type { ManagedObject } from "../../runtime/model/object.ts"
import type { HostFacts, Reachable } from "../../runtime/model/observed.ts"
import { toObjects } from "../../runtime/plan/objects.ts"
import { underlaysOf } from "../../runtime/plan/underlay.ts"
import { appliance, at, image, settled } from "../runtime/fixtures.ts"
import { openNetnsHosts } from "./netns-hosts.ts"

// What two networks do over three hosts, with a namespace for each appliance: the links, rules and observation are those of the driver.

const cluster = "nettlink"
const names = ["one", "two", "three"] as const
const lan = "10.123.10"
const dmz = "10.123.20"

describe("networks over three hosts", () => {
  const hosts = openNetnsHosts("nett", names, "10.123.0")
  const drivers: Record<string, Driver> = {}
  const tokens: Record<string, number> = {}
  let objects: readonly ManagedObject[] = []

  beforeAll(async () => {
    for (const name of names) {
      const opened = await openLinux(hosts.hosts[name]!, hostProgram())
      if (!opened.ok) throw new Error(opened.failure.message)
      drivers[name] = opened.value
      const taken = await opened.value.acquire(cluster, localHolder(), "apply", 600_000)
      if (!taken.ok || taken.value.kind !== "taken") throw new Error(JSON.stringify(taken))
      tokens[name] = taken.value.lease.token
    }
    objects = await put(desired)
    for (const one of desired.appliances) await join(one)
  })
  afterAll(() => hosts.close())

  test("a flow passes both ways, and nothing else does", () => {
    expect(asks("a", `${lan}.2`, 80, "patiently")).toBe("yes")
    expect(asks("a", `${lan}.2`, 81)).toBe("no")
    expect(asks("b", `${lan}.1`, 80)).toBe("no")
    expect(asks("d", `${lan}.2`, 80)).toBe("no")
    expect(pings("a", `${lan}.2`, 56)).toBe(true)
    expect(pings("b", `${lan}.4`, 56)).toBe(false)
    expect(asksByUdp("a", `${lan}.2`, 53, "patiently")).toBe("pong")
    expect(asksByUdp("a", `${lan}.2`, 54)).toBe("")
  })

  test("hosts route between networks: the host of the sender, there and back", () => {
    expect(asks("a", `${dmz}.3`, 80, "patiently")).toBe("yes")
    expect(asks("a", `${dmz}.3`, 81)).toBe("no")
    expect(asks("c", `${lan}.1`, 80)).toBe("no")
    expect(asksByUdp("a", `${dmz}.3`, 53, "patiently")).toBe("pong")
    expect(pings("a", `${dmz}.3`, 56)).toBe(true)
  })

  test("the largest packet passes whole, and one that is larger is told", () => {
    for (const target of [`${lan}.2`, `${dmz}.3`]) {
      expect(pings("a", target, 1450 - 28)).toBe(true)
      expect(pings("a", target, 1450 - 27)).toBe(false)
    }
  })

  test("a host's own address in a network is its own everywhere, and does not cross", () => {
    expect(hosts.run("one", `ping -c1 -W1 ${lan}.2`)).toContain("failed")
    expect(hosts.run("two", `ping -c1 -W1 ${lan}.2`)).not.toContain("failed")
  })

  test("frames that nobody of the network sent are dropped: wrong host, wrong address, wrong hardware address", () => {
    const [a, b] = ["a", "b"].map((id) => desired.appliances.find((one) => one.id === id)!.nics[0]!)
    const link = fieldsOf(objects.find((one) => one.host === "one" && one.address === "network/lan")!, "network").link!
    const forged = (host: string, mac: string, address: string) =>
      heard("a", 7000, () => {
        const packet = vxlan(link.id, { mac, address }, { mac: a!.mac, address: a!.address }, 7000, "forged")
        hosts.run(
          host,
          node(
            `require("dgram").createSocket("udp4").send(Buffer.from("${packet}", "hex"), 4789, "10.123.0.1", function () { this.close() })`,
          ),
        )
      })
    expect(forged("two", b!.mac, b!.address)).toContain("forged")
    expect(forged("three", b!.mac, b!.address)).toBe("")
    expect(forged("two", b!.mac, `${lan}.9`)).toBe("")
    expect(forged("two", "52:54:00:00:00:99", b!.address)).toBe("")
    // Nor can an appliance take the address of one on another host.
    hosts.run("d", `ip addr add ${lan}.2/24 dev eth0`)
    expect(asks("d", `${lan}.1`, 7001)).toBe("no")
    hosts.run("d", `ip addr del ${lan}.2/24 dev eth0`)
  })

  test("all is as it was set, until somebody changes it by hand, and setting it again mends it", async () => {
    expect(await drift()).toEqual({})
    const tunnel = tunnelName(cluster, "lan")
    hosts.run(
      "one",
      `bridge fdb del $(bridge fdb show dev ${tunnel} | awk '/ self/ { print $1; exit }') dev ${tunnel} self`,
    )
    hosts.run("two", `ip link del ${tunnel}`)
    expect(await drift()).toEqual({
      one: ["its tunnel to other hosts was changed by hand"],
      two: ["its tunnel to other hosts is gone"],
    })
    await put(desired)
    expect(await drift()).toEqual({})
    expect(asks("a", `${lan}.2`, 80, "patiently")).toBe("yes")
  })

  test("who comes and goes elsewhere does not touch what passes", async () => {
    hosts.run("a", `ping -i 0.05 -D ${lan}.2 >/tmp/nett-pings 2>&1 & echo $! >/tmp/nett-ping`)
    const more: Flow = flow("d", "b", 80, "tcp")
    await put({ ...desired, flows: [...desired.flows, more] })
    expect(asks("d", `${lan}.2`, 80, "patiently")).toBe("yes")
    await put(desired)
    expect(asks("d", `${lan}.2`, 80)).toBe("no")
    expect(hosts.run("two", `bridge fdb show dev ${tunnelName(cluster, "lan")}`)).not.toContain("10.123.0.3")
    const summary = hosts.run(
      "a",
      "kill -INT $(cat /tmp/nett-ping); sleep 0.2; tail -n 2 /tmp/nett-pings; rm /tmp/nett-ping*",
    )
    expect(summary).toMatch(/ 0(?:\.\d+)?% packet loss/)
  })

  test("a removed network leaves nothing", async () => {
    for (const object of objects.filter(({ kind }) => kind === "network")) await perform(object, "remove")
    for (const object of objects.filter(({ kind }) => kind === "firewall")) await perform(object, "remove")
    for (const name of names) {
      expect(hosts.run(name, "ip -o link | grep -c ': ap.*[bv]' || :").trim()).toBe(
        name === "three" ? "1" : `${ports(name)}`,
      )
      expect(hosts.run(name, "ip neigh show nud permanent; nft list tables")).toBe("")
    }
  })

  /** Ports of appliances stay in this test: nobody took the appliances away. */
  function ports(host: string): number {
    return desired.appliances.filter((one) => one.host === host).length
  }

  async function put(state: DesiredState): Promise<readonly ManagedObject[]> {
    const facts = new Map<string, HostFacts>()
    for (const name of names) facts.set(name, (await observed(name)).facts)
    const made = toObjects(
      settled(state),
      { [nothing.id]: { base: [], packages: [], kernel: [] } },
      underlaysOf(state.hosts, facts),
    )
    for (const kind of ["network", "firewall"])
      for (const object of made.filter((one) => one.kind === kind)) await perform(object, "set")
    return made
  }

  async function observed(name: string): Promise<Reachable> {
    const seen = await drivers[name]!.observe(cluster)
    if (seen.kind !== "reachable") throw new Error(seen.why)
    return seen
  }

  async function drift(): Promise<Record<string, readonly string[]>> {
    const found: Record<string, readonly string[]> = {}
    for (const name of names) {
      const all = (await observed(name)).objects.flatMap((object) => [
        ...object.drift,
        ...(object.life === "running" ? [] : [object.life]),
      ])
      if (all.length > 0) found[name] = all
    }
    return found
  }

  async function perform(object: ManagedObject, verb: "set" | "remove"): Promise<void> {
    const done = await drivers[object.host]!.perform({
      cluster,
      operation_id: `run/${verb} ${object.address}/1`,
      token: tokens[object.host]!,
      operation: { verb, generation: 1, staged: "joined", undo: null, pending: null, details: {} },
      address: object.address,
      object: verb === "remove" ? null : object,
      secrets: new Map(),
      progress: () => {},
    })
    if (!done.ok) throw new Error([done.failure.message, ...done.failure.output].join("\n"))
  }

  /** A namespace in the place of an appliance, with servers on two ports of each protocol. */
  async function join(one: DesiredAppliance): Promise<void> {
    const nic = one.nics[0]!
    const link = portName(cluster, one.id, 1, nic)
    hosts.namespace(one.id)
    const made = hosts.run(
      one.host,
      `set -e
       ip link add ${link} mtu 1450 type veth peer name eth0 address ${nic.mac} mtu 1450 netns nett-${one.id}
       ip -n nett-${one.id} addr add ${nic.address}/24 dev eth0
       ip -n nett-${one.id} link set eth0 up
       ip -n nett-${one.id} route add default via ${nic.gateway}`,
    )
    expect(made).toBe("")
    const joined = await hosts.hosts[one.host]!.run({
      script: `set -- ${quote(link)} ${quote(bridgeName(cluster, nic.network!))} ${quote(nic.mac)}
        APPL_PROGRAM=$(ls /var/lib/appl/.program/*.sh | head -n 1); . "$APPL_PROGRAM"; appl_port_join "$@"`,
      timeout_ms: 10_000,
    })
    expect(joined).toMatchObject({ kind: "exited", code: 0 })
    hosts.run(one.id, `${node(servers)} >/dev/null 2>&1 </dev/null &`)
    hosts.run(one.id, "until [ $(ss -Hltun | wc -l) -ge 4 ]; do sleep 0.05; done")
  }

  /** What shall pass is tried for long, for this machine may be busy; what shall not, once. */
  function asks(from: string, address: string, port: number, how: "patiently" | "once" = "once"): string {
    const script = `for try in ${how === "patiently" ? "1 2 3 4 5 6 7 8" : "1"}; do timeout 2 bash -c 'exec 3<>/dev/tcp/${address}/${port}' && echo yes && break; done`
    return hosts.run(from, script).includes("yes") ? "yes" : "no"
  }

  function asksByUdp(from: string, address: string, port: number, how: "patiently" | "once" = "once"): string {
    const times = how === "patiently" ? 20 : 2
    const script = `const s = require("dgram").createSocket("udp4")
s.on("message", (m) => { console.log(String(m)); process.exit() })
let left = ${times}
setInterval(() => (left-- > 0 ? s.send("ping", ${port}, "${address}") : process.exit()), 400)`
    return hosts.run(from, node(script)).trim()
  }

  function pings(from: string, address: string, size: number): boolean {
    return !hosts.run(from, `ping -c1 -W2 -M do -s ${size} ${address}`).includes("failed")
  }

  function heard(who: string, port: number, send: () => void): string {
    hosts.run(
      who,
      `${node(`const s = require("dgram").createSocket("udp4"); s.on("message", (m) => { console.log(String(m)); process.exit() }); s.bind(${port}); setTimeout(() => process.exit(), 1500)`)} >/tmp/nett-heard 2>&1 </dev/null & sleep 0.5`,
    )
    send()
    return hosts.run(who, "sleep 1.3; cat /tmp/nett-heard; rm /tmp/nett-heard").trim()
  }
})

function node(script: string): string {
  return `${process.execPath} -e ${quote(script)}`
}

const servers = `for (const port of [80, 81]) require("net").createServer((s) => s.end("yes")).listen(port)
for (const port of [53, 54]) { const s = require("dgram").createSocket("udp4"); s.on("message", (_, from) => s.send("pong", from.port, from.address)); s.bind(port) }
setTimeout(() => process.exit(), 180000)`

const nothing = image([], ["container"], 1)

function network(name: string, net: string): DesiredNetwork {
  return {
    name,
    cidr: `${net}.0/24`,
    mtu: null,
    gateway: null,
    host_address: `${net}.254`,
    dhcp: null,
    hosts: names,
    origin: at(1),
  }
}

function box(id: string, host: string, net: string, last: number): DesiredAppliance {
  const nic = {
    device: "eth0",
    network: net === lan ? "lan" : "dmz",
    address: `${net}.${last}`,
    prefix: 24,
    mac: `52:54:00:7b:${net === lan ? "10" : "20"}:0${last}`,
    gateway: `${net}.254`,
    peer: null,
  }
  return { ...appliance(id, id, "Box", nothing, 2), host, nics: [nic] }
}

function flow(from: string, to: string, port: number, protocol: "tcp" | "udp"): Flow {
  return {
    from: { kind: "appliance", id: from },
    to: { kind: "appliance", id: to },
    ports: [{ from: port, to: port, protocol }],
    cause: `${from} to ${to}`,
    origin: at(3),
  }
}

const desired: DesiredState = {
  version: 1,
  cluster,
  definition: cluster,
  file: "link.appl",
  hosts: names.map((name) => ({ name, connection: { kind: "local" }, capacity: {}, labels: {}, origin: null })),
  networks: [network("dmz", dmz), network("lan", lan)],
  images: [nothing],
  appliances: [box("a", "one", lan, 1), box("b", "two", lan, 2), box("c", "two", dmz, 3), box("d", "three", lan, 4)],
  inserts: [],
  moved: [],
  wires: [],
  flows: [
    ...["b", "c"].flatMap((to) => [flow("a", to, 80, "tcp"), flow("a", to, 53, "udp")]),
    flow("b", "a", 7000, "udp"),
  ],
  publishes: [],
  outputs: [],
  placement: [],
}

/** A datagram inside of a frame inside of a VXLAN packet (RFC 7348), as hexadecimal digits. */
function vxlan(
  id: number,
  from: { mac: string; address: string },
  to: { mac: string; address: string },
  port: number,
  text: string,
): string {
  const bytes = (address: string) => address.split(".").map(Number)
  const mac = (address: string) => address.split(":").map((byte) => Number.parseInt(byte, 16))
  const short = (value: number) => [value >> 8, value & 255]
  const data = [...Buffer.from(text)]
  const udp = [...short(9999), ...short(port), ...short(8 + data.length), 0, 0, ...data]
  const header = [
    0x45,
    0,
    ...short(20 + udp.length),
    0,
    1,
    0,
    0,
    64,
    17,
    0,
    0,
    ...bytes(from.address),
    ...bytes(to.address),
  ]
  let sum = 0
  for (let index = 0; index < 20; index += 2) sum += header[index]! * 256 + header[index + 1]!
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16)
  header.splice(10, 2, ...short(~sum & 0xffff))
  const outer = [8, 0, 0, 0, (id >> 16) & 255, (id >> 8) & 255, id & 255, 0]
  return Buffer.from([...outer, ...mac(to.mac), ...mac(from.mac), 8, 0, ...header, ...udp]).toString("hex")
}
