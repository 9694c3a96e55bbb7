import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { settingsFor, startSshd } from "./sshd.ts"

// What people do in a container, through the command as a user has it.

let folder: string
const source = `use { Nginx } from "std/nginx"
cluster cmdt {
  network lan { cidr = 10.131.0.0/24 }
  appliance web[2]: Nginx { on = lan, site = "cmdt.test" }
}
`

function appl(words: readonly string[], input: Uint8Array | string = "", settings = "", file = "cmdt.appl") {
  const [word, ...rest] = words
  const ran = spawnSync(join(import.meta.dirname, "../../bin/appl"), [word!, file, ...rest], {
    cwd: folder,
    input,
    env: settings === "" ? process.env : { ...process.env, APPL_SSH_CONFIG: settings, SSH_AUTH_SOCK: "" },
    maxBuffer: 2 ** 26,
  })
  return { code: ran.status, out: ran.stdout, text: ran.stdout.toString(), err: ran.stderr.toString() }
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cmdt-"))
  writeFileSync(join(folder, "cmdt.appl"), source)
  expect(appl(["apply", "--yes"])).toMatchObject({ code: 0 })
})
afterAll(() => {
  const gone = appl(["destroy", "--yes"])
  rmSync(folder, { recursive: true, force: true })
  expect(gone).toMatchObject({ code: 0 })
  expect(existsSync("/var/lib/appl/cmdt")).toBe(false)
})

test("a command has its own streams and exit code, and is found by the name of its family", () => {
  const ran = appl(["exec", "web", "--", "sh", "-c", "echo out; echo err >&2; exit 7"])
  expect(ran).toMatchObject({ code: 7, text: "out\n", err: "err\n" })
  expect(appl(["exec", "web[2]", "--", "no-such-program"]).code).toBe(127)
  expect(appl(["exec", "nobody", "--", "true"])).toMatchObject({ code: 125 })
})

test("ten megabytes go in and come back as they were", () => {
  const bytes = randomBytes(10_000_000)
  const { code, out } = appl(["exec", "web", "--", "cat"], bytes)
  expect({ code, same: out.equals(bytes) }).toEqual({ code: 0, same: true })
})

test("no shell reads the words of a command", () => {
  const hostile = ["$(touch /tmp/cmdt-was-here)", "`id`", "it's", "; reboot", "", "a\nb", "*", "-n", "\\"]
  const { text } = appl(["exec", "web", "--", "printf", "%s\\001", ...hostile])
  expect(text.split("\u0001").slice(0, -1)).toEqual(hostile)
  expect(existsSync("/tmp/cmdt-was-here")).toBe(false)
})

test("what steers a terminal does not come through logs", () => {
  appl(["exec", "web", "--", "sh", "-c", "printf 'one\\033]0;title\\007\\ntwo\\n' >/proc/1/fd/1 2>/dev/null || :"])
  const { code, text } = appl(["logs", "web"])
  expect(code).toBe(0)
  expect(text).not.toContain("\u0007")
})

test("a tree is copied in and out, links as links", () => {
  mkdirSync(join(folder, "tree/a b"), { recursive: true })
  writeFileSync(join(folder, "tree/a b/-x $(id) 'y'"), "hi\n")
  symlinkSync("a b", join(folder, "tree/link"))
  expect(appl(["cp", "tree", "web:/srv"])).toMatchObject({ code: 0, err: "" })
  expect(appl(["cp", "web:/srv/tree", "back"])).toMatchObject({ code: 0, err: "" })
  expect(readFileSync(join(folder, "back/a b/-x $(id) 'y'"), "utf8")).toBe("hi\n")
  expect(readlinkSync(join(folder, "back/link"))).toBe("a b")
  expect(appl(["cp", "tree", "web:/srv"]).code).toBe(1)
})

test("an archive that leads out of its destination is refused, and nothing is left", () => {
  appl(["exec", "web", "--", "sh", "-c", "mkdir -p /srv/bad && ln -sfn /etc /srv/bad/out"])
  expect(appl(["cp", "web:/srv/bad", "bad"])).toMatchObject({ code: 1 })
  expect(existsSync(join(folder, "bad"))).toBe(false)
  expect(appl(["cp", "web:/srv/none", "none"])).toMatchObject({ code: 1 })
  expect(existsSync(join(folder, "none"))).toBe(false)
})

test("all of it is the same over SSH", () => {
  const sshd = startSshd(31)
  try {
    const settings = settingsFor(sshd, [], sshd.known(sshd.address), null).file!
    const moved = source.replace("cluster cmdt {", `host rack = ssh("root@${sshd.address}")\ncluster cmdt {`)
    writeFileSync(join(folder, "far.appl"), moved)
    const far = (words: readonly string[], input: Uint8Array | string = "") => appl(words, input, settings, "far.appl")
    const bytes = randomBytes(10_000_000)
    const { code, out } = far(["exec", "web", "--", "cat"], bytes)
    expect({ code, same: out.equals(bytes) }).toEqual({ code: 0, same: true })
    expect(far(["exec", "web", "--", "sh", "-c", "echo err >&2; exit 7"])).toMatchObject({ code: 7, err: "err\n" })
    expect(far(["exec", "web", "--tty", "--", "sh", "-c", "stty size"]).text).toContain("24 80")
    expect(far(["logs", "web"])).toMatchObject({ code: 0 })
    expect(far(["cp", "web:/etc/passwd", "passwd"])).toMatchObject({ code: 0, err: "" })
    expect(readFileSync(join(folder, "passwd"), "utf8")).toContain("root:")
  } finally {
    sshd.end()
  }
})
