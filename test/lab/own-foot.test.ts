import { type ChildProcess, execFileSync, spawn } from "node:child_process"
import { connect } from "node:net"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import type { Driver, Work } from "../../runtime/drivers/driver.ts"
import { openLinux } from "../../runtime/drivers/linux/driver.ts"
import { linkPrefix } from "../../runtime/drivers/linux/names.ts"
import type { Host } from "../../runtime/hosts/host.ts"
import { localHolder, localHost } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { quote } from "../../runtime/hosts/shell.ts"
import type { Outcome } from "../../runtime/model/failure.ts"
import type { Address, Json, ManagedObject } from "../../runtime/model/object.ts"

const cluster = "rect-foot"
const space = "rectfoot"
const controller = "10.127.9.1"
const host_address = "10.127.8.2"
const port = 18722

/** What a host that is reached over a network does with a change that cuts the way to it: real links and rules, in a network of their own. */
describe("a change that cuts our own connection", () => {
  let driver: Driver
  let token = 0
  let inside: ChildProcess
  let server: ChildProcess
  /** Changes the script of the next operation, as a fault. */
  let fault = (script: string): string => script
  const there = (script: string): string =>
    execFileSync("nsenter", ["-t", `${inside.pid}`, "-m", "-n", "sh", "-c", script], { encoding: "utf8" }).trim()

  const host: Host = {
    ...localHost("far"),
    run: async (program) => {
      const script = fault(program.script).replace(/^(appl_arm \S+) 30 /m, "$1 3 ")
      return localHost("far").run({ ...program, script: `exec nsenter -t ${inside.pid} -m -n sh -c ${quote(script)}` })
    },
    proveReachable: async (within_ms) => {
      const until_ms = Date.now() + Math.min(within_ms, 10_000)
      while (Date.now() < until_ms) if (await answers()) return { ok: true, value: null }
      return unreachable
    },
  }

  beforeAll(async () => {
    close()
    execFileSync("sh", [
      "-ec",
      `ip netns add ${space}
       ip link add ${space}0 type veth peer name eth0 netns ${space}
       ip addr add 10.127.8.1/24 dev ${space}0
       ip addr add ${controller}/32 dev ${space}0
       ip link set ${space}0 up
       ip -n ${space} addr add ${host_address}/24 dev eth0
       ip -n ${space} link set eth0 up
       ip -n ${space} link set lo up
       ip -n ${space} route add default via 10.127.8.1`,
    ])
    const own = "mkdir -p /var/lib/appl && mount -t tmpfs none /var/lib/appl && echo there && exec sleep 600"
    inside = spawn("ip", ["netns", "exec", space, "unshare", "-m", "sh", "-c", own], {
      stdio: ["ignore", "pipe", "ignore"],
    })
    await new Promise((resolve) => inside.stdout!.once("data", resolve))
    const listen = `require("node:net").createServer((one) => one.end("here")).listen(${port}, () => console.log("there"))`
    server = spawn("ip", ["netns", "exec", space, process.execPath, "-e", listen], {
      stdio: ["ignore", "pipe", "ignore"],
    })
    await new Promise((resolve) => server.stdout!.once("data", resolve))
    const opened = await openLinux(host, hostProgram())
    if (!opened.ok) throw new Error(opened.failure.message)
    driver = opened.value
  })
  beforeEach(async () => {
    fault = (script) => script
    expect(await answers()).toBe(true)
    token = await taken()
  })
  afterAll(() => {
    inside?.kill("SIGKILL")
    server?.kill("SIGKILL")
    close()
  })

  test("what cuts nothing stays, and its record with it", async () => {
    expect(await driver.perform(work("set", lan, 1))).toEqual({ ok: true, value: null })
    expect(await driver.perform(work("set", rules(1500), 1))).toEqual({ ok: true, value: null })
    expect(await objects()).toEqual(["firewall/rules", "network/lan"])
    expect(there("ls /var/lib/appl/rect-foot/kept; ls -A /var/lib/appl/rect-foot/armed")).toBe(
      "firewall.rules.tar\nnetwork.lan.tar",
    )
  })

  test("a network around the controller is taken back, with nothing left of it", async () => {
    const failed = await driver.perform(work("set", network("swallows", "10.127.9.0/24", "10.127.9.254"), 2))
    expect(failed).toMatchObject({ ok: false, failure: { message: expect.stringContaining("cut our own connection") } })
    expect(await answers()).toBe(true)
    expect(await objects()).toEqual(["firewall/rules", "network/lan"])
    expect(there("cat /var/lib/appl/rect-foot/journal | tail -n 1")).toMatch(/^end\t.*\tundone$/)
    expect((await observed()).unfinished).toEqual([])
  })

  test("rules that let nobody in are exchanged for those before", async () => {
    const before = there("nft -s list table inet appl-rect-foot")
    fault = (script) =>
      script.replace(
        /\nappl_rules_set\n/,
        `\nappl_rules_set\nnft insert rule inet appl-${cluster} input tcp dport ${port} drop\n`,
      )
    const failed = await driver.perform(work("set", rules(1400), 3))
    expect(failed).toMatchObject({ ok: false, failure: { message: expect.stringContaining("cut our own connection") } })
    expect(there("nft -s list table inet appl-rect-foot")).toBe(before)
    const [firewall] = (await observed()).objects
    expect(firewall).toMatchObject({ record: { operation: "foot/1/firewall/rules" }, life: "running", drift: [] })
  })

  test("what nobody confirms is taken back too, and by the next holder at once", async () => {
    fault = (script) =>
      script.includes("appl_confirm ") ? "exit 1" : script.replace(/^(appl_arm \S+) 30 /m, "$1 300 ")
    expect(await driver.perform(work("set", network("extra", "10.127.20.0/24", "10.127.20.254"), 4))).toMatchObject({
      ok: false,
    })
    expect(there("ls /var/lib/appl/rect-foot/armed")).toBe("network.extra")
    expect((await observed()).unfinished).toMatchObject([{ address: "network/extra" }])
    fault = (script) => script
    token = await taken()
    expect(await objects()).toEqual(["firewall/rules", "network/lan"])
    expect(there("ls -A /var/lib/appl/rect-foot")).not.toContain("armed")
  })

  test("a removal is confirmed as well", async () => {
    expect(await driver.perform(work("remove", lan, 5))).toEqual({ ok: true, value: null })
    expect(await objects()).toEqual(["firewall/rules"])
    expect(there("ls /var/lib/appl/rect-foot/kept /var/lib/appl/rect-foot/records")).not.toContain("network")
  })

  const lan = network("lan", "10.127.21.0/24", "10.127.21.254")

  function work(verb: "set" | "remove", object: ManagedObject, number: number): Work {
    return {
      cluster,
      operation_id: `foot/${number}/${object.address}`,
      token,
      operation: { verb, generation: 1, staged: "joined", undo: null, pending: null, details: {} },
      address: object.address,
      object: verb === "set" ? object : null,
      secrets: new Map(),
      progress: () => {},
    }
  }

  async function taken(): Promise<number> {
    // One that is dead: it is taken over at once.
    const answer = await driver.acquire(cluster, { ...localHolder(), started: "1" }, "apply", 600_000)
    if (!answer.ok || answer.value.kind !== "taken") throw new Error(JSON.stringify(answer))
    return answer.value.lease.token
  }

  async function observed() {
    const seen = await driver.observe(cluster)
    if (seen.kind === "unreachable") throw new Error(seen.why)
    return seen
  }

  async function objects(): Promise<readonly string[]> {
    return (await observed()).objects.map(({ address }) => address).sort()
  }
})

