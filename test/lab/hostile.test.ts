import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Check, DesiredState } from "../../lang/index.ts"
import { converge, makePlan } from "../../runtime/converge.ts"
import { type Subject, summary, worldOf } from "../drivers.contract.ts"
import { at, office } from "../runtime/fixtures.ts"
import { firstProcess, inside, labName, leftovers, linuxSubject } from "./linux-subject.ts"

const cluster = "hostile"
const folder = `/var/lib/appl/${labName(cluster)}`

describe("an appliance that means harm", () => {
  let subject: Subject
  const outside = mkdtempSync(join(tmpdir(), "appl-hostile-"))
  const wanted = (checks: readonly Check[] = []): DesiredState =>
    office({
      ...{ cluster, gateway: "host", net: "10.130.78", port: 18378, webs: 1, connection: "local" },
      amend: (appliance) =>
        appliance.id === "names"
          ? {
              ...appliance,
              checks: [...appliance.checks, ...checks],
              volumes: [{ name: "data", path: "/data/inner/volume", size_bytes: 1, backup: null }],
            }
          : appliance,
    })
  const apply = () => converge(worldOf(subject), wanted(), { operation: "apply" })
  const isSettled = async () => {
    const made = await makePlan(worldOf(subject), wanted(), { operation: "apply" })
    return made.ok ? summary(made.value.plan) : made.failure.message
  }

  beforeAll(async () => {
    subject = await linuxSubject()
    expect(await apply()).toMatchObject({ state: "done", warnings: [] })
  })
  afterAll(async () => {
    await converge(worldOf(subject), wanted(), { operation: "destroy", delete_volumes: true })
    rmSync(outside, { recursive: true, force: true })
    expect(leftovers(labName(cluster))).toEqual([])
  })

  test("gets no user namespace, and with it no control groups of its own", () => {
    expect(() => inside(labName(cluster), "names", ["unshare", "--user", "true"])).toThrow(/Operation not permitted/)
    expect(inside(labName(cluster), "names", ["sh", "-c", "(echo lives)"])).toBe("lives\n")
  })

  test("leads no mount of its volume to a folder of this host", async () => {
    inside(labName(cluster), "names", ["mv", "/data", "/moved"])
    inside(labName(cluster), "names", ["ln", "-s", outside, "/data"])
    process.kill(firstProcess(labName(cluster), "names"), "SIGKILL")
    const ended = await apply()
    const failure = ended.results.find((result) => result.state === "failed")
    expect(failure).toMatchObject({ failure: { message: expect.stringContaining("inside, /data is a link") } })
    expect(readdirSync(outside)).toEqual([])
    rmSync(`${folder}/containers/names.1/upper/data`)
    expect(await apply()).toMatchObject({ state: "done" })
  })

  test("neither holds up its checks nor leaves them running", async () => {
    const exec = (name: string, script: string): Check => ({
      name,
      probe: { kind: "exec", command: ["sh", "-c", script] },
      every_ms: 1_000,
      timeout_ms: 1_000,
      within_ms: 1_000,
      origin: at(1),
    })
    const desired = wanted([
      exec("endless", "exec yes"),
      exec("deaf", "trap '' TERM HUP; sleep 7654321; sleep 7654321"),
      exec("left", "sleep 7654321 & exit 0"),
    ])
    const ended = await converge(worldOf(subject), desired, { operation: "apply" })
    const failure = ended.results.find((result) => result.state === "failed")
    const output = failure?.state === "failed" ? failure.failure.output.join("\n") : ""
    expect(output).toMatch(/"endless": .*no end within 1\.00 s/)
    expect(output).toMatch(/"deaf": no end within 1\.00 s/)
    expect(output).not.toMatch(/"left"/)
    const running = readdirSync("/proc").filter(
      (process) => /^\d+$/.test(process) && commandOf(process).includes("7654321"),
    )
    expect(running).toEqual([])
    expect(await apply()).toMatchObject({ state: "done" })
  })

  test("damaged files of the host spoil no answer", async () => {
    for (const text of ['begin\t"a/x"\t"appliance/names 1"\t{"oper', "\nbegin\n", 'begin\t"a"\t"b"\t{}\n'])
      appendFileSync(`${folder}/journal`, text)
    writeFileSync(`${folder}/lease`, "nonsense\n1 x y")
    expect(await isSettled()).toEqual([])
    expect(await converge(worldOf(subject), wanted(), { operation: "apply" })).toMatchObject({ state: "done" })
    const record = `${folder}/records/names.hosts.json`
    const before = readFileSync(record)
    for (const damaged of ["", "{", "\0\0\0", '{"version":1}']) {
      writeFileSync(record, damaged)
      expect(await isSettled()).toMatch(/^the record of names\/hosts on host local is damaged/)
    }
    writeFileSync(record, before)
    expect(await isSettled()).toEqual([])
    expect(existsSync(`${folder}/containers/names.1`)).toBe(true)
  })
})

function commandOf(process_id: string): string {
  try {
    return readFileSync(`/proc/${process_id}/cmdline`, "utf8")
  } catch {
    // It ended in this very moment.
    return ""
  }
}
