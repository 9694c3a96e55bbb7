import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredState } from "../../lang/index.ts"
import { type Applied, converge } from "../../runtime/converge.ts"
import { type Subject, worldOf } from "../drivers.contract.ts"
import { office } from "../runtime/fixtures.ts"
import { firstProcess, inside, labName, leftovers, linuxSubject } from "./linux-subject.ts"

const cluster = "life"
const folder = `/var/lib/appl/${labName(cluster)}`

/** What the contract does not ask of a driver, and this one promises: the life of one container. */
describe("a container", () => {
  let subject: Subject
  let changes: Partial<DesiredAppliance> = {}
  const wanted = (): DesiredState =>
    office({
      cluster,
      gateway: "host",
      net: "10.55.0",
      port: 8155,
      webs: 1,
      connection: "local",
      amend: (one) => (one.id === "web[1]" ? { ...one, ...changes } : one),
    })
  const apply = async (changed: Partial<DesiredAppliance>): Promise<Applied> => {
    changes = { ...changes, ...changed }
    return converge(worldOf(subject), wanted(), { operation: "apply" })
  }
  const applied = async (changed: Partial<DesiredAppliance>): Promise<readonly string[]> => {
    const done = await apply(changed)
    const failures = done.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
    expect({ refusal: done.refusal, failures, warnings: done.warnings }).toEqual({
      refusal: null,
      failures: [],
      warnings: [],
    })
    return done.results.map((result) => result.step.id)
  }
  const within = (script: string): string =>
    inside(labName(cluster), "web[1]", ["sh", "-c", `{ ${script}; } 2>&1 || :`]).trim()
  const process_id = (): number => firstProcess(labName(cluster), "web[1]")

  beforeAll(async () => {
    subject = await linuxSubject()
    await applied({})
  })
  afterAll(async () => {
    await converge(worldOf(subject), wanted(), { operation: "destroy" })
    // A volume stays when its cluster goes, and nothing else does.
    expect(execFileSync("ls", [folder], { encoding: "utf8" })).toBe("busy\nlease.lock\nvolumes\n")
    execFileSync("rm", ["-rf", folder])
    expect(leftovers(labName(cluster))).toEqual([])
  })

  test("has its own names, limits and few powers", () => {
    expect(within("cat /etc/hostname; hostname")).toBe("web-1\nweb-1")
    // No mounting, no modules, no raw devices.
    expect(within("/appl/busybox mount -t tmpfs none /mnt && echo bad")).not.toContain("bad")
    expect(within("mknod /tmp/disk b 8 0 && echo bad")).not.toContain("bad")
    expect(within("echo 1 >/proc/sys/kernel/panic && echo bad")).not.toContain("bad")
    expect(group("memory.limit_in_bytes", "memory.max")).toBe(`${64 * 2 ** 20}`)
  })

  test("gets other limits while it runs", async () => {
    const before = process_id()
    expect(await applied({ memory_bytes: 80 * 2 ** 20, limits: { processes: 50 } })).toEqual([
      "update appliance/web[1]",
    ])
    expect(group("memory.limit_in_bytes", "memory.max")).toBe(`${80 * 2 ** 20}`)
    expect(within("sh -c 'for i in $(seq 60); do sleep 1 & done; wait'")).toContain("Cannot fork")
    expect(process_id()).toBe(before)
  })

  test("is held to its rate in both directions", async () => {
    await applied({ limits: { network_bits_per_second: 8_000_000 } })
    within("head -c 6000000 /dev/zero >/srv/www/large")
    // At 1 MB/s, with one second of it saved up, six megabytes take five seconds, and unlimited no time at all.
    expect(fetched("large", 2)).toBe("late")
    await applied({ limits: {} })
    expect(fetched("large", 2)).toBe("6000000")
  })

  test("its environment and user are those that were asked for", async () => {
    const env = { GREETING: 'it\'s "$HOME" \\ `x`\n and more' }
    await applied({
      env,
      user: "www-data",
      start: ["sh", "-c", "id -un >/tmp/who; exec sleep infinity"],
      reload: null,
      checks: [],
    })
    expect(within("cat /tmp/who")).toBe("www-data")
    expect(within('printf %s "$GREETING"')).toBe(env.GREETING)
  })

  test("a file that is no longer wanted goes, and what it was stays as it is", async () => {
    const [site, page] = wanted().appliances.find((one) => one.id === "web[1]")!.files
    const extra = { ...page!, path: "/srv/www/extra page.html" }
    await applied({ files: [site!, extra, page!] })
    expect(within("ls /srv/www")).toContain("extra page.html")
    await applied({ files: [site!, page!] })
    expect(within("ls /srv/www")).not.toContain("extra")
    expect(within("ls /srv/www")).toContain("large")
  })

  test("a path that was bent inside leads to nothing outside", async () => {
    const [site, page] = wanted().appliances.find((one) => one.id === "web[1]")!.files
    within("rm -rf /srv/www; ln -s /../../../../../../tmp /srv/www")
    await applied({ files: [site!, { ...page!, content: { text: "lab-bent" } }] })
    expect(within("cat /tmp/index.html")).toBe("lab-bent")
    expect(execFileSync("sh", ["-c", "cat /tmp/index.html 2>/dev/null || :"], { encoding: "utf8" })).not.toContain(
      "lab-bent",
    )
    within("rm /srv/www")
  })

  test("a volume outlives a replacement", async () => {
    await applied({ start: ["sleep", "infinity"], reload: null, checks: [] })
    await applied({ volumes: [{ name: "data", path: "/srv/my data", size_bytes: 2 ** 20, backup: null }] })
    within("echo kept >'/srv/my data/file'")
    const image = wanted().images.find((one) => one.packages.includes("dnsmasq-base"))!
    expect(await applied({ image: image.id })).toContain("replace appliance/web[1]")
    expect(within("cat '/srv/my data/file'")).toBe("kept")
  })

  test("is started again when that was asked for, and stays ended when it was not", async () => {
    expect(await applied({ restart: "always" })).toEqual(["update appliance/web[1]"])
    const before = process_id()
    process.kill(before, "SIGKILL")
    await expect.poll(() => process_id(), { timeout: 10_000 }).not.toBe(before)
    await expect.poll(() => within("echo here"), { timeout: 10_000 }).toBe("here")
    await applied({ restart: "no" })
    process.kill(process_id(), "SIGKILL")
    await new Promise((resolve) => setTimeout(resolve, 3000))
    expect(await applied({})).toEqual(["restart appliance/web[1]"])
  })

  test("is ended though the monitor that LXC gives it was killed", async () => {
    const monitor = execFileSync("sh", ["-c", `pgrep -f '^\\[lxc monitor\\] ${folder}/containers web_1'`], {
      encoding: "utf8",
    })
    process.kill(Number(monitor.trim()), "SIGKILL")
    const orphan = process_id()
    await applied({ start: ["sleep", "1000"] })
    expect(process_id()).not.toBe(orphan)
    expect(execFileSync("sh", ["-c", `ps -o stat= -p ${orphan} | grep -v Z || :`], { encoding: "utf8" })).toBe("")
  })

  test("a full disk is said to be full, and nothing is half done", async () => {
    // Where operations put what came with them: a file system without room for one more file.
    execFileSync("sh", ["-c", `mount -t tmpfs -o size=4k,nr_inodes=1 tmpfs ${folder}/names`])
    try {
      const failed = await converge(worldOf(subject), wanted(), { operation: "apply" })
      const failures = failed.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
      expect(failures.map((failure) => failure.kind)).toEqual(["no-space"])
    } finally {
      execFileSync("sh", ["-c", `umount ${folder}/names`])
    }
    expect(await applied({})).toEqual([])
  })

  function group(v1: string, v2: string): string {
    const paths = [
      `/sys/fs/cgroup/memory/appl/${labName(cluster)}/web_1.1/inside/${v1}`,
      `/sys/fs/cgroup/appl/${labName(cluster)}/web_1.1/inside/${v2}`,
    ]
    return execFileSync("sh", ["-c", 'cat "$0" 2>/dev/null || cat "$1"', ...paths], { encoding: "utf8" }).trim()
  }

  function fetched(path: string, seconds: number): string {
    const command = `curl -s -m ${seconds} -o /dev/null -w '%{size_download}' http://10.55.0.3/${path} || echo late`
    return execFileSync("sh", ["-c", command], { encoding: "utf8" })
      .trim()
      .replace(/^\d+late$/, "late")
      .replace(/^.*\n/, "")
  }
})
