import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, property, string } from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { destinationIn, endpointOf, jumpsIn, type Settings } from "../runtime/hosts/ssh/configuration.ts"
import { lacks } from "./programs.ts"

const runs = Number(process.env.APPL_RUNS ?? 300)
const seed = Number(process.env.APPL_SEED ?? 1)

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "appl-ssh-"))
  mkdirSync(join(home, ".ssh"))
})
afterAll(() => rmSync(home, { recursive: true }))

function settings(text: string): Settings {
  const file = join(home, ".ssh/config")
  writeFileSync(file, text)
  return { home, user: "ada", agent: "/run/agent", file }
}

const configuration = `
Host rack*
  HostName %h.office.test
  Port 2222
  IdentityFile ~/.ssh/rack_key
  IdentitiesOnly yes

Host rack2 !rack3
  User bob
  ProxyJump carol@gate:2200,second

Host "10.0.0.?"
  HostKeyAlias ten
  UserKnownHostsFile ~/.ssh/ten /etc/ten
  ConnectTimeout=7
  ServerAliveInterval 3

Match host web.office.test user root
  Port 2201

Host *
  Port 2299
  User everyone
`

// ssh(1) itself says what its configuration means.
describe.skipIf(lacks("ssh"))("as ssh -G says it", () => {
  test.each([
    ["rack1", null],
    ["rack2", null],
    ["rack3", "root"],
    ["10.0.0.5", null],
    ["10.0.0.15", null],
    ["web.office.test", "root"],
    ["web.office.test", "nobody"],
  ])("for %s, user %s", (host, user) => {
    const endpoint = endpointOf({ user, host, port: null }, settings(configuration))
    const words = ["-G", "-F", join(home, ".ssh/config"), ...(user === null ? [] : ["-l", user]), host]
    const said = execFileSync("ssh", words, { encoding: "utf8", env: { ...process.env, HOME: home } })
    const one = (name: string) => new RegExp(`^${name} (.*)$`, "m").exec(said)?.[1]
    expect([endpoint.hostname, `${endpoint.port}`, endpoint.user]).toEqual([one("hostname"), one("port"), one("user")])
    expect(endpoint.jumps).toEqual(jumpsIn(one("proxyjump") ?? null))
    expect(endpoint.identities.only).toBe(one("identitiesonly") === "yes")
    expect(endpoint.connect_timeout_ms).toBe(Number(one("connecttimeout")?.replace("none", "20") ?? 20) * 1000)
  })
})

test("what is said beside the host decides, and names in the file fill the rest", () => {
  const endpoint = endpointOf({ user: "root", host: "rack2", port: 22 }, settings(configuration))
  expect(endpoint).toMatchObject({
    hostname: "rack2.office.test",
    port: 22,
    user: "root",
    jumps: [
      { user: "carol", host: "gate", port: 2200 },
      { user: null, host: "second", port: null },
    ],
    identities: { files: [`${home}/.ssh/rack_key`], said: true, only: true },
    agent: "/run/agent",
    known_as: "rack2.office.test",
  })
  expect(endpointOf({ user: null, host: "10.0.0.5", port: null }, settings(configuration))).toMatchObject({
    known_as: "ten",
    connect_timeout_ms: 7000,
    alive: { interval_ms: 3000, count: 3 },
    known_hosts_files: [`${home}/.ssh/ten`, "/etc/ten", "/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
  })
})

test("included files count where they stand, and the block around them goes on", () => {
  mkdirSync(join(home, ".ssh/more"), { recursive: true })
  writeFileSync(join(home, ".ssh/more/a.conf"), "Host deep\n  Port 2001\n")
  writeFileSync(join(home, ".ssh/more/b.conf"), "User inner\n")
  const text = "Host rack\n  Include more/*.conf\n  Port 2002\nHost *\n  Include more/a.conf nothing\n  User outer\n"
  const of = (host: string) => endpointOf({ user: null, host, port: null }, settings(text))
  expect(of("rack")).toMatchObject({ port: 2002, user: "inner" })
  expect(of("deep")).toMatchObject({ port: 2001, user: "outer" })
  expect(of("other")).toMatchObject({ port: 22, user: "outer" })
})

test("a file that includes itself, or runs a program to match, does no harm", () => {
  const proof = join(home, "ran")
  const text = `Include ~/.ssh/config\nMatch exec "touch ${proof}"\n  Port 1\nHost *\n  Port 2003\n`
  expect(endpointOf({ user: null, host: "rack", port: null }, settings(text)).port).toBe(2003)
  expect(() => execFileSync("test", ["-e", proof])).toThrow()
})

test("destinations are taken apart", () => {
  expect(destinationIn("a@b@rack:22")).toEqual({ user: "a@b", host: "rack", port: 22 })
  expect(destinationIn("[fd00::1]:2222")).toEqual({ user: null, host: "fd00::1", port: 2222 })
  expect(destinationIn("fd00::1")).toEqual({ user: null, host: "fd00::1", port: null })
  expect(jumpsIn("none")).toEqual([])
})

test("no text of a configuration is a bug", () => {
  const words = [
    "Host ",
    "Match ",
    "Include ",
    "*",
    "!",
    '"',
    "\n",
    " ",
    "=",
    "%h",
    "~",
    "exec ",
    "all",
    "ProxyJump ",
    "@",
    ":",
  ]
  assert(
    property(string({ maxLength: 80 }), (text) => {
      const mixed = [...text].map((sign) => words[sign.codePointAt(0)! % 29] ?? sign).join("")
      const endpoint = endpointOf({ user: null, host: "rack", port: null }, settings(mixed))
      expect(typeof endpoint.hostname).toBe("string")
    }),
    { numRuns: runs, seed },
  )
})
