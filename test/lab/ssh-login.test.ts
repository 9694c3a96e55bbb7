import { execFileSync } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { openPool } from "../../runtime/hosts/ssh/pool.ts"
import { addUser, poolFor, rootAt, settingsFor, startAgent, startSshd, type TestSshd } from "./sshd.ts"

// How a host lets us in, and whom we trust: a real sshd in a network namespace of its own.

let sshd: TestSshd
let inner: TestSshd

beforeAll(() => {
  sshd = startSshd(1)
  inner = startSshd(2, [], "ssht-1")
})
afterAll(() => {
  inner?.end()
  sshd?.end()
})

const hello = { script: "echo hello; id -u", timeout_ms: 20_000 }
const greeted = { kind: "exited", code: 0, output: "hello\n0\n", errors: "" }

async function ask(pool: ReturnType<typeof poolFor>, user = "root", host = sshd.address) {
  const ran = await pool.host("rack", { user, host, port: null }).run(hello)
  await pool.close()
  return ran
}

describe("keys", () => {
  test("a key file lets us in", async () => {
    expect(await ask(poolFor(sshd))).toEqual(greeted)
  })

  test("an agent lets us in, and is not forwarded", async (context) => {
    const agent = startAgent(sshd.folder, [sshd.key])
    context.onTestFinished(agent.end)
    const pool = poolFor(sshd, [`IdentityFile ${sshd.folder}/none`], undefined, agent.socket)
    const ran = await pool
      .host("rack", rootAt(sshd.address))
      .run({ script: 'echo "[$SSH_AUTH_SOCK]"', timeout_ms: 9000 })
    await pool.close()
    expect(ran).toMatchObject({ output: "[]\n" })
  })

  test("of an agent with many keys, the one that the configuration names comes first", async (context) => {
    const others = Array.from({ length: 7 }, (_, index) => join(sshd.folder, `other-${index}`))
    for (const key of others) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])
    const agent = startAgent(sshd.folder, [...others, sshd.key])
    context.onTestFinished(agent.end)
    expect(await ask(poolFor(sshd, [], undefined, agent.socket))).toEqual(greeted)
  })

  test("an encrypted key says what to do", async () => {
    const key = join(sshd.folder, "locked")
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "secret words", "-f", key])
    const settings = settingsFor(sshd, [], sshd.known(sshd.address), null)
    writeFileSync(settings.file!, readFileSync(settings.file!, "utf8").replace(sshd.key, key))
    expect(await ask(openPool(settings))).toMatchObject({
      kind: "refused",
      failure: {
        kind: "host-refused",
        remedy: `ssh-add ${key}`,
        message: expect.stringContaining("does not let root in"),
      },
    })
  })

  test("a key that is not accepted is named, by its fingerprint", async () => {
    const key = join(sshd.folder, "stranger")
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key])
    const settings = settingsFor(sshd, [], sshd.known(sshd.address), null)
    writeFileSync(settings.file!, readFileSync(settings.file!, "utf8").replace(sshd.key, key))
    expect(await ask(openPool(settings))).toMatchObject({
      kind: "refused",
      failure: { kind: "host-refused", output: [expect.stringMatching(/^offered .*stranger \(SHA256:/)] },
    })
  })
})

describe("known hosts", () => {
  const untrusted = (message: string, remedy: string) => ({
    kind: "refused",
    failure: {
      kind: "host-untrusted",
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    },
  })

  test("a key that nobody knows is refused with its fingerprint, and nothing of ours reaches the host", async () => {
    const before = sshd.log()
    const print = execFileSync("ssh-keygen", ["-lf", join(sshd.folder, "host_key.pub")], { encoding: "utf8" }).split(
      " ",
    )[1]!
    expect(await ask(poolFor(sshd, [], ""))).toMatchObject(untrusted(`ED25519 ${print}`, "appl host add rack"))
    expect(sshd.log().slice(before.length)).not.toMatch(/Accepted|Failed|publickey/)
  })

  test("a changed key is refused, and both are named", async () => {
    const other = inner.known(sshd.address)
    expect(await ask(poolFor(sshd, [], other))).toMatchObject(untrusted("shows another key", "ssh-keygen -R"))
  })

  test("a revoked key is refused", async () => {
    const known = `${sshd.known(sshd.address)}@revoked ${sshd.known("*")}`
    expect(await ask(poolFor(sshd, [], known))).toMatchObject(untrusted("revokes", "do not connect"))
  })

  test("a certificate authority alone is no reason to trust", async () => {
    const known = `@cert-authority ${sshd.known("*")}`
    expect(await ask(poolFor(sshd, [], known))).toMatchObject(untrusted("certificate authority", "appl host add"))
  })

  test("hashed names are found", async () => {
    const file = join(sshd.folder, "hashed")
    writeFileSync(file, sshd.known(sshd.address))
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" })
    expect(readFileSync(file, "utf8")).not.toContain(sshd.address)
    expect(await ask(poolFor(sshd, [], readFileSync(file, "utf8")))).toEqual(greeted)
  })
})

