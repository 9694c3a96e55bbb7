import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"

const folder = mkdtempSync(join(tmpdir(), "movt-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const source = `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster movtc {
  host one = simulated()
  host two = simulated()
  network lan { cidr = 10.124.0.0/24 }
  appliance a: Box { on = lan, volumes = { data = { path = "/data", size = 1GiB } } }
  appliance b: Box { on = lan }
}
`

test("a host is drained, stays empty, and is returned; one that answers is not fenced", () => {
  writeFileSync(join(folder, "o.appl"), source)
  expect(appl("apply", "o.appl", "--yes").status).toBe(0)
  const dry = appl("host", "drain", "o.appl", "one", "--dry-run")
  expect([dry.status, dry.stdout]).toEqual([2, expect.stringContaining("it leaves host one, which is drained")])
  expect(lock().away).toBeUndefined()
  expect(appl("host", "drain", "o.appl", "one", "--yes").status).toBe(0)
  expect([lock().away, lock().placement]).toEqual([{ one: "drained" }, { a: "two", b: "two" }])
  expect(appl("apply", "o.appl", "--dry-run").status).toBe(0)
  expect(appl("host", "fence", "o.appl", "two", "--yes").stderr).toContain("host two answers, so it is not dead")
  expect(appl("host", "return", "o.appl", "two").stderr).toContain("these are away: one (drained)")
  expect(appl("host", "return", "o.appl", "one").status).toBe(0)
  expect(appl("apply", "o.appl", "--dry-run").status).toBe(0)
  expect(appl("host", "drain", "o.appl", "three", "--yes").stderr).toContain("movtc has no host three")
}, 120_000)

test("a command that is killed in its first apply has left where everything was to be", async () => {
  const [other, path] = [mkdtempSync(join(folder, "killed-")), join(import.meta.dirname, "../bin/appl")]
  writeFileSync(join(other, "o.appl"), source)
  const env = { ...process.env, HOME: other, XDG_STATE_HOME: join(other, "state"), APPL_SIMULATED_SPEED: "1" }
  const applying = spawn(path, ["apply", "o.appl", "--yes"], { cwd: other, env, stdio: "ignore" })
  const ended = new Promise((resolve) => applying.on("exit", (_code, signal) => resolve(signal)))
  await expect.poll(() => existsSync(join(other, "appl.lock")), { timeout: 60_000 }).toBe(true)
  applying.kill("SIGKILL")
  expect(await ended).toBe("SIGKILL")
  expect(lock(other).placement).toEqual({ a: "one", b: "two" })
}, 120_000)

function lock(place = folder) {
  return JSON.parse(readFileSync(join(place, "appl.lock"), "utf8")).deployed.movtc
}

function appl(...words: readonly string[]) {
  const env = { ...process.env, HOME: folder, XDG_STATE_HOME: join(folder, "state"), APPL_SIMULATED_SPEED: "100" }
  return spawnSync(join(import.meta.dirname, "../bin/appl"), words, { cwd: folder, env, encoding: "utf8" })
}
