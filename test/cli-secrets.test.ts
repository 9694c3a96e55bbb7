import { execFileSync, spawn } from "node:child_process"
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makePlace, type Place } from "./cli/command.ts"

const canary = "canary-8a2d"

/** Runs `appl secret …` in a place, with a key in its own folder of settings or what `environment` says. */
function secretsIn(place: Place, environment: Readonly<Record<string, string>> = {}) {
  return (words: string, input?: string) =>
    place.start(["secret", ...words.split(" ")], environment, place.folder, input).ended
}

test("a secret is kept, listed without its value, shown when asked, and never stands in the file", async (context) => {
  const place = makePlace(context)
  const secret = secretsIn(place)
  expect(await secret("init")).toMatchObject({ code: 0 })
  expect(statSync(join(place.folder, ".config/appl/key.txt")).mode & 0o777).toBe(0o600)
  expect(await secret("set db/password", `${canary}\n`)).toEqual({ code: 0, out: "", err: "" })
  expect((await secret("ls")).out).toMatch(/^secret +changed\ndb\/password +\d{4}-/)
  expect(JSON.parse((await secret("ls --json")).out).secrets).toMatchObject([{ name: "db/password" }])
  expect(await secret("get db/password")).toMatchObject({ code: 1, out: "" })
  expect(await secret("get db/password --show")).toEqual({ code: 0, out: `${canary}\n`, err: "" })
  expect(readFileSync(join(place.folder, "secrets.age"), "latin1")).toMatch(/^age-encryption\.org\/v1\n-> X25519 /)
  expect(readFileSync(join(place.folder, "secrets.age"), "latin1")).not.toContain(canary)
})

test("the same value keeps its version, another one has a new one, and rm takes it out", async (context) => {
  const secret = secretsIn(makePlace(context))
  await secret("init")
  const version = async (words: string, input?: string) =>
    JSON.parse((await secret(`${words} --json`, input)).out).version
  const first = await version("set a", canary)
  expect(await version("set a", canary)).toBe(first)
  expect(await version("rotate a")).not.toBe(first)
  expect((await secret("get a --show")).out).toMatch(/^[A-Za-z0-9]{11}\n$/)
  await secret("rotate a --length 40")
  expect((await secret("get a --show")).out).toMatch(/^[A-Za-z0-9]{40}\n$/)
  expect(await secret("rm a")).toMatchObject({ code: 0 })
  expect((await secret("get a --show")).err).toContain("there is no secret a in the store")
})

test.for([
  ["set ../a", "x", "is no name of a secret"],
  ["set a", "", "a secret is not empty"],
  ["set a", "a\0b", "no zero character"],
  ["rotate b", undefined, "there is no secret b"],
  ["share nobody", undefined, "is no recipient"],
  ["share age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", undefined, "one of the recipients is none"],
  ["unshare nobody", undefined, "nobody is called nobody"],
  ["ls --key nowhere.txt", undefined, "nowhere.txt is not there"],
  ["ls --key 01-hello/hello.appl", undefined, "can be read by others"],
  ["ls --secrets other.age", undefined, "there is no store of secrets other.age"],
  ["ls --key ssh-agent", undefined, "no ssh-agent is running"],
] as const)("%s is refused", async ([words, input, message], context) => {
  const place = makePlace(context)
  const secret = secretsIn(place)
  await secret("init")
  chmodSync(join(place.folder, "01-hello/hello.appl"), 0o644)
  const before = readFileSync(join(place.folder, "secrets.age"))
  const ended = await secret(words, input)
  expect(ended).toMatchObject({ code: 1, out: "" })
  expect(ended.err).toContain(message)
  expect(ended.err).toContain("error: ")
  expect(readFileSync(join(place.folder, "secrets.age")).equals(before)).toBe(true)
})

