import { createHash } from "node:crypto"
import { describe, expect, test } from "vitest"
import { bridgeName, publishTable } from "../runtime/drivers/linux/names.ts"
import { observedOf } from "../runtime/drivers/linux/observe.ts"
import type { Seen } from "../runtime/drivers/linux/seen.ts"
import { record_version } from "../runtime/model/migrations.ts"
import type { Address, Json, Kind, ObjectRecord } from "../runtime/model/object.ts"
import { readRecord } from "../runtime/model/schema.ts"

describe("what the host's program saw, in the words of the runtime", () => {
  test("nothing at all", () => {
    expect(observedOf("office", nothing)).toMatchObject({ kind: "reachable", lease: null, objects: [], unfinished: [] })
  })

  test("a network as it was recorded, and what became of it", () => {
    const bridge = { ifname: bridgeName("office", "dmz"), ifalias: "appl:office/network/dmz", flags: ["UP"], mtu: 1500 }
    const addresses = [{ ifname: bridge.ifname, addr_info: [{ local: "10.30.0.254", prefixlen: 24 }] }]
    const records = [file(network)]
    expect(only({ records, links: [bridge], addresses })).toMatchObject({ life: "running", drift: [], record: network })
    expect(only({ records })).toMatchObject({ life: "absent" })
    expect(only({ records, links: [{ ...bridge, flags: [] }] }).drift).toEqual([
      "its bridge is down",
      "its bridge has lost the host's address 10.30.0.254",
    ])
    expect(only({ links: [bridge], addresses })).toMatchObject({
      address: "network/dmz",
      life: "partial",
      record: null,
    })
  })

  test("rules, names and ports that somebody changed or took away", () => {
    const filter = record("firewall/rules", { networks: [], ports: [], rules: [], tunnels: [] })
    const tables = table("bridge appl-office", "inet appl-office")
    expect(only({ records: [file(filter)], tables, rules_intact: true })).toMatchObject({ life: "running", drift: [] })
    expect(only({ records: [file(filter)], tables }).drift).toEqual(["its rules were changed by hand"])
    expect(only({ records: [file(filter)], tables: table("inet appl-office") }).life).toBe("partial")
    const names = record("names/hosts", { names: [{ name: "web-1", address: "10.30.0.3" }] })
    const digest = createHash("sha256").update("127.0.0.1 localhost\n10.30.0.3 web-1\n").digest("hex")
    expect(only({ records: [file(names)], names: [digest] })).toMatchObject({ life: "running", drift: [] })
    expect(only({ records: [file(names)], names: ["0"] }).drift).toEqual(["its file was changed by hand"])
    expect(only({ tables: table(`ip ${publishTable("office", "publish/8080-tcp")}`) })).toMatchObject({
      address: "publish/8080-tcp",
      record: null,
    })
    // Another cluster's table whose name begins alike.
    expect(observedOf("office", { ...nothing, tables: table("ip appl-office-two-8080-tcp") })).toMatchObject({
      objects: [],
    })
  })

  test("nobody may take a network in which somebody is who works on this host", () => {
    const bridge = { ifname: bridgeName("office", "dmz"), ifalias: "appl:office/network/dmz", flags: ["UP"], mtu: 1500 }
    const addresses = [{ ifname: bridge.ifname, addr_info: [{ local: "10.30.0.254", prefixlen: 24 }] }]
    // From elsewhere, from this host itself, and from an appliance of the cluster.
    const callers = [
      "192.168.7.9:50122",
      "[::ffff:192.168.7.9]:50123",
      "127.0.0.1:4000",
      "10.30.0.3:50000",
      "[fe80::1]:22",
    ]
    const seen = observedOf("office", { ...nothing, callers, links: [bridge], addresses })
    expect(seen.foreign.networks.map(({ cidr }) => cidr)).toEqual(["192.168.7.9/32"])
  })

  test("a generation without a record is there by name", () => {
    const generations = [
      { name: "web_1.2", address: ['"appliance/web[1]"'], running: true, started_ms: 5, joined: false },
      { name: "room_klein.edge.1", address: [], running: false, started_ms: null, joined: false },
      { name: "room_klein.web_2.3", address: [], running: false, started_ms: null, joined: false },
    ]
    expect(observedOf("office", { ...nothing, generations })).toMatchObject({
      objects: [
        { address: "appliance/web[1]", generation: 2, record: null, life: "running" },
        { address: "appliance/room[klein].edge", generation: 1, record: null, life: "partial" },
        { address: "appliance/room[klein].web[2]", generation: 3, record: null, life: "partial" },
      ],
    })
  })

  test("an operation that was cut off counts as long as there is something that it was about", () => {
    const journal = [1, 2].map((generation) => ({
      operation: `a/replace appliance/web[1]/${generation}`,
      address: "appliance/web[1]" as const,
      generation,
      verb: "remove",
      token: 1,
    }))
    const generations = [
      { name: "web_1.2", address: ['"appliance/web[1]"'], running: true, started_ms: 5, joined: false },
    ]
    expect(
      observedOf("office", {
        ...nothing,
        journal: [...journal.map((entry) => JSON.stringify(entry)), '{"operation":"a/re', "{}", ""],
        generations,
      }).unfinished,
    ).toEqual([journal[1]])
  })

  test("a damaged record spoils nothing else, and keeps its address", () => {
    const records = [file(network), ["/var/lib/appl/office/records/appliance.web_1.json", '{"version":1,'] as const]
    const objects = objectsOf({ records })
    expect(objects.map((object) => object.address)).toEqual(["network/dmz", "appliance/web[1]"])
    expect(objects[1]!.record).not.toBeNull()
  })

  test("a record of an earlier version is read as one of now; one of a later version is kept as it is, and said to be so", () => {
    expect(only({ records: [file({ ...network, version: 1 })] }).record).toEqual(network)
    const later = { ...network, version: record_version + 1, invented: true }
    expect(only({ records: [file(later)] }).record).toEqual(later)
    expect(readRecord(later)).toMatchObject({ ok: false, failure: { remedy: expect.stringContaining("upgrade appl") } })
    for (const version of [0, -1, 1.5, "2", null, 2 ** 60]) expect(readRecord({ ...network, version }).ok).toBe(false)
  })

  test("a damaged lease is nobody's, and a damaged address is that of the folder", () => {
    const lease = {
      token: 7,
      holder: { user: "ada", machine: "laptop", boot_id: "b", process_id: 1, started: "2" },
      operation: "apply",
      since_ms: 1,
      until_ms: 2,
    }
    expect(observedOf("office", { ...nothing, lease: [JSON.stringify(lease)] }).lease).toEqual(lease)
    for (const damaged of ["", "{", "null", "7", '{"token":7}', JSON.stringify({ ...lease, holder: null })])
      expect(observedOf("office", { ...nothing, lease: [damaged] }).lease).toBeNull()
    for (const damaged of ["", '"appliance/', "null", '"elsewhere/web"', "{}"])
      expect(
        objectsOf({
          generations: [{ name: "web_1.2", address: [damaged], running: true, started_ms: 1, joined: true }],
        }),
      ).toMatchObject([{ address: "appliance/web[1]", generation: 2 }])
  })

  test("networks and ports of others", () => {
    const gateway = {
      appliance: "edge",
      address: "10.40.0.1",
      uplink: { device: "eth1", address: "100.64.3.2", prefix: 30, mac: "52:54:00:00:00:01", peer: "100.64.3.1" },
    }
    const theirs = { name: "dmz", cidr: "10.40.0.0/24", host_address: "10.40.0.254", gateway }
    const others = [
      record("network/dmz", { ...network.fields, cidr: "10.40.0.0/24" }),
      record("firewall/rules", { networks: [theirs], ports: [], rules: [], tunnels: [] }),
      record("publish/8081-tcp", {
        port: 8081,
        protocol: "tcp",
        appliance: "web",
        target_address: "10.40.0.3",
        target_port: 80,
        through: null,
        relay: null,
      }),
    ].map((one) => file({ ...one, cluster: "two" }))
    const seen = observedOf("office", {
      ...nothing,
      others,
      links: [{ ifname: "ap12345b1234567", ifalias: "appl:two/network/dmz" }],
      routes: [
        { dst: "default", dev: "eth0" },
        { dst: "192.0.2.0/24", dev: "eth0" },
        { dst: "10.40.0.0/24", dev: "ap12345b1234567" },
      ],
      sockets: ['tcp 0.0.0.0:80 users:(("nginx",pid=1,fd=6))', "udp [::]:53 ", "nonsense"],
    })
    expect(seen.foreign.networks.map((network) => network.cidr)).toEqual([
      "10.40.0.0/24",
      "100.64.3.2/30",
      "192.0.2.0/24",
    ])
    expect(seen.foreign.ports).toEqual([
      { port: 8081, protocol: "tcp", owner: "cluster two" },
      { port: 80, protocol: "tcp", owner: "the program nginx" },
      { port: 53, protocol: "udp", owner: "the program that listens on it" },
    ])
  })
})