function network(name: string, cidr: string, own: string): ManagedObject {
  return object(`network/${name}`, "network", {
    cidr,
    mtu: 1500,
    gateway: null,
    host_address: own,
    dhcp: null,
    link: null,
  })
}

function rules(mtu: number): ManagedObject {
  const networks = [{ name: `lan${mtu}`, cidr: "10.127.21.0/24", host_address: "10.127.21.254", gateway: null }]
  return object("firewall/rules", "firewall", { networks, ports: [], rules: [], tunnels: [] })
}

function object(address: Address, kind: ManagedObject["kind"], fields: Readonly<Record<string, Json>>): ManagedObject {
  const origin = { file: "foot.appl", line: 1, column: 1 }
  return { address, kind, host: "far", fields, after: [], origin, origins: {}, causes: {} }
}

/** Whether somebody who comes from where the controller is gets an answer. */
function answers(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: host_address, port, localAddress: controller, timeout: 500 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once("data", () => end(true))
    socket.once("error", () => end(false))
    socket.once("timeout", () => end(false))
  })
}

const unreachable: Outcome<never> = {
  ok: false,
  failure: { kind: "host-unreachable", message: "no new connection", remedy: null, output: [] },
}

function close(): void {
  execFileSync("sh", ["-c", `ip link del ${space}0; ip netns del ${space}; :`], { stdio: "ignore" })
  expect(linkPrefix(cluster)).not.toBe("")
}
