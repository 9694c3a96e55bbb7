import { spawnSync } from "node:child_process"
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"

// What `npm ci` builds for a fast start, in a clone of its own: the parts of this one that the command needs.
const root = join(import.meta.dirname, "..")
const clone = realpathSync(mkdtempSync(join(tmpdir(), "appl-clone-")))
const hello = "examples/01-hello/hello.appl"

beforeAll(() => {
  for (const part of ["bin", "cli", "lang", "runtime", "modules", "examples", "scripts", "package.json"])
    cpSync(join(root, part), join(clone, part), { recursive: true })
  symlinkSync(realpathSync(join(root, "node_modules")), join(clone, "node_modules"))
  const built = run(clone, "node_modules/node/bin/node", "scripts/build.ts")
  expect(built).toEqual({ code: 0, out: "", err: "" })
})
afterAll(() => rmSync(clone, { recursive: true, force: true }))

test("snapshot, bundle and sources say the same, from any folder and through a link", () => {
  const words = ["output", join(clone, "examples/02-office/office.appl"), "--json", "--set", "web-port=9000/tcp"]
  const snapshot = run(clone, "bin/appl", ...words)
  expect(snapshot).toEqual({ code: 0, out: '{"url":"http://localhost:9000/"}\n', err: "" })
  expect(isSnapshot(clone)).toBe(true)
  expect(run(clone, "node_modules/node/bin/node", "dist/appl.cjs", ...words)).toEqual(snapshot)
  expect(run(tmpdir(), join(root, "cli/../node_modules/node/bin/node"), join(root, "cli/main.ts"), ...words)).toEqual(
    snapshot,
  )
  symlinkSync(join(clone, "bin/appl"), join(clone, "linked"))
  expect(run(tmpdir(), join(clone, "linked"), ...words)).toEqual(snapshot)
})

test("the snapshot reads its environment, arguments and working folder when it runs, and not when it was built", () => {
  const words = ["output", "02-office/office.appl", "url"]
  const environment = { APPL_PARAM_WEB_PORT: "9002/tcp" }
  expect(runWith(environment, join(clone, "examples"), "../bin/appl", ...words).out).toBe("http://localhost:9002/\n")
  expect(run(clone, "bin/appl", "--version").out).toBe(`${JSON.parse(read("package.json")).version}\n`)
})

test("libraries that few commands need are found from the snapshot: templates, patterns, schemas, a terminal's spinner", () => {
  writeFileSync(
    join(clone, "p.appl"),
    'type Name = Text(/[a-z]+/)\ncluster p { param name: Name = "a", network lan { cidr = 10.1.0.0/24 } }\n',
  )
  expect(run(clone, "bin/appl", "check", "p.appl", "--set", "name=A1").err).toMatch(/\[a-z\]\+/)
  writeFileSync(join(clone, "appl.lock"), '{ "version": 1, "deployed": 7 }\n')
  expect(run(clone, "bin/appl", "check", "p.appl").err).toMatch(/lock/)
  rmSync(join(clone, "appl.lock"))
  const state = { XDG_STATE_HOME: join(clone, "state"), APPL_SIMULATED_SPEED: "1000" }
  const applied = runWith(state, clone, "bin/appl", "apply", hello, "--yes", "--simulated", "--lock", "l.lock")
  expect(applied).toMatchObject({ code: 0 })
})

test("libraries that are not in the bundle are loaded from beside it, whatever they are written as", () => {
  const home = { HOME: clone, XDG_STATE_HOME: join(clone, "state"), XDG_CONFIG_HOME: join(clone, "config") }
  expect(runWith(home, clone, "bin/appl", "secret", "init")).toMatchObject({ code: 0 })
  expect(runWith(home, clone, "bin/appl", "docs", "modules/nginx", "--out", "site")).toMatchObject({ code: 0 })
  expect(isSnapshot(clone)).toBe(true)
})

test("the bundle is ASCII, of which V8 keeps one byte for each character", () => {
  expect(/[^\u0000-\u007f]/.exec(read("dist/appl.cjs"))).toBeNull()
})

test("a source that changed, came, went or was replaced by an older one is never missed", () => {
  const file = join(clone, "cli/commands/check.ts")
  const before = readFileSync(file, "utf8")
  expect(isSnapshot(clone)).toBe(true)
  writeFileSync(file, before.replace("compiles:", "is fine:"))
  expect(run(clone, "bin/appl", "check", hello).out).toMatch(/hello is fine: 1 appliance/)
  rebuild()
  expect(isSnapshot(clone)).toBe(true)
  expect(run(clone, "bin/appl", "check", hello).out).toMatch(/hello is fine: 1 appliance/)

  // Its modification time lies before the build, as that of a file that was taken out of an archive.
  cpSync(join(root, "cli/commands/check.ts"), join(clone, "old.ts"), { preserveTimestamps: true })
  renameSync(join(clone, "old.ts"), file)
  expect(isSnapshot(clone)).toBe(false)
  expect(run(clone, "bin/appl", "check", hello).out).toMatch(/hello compiles: 1 appliance/)
  rebuild()
  writeFileSync(join(clone, "lang/another.ts"), "")
  expect(isSnapshot(clone)).toBe(false)
  rebuild()
  rmSync(join(clone, "lang/another.ts"))
  expect(isSnapshot(clone)).toBe(false)
})

test("a copy of the folder does not trust what was built in the first one", () => {
  rebuild()
  const copy = join(clone, "copy")
  for (const part of ["cli", "lang", "runtime", "scripts", "node_modules", "bin", "modules", "package.json", "dist"])
    cpSync(join(clone, part), join(copy, part), { recursive: true })
  expect(isSnapshot(clone)).toBe(true)
  expect(isSnapshot(copy)).toBe(false)
  expect(run(copy, "bin/appl", "check", join(clone, hello)).code).toBe(0)
})

/** Whether the command runs from the snapshot: then Node complains of a broken one. */
function isSnapshot(folder: string): boolean {
  const blob = join(folder, "dist/appl.blob")
  renameSync(blob, `${blob}.away`)
  writeFileSync(blob, "")
  const { err } = run(folder, "bin/appl", "--version")
  renameSync(`${blob}.away`, blob)
  return err !== ""
}

function rebuild(): void {
  expect(run(clone, "node_modules/node/bin/node", "scripts/build.ts")).toMatchObject({ code: 0, err: "" })
}

function read(name: string): string {
  return readFileSync(join(clone, name), "utf8")
}

function run(folder: string, ...command: readonly string[]): { code: number | null; out: string; err: string } {
  return runWith({}, folder, ...command)
}

function runWith(environment: Readonly<Record<string, string>>, folder: string, ...command: readonly string[]) {
  const env = { PATH: process.env.PATH, HOME: clone, ...environment }
  const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), { cwd: folder, env, encoding: "utf8" })
  return { code: status, out: stdout, err: stderr }
}