const nothing: Seen = {
  now_ms: 1,
  cpus: 2,
  kernel: "6.1.0-37-amd64",
  memory_bytes: 1,
  memory_free_bytes: 1,
  disk_free_bytes: 1,
  acceleration: "",
  missing: [],
  lease: [],
  journal: [],
  records: [],
  rules_intact: false,
  names: [],
  generations: [],
  links: [],
  addresses: [],
  routes: [],
  tunnels: [],
  tables: { nftables: [] },
  sockets: [],
  callers: [],
  others: [],
  images: [],
  health: [],
}

const network = record("network/dmz", {
  cidr: "10.30.0.0/24",
  mtu: 1500,
  gateway: null,
  host_address: "10.30.0.254",
  dhcp: null,
  link: null,
})

function record(address: Address, fields: Record<string, Json>): ObjectRecord {
  return {
    version: record_version,
    cluster: "office",
    address,
    kind: address.slice(0, address.indexOf("/")) as Kind,
    generation: 1,
    fields,
    causes: {},
    after: [],
    origin: { file: "office.appl", line: 1, column: 1 },
    pending: null,
    operation: "a/1",
    token: 1,
  }
}

function file(record: ObjectRecord): readonly [string, string] {
  return [`/var/lib/appl/office/records/${record.address.replace("/", ".")}.json`, JSON.stringify(record)]
}

function table(...names: readonly string[]): Seen["tables"] {
  return {
    nftables: names.map((name) => ({ table: { family: name.split(" ")[0]!, name: name.split(" ")[1]! } })),
  }
}

function objectsOf(seen: Partial<Seen>) {
  return observedOf("office", { ...nothing, ...seen }).objects
}

function only(seen: Partial<Seen>) {
  const objects = objectsOf(seen)
  expect(objects).toHaveLength(1)
  return objects[0]!
}