describe("jumps", () => {
  test("a host behind another is reached over it, by one connection for all", async () => {
    const known = sshd.known(sshd.address) + inner.known(inner.address)
    const jump = [`Host ${inner.address}`, `  ProxyJump root@${sshd.address}`, `  IdentityFile ${inner.key}`]
    const pool = poolFor(sshd, jump, known)
    const host = pool.host("inner", rootAt(inner.address))
    const all = await Promise.all(Array.from({ length: 5 }, () => host.run(hello)))
    expect(all).toEqual(Array(5).fill(greeted))
    expect(pool.traffic()).toMatchObject({ inner: { connections: 1 }, [sshd.address]: { connections: 1 } })
    await pool.close()
  })

  test("a way that is not there is unreachable, and says over whom", async () => {
    const jump = ["Host 10.121.202.9", `  ProxyJump root@${sshd.address}`, "  ConnectTimeout 5"]
    const ran = await ask(poolFor(sshd, jump), "root", "10.121.202.9")
    expect(ran.kind).not.toBe("exited")
    expect(JSON.stringify(ran)).toContain(sshd.address)
  })
})

describe("other users", () => {
  const name = "ssht-ada"

  test.each(["/bin/bash", "/bin/dash", "/usr/bin/zsh", "/usr/bin/fish"].filter(existsSync))(
    "a user whose login shell is %s becomes root by sudo",
    async (shell) => {
      const remove = addUser(name, shell, `${name} ALL=(root) NOPASSWD: ALL`)
      try {
        const pool = poolFor(sshd)
        const host = pool.host("rack", { user: name, host: sshd.address, port: null })
        const awkward = `printf '%s\\n' 'a'\\''b "c" $d \\e !f é'; cat; id -u >&2; exit 3`
        expect(await host.run({ script: awkward, input: "in\0put", timeout_ms: 20_000 })).toEqual({
          kind: "exited",
          code: 3,
          output: 'a\'b "c" $d \\e !f é\nin\0put',
          errors: "0\n",
        })
        expect(await host.run({ script: "sleep 60", timeout_ms: 500 })).toMatchObject({ kind: "timed-out" })
        const started = await host.start({
          script: "id -u; stty size",
          terminal: { columns: 71, rows: 17, name: "xterm" },
        })
        expect(started.ok && (await text(started.value.stdout))).toContain("0\r\n17 71\r\n")
        await pool.close()
      } finally {
        remove()
      }
    },
  )

  test("sudo that asks for a password, or refuses, is said with the line that mends it", async (context) => {
    context.onTestFinished(addUser(name, "/bin/bash", null))
    expect(await ask(poolFor(sshd), name)).toMatchObject({
      kind: "refused",
      failure: { kind: "host-refused", remedy: expect.stringContaining(`${name} ALL=(root) NOPASSWD: ALL`) },
    })
  })

  test("a login shell that runs nothing is said", async (context) => {
    context.onTestFinished(addUser(name, "/usr/sbin/nologin", null))
    expect(await ask(poolFor(sshd), name)).toMatchObject({
      kind: "refused",
      failure: { kind: "host-refused", output: [expect.stringContaining("not available")] },
    })
  })

  test("what a start-up file prints is not taken for an answer", async (context) => {
    context.onTestFinished(addUser(name, "/bin/bash", `${name} ALL=(root) NOPASSWD: ALL`))
    writeFileSync(`/home/${name}/.bashrc`, "echo noise; echo trouble >&2\n")
    expect(await ask(poolFor(sshd), name)).toEqual(greeted)
  })
})