test("a wrong key, a damaged store and a key file that others may read are told apart", async (context) => {
  const place = makePlace(context)
  const secret = secretsIn(place)
  await secret("init")
  await secret("set a", canary)
  mkdirSync(join(place.folder, "other"))
  const stranger = secretsIn(place, { XDG_CONFIG_HOME: join(place.folder, "other") })
  await stranger("init --secrets theirs.age")
  expect((await stranger("ls")).err).toContain("no key that you have opens secrets.age")
  const store = join(place.folder, "secrets.age")
  const bytes = readFileSync(store)
  for (const at of [5, bytes.length - 20]) {
    const damaged = Buffer.from(bytes)
    damaged[at] = damaged[at]! ^ 1
    writeFileSync(store, damaged)
    expect((await secret("ls")).err).toMatch(/is damaged|no key that you have/)
  }
  writeFileSync(store, bytes)
  chmodSync(join(place.folder, ".config/appl/key.txt"), 0o640)
  expect((await secret("ls")).err).toContain("chmod 600")
})

test("a store is shared with others, and taken away from them", async (context) => {
  const place = makePlace(context)
  const owner = secretsIn(place)
  const alice = secretsIn(place, { XDG_CONFIG_HOME: join(place.folder, "alice") })
  await owner("init")
  await owner("set a", canary)
  await alice("init --secrets own.age")
  const recipient = (await alice("recipients --own")).out.trim()
  expect(recipient).toMatch(/^age1/)
  expect(await owner(`share ${recipient} --name alice`)).toMatchObject({ code: 0 })
  expect((await alice("get a --show")).out).toBe(`${canary}\n`)
  expect((await owner("recipients")).out).toContain("alice")
  expect((await owner("unshare alice")).err).toContain("rotate it")
  expect((await alice("get a --show")).code).toBe(1)
  expect((await owner("unshare nobody-else")).code).toBe(1)
})

test("the key may stand in the environment", async (context) => {
  const place = makePlace(context)
  await secretsIn(place)("init")
  const key = readFileSync(join(place.folder, ".config/appl/key.txt"), "utf8").split("\n")[1]!
  const elsewhere = { XDG_CONFIG_HOME: join(place.folder, "nowhere"), APPL_SECRET_KEY: key }
  expect(await secretsIn(place, elsewhere)("set a", canary)).toMatchObject({ code: 0 })
  expect(existsSync(join(place.folder, "nowhere"))).toBe(false)
})

test("the key may be one of the ssh-agent", async (context) => {
  const place = makePlace(context)
  const socket = join(place.folder, "agent.sock")
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" })
  context.onTestFinished(() => void agent.kill())
  const environment = { SSH_AUTH_SOCK: socket, PATH: process.env.PATH ?? "" }
  const ssh = (program: string, ...words: string[]) =>
    execFileSync(program, words, { cwd: place.folder, env: environment, stdio: ["ignore", "pipe", "pipe"] })
  for (let left = 200; !existsSync(socket) && left > 0; left--) await new Promise((resolve) => setTimeout(resolve, 20))
  ssh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "one@test", "-f", "one")
  ssh("ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-C", "rsa@test", "-f", "rsa")
  ssh("ssh-add", "rsa")
  const secret = secretsIn(place, { SSH_AUTH_SOCK: socket })
  expect((await secret("init --key ssh-agent")).err).toContain("the ssh-agent has no ed25519 key")
  ssh("ssh-add", "one")
  expect(await secret("init --key ssh-agent")).toMatchObject({ code: 0 })
  expect(await secret("set a --key ssh-agent", canary)).toMatchObject({ code: 0 })
  // Another run, another signature of the same text: the same key.
  expect((await secret("get a --show --key ssh-agent")).out).toBe(`${canary}\n`)
  ssh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "two@test", "-f", "two")
  ssh("ssh-add", "two")
  expect((await secret("ls --key ssh-agent")).err).toContain("several ed25519 keys")
  expect((await secret("ls --key ssh-agent:one")).code).toBe(0)
  expect((await secret("ls --key ssh-agent:two")).err).toContain("no key that you have opens")
  expect(existsSync(join(place.folder, ".config/appl/key.txt"))).toBe(false)
})

