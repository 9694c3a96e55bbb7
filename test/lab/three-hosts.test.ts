import { execFileSync } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Ended, makePlace, type Place } from "../cli/command.ts"
import { type Lab, openHosts } from "./hosts/hosts.ts"
import { inside, leftovers } from "./linux-subject.ts"
import { opens } from "./reach.ts"

const cluster = "lab4-three"
const net = "10.122.33"
const [page_port, vault_port] = [18233, 18234]
const rounds = Number(process.env.APPL_RUNS ?? "5")
const seed = Number(process.env.APPL_SEED ?? "1")

/** `examples/03-three-hosts` on three hosts over SSH, by nothing but the command, while hosts and controllers come and go. */
describe("twelve appliances on three hosts", () => {
  let lab: Lab
  let place: Place
  let leave: () => void

  const words = (command: string, ...more: string[]): string[] => [
    ...[command, "03-three-hosts/three.appl", "--as", cluster, "--set", `net=${net}.0/24`],
    ...["--set", `page-port=${page_port}/tcp`, "--set", `vault-port=${vault_port}/tcp`, ...more],
  ]
  const start = (command: string, ...more: string[]) => place.start(words(command, ...more), lab.environment)
  const appl = (command: string, ...more: string[]): Promise<Ended> => start(command, ...more).ended
  const carriedOut = async (command: "apply" | "destroy") => {
    const ended = await appl(command, "--yes")
    expect(ended.code, ended.out.slice(-3000) + ended.err).toBe(0)
  }
  const expectNothingToDo = async () => {
    const ended = await appl("apply", "--dry-run")
    expect(ended.code, ended.out + ended.err).toBe(0)
    expect(ended.out).toContain("Nothing to do")
  }
  const hostOf = (number: number) => lab.hosts[number - 1]!
  const within = (host: number, appliance: string, script: string): string =>
    inside(cluster, appliance, ["sh", "-c", `{ ${script}; } 2>&1 || :`], hostOf(host).run)
  /** What has a folder on any host: appliances with their generations, sorted. */
  const generations = (): string[] =>
    lab.hosts
      .flatMap((host) =>
        host.run(`cd /var/lib/appl/${cluster} && ls -d containers/*.* microvms/*.* 2>/dev/null || :`).split("\n"),
      )
      .filter((line) => line !== "")
      .map((line) => line.split("/")[1]!)
      .sort()

  beforeAll(async () => {
    place = makePlace({
      onTestFinished: (end) => {
        leave = end
      },
    })
    lab = await openHosts(3, { prefix: "lab4t", net: "10.122.2" })
    place.write("03-three-hosts/hosts.appl", lab.inventory)
  })
  afterAll(() => {
    lab?.close()
    leave?.()
  })

  test("are made, each visitor reaching its page on another host", async () => {
    await carriedOut("apply")
    expect(generations()).toHaveLength(12)
    await expectNothingToDo()
  })

  test("the published pages answer on each host", () => {
    for (const { address } of lab.hosts)
      for (const [port, title] of [
        [page_port, "Page 1"],
        [vault_port, "Vault 1"],
      ])
        expect(execFileSync("curl", ["-s", "-m", "5", `http://${address}:${port}/`], { encoding: "utf8" })).toContain(
          title,
        )
  })

  test("nothing passes between hosts but what the cluster says, and packets fit the tunnel", () => {
    const address = (appliance: string): string =>
      /(\S+)\s/.exec(within(1, "visitor[1]", `grep -w ${appliance} /etc/hosts`).replace(/^\s+/, ""))?.[1] ?? "nowhere"
    const [own, other] = [address("page-2"), address("page-3")]
    expect([own, other]).not.toContain("nowhere")
    expect(within(1, "visitor[1]", opens(own, 80))).toContain("yes")
    expect(within(1, "visitor[1]", opens(other, 80))).not.toContain("yes")
    expect(within(1, "visitor[1]", "cat /sys/class/net/eth0/mtu").trim()).toBe("1450")
  })

  test("a host that is cut off in the middle is unknown, and observed when it is back", async () => {
    const running = start("destroy", "--yes")
    await sleep(1500)
    hostOf(2).cut()
    const ended = await running.ended
    expect(ended.code).not.toBe(0)
    const alone = await appl("apply", "--dry-run")
    expect(alone.out + alone.err).toContain("h2")
    hostOf(2).heal()
    await carriedOut("apply")
    expect(new Set(generations()).size).toBe(12)
    expect(generations()).toHaveLength(12)
    await expectNothingToDo()
  })

  test(`a controller that is killed at ${rounds} random moments loses nothing and makes nothing twice`, async () => {
    let state = seed
    for (let round = 0; round < rounds; round += 1) {
      state = (state * 48271) % 0x7fffffff
      const after_ms = 1500 + (state % 6000)
      const { child, ended } = start(round % 2 === 0 ? "destroy" : "apply", "--yes")
      await sleep(after_ms)
      child.kill("SIGKILL")
      await ended
      console.log(`seed ${seed}, round ${round}: killed after ${after_ms} ms`)
    }
    await carriedOut("apply")
    expect(generations().map((name) => name.replace(/\.\d+$/, ""))).toHaveLength(12)
    await expectNothingToDo()
  })

  test("a destroy leaves nothing on any host", async () => {
    await carriedOut("destroy")
    for (const host of lab.hosts) expect(leftovers(cluster, host.run)).toEqual([])
  })
})
