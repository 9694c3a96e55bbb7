import { createServer } from "node:net"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { type Applied, converge } from "../../runtime/converge.ts"
import { type Subject, worldOf } from "../drivers.contract.ts"
import { type OfficeOptions, office } from "../runtime/fixtures.ts"
import { inside, labName, leftovers, linuxSubject } from "./linux-subject.ts"
import { fetched, keepAsking, type Outside, openOutside, opens, reaches } from "./reach.ts"

describe.each([
  ["host", "container", "10.51.0", 8151],
  ["edge", "container", "10.52.0", 8152],
  ["edge", "microvm", "10.53.0", 8153],
] as const)("what passes in a cluster that the %s routes, in a %s", (gateway, form, net, port) => {
  const cluster = `flows-${gateway}-${form}`
  const made = (options: Partial<OfficeOptions>): DesiredState => {
    const desired = office({ cluster, gateway, net, port, connection: "local", ...options })
    return form === "microvm" ? desired : inContainers(desired)
  }
  const wanted = made({})
  let subject: Subject
  let outside: Outside

  beforeAll(async () => {
    subject = await linuxSubject()
    outside = openOutside("lab-outside", [`${net}.0/24`])
    const applied = await converge(worldOf(subject), wanted, { operation: "apply" })
    expect(problems(applied)).toEqual([])
  })
  afterAll(async () => {
    outside.close()
    await converge(worldOf(subject), wanted, { operation: "destroy" })
    expect(leftovers(labName(cluster))).toEqual([])
  })
  const within = (appliance: string, script: string): string =>
    inside(labName(cluster), appliance, ["sh", "-c", `{ ${script}; } 2>&1 || :`])

  test.each(["localhost", "127.0.0.1", "198.51.100.1"])(
    "the page comes through the published port at %s",
    (address) => {
      expect(fetched(address, port)).toContain("Welcome to the office")
    },
  )

  test("the page comes through from outside", () => {
    expect(outside.run(["curl", "-s", "-m", "5", `http://${outside.host}:${port}/`])).toContain("Welcome to the office")
  })

  test("names are known to all, and the name server answers", () => {
    expect(within("web[1]", "getent hosts web-2")).toContain(`${net}.4`)
    expect(within("web[1]", `/appl/busybox nslookup web-2 ${net}.2`)).toContain(`${net}.4`)
  })

  test("what no flow opens is dropped", async () => {
    inside(labName(cluster), "names", ["sh", "-c", "/appl/busybox nc -ll -p 2222 -e /bin/true >/dev/null 2>&1 &"])
    await expect.poll(() => reaches(`${net}.2`, 2222)).toBe("yes")
    expect(within("web[1]", opens(`${net}.2`, 2222))).not.toContain("yes")
    expect(within("web[1]", opens(`${net}.2`, 53))).toContain("yes")
    expect(within("web[1]", opens(`${net}.4`, 80))).not.toContain("yes")
    expect(outside.run(["bash", "-c", `${opens(`${net}.2`, 2222)} || :`])).not.toContain("yes")
    expect(outside.run(["bash", "-c", `${opens(`${net}.4`, 80)} || :`])).not.toContain("yes")
  })

  test("an appliance reaches nothing of this machine, nor what lies behind it", async () => {
    const server = createServer((socket) => socket.end("yes"))
    await new Promise<void>((resolve) => server.listen(8159, "0.0.0.0", resolve))
    const host = gateway === "host" ? `${net}.254` : outside.host
    expect(within("web[1]", opens(host, 8159))).not.toContain("yes")
    expect(within("web[1]", opens(`${net}.254`, 8159))).not.toContain("yes")
    await new Promise((resolve) => server.close(resolve))
  })

  test("a flow to the outside opens its port, and no other", async () => {
    const world = outside.start([process.execPath, "-e", answering])
    try {
      await new Promise((resolve) => world.stdout!.once("data", resolve))
      expect(outside.run(["bash", "-c", asks(outside.own)])).toContain("pong")
      expect(within("names", asks(outside.own))).toContain("pong")
      expect(within("names", opens(outside.own, 99))).not.toContain("yes")
      expect(within("web[1]", asks(outside.own))).not.toContain("pong")
      expect(within("web[1]", opens(outside.own, 99))).not.toContain("yes")
    } finally {
      world.kill()
    }
  })

  test("the page stays reachable while its server is replaced", async () => {
    const answered = keepAsking("127.0.0.1", port)
    const replaced = await converge(worldOf(subject), made({ packages: ["nginx-light", "busybox"] }), {
      operation: "apply",
    })
    const codes = answered()
    expect(problems(replaced)).toEqual([])
    expect(replaced.results.map((result) => result.step.id)).toContain("replace appliance/web[1]")
    expect(codes.length).toBeGreaterThan(10)
    expect(codes.filter((code) => code !== "200")).toEqual([])
  })

  test("nobody sends with an address that is not his own", () => {
    // web-2 may ask the name server too: web-1 takes its address, and gets no answer with it.
    within("web[1]", `/appl/busybox ip address add ${net}.9/32 dev eth0`)
    expect(within("web[1]", `curl --version || :; ${opens(`${net}.2`, 53)}`)).toContain("yes")
    within("web[1]", `/appl/busybox ip route add ${net}.2/32 dev eth0 src ${net}.9`)
    expect(within("web[1]", opens(`${net}.2`, 53))).not.toContain("yes")
    within(
      "web[1]",
      `/appl/busybox ip route del ${net}.2/32 dev eth0; /appl/busybox ip address del ${net}.9/32 dev eth0`,
    )
    expect(within("web[1]", opens(`${net}.2`, 53))).toContain("yes")
    within("web[1]", "/appl/busybox ip link set eth0 address 52:54:00:00:00:99")
    expect(within("web[1]", opens(`${net}.2`, 53))).not.toContain("yes")
  })
})

/** The office with every appliance in a container, the edge too. */
function inContainers(desired: DesiredState): DesiredState {
  return {
    ...desired,
    images: desired.images.map((image) => ({ ...image, forms: ["container"] })),
    appliances: desired.appliances.map((appliance) => ({ ...appliance, form: "container" })),
  }
}

function problems(applied: Applied): readonly string[] {
  const failures = applied.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
  return [...failures, ...((applied.refusal ?? []) ? [applied.refusal] : [])].flatMap((failure) =>
    failure === null ? [] : [failure.message, ...failure.output],
  )
}

/** Answers on 53/udp and 99/tcp. */
const answering = `
  const socket = require("node:dgram").createSocket("udp4")
  socket.on("message", (_, from) => socket.send("pong\\n", from.port, from.address))
  socket.bind(53, () => require("node:net").createServer((one) => one.end("yes")).listen(99, () => console.log("up")))`

/** One datagram to 53/udp, and the answer. */
function asks(address: string): string {
  return `timeout 2 bash -c 'exec 3<>/dev/udp/${address}/53; echo ping >&3; head -n 1 <&3'`
}
