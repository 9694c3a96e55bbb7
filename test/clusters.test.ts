import { describe, expect, test } from "vitest"
import { makePlace } from "./cli/command.ts"

// Clusters inside clusters on simulated hosts, through the command: what compiles is also planned, applied and found again.
const shop = `use { Nginx } from "std/nginx"
use { Dns } from "std/services"
use { street } from "./street.appl"

cluster shop {
  param number: Int(1..200)
  needs dns: Dns
  network dmz { cidr = subnet(10.0.0.0/8, prefix = 24, index = number) }
  for i in 1..2 { appliance web[i]: Nginx { on = [dmz, street], site = "shop-\${number}.test" } }
  output address = web[1].address
}
`
const street = `host north = simulated({ cpus = 16 })
host south = simulated({ cpus = 16 })
network street { cidr = 10.250.0.0/24 }
`
const mall = (rooms: readonly string[], more = ""): string => `use { shop } from "./shop.appl"
use { Dnsmasq } from "std/dnsmasq"
use { north, south, street } from "./street.appl"

cluster mall {
  param bonus: Text = "none"
  appliance names: Dnsmasq { on = street, zone = "mall.test", host = north }
  let numbers: Map<Text, Int(1..200)> = { ${rooms.map((room) => `${room} = ${room.length}`).join(", ")} }
  for name, number in numbers { cluster room[name]: shop { number = number } }
  every appliance a where a.host == null { tags += ["tenant"], env += { BONUS = bonus } }
  publish 8080/tcp = room["a"].web[1].http
  output addresses = { for name in numbers.keys: name = room[name].address }
  output bonus-said = bonus
  ${more}
}

params generous { bonus = "much" }
`

function makeMall(context: Parameters<typeof makePlace>[0]) {
  const place = makePlace(context)
  place.write("shop.appl", shop)
  place.write("street.appl", street)
  const write = (rooms: readonly string[], more = "") => place.write("mall.appl", mall(rooms, more))
  const appl = (word: string, ...more: readonly string[]) => place.appl(word, "mall.appl", ...more)
  return { write, appl, place }
}

describe("clusters inside a cluster", () => {
  test("are applied once, and found as they shall be; one more touches nothing of the others", async (context) => {
    const { write, appl } = makeMall(context)
    write(["a", "bb"])
    const first = await appl("apply", "--yes")
    expect(first.code).toBe(0)
    expect(first.err).toMatch(/room\[bb\]\.web\[2\] on north created/)
    expect(JSON.parse((await appl("apply", "--dry-run", "--json")).out).plan.steps).toEqual([])
    expect(JSON.parse((await appl("output", "--json")).out)).toMatchObject({
      addresses: { a: "10.0.1.2", bb: "10.0.2.2" },
    })
    write(["ccc", "a", "bb"])
    const { plan } = JSON.parse((await appl("apply", "--dry-run", "--json")).out)
    const touched = plan.steps.flatMap(({ action, address }: { action: string; address: string }) =>
      address.startsWith("appliance/") ? [`${action} ${address}`] : [],
    )
    expect(touched.sort()).toEqual(["create appliance/room[ccc].web[1]", "create appliance/room[ccc].web[2]"])
    expect((await appl("destroy", "--yes")).code).toBe(0)
  })

  test("are known to status, flows and graph by their paths", async (context) => {
    const { write, appl } = makeMall(context)
    write(["a"])
    await appl("apply", "--yes")
    const [status, flows, graph] = await Promise.all([appl("status"), appl("flows"), appl("graph")])
    expect(status.out).toMatch(/room\[a\]\.web\[1\]/)
    expect(flows.out).toMatch(/room\[a\]\.web\[2\] +names +53\/udp/)
    expect(graph.out).toMatch(/room\[a\]\.web\[1\]/)
  })
})

describe("what planning cannot run yet", () => {
  test("is an insertion, and nothing is changed", async (context) => {
    const { place, appl } = makeMall(context)
    place.write(
      "mall.appl",
      `use { Capture } from "std/capture"
use { Dnsmasq } from "std/dnsmasq"
use { north, street } from "./street.appl"
cluster mall {
  appliance names: Dnsmasq { zone = "mall.test" }
  insert probe: Capture before names on street
}
`,
    )
    const { code, err } = await appl("apply", "--yes")
    expect(code).toBe(1)
    expect(err).toMatch(/probe is put in line before names on street, which cannot be run yet/)
  })
})

test("an inner cluster has another name, with its network and what stands on it", async (context) => {
  const { write, appl, place } = makeMall(context)
  write(["a"])
  await appl("apply", "--yes")
  const renamed = mall(["z"], 'moved room["a"] -> room["z"]').replace('room["a"].web', 'room["z"].web')
  place.write("mall.appl", renamed)
  expect((await appl("apply", "--yes")).code).toBe(0)
  expect((await appl("apply", "--dry-run")).out).toMatch(/^Nothing to do/)
})

test("a set of params is taken by its name, and is weaker than --set", async (context) => {
  const { write, appl } = makeMall(context)
  write(["a"])
  const said = async (...more: readonly string[]) =>
    JSON.parse((await appl("output", "--json", ...more)).out)["bonus-said"]
  expect(await said()).toBe("none")
  expect(await said("--params", "generous")).toBe("much")
  expect(await said("--params", "generous", "--set", "bonus=some")).toBe("some")
  const unknown = await appl("output", "--params", "generos")
  expect(unknown).toMatchObject({ code: 1, out: "" })
  expect(unknown.err).toMatch(/A0914/)
  expect(unknown.err).toMatch(/did you mean generous/)
})
