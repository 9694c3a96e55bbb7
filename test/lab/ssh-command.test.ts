import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openLinux } from "../../runtime/drivers/linux/driver.ts"
import { ask, openSession } from "../../runtime/drivers/linux/session.ts"
import { tar } from "../../runtime/drivers/linux/tar.ts"
import { localHolder, localHost } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { settingsFor, startSshd, type TestSshd } from "./sshd.ts"

// The command as a user has it, from its start-up snapshot where one is built, on hosts over SSH.

let sshd: TestSshd
let folder: string
let file: string
beforeAll(() => {
  sshd = startSshd(6)
  folder = mkdtempSync(join(tmpdir(), "ssht-"))
  file = join(folder, "one.appl")
  writeFileSync(
    file,
    `host rack = ssh("root@${sshd.address}")\ncluster ssht-one {\n  network lan { cidr = 10.121.9.0/24 }\n}\n`,
  )
})
afterAll(() => {
  sshd?.end()
  rmSync(folder, { recursive: true, force: true })
})

type Said = { readonly code: number | null; readonly out: string; readonly err: string }

async function appl(known: string, ...words: readonly string[]): Promise<Said & { readonly known: string }> {
  const settings = settingsFor(sshd, [], known, null)
  const env = { ...process.env, APPL_SSH_CONFIG: settings.file!, SSH_AUTH_SOCK: "" }
  const child = spawn(join(import.meta.dirname, "../../bin/appl"), words, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  })
  const code = new Promise<number | null>((resolve) => child.on("close", resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await code, out, err, known: readFileSync(`${settings.file}-known`, "utf8") }
}

const known = () => sshd.known(sshd.address)

test("observing a host is one connection and one round trip, and the process ends by itself", async () => {
  // The first one brings the host's program.
  expect(await appl(known(), "host", "ls", file)).toMatchObject({ code: 0, out: expect.stringContaining("ready") })
  const again = await appl(known(), "host", "ls", file, "--json")
  expect(JSON.parse(again.out)).toMatchObject({
    hosts: [{ host: "rack", problem: null, forms: ["container", "microvm"] }],
    traffic: { rack: { connections: 1, round_trips: 1 } },
  })
})

test("doctor and prepare look after the hosts of a file", async () => {
  const examined = await appl(known(), "doctor", file, "--json")
  expect(JSON.parse(examined.out).hosts.rack.findings[0]).toEqual({ what: "Linux", ok: true, remedy: null })
  expect(await appl(known(), "host", "prepare", file)).toMatchObject({ code: 0, out: "rack: Nothing to install.\n" })
  expect(await appl(known(), "doctor", file, "--host", "rak")).toMatchObject({
    code: 1,
    err: expect.stringContaining("rack"),
  })
})

test("planning says exactly why a host is not reached, and what mends it", async () => {
  const stranger = await appl("", "apply", file, "--dry-run", "--json")
  expect(stranger.code).toBe(1)
  expect(JSON.parse(stranger.out).error).toMatchObject({
    kind: "host-untrusted",
    remedy: expect.stringContaining(`appl host add rack root@${sshd.address}`),
  })
})

test("host add takes a key that somebody looked at, and declares the host", async () => {
  const print = execFileSync("ssh-keygen", ["-lf", join(sshd.folder, "host_key.pub")], { encoding: "utf8" }).split(
    " ",
  )[1]!
  const destination = `root@${sshd.address}`
  const other = join(folder, "other.appl")
  writeFileSync(other, "cluster ssht-two {}")
  expect(await appl("", "host", "add", "shelf", destination, "--yes")).toMatchObject({ code: 1, known: "" })
  const wrong = await appl("", "host", "add", "shelf", destination, "--yes", "--fingerprint", "SHA256:no")
  expect(wrong).toMatchObject({ code: 1, known: "", err: expect.stringContaining("not SHA256:no") })
  const added = await appl("", "host", "add", "shelf", destination, "--yes", "--fingerprint", print, "--file", other)
  expect(added).toMatchObject({
    known: known(),
    out: expect.stringMatching(/^host shelf = ssh\("root@.*capacity = \{ cpus = \d+, memory = \d+/),
  })
  expect(readFileSync(other, "utf8")).toBe(`cluster ssht-two {}\n${added.out}`)
  expect(await appl(known(), "check", other)).toMatchObject({ code: 0 })
})

test("an operation whose input was cut off with its connection does not begin", async () => {
  const host = localHost("local")
  const opened = await openLinux(host, hostProgram())
  if (!opened.ok) throw new Error(opened.failure.message)
  const driver = opened.value
  const taken = await driver.acquire("ssht-cut", localHolder(), "apply", 60_000)
  if (!taken.ok || taken.value.kind !== "taken") throw new Error("no lease")
  const { lease } = taken.value
  const work = ["appl_work", `${lease.token}`, '"run/step/1"', '"names/hosts 1"', '{"operation":"run/step/1"}']
  const calls = [["appl_cluster", "ssht-cut"], work, ["appl_done"]]
  const input = tar([{ path: "hosts", mode: 0o600, content: "127.0.0.1 one\n" }])
  const session = openSession(host, hostProgram())
  try {
    for (const length of [0, 512, 1024, input.length - 512]) {
      const cut = await ask(session, { calls, input: input.subarray(0, length), timeout_ms: 20_000 })
      expect(cut).toMatchObject({ ok: false, failure: { message: expect.stringContaining("in part only") } })
    }
    expect(await ask(session, { calls, input, timeout_ms: 20_000 })).toEqual({ ok: true, value: { done: true } })
  } finally {
    await driver.forget("ssht-cut", lease)
  }
})
