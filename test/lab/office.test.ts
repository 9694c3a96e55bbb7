import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Ended, makePlace, type Place, printed } from "../cli/command.ts"
import { firstProcess, inside, leftovers } from "./linux-subject.ts"
import { fetched, keepAsking, type Outside, openOutside, opens, reaches } from "./reach.ts"
import { childrenOf, footprint, isRunning, processesOf, resolve, shape, steps, told, touched } from "./shown.ts"

const example = fileURLToPath(new URL("../../examples/02-office/office.appl", import.meta.url))

const home = "/var/lib/appl"

/** One deployment of the example on this machine. */
type Copy = { readonly name: string; readonly net: string; readonly port: number }

const shown: Copy = { name: "lab-shown", net: "10.140.1", port: 18401 }
const second: Copy = { name: "lab-shown-two", net: "10.140.2", port: 18402 }
const refused: Copy = { name: "lab-shown-refused", net: "10.140.3", port: 18403 }

/** The first apply of each is killed when its events have come that far. */
const killed: readonly (Copy & { readonly when: string; readonly event: string })[] = [
  {
    name: "lab-shown-k1",
    net: "10.140.4",
    port: 18404,
    when: "a network",
    event: '"step-started","step":"create network/dmz"',
  },
  {
    name: "lab-shown-k2",
    net: "10.140.5",
    port: 18405,
    when: "a container",
    event: '"step-started","step":"create appliance/web[2]"',
  },
  {
    name: "lab-shown-k3",
    net: "10.140.6",
    port: 18406,
    when: "the microVM",
    event: '"step-finished","step":"create appliance/web[1]"',
  },
]

const copies: readonly Copy[] = [shown, second, refused, ...killed]

/**
 * The whole path on this machine, by nothing but the command: one day in the life of `examples/02-office`, each test going on where the last
 * one stopped, and beside it copies that begin with a kill.
 */