test("an agent whose signature is none opens nothing, and makes no key that others know", async (context) => {
  const place = makePlace(context)
  const socket = join(place.folder, "agent.sock")
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from(Uint32Array.of(bytes.length).buffer).swap32(), bytes])
  const key = field(Buffer.concat([field(Buffer.from("ssh-ed25519")), field(Buffer.alloc(32, 7))]))
  const list = Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), key, field(Buffer.from("liar@test"))])
  const signature = Buffer.concat([field(Buffer.from("ssh-ed25519")), field(Buffer.alloc(64))])
  const agent = createServer((connection) => {
    connection.once("data", (asked) => {
      connection.end(field(asked[4] === 11 ? list : Buffer.concat([Buffer.from([14]), field(signature)])))
    })
  }).listen(socket)
  context.onTestFinished(() => void agent.close())
  const secret = secretsIn(place, { SSH_AUTH_SOCK: socket })
  const ended = await secret("init --key ssh-agent")
  expect(ended).toMatchObject({ code: 1, err: expect.stringContaining("no signature of the key") })
  expect(existsSync(join(place.folder, "secrets.age"))).toBe(false)
})

test("a digest of a given secret is made with a whole key, or not at all", async (context) => {
  const place = makePlace(context)
  place.write(
    "box.appl",
    `appliance Box { param password: Secret<Text>, image = debian("bookworm"), start = ["box"], env = { A = password } }
cluster box {
  param password: Secret<Text>
  network lan { cidr = 10.0.0.0/24 }
  appliance one: Box { password = password }
}
`,
  )
  const apply = () => place.appl("apply", "box.appl", "--simulated", "--yes", "--set", `password=${canary}`)
  const path = join(place.folder, ".config/appl/digest.key")
  mkdirSync(join(place.folder, ".config/appl"), { recursive: true })
  for (const broken of ["", "\n", "zz", "00"]) {
    writeFileSync(path, broken, { mode: 0o600 })
    expect(await apply()).toMatchObject({ code: 1, err: expect.stringContaining("digest.key holds no key") })
  }
  rmSync(path)
  expect(await apply()).toMatchObject({ code: 0 })
  expect(readFileSync(path, "utf8")).toMatch(/^[0-9a-f]{64}\n$/)
})

test("on a terminal a value is asked for twice and not shown", async (context) => {
  const place = makePlace(context)
  await secretsIn(place)("init")
  const command = `${join(import.meta.dirname, "..", "bin", "appl")} secret set a`
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    cwd: place.folder,
    env: { PATH: process.env.PATH, HOME: place.folder, TERM: "xterm" },
  })
  let out = ""
  let answered = 0
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString()
    const asked = out.split(": ").length - 1
    for (; answered < asked; answered++) child.stdin.write(`${canary}\r`)
  })
  const code = await new Promise((resolve) => child.on("close", resolve))
  expect({ code, out: out.includes(canary) }).toEqual({ code: 0, out: false })
  expect((await secretsIn(place)("get a --show")).out).toBe(`${canary}\n`)
})

test("an apply that needs a secret says what is missing, and makes what it may make", async (context) => {
  const place = makePlace(context)
  const secret = secretsIn(place)
  place.write(
    "box.appl",
    `appliance Box {
  param password: Secret<Text>
  image = debian("bookworm")
  start = ["box"]
  env = { A = password, B = generated("made", length = 12) }
}
cluster box {
  network lan { cidr = 10.0.0.0/24 }
  appliance one: Box { password = secret("there") }
}
`,
  )
  const apply = () => place.appl("apply", "box.appl", "--simulated", "--yes")
  expect((await apply()).err).toContain("appl secret init")
  await secret("init")
  expect((await apply()).err).toContain("there is no secret there in the store")
  await secret("set there", canary)
  expect(await apply()).toMatchObject({ code: 0 })
  expect((await secret("ls")).out).toContain("made")
  expect((await secret("get made --show")).out).toMatch(/^[A-Za-z0-9]{12}\n$/)
  expect(execFileSync("grep", ["-rl", "made", join(place.folder, "state")], { encoding: "utf8" })).not.toBe("")
  expect(() => execFileSync("grep", ["-rl", canary, join(place.folder, "state")])).toThrow()
})
