import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { converge, makePlan } from "../../runtime/converge.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { type Subject, summary, worldOf } from "../drivers.contract.ts"
import { office } from "../runtime/fixtures.ts"
import { firstProcess, inside, labName, leftovers, linuxSubject, returned, switchOff } from "./linux-subject.ts"

const cluster = "rect-reboot"
const folder = `/var/lib/appl/${labName(cluster)}`
const port = 18700
const program = "/tmp/appl-rect-reboot.sh"

/**
 * What a reboot takes from a cluster is taken from it here: its processes, links and rules, while its files stay. Then the host brings it
 * back, without a controller.
 */
describe("after a reboot", () => {
  let subject: Subject
  const wanted = (): DesiredState =>
    office({
      cluster,
      net: "10.127.0",
      port,
      webs: 1,
      connection: "local",
      amend: (one) =>
        one.id === "web[1]"
          ? {
              ...one,
              restart: "always",
              volumes: [{ name: "data", path: "/srv/data", size_bytes: 2 ** 26, backup: null }],
            }
          : one,
    })
  const planned = async (): Promise<readonly string[]> => {
    const made = await makePlan(worldOf(subject), wanted(), { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    return summary(made.value.plan)
  }
  const page = (): string => sh(`curl -s -m 5 http://127.0.0.1:${port}/ || echo silent`)
  const broughtBack = (): string => returned(labName(cluster))

  beforeAll(async () => {
    subject = await linuxSubject()
    writeFileSync(program, hostProgram())
    const done = await converge(worldOf(subject), wanted(), { operation: "apply" })
    expect(done).toMatchObject({ state: "done", refusal: null, warnings: [] })
  })
  afterAll(async () => {
    rmSync(`${folder}/lease`, { force: true })
    await converge(worldOf(subject), wanted(), { operation: "destroy", delete_volumes: true })
    rmSync(program, { force: true })
    expect(leftovers(labName(cluster))).toEqual([])
  })

  test("systemd takes the unit, and an init without it finds a script", () => {
    const unit = "/tmp/appl-rect-reboot.service"
    sh(`. ${program}; appl_boot_unit >${unit}`)
    // Only what it says of this very file: the machine's own units are not ours to judge.
    const said = sh(`systemd-analyze verify --recursive-errors=no ${unit} 2>&1 | grep -F appl-rect-reboot || :`)
    rmSync(unit)
    expect(said).toBe("")
    expect(sh("cat /etc/init.d/appl /etc/systemd/system/appl.service 2>/dev/null | grep -c .program/boot")).not.toBe(
      "0",
    )
    expect(readFileSync("/var/lib/appl/.program/boot", "utf8")).toContain("appl_return_all")
  })

  test("what runs is let alone", async () => {
    const before = [firstProcess(labName(cluster), "web[1]"), firstProcess(labName(cluster), "names")]
    expect(broughtBack()).toBe("")
    expect([firstProcess(labName(cluster), "web[1]"), firstProcess(labName(cluster), "names")]).toEqual(before)
    expect(await planned()).toEqual([])
  })

  test("the page answers, no volume has lost anything, and nothing is left to do", async () => {
    inside(labName(cluster), "web[1]", ["sh", "-c", "echo precious >/srv/data/file"])
    switchOff(labName(cluster))
    expect(page()).toContain("silent")
    const order = broughtBack().split("\n")
    expect(order.at(0)).toContain("firewall.rules is back")
    const at = (what: string) => order.findIndex((line) => line.includes(what))
    expect(at("names.1 is back")).toBeLessThan(at("web_1.1 is back"))
    await answers(page)
    expect(inside(labName(cluster), "web[1]", ["cat", "/srv/data/file"])).toBe("precious\n")
    await answers(async () => ((await planned()).length === 0 ? "Welcome" : "not yet"))
    expect(await planned()).toEqual([])
    // Somebody starts it again when it ends, as before.
    process.kill(firstProcess(labName(cluster), "web[1]"), "SIGKILL")
    await answers(page)
  })

  test("a cluster that was being destroyed stays down", async () => {
    const driver = await subject.open()
    const taken = await driver.acquire(cluster, subject.holders.elsewhere, "destroy", 1_000)
    expect(taken).toMatchObject({ ok: true, value: { kind: "taken" } })
    switchOff(labName(cluster))
    expect(broughtBack()).toContain("is being destroyed")
    expect(readdirSync(`${folder}/kept`).length).toBeGreaterThan(2)
    expect(sh("nft list tables")).not.toContain(labName(cluster))
    await driver.close()
    await subject.clock.sleep(1_500)
    expect(await converge(worldOf(subject), wanted(), { operation: "apply" })).toMatchObject({ state: "done" })
    await answers(page)
  })
})

async function answers(ask: () => string | Promise<string>): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await ask()).includes("Welcome")) return
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error("it does not answer")
}

function sh(script: string): string {
  return execFileSync("sh", ["-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
}
