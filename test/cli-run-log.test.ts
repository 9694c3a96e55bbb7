import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makePlace } from "./cli/command.ts"

test("a run leaves a log for its user only, and the last fifty are kept", async (context) => {
  const place = makePlace(context)
  const folder = join(place.folder, "state", "appl", "runs", "hello")
  mkdirSync(folder, { recursive: true })
  for (let day = 10; day < 70; day += 1) writeFileSync(join(folder, `2020-01-${day}T00-00-00Z-00ab.log`), "")
  writeFileSync(join(folder, "notes.txt"), "mine")
  const applied = await place.appl("apply", "01-hello/hello.appl", "--simulated", "--yes")
  expect(applied).toMatchObject({ code: 0 })
  expect(applied.err).not.toContain("What happened is in")
  const logs = readdirSync(folder).filter((name) => name.endsWith(".log"))
  expect(logs).toHaveLength(50)
  const path = join(folder, logs.sort().at(-1)!)
  expect(path).toMatch(/\/20[2-9]\d-\d\d-\d\dT\d\d-\d\d-\d\dZ-[0-9a-f]{16}\.log$/)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const lines = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
  expect(lines[0].plan.steps.length).toBeGreaterThan(3)
  expect(lines.filter((line) => line.kind === "step-finished")).toHaveLength(lines[0].plan.steps.length)
  expect(lines.at(-1).result).toMatchObject({ state: "done", refusal: null })
  expect(readdirSync(folder)).toContain("notes.txt")
})

test("a log that cannot be written is said once, and hosts are changed all the same", async (context) => {
  const place = makePlace(context)
  mkdirSync(join(place.folder, "state", "appl"), { recursive: true })
  writeFileSync(join(place.folder, "state", "appl", "runs"), "in the way")
  const applied = await place.appl("apply", "01-hello/hello.appl", "--simulated", "--yes")
  expect(applied.err.match(/warning: the log .* cannot be written/g)).toHaveLength(1)
  expect(applied).toMatchObject({ code: 0 })
})
