import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { DesiredAppliance, DesiredState } from "../../lang/index.ts"
import { type Applied, converge, makePlan } from "../../runtime/converge.ts"
import { type Subject, worldOf } from "../drivers.contract.ts"
import { office } from "../runtime/fixtures.ts"
import { firstProcess, inside, labName, leftovers, linuxSubject } from "./linux-subject.ts"

const cluster = "volt"
const folder = `/var/lib/appl/${labName(cluster)}`
const mebibyte = 2 ** 20

/** Volumes on a real host: held to their size, grown, kept, made of what an earlier version left. */
describe("volumes", () => {
  let subject: Subject
  let changes: Partial<DesiredAppliance> = {}
  const wanted = (): DesiredState => {
    const made = office({
      cluster,
      gateway: "host",
      net: "10.128.0",
      port: 18801,
      webs: 1,
      connection: "local",
      amend: (one) => (one.id === "web[1]" ? { ...one, ...changes } : one),
    })
    return { ...made, images: made.images.map((image) => ({ ...image, forms: ["container", "microvm"] })) }
  }
  const sized = (size_bytes: number, name = "data", path = "/srv/my data") => ({
    volumes: [{ name, path, size_bytes, backup: null }],
  })
  const apply = async (changed: Partial<DesiredAppliance>): Promise<Applied> => {
    changes = { ...changes, ...changed }
    return converge(worldOf(subject), wanted(), { operation: "apply" })
  }
  const applied = async (changed: Partial<DesiredAppliance>): Promise<readonly string[]> => {
    const done = await apply(changed)
    const failures = done.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
    expect({ refusal: done.refusal, failures }).toEqual({ refusal: null, failures: [] })
    // A check of another appliance may be late on a busy machine.
    return done.results.map((result) => result.step.id).filter((id) => id.endsWith("web[1]"))
  }
  const within = (script: string): string =>
    inside(labName(cluster), "web[1]", ["sh", "-c", `{ ${script}; } 2>&1 || :`]).trim()
  const host = (script: string): string => execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim()
  const growsInUse =
    ((Number.parseInt(host("sed -n 's/^CapEff:\\t0*.*\\(........\\)$/\\1/p' /proc/self/status"), 16) >> 24) & 1) === 1
  const bytesThatFit = () => {
    const said = within("head -c 200000000 /dev/zero >'/srv/my data/large'; sync; stat -c %s '/srv/my data/large'")
    within("rm '/srv/my data/large'")
    return { full: said.includes("No space left on device"), bytes: Number(said.split("\n").at(-1)) }
  }

  beforeAll(async () => {
    subject = await linuxSubject()
    await applied({ start: ["sleep", "infinity"], reload: null, checks: [], ...sized(32 * mebibyte) })
  })
  afterAll(async () => {
    const ended = await converge(worldOf(subject), wanted(), { operation: "destroy", delete_volumes: true })
    const failures = ended.results.flatMap((result) => (result.state === "failed" ? [result.failure] : []))
    expect({ refusal: ended.refusal, failures }).toEqual({ refusal: null, failures: [] })
    host(`umount -q ${folder}/volumes/*/* || :; rm -rf ${folder}`)
    expect(leftovers(labName(cluster))).toEqual([])
    expect(host("losetup -n -O BACK-FILE")).not.toContain(`${folder}/`)
  })

  test("a full one is full for its appliance, at its size", () => {
    const { full, bytes } = bytesThatFit()
    expect(full).toBe(true)
    expect(bytes).toBeGreaterThan(20 * mebibyte)
    expect(bytes).toBeLessThan(32 * mebibyte)
    expect(within("ls -A '/srv/my data'")).toBe("")
  })

  test("it grows while it is written to, and no process notices", async () => {
    const before = firstProcess(labName(cluster), "web[1]")
    within("echo kept >'/srv/my data/file'")
    within("(for i in $(seq 400); do echo $i; sleep 0.02; done) >'/srv/my data/log' 2>/dev/null </dev/null & true")
    expect(await applied(sized(64 * mebibyte))).toEqual(["update appliance/web[1]"])
    expect(firstProcess(labName(cluster), "web[1]")).toBe(before)
    await expect.poll(() => within("tail -n 1 '/srv/my data/log'"), { timeout: 20_000 }).toBe("400")
    expect(within("wc -l <'/srv/my data/log'")).toBe("400")
    // Only CAP_SYS_RESOURCE may do it while it is in use; without it, this is drift until the next start.
    expect(await applied({})).toEqual(growsInUse ? [] : ["restart appliance/web[1]"])
    expect(bytesThatFit().bytes).toBeGreaterThan(48 * mebibyte)
    expect(within("cat '/srv/my data/file'")).toBe("kept")
  })

  test("it does not shrink, and says what to do", async () => {
    const refused = await apply(sized(16 * mebibyte))
    expect(refused.refusal).toMatchObject({
      kind: "conflict",
      message: expect.stringContaining("would shrink to 16MiB"),
    })
    await applied(sized(64 * mebibyte))
  })

  test("one that was taken off the host is drift, and mended without a second device for its file", async () => {
    host(`umount '${folder}/volumes/web_1/data'`)
    expect(await applied({})).toEqual(["restart appliance/web[1]"])
    expect(within("cat '/srv/my data/file'")).toBe("kept")
    expect(host(`losetup -n -j ${folder}/volumes/web_1/data.img | wc -l`)).toBe("1")
  })

  test("a microVM has the same volume, grown, and what it wrote is there when a container has it again", async () => {
    const start = (script: string) => ({ start: ["sh", "-c", `${script}; exec sleep infinity`] })
    const copies = "cd '/srv/my data' && cat file >copied && df -k . | tail -n 1 >size && sync"
    await applied({ form: "microvm", memory_bytes: 128 * mebibyte, ...sized(96 * mebibyte), ...start(copies) })
    // It writes down what it sees when it has come so far; debugfs(8) reads a file system that somebody else has.
    const seen = () => host(`debugfs -R 'cat size' ${folder}/volumes/web_1/data.img 2>/dev/null || :`)
    await expect.poll(seen, { timeout: 120_000, interval: 1000 }).toContain("/srv/my data")
    await applied({ form: "container", ...start(":") })
    expect(within("cat '/srv/my data/copied'")).toBe("kept")
    expect(Number(within("cat '/srv/my data/size'").split(/ +/)[1])).toBeGreaterThan(70 * 1024)
  })

  test("a plain folder of an earlier version becomes a volume at its next start, with all that is in it", async () => {
    await applied({ volumes: [] })
    host(`cd ${folder}/volumes/web_1 && rm -rf other other.img && mkdir -m 750 other && cd other && echo old >a && ln -s a b &&
      mkdir -m 700 c && echo deep >c/d && chown 33:33 c/d && touch -d 2020-01-01 a`)
    // Cut off in the middle of an earlier attempt.
    host(`cd ${folder}/volumes/web_1 && mkdir other.img.mount && echo half >other.img.new`)
    await applied(sized(16 * mebibyte, "other", "/srv/other"))
    expect(within("cd /srv/other && cat a b c/d && stat -c '%a %U' . c/d && stat -c %y a | cut -c 1-10")).toBe(
      "old\nold\ndeep\n750 root\n644 www-data\n2020-01-01",
    )
    expect(host(`ls ${folder}/volumes/web_1`)).toBe("data\ndata.img\nother\nother.img")
  })

  test("one that nobody declares any more is kept, and the plan says so", async () => {
    const made = await makePlan(worldOf(subject), wanted(), { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    expect(made.value.plan.warnings.join("\n")).toMatch(
      /the volume data of web\[1\] is kept on host \w+ \(.*\), and nobody uses it/,
    )
  })
})
