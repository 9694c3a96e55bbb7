import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { converge, makePlan } from "../../runtime/converge.ts"
import { openLinux } from "../../runtime/drivers/linux/driver.ts"
import { systemClock } from "../../runtime/hosts/clock.ts"
import type { Host } from "../../runtime/hosts/host.ts"
import { localHolder } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { openPool } from "../../runtime/hosts/ssh/pool.ts"
import { userSettings } from "../../runtime/hosts/ssh/settings.ts"
import { memorySecrets } from "../../runtime/secrets.ts"
import type { World } from "../../runtime/world.ts"
import { summary } from "../drivers.contract.ts"
import { office } from "../runtime/fixtures.ts"
import { type Lab, openHosts } from "./hosts/hosts.ts"

const cluster = "rect-back"
const port = 18750

/** A host over SSH that really is switched off and on, and that takes back what cuts the way to it. */
describe("a host of its own", () => {
  let lab: Lab
  let pool: ReturnType<typeof openPool>
  let fault = (script: string): string => script
  let runs = 0
  const wanted = (title = "Welcome to the office"): DesiredState =>
    office({
      cluster,
      net: "10.127.40",
      port,
      webs: 1,
      title,
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
  const world = (): World => ({
    open: () => {
      const host = pool.host("local", { user: "root", host: lab.hosts[0]!.address, port: null })
      const faulty: Host = {
        ...host,
        run: (program) =>
          host.run({ ...program, script: fault(program.script).replace(/^(appl_arm \S+) 30 /m, "$1 4 ") }),
      }
      return openLinux(faulty, hostProgram())
    },
    clock: systemClock(),
    random: Math.random,
    newRunId: () => `${Date.now().toString(16)}${runs++}`.padStart(16, "0").slice(-16),
    holder: localHolder(),
    secrets: memorySecrets(),
    emit: () => {},
    stop: new AbortController().signal,
  })
  const planned = async (): Promise<readonly string[]> => {
    const made = await makePlan(world(), wanted(), { operation: "apply" })
    if (!made.ok) throw new Error([made.failure.message, ...made.failure.output].join("\n"))
    return summary(made.value.plan)
  }
  const page = (): string => sh(`curl -s -m 5 http://${lab.hosts[0]!.address}:${port}/ || echo silent`)
  const inside = (command: string): string =>
    lab.hosts[0]!.run(
      `lxc-attach -P /var/lib/appl/${cluster}/containers -n web_1.1 --clear-env -- /appl/run sh -c '${command}'`,
    )

  beforeAll(async () => {
    lab = await openHosts(1, { prefix: "rectb", net: "10.127.30" })
    pool = openPool({ ...userSettings(), agent: null, file: lab.environment.APPL_SSH_CONFIG })
    const done = await converge(world(), wanted(), { operation: "apply" })
    expect(done).toMatchObject({ state: "done", refusal: null, warnings: [] })
  })
  afterAll(async () => {
    await pool?.close()
    lab?.close()
  })

  test("comes back with its page, its volume and its microVM, and nothing is left to do", async () => {
    inside("echo precious >/srv/data/file")
    expect(page()).toContain("Welcome")
    await lab.hosts[0]!.reboot()
    for (let tries = 0; tries < 120 && !page().includes("Welcome"); tries += 1) await systemClock().sleep(500)
    expect(page()).toContain("Welcome")
    expect(inside("cat /srv/data/file")).toBe("precious")
    for (let tries = 0; tries < 60 && (await planned()).length > 0; tries += 1) await systemClock().sleep(500)
    expect(await planned()).toEqual([])
  })

  test("takes back rules that let nobody in over SSH", async () => {
    lab.hosts[0]!.run(`nft add rule inet appl-${cluster} input tcp dport 1 drop`)
    expect(await planned()).toEqual(["update firewall/rules"])
    fault = (script) =>
      script.replace(
        /\nappl_rules_set\n/,
        `\nappl_rules_set\nnft insert rule inet appl-${cluster} input tcp dport 22 drop\n`,
      )
    const done = await converge(world(), wanted(), { operation: "apply" })
    fault = (script) => script
    expect(done.results).toMatchObject([
      { state: "failed", failure: { message: expect.stringContaining("cut our own connection") } },
    ])
    // What was kept is there again; that somebody had changed it by hand is gone with it.
    expect(await planned()).toEqual([])
    expect(page()).toContain("Welcome")
  })
})

function sh(script: string): string {
  return execFileSync("sh", ["-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim()
}
