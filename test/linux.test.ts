import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { ImagePins } from "../lang/index.ts"
import { configurationMembers, runScript, startScript } from "../runtime/drivers/linux/configuration.ts"
import { containerSettings, type Generation, hookScript, printSettings } from "../runtime/drivers/linux/container.ts"
import { firewallTables } from "../runtime/drivers/linux/firewall.ts"
import { bridgeName, fileName, linkPrefix, portName, recordName } from "../runtime/drivers/linux/names.ts"
import { printTables } from "../runtime/drivers/linux/nftables.ts"
import { operationCalls, operationSteps } from "../runtime/drivers/linux/operations.ts"
import { prepareScript } from "../runtime/drivers/linux/prepare.ts"
import { publishTable } from "../runtime/drivers/linux/publish.ts"
import { printScript } from "../runtime/drivers/linux/session.ts"
import { tar } from "../runtime/drivers/linux/tar.ts"
import { hostProgram } from "../runtime/hosts/program.ts"
import { printCalls } from "../runtime/hosts/shell.ts"
import { fieldsOf } from "../runtime/model/fields.ts"
import type { ManagedObject } from "../runtime/model/object.ts"
import { revealed } from "../runtime/model/secrets.ts"
import { toObjects } from "../runtime/plan/objects.ts"
import { type OfficeOptions, office, settled } from "./runtime/fixtures.ts"

describe("what is printed for the host", () => {
  test.each([
    ["edge", {}],
    ["host", { gateway: "host" } as const],
  ])("the filter of the office whose router is the %s", async (router, options) => {
    const rules = firewallTables("office", fieldsOf(objectOf("firewall/rules", options), "firewall"))
    await expect(printTables(rules)).toMatchFileSnapshot(`linux/filter-${router}.nft`)
  })

  test("flows between networks, spans of ports and addresses of the world", async () => {
    const rules = firewallTables("office", {
      networks: [
        { name: "lan", cidr: "10.1.0.0/24", host_address: "10.1.0.254", gateway: null },
        { name: "dmz", cidr: "10.2.0.0/24", host_address: "10.2.0.254", gateway: null },
      ],
      ports: [
        {
          appliance: "a",
          network: "lan",
          device: "eth0",
          address: "10.1.0.1",
          mac: "02:00:00:00:00:01",
          forwards: false,
        },
      ],
      rules: [
        {
          from: { end: { kind: "network", name: "lan" }, addresses: ["10.1.0.0/24"] },
          to: { end: { kind: "network", name: "dmz" }, addresses: ["10.2.0.0/24"] },
          ports: [{ from: 8000, to: 8010, protocol: "tcp" }],
          cause: "allow",
        },
        {
          from: { end: { kind: "appliance", id: "a" }, addresses: ["10.1.0.1"] },
          to: { end: { kind: "cidr", cidr: "203.0.113.0/24" }, addresses: ["203.0.113.0/24"] },
          ports: [{ from: 53, to: 53, protocol: "udp" }],
          cause: "allow",
        },
      ],
      tunnels: [],
    })
    await expect(printTables(rules)).toMatchFileSnapshot("linux/filter-networks.nft")
  })

  test("a published port", async () => {
    const tables = ["edge", "host"].map((gateway) =>
      publishTable(
        `appl-${gateway}-8080-tcp`,
        fieldsOf(objectOf("publish/8080-tcp", { gateway: gateway as "edge" | "host" }), "publish"),
      ),
    )
    await expect(printTables(tables)).toMatchFileSnapshot("linux/publish.nft")
  })

  test("a container", async () => {
    const of = generation("appliance/web[1]", {
      volumes: [{ name: "data", path: "/srv/my data", size_bytes: 2 ** 30, backup: null }],
      env: { GREETING: "it's $HOME" },
      user: "www-data",
      limits: { network_bits_per_second: 10_000_000 },
    })
    const folder = "/var/lib/appl/office"
    await expect(printSettings(containerSettings(of, folder))).toMatchFileSnapshot("linux/container.conf")
    await expect(hookScript(of, "/program.sh", folder)).toMatchFileSnapshot("linux/hook.sh")
    await expect(`${startScript(of.fields)}\n${runScript(revealed(of.fields, new Map()))}`).toMatchFileSnapshot(
      "linux/start.sh",
    )
  })

  test("an operation", async () => {
    const object = objectOf("appliance/web[1]", {})
    const work = {
      cluster: "office",
      operation_id: "a1b2/create appliance/web[1]/1",
      token: 7,
      address: object.address,
      object,
      secrets: new Map(),
      progress: () => {},
      operation: {
        verb: "create",
        generation: 2,
        staged: "staged",
        undo: { verb: "remove", generation: 2 },
        pending: null,
        details: {},
      },
    } as const
    const steps = operationSteps(work, { program_file: "/program.sh", home: "/var/lib/appl" })
    const { calls } = operationCalls(work, steps)
    const script = printScript({ program_file: "/program.sh" }, { calls, undo: steps.undo ?? undefined })
    await expect(script).toMatchFileSnapshot("linux/operation.sh")
  })

  test("the script that prepares a host", async () => {
    await expect(prepareScript()).toMatchFileSnapshot("linux/prepare.sh")
  })
})

