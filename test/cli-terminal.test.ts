import { spawn } from "node:child_process"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makePlace } from "./cli/command.ts"

const root = join(import.meta.dirname, "..")

/** Answers a question of `appl` on a terminal of its own, which `script` (script(1)) makes. `columns` 0 is a terminal without a size. */
function onTerminal(
  folder: string,
  words: string,
  answer: string,
  columns: number,
): Promise<{ code: number | null; out: string }> {
  const command = `stty cols ${columns}; exec ${join(root, "bin", "appl")} ${words}`
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, TERM: "xterm", APPL_SIMULATED_SPEED: "100" },
  })
  let out = ""
  child.stdout.on("data", (chunk: Buffer) => {
    if (!out.includes("[y/N]") && `${out}${chunk}`.includes("[y/N]")) child.stdin.write(answer)
    out += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, out }))
  })
}

const apply = "apply 02-office/office.appl --simulated"

test.concurrent.for([
  ["n", "n\n"],
  ["the end of input", "\u0004"],
  ["Ctrl-C", "\u0003"],
] as const)("%s at the question changes nothing", async ([, answer], context) => {
  const place = makePlace(context)
  const { code, out } = await onTerminal(place.folder, apply, answer, 100)
  expect(out).toMatch(/Apply office in 11 steps\?/)
  expect(out).toMatch(/Nothing was changed\./)
  expect(code).toBe(1)
  expect((await place.start(["status", ...apply.split(" ").slice(1)], { XDG_STATE_HOME: "" }).ended).out).not.toMatch(
    /running/,
  )
})

test("yes applies, with a line per finished step and one live line", async (context) => {
  const { code, out } = await onTerminal(makePlace(context).folder, apply, "y\n", 100)
  expect(out).toMatch(/web\[2\] created in/)
  expect(out).toMatch(/\d+ of 11 · /)
  expect(out).toMatch(/11 done\./)
  expect(code).toBe(0)
})

test("a terminal that says it has no columns gets plain lines", async (context) => {
  const { code, out } = await onTerminal(makePlace(context).folder, apply, "y\n", 0)
  expect(out).toMatch(/web\[2\] created in/)
  expect(out).not.toMatch(/\d+ of 11 · /)
  expect(code).toBe(0)
})