describe("the office", () => {
  let place: Place
  let outside: Outside
  let leave: () => void
  /** What the cluster is made of when nobody disturbed its making. */
  let undisturbed: readonly string[]
  /** The file that is applied: the example, later a copy of it that was edited. */
  let file = example

  const words = (copy: Copy): string[] => [
    ...["--as", copy.name, "--lock", join(place.folder, `${copy.name}.lock`)],
    ...["--set", `net=${copy.net}.0/24`, "--set", `web-port=${copy.port}/tcp`],
  ]
  const appl = (command: string, copy: Copy, ...more: string[]): Promise<Ended> =>
    place.appl(command, copy === shown ? file : example, ...words(copy), ...more)
  /** Applies or destroys, and gives what was told of it; fails when the command does. */
  const carriedOut = async (command: "apply" | "destroy", copy: Copy, ...more: string[]) => {
    const ended = await appl(command, copy, "--yes", "--json", ...more)
    expect(ended.code, ended.out.slice(-2000) + ended.err).toBe(0)
    return told(ended)
  }
  const expectNothingToDo = async (copy: Copy): Promise<void> => {
    const ended = await appl("apply", copy, "--dry-run")
    expect(ended.code, ended.out + ended.err).toBe(0)
    expect(ended.out).toContain("Nothing to do")
  }
  const within = (appliance: string, script: string): string =>
    inside(shown.name, appliance, ["sh", "-c", `{ ${script}; } 2>&1 || :`])
  const edited = (from: string, to: string): void => {
    const text = readFileSync(file, "utf8")
    expect(text).toContain(from)
    file = join(place.folder, place.write("office.appl", text.replace(from, to)))
  }

  beforeAll(async () => {
    place = makePlace({
      onTestFinished: (end) => {
        leave = end
      },
    })
    const prepared = await place.appl("host", "prepare")
    expect(prepared.code, prepared.out + prepared.err).toBe(0)
    // What an earlier run left when it was killed.
    await Promise.all(copies.filter(isThere).map((copy) => carriedOut("destroy", copy)))
    outside = openOutside(
      "lab-shown",
      copies.map((copy) => `${copy.net}.0/24`),
      "10.140.255",
    )
    await carriedOut("apply", shown)
    undisturbed = shape(shown.name)
  })
  afterAll(async () => {
    outside?.close()
    await Promise.all(copies.filter(isThere).map((copy) => carriedOut("destroy", copy)))
    leave()
    expect(copies.flatMap((copy) => leftovers(copy.name))).toEqual([])
  })

  test("the page comes through", () => {
    for (const address of ["127.0.0.1", "localhost"]) {
      expect(fetched(address, shown.port)).toContain("<h1>Welcome to www.office.test</h1>")
    }
    const page = outside.run(["curl", "-s", "-m", "5", `http://${outside.host}:${shown.port}/`])
    expect(page).toContain("This page was served by web-1.")
  })

  test("names work", () => {
    expect(within("web[1]", "getent hosts names web-2")).toMatch(/10\.140\.1\.2 +names\n10\.140\.1\.4 +web-2\n/)
    // What web-1 is told to ask is the appliance, and it answers, over both transports.
    expect(within("web[1]", "/appl/busybox nslookup -type=a web-2")).toMatch(
      /Server:\s+10\.140\.1\.2\n[\s\S]*10\.140\.1\.4/,
    )
    for (const transport of ["udp", "tcp"] as const) {
      const asked = (name: string): string => resolve(shown.name, "web[1]", transport, "10.140.1.2", name)
      expect(["names", "web-2", "web-2.office.test"].map(asked)).toEqual(["10.140.1.2", "10.140.1.4", "10.140.1.4"])
      expect(asked("nobody.office.test")).toBe("code 3")
    }
  })

  test("deny by default", async () => {
    inside(shown.name, "names", ["sh", "-c", "/appl/busybox nc -ll -p 2222 -e /bin/true >/dev/null 2>&1 &"])
    // The listener is there: the host, which checks it, reaches it.
    await expect.poll(() => reaches("10.140.1.2", 2222)).toBe("yes")
    expect(within("web[1]", opens("10.140.1.2", 2222))).not.toContain("yes")
    expect(within("web[1]", opens("10.140.1.2", 53))).toContain("yes")
    expect(within("web[1]", opens("10.140.1.4", 80))).not.toContain("yes")
    expect(within("names", opens("10.140.1.3", 80))).not.toContain("yes")
    for (const [address, port] of [
      ["10.140.1.2", 2222],
      ["10.140.1.2", 53],
      ["10.140.1.3", 80],
    ] as const) {
      expect(outside.run(["bash", "-c", `${opens(address, port)} || :`])).not.toContain("yes")
    }
    // By the same way the outside reaches what is published.
    expect(outside.run(["bash", "-c", opens(outside.host, shown.port)])).toContain("yes")
    expect(resolve(shown.name, "web[1]", "udp", "10.140.1.2", "web-1")).toBe("10.140.1.3")
  })

  test("each open flow and its wire", async () => {
    const ended = await appl("flows", shown, "--json")
    const flows: { to: { id: string }; cause: string; ports: { from: number; to: number; protocol: string }[] }[] =
      JSON.parse(ended.out).flows
    const told = flows.map(({ to, ports, cause }) => [
      to.id,
      ports.map((port) => `${port.from}/${port.protocol}`),
      cause,
    ])
    expect(told).toEqual([
      ["names", ["53/udp", "53/tcp"], "web[1] needs dns: names.dns"],
      ["names", ["53/udp", "53/tcp"], "web[2] needs dns: names.dns"],
      ["web[1]", ["80/tcp"], `publish ${shown.port}/tcp = web[1].http`],
    ])
  })

  test("nothing to do", async () => {
    const before = footprint(shown.name)
    expect(Object.keys(before.processes)).toHaveLength(4)
    await expectNothingToDo(shown)
    expect((await carriedOut("apply", shown)).plan.steps).toEqual([])
    expect(footprint(shown.name)).toEqual(before)
  })

  test.each([
    [
      "its first process is killed",
      () => process.kill(firstProcess(shown.name, "web[2]"), "SIGKILL"),
      "its first process is not running",
    ],
    // The process that answers is stopped; the first process, which is another, lives on.
    [
      "its server does not answer",
      () => {
        for (const worker of childrenOf(firstProcess(shown.name, "web[2]"))) process.kill(worker, "SIGSTOP")
      },
      'its check "front page" fails',
    ],
  ])("repair: %s", async (_, harm, reason) => {
    const before = footprint(shown.name)
    harm()
    const dry = await appl("apply", shown, "--dry-run")
    expect(dry.out).toMatch(/^! web\[2\] /)
    expect(dry.out).toContain(reason)
    expect(dry.out).toContain("1 to restart, 10 unchanged")
    expect(dry.code).toBe(2)
    expect(steps((await carriedOut("apply", shown)).plan)).toEqual(["restart appliance/web[2]"])
    expect(touched(before, footprint(shown.name)).processes).toEqual(["web_2.1"])
    expect(touched(before, footprint(shown.name)).records).toEqual(["appliance.web_2.json"])
    await expectNothingToDo(shown)
  })

  test("change: another title is reloaded", async () => {
    edited('site = "www.${domain}"', 'site = "www.${domain}", title = "Good morning"')
    const before = footprint(shown.name)
    const dry = await appl("apply", shown, "--dry-run")
    expect(dry.code).toBe(2)
    expect(dry.out).toContain("--- a/srv/www/index.html")
    expect(dry.out).toMatch(/-<h1>Welcome to www.office.test<\/h1>\n +\+<h1>Good morning<\/h1>/)
    expect(steps((await carriedOut("apply", shown)).plan)).toEqual([
      "reload appliance/web[1]",
      "reload appliance/web[2]",
    ])
    expect(fetched("localhost", shown.port)).toContain("<h1>Good morning</h1>")
    expect(touched(before, footprint(shown.name))).toEqual({
      processes: [],
      records: ["appliance.web_1.json", "appliance.web_2.json"],
    })
  })

  test("change: with another package it is replaced, and the page stays reachable", async () => {
    const image = 'image = debian("bookworm") { packages = ["nginx-light", "busybox"] }'
    edited('title = "Good morning"', `title = "Good morning", ${image}`)
    const before = footprint(shown.name)
    const answered = keepAsking("127.0.0.1", shown.port)
    const { plan } = await carriedOut("apply", shown)
    const codes = answered()
    expect(codes.length).toBeGreaterThan(10)
    expect(codes.filter((code) => code !== "200")).toEqual([])
    const replaced = plan.steps.filter((step) => step.action === "replace")
    expect(replaced.map((step) => step.address).sort()).toEqual(["appliance/web[1]", "appliance/web[2]"])
    for (const step of replaced) {
      const verbs = step.operations.map((operation) => `${operation.verb} ${operation.generation}`)
      expect(verbs).toEqual(["create 2", "ready 2", "switch 2", "ready 2", "remove 1"])
    }
    expect(touched(before, footprint(shown.name)).processes).toEqual(["web_1.1", "web_1.2", "web_2.1", "web_2.2"])
    expect(within("web[1]", "busybox true && echo there")).toBe("there\n")
    await expectNothingToDo(shown)
  })

  test("grow: one more is added, and no address of another changes", async () => {
    const addresses = (): Readonly<Record<string, string>> =>
      JSON.parse(readFileSync(join(place.folder, `${shown.name}.lock`), "utf8")).deployed[shown.name].addresses
    const inPlace = (): string[] =>
      ["names", "web[1]", "web[2]"].map((one) =>
        inside(shown.name, one, ["/appl/busybox", "ip", "-4", "-o", "address"]),
      )
    const before = { lock: addresses(), inPlace: inPlace(), footprint: footprint(shown.name) }
    const { plan } = await carriedOut("apply", shown, "--set", "web-servers=3")
    expect(steps(plan)).toEqual(["create appliance/web[3]", "update firewall/rules", "update names/hosts"])
    expect(addresses()).toEqual({ ...before.lock, "web[3]/dmz": "10.140.1.5" })
    expect(inPlace()).toEqual(before.inPlace)
    expect(touched(before.footprint, footprint(shown.name)).processes).toEqual(["web_3.1"])
    expect(resolve(shown.name, "web[1]", "udp", "10.140.1.2", "web-3")).toBe("10.140.1.5")
  })

  test("two copies: neither touches the other", async () => {
    const before = footprint(shown.name)
    await carriedOut("apply", second)
    expect(fetched("localhost", second.port)).toContain("Welcome to www.office.test")
    expect(fetched("localhost", shown.port)).toContain("Good morning")
    expect(shape(second.name)).toEqual(undisturbed)
    await carriedOut("destroy", second)
    expect(leftovers(second.name)).toEqual([])
    expect(fetched("localhost", shown.port)).toContain("Good morning")
    expect(footprint(shown.name)).toEqual(before)
  })

  test.each([
    ["network", { ...refused, net: shown.net }, /10\.140\.1\.0\/24.*lab-shown/],
    ["port", { ...refused, port: shown.port }, /18401.*lab-shown/],
  ] as const)("two copies: with an equal %s the second is refused", async (_, copy, message) => {
    const ended = await appl("apply", copy, "--yes")
    expect(ended.code).toBe(1)
    expect(ended.err).toMatch(message)
    expect(leftovers(copy.name)).toEqual([])
  })

  test.concurrent.each(killed)("interrupted: killed while $when is made", async (copy) => {
    const first = place.start(["apply", example, ...words(copy), "--yes", "--json"])
    await printed(first.child, copy.event)
    first.child.kill("SIGKILL")
    const ended = await first.ended
    expect(ended.code).toBe(null)
    const cut = told(ended)
    expect(cut.events.some((event) => event.kind === "finished")).toBe(false)
    const finished = cut.events.flatMap((event) => (event.kind === "step-finished" ? [event.address] : []))
    const { plan } = await carriedOut("apply", copy)
    // What was finished is left alone, and what was begun is not made beside itself.
    expect(plan.steps.filter((step) => finished.includes(step.address))).toEqual([])
    expect(plan.steps.length).toBeGreaterThan(0)
    expect(shape(copy.name)).toEqual(undisturbed)
    expect(fetched("localhost", copy.port)).toContain("This page was served by web-1.")
    await expectNothingToDo(copy)
  })

  test("gone", async () => {
    const processes = processesOf(shown.name)
    expect(processes.length).toBeGreaterThan(8)
    const used = (await images()).filter((image) => image.users.includes(shown.name)).map((image) => image.key)
    expect(used).toHaveLength(3)
    const gone = [shown, ...killed]
    await Promise.all(gone.map((copy) => carriedOut("destroy", copy)))
    expect(gone.flatMap((copy) => leftovers(copy.name))).toEqual([])
    expect(processes.filter(isRunning)).toEqual([])
    expect(() => fetched("127.0.0.1", shown.port)).toThrow()
    // What all clusters of this machine share goes with the last of them; somebody may have others here. The
    // next question, such as for the images, brings the host's program back.
    const left = readdirSync(home)
    if (!left.some((name) => existsSync(join(home, name, "busy")))) {
      expect(left).toEqual(["images"])
      expect(existsSync("/sys/fs/cgroup/appl") || existsSync("/sys/fs/cgroup/memory/appl")).toBe(false)
    }
    const cached = await images()
    expect(cached.map((image) => image.key)).toEqual(expect.arrayContaining(used))
    expect(cached.flatMap((image) => image.users).filter((user) => gone.some((copy) => copy.name === user))).toEqual([])
  })

  async function images(): Promise<readonly { readonly key: string; readonly users: readonly string[] }[]> {
    return JSON.parse((await place.appl("image", "ls", "--json")).out).images
  }
})

/** Whether anything of a copy is there, so that a destroy has something to do. */
function isThere(copy: Copy): boolean {
  return existsSync(join(home, copy.name))
}