describe("names on the host", () => {
  test("links have fifteen characters, and begin alike in one cluster only", () => {
    const port = portName("office", "web[1]", 1, { device: "eth0", network: "dmz" })
    expect(port).toHaveLength(15)
    expect(bridgeName("office", "dmz")).toHaveLength(15)
    expect(port.startsWith(linkPrefix("office"))).toBe(true)
    expect(linkPrefix("one")).not.toBe(linkPrefix("two"))
    expect(portName("office", "web[1]", 2, { device: "eth0", network: "dmz" })).not.toBe(port)
  })

  test("two names never share a file, and none leaves its folder", () => {
    expect(fileName("web[1]")).toBe("web_1")
    expect(fileName('room["klein"].edge')).toBe("room_klein.edge")
    expect(recordName("appliance/web[1]")).toBe("appliance.web_1")
    expect(fileName("../x/y")).not.toContain("/")
  })
})

test("whatever stands in an argument reaches the program as it is", () => {
  const word = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\0", ""))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
      const script = printCalls([["printf", "%s\\0", ...words]])
      const printed = execFileSync("sh", ["-c", script], { encoding: "utf8" })
      expect(printed.split("\0").slice(0, -1)).toEqual(words.map((one) => Buffer.from(one).toString()))
    }),
    { numRuns: 30 },
  )
})

test("an archive is unpacked to what went in, long paths and links too", () => {
  const long = `srv/${"folder/".repeat(30)}page.html`
  const archive = tar([
    { path: "etc/hosts", target: "/appl/names/hosts" },
    { path: long, mode: 0o640, content: "<h1>é</h1>\n" },
    { path: "bin/run", mode: 0o755, content: new Uint8Array([0, 1, 2, 255]) },
  ])
  const listed = execFileSync("tar", ["-tvf", "-"], { input: archive, encoding: "utf8" })
  expect(listed).toContain("etc/hosts -> /appl/names/hosts")
  expect(listed).toMatch(new RegExp(`-rw-r----- 0/0 +12 .* ${long}`))
  expect(execFileSync("tar", ["-xOf", "-", long], { input: archive, encoding: "utf8" })).toBe("<h1>é</h1>\n")
  expect([...execFileSync("tar", ["-xOf", "-", "bin/run"], { input: archive })]).toEqual([0, 1, 2, 255])
})

test("an appliance's own file takes the place of one that the system would get", () => {
  const of = generation("appliance/web[1]", {
    files: [{ path: "/etc/hosts", content: { text: "own\n" }, mode: 0o644, causes: [], origin }],
  })
  const hosts = configurationMembers(revealed(of.fields, new Map())).filter((member) => member.path === "etc/hosts")
  expect(hosts).toEqual([{ path: "etc/hosts", mode: 0o644, content: "own\n" }])
})

test("the host's program is POSIX shell", () => {
  for (const part of ["host", "network", "container", "check", "observe"])
    execFileSync("dash", ["-n", new URL(`../runtime/drivers/linux/${part}.sh`, import.meta.url).pathname])
  expect(readFileSync(new URL("../runtime/hosts/program.ts", import.meta.url), "utf8")).toContain("host.sh")
})

const origin = { file: "office.appl", line: 1, column: 1 }

function objectOf(address: string, options: Partial<OfficeOptions>): ManagedObject {
  const desired = office({ connection: "local", ...options })
  const none: ImagePins = { base: [], packages: [], kernel: [] }
  const pins = Object.fromEntries(desired.images.map((image) => [image.id, none]))
  return toObjects(settled(desired), pins).find((object) => object.address === address)!
}

function generation(address: `appliance/${string}`, changes: object): Generation {
  const amend: OfficeOptions["amend"] = (appliance) => ({ ...appliance, ...changes })
  return { cluster: "office", address, generation: 1, fields: fieldsOf(objectOf(address, { amend }), "appliance") }
}

test("a shell whose reader is gone takes its temporary folder with it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "appl-checks-"))
  writeFileSync(join(folder, "program.sh"), hostProgram())
  const script = `. ./program.sh; appl_checks_begin; echo "$appl_checks" >made; sleep 0.2; appl_answer "$(seq 20000)"`
  execFileSync("sh", ["-c", `sh -c '${script}' | true; until [ -s made ]; do sleep 0.05; done; sleep 0.5`], {
    cwd: folder,
  })
  expect(existsSync(readFileSync(join(folder, "made"), "utf8").trim())).toBe(false)
  rmSync(folder, { recursive: true })
})
