import { readdirSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { afterAll, beforeAll, expect, test } from "vitest"
import { openRelay, poolFor, rootAt, startSshd, type TestSshd } from "./sshd.ts"

// What a connection does when it is cut, frozen, or asked for much: never a hang, never a guess.

let sshd: TestSshd
beforeAll(() => {
  sshd = startSshd(3)
})
afterAll(() => sshd?.end())

function relayed(port: number, lines: readonly string[] = []) {
  return poolFor(sshd, lines, sshd.known(`[127.0.0.1]:${port}`))
}

const program = { script: "echo one; echo two >&2; seq 1 500", timeout_ms: 30_000 }

test("cut at any byte, from the greeting to the end, is unreachable with its reason", async () => {
  const whole = await openRelay(sshd.address, 22)
  const pool = relayed(whole.port)
  const done = await pool.host("rack", rootAt("127.0.0.1", whole.port)).run(program)
  expect(done).toMatchObject({ kind: "exited", code: 0 })
  const total = whole.received()
  await pool.close()
  await whole.end()

  const reasons = new Set<string>()
  for (let part = 0; part < 24; part += 1) {
    const relay = await openRelay(sshd.address, 22, Math.floor((total * part) / 24))
    const broken = relayed(relay.port)
    const ran = await broken.host("rack", rootAt("127.0.0.1", relay.port)).run(program)
    // All of it may have come although the last bytes did not.
    if (ran.kind === "exited") expect(ran).toEqual(done)
    else expect(ran).toEqual({ kind: "unreachable", why: expect.stringMatching(/\w/) })
    if (ran.kind === "unreachable") reasons.add(ran.why)
    await broken.close()
    await relay.end()
  }
  const all = [...reasons].join("\n")
  for (const phase of ["greeting", "key exchange", "authentication", "connection was"]) expect(all).toContain(phase)
})

test("cut while a program prints, and before its exit", async () => {
  for (const script of ["echo now >&2; sleep 20", "echo x; echo now >&2; exec >&- 2>&-; sleep 20"]) {
    const relay = await openRelay(sshd.address, 22)
    const pool = relayed(relay.port)
    const host = pool.host("rack", rootAt("127.0.0.1", relay.port))
    const ran = await host.run({ script, timeout_ms: 30_000, onLine: () => relay.cut() })
    expect(ran).toMatchObject({ kind: "unreachable" })
    // The next use finds a new connection.
    expect(await host.run({ script: "echo back", timeout_ms: 9000 })).toMatchObject({
      kind: "exited",
      output: "back\n",
    })
    await pool.close()
    await relay.end()
  }
})

test("a connection that died between two uses is made again, unseen", async () => {
  const relay = await openRelay(sshd.address, 22)
  const pool = relayed(relay.port)
  const host = pool.host("rack", rootAt("127.0.0.1", relay.port))
  await host.run(program)
  relay.cut()
  expect(await host.run(program)).toMatchObject({ kind: "exited", code: 0 })
  expect(pool.traffic()).toMatchObject({ rack: { connections: 2 } })
  await pool.close()
  await relay.end()
})

test("a peer that is frozen is noticed", async () => {
  const relay = await openRelay(sshd.address, 22)
  const pool = relayed(relay.port, ["ServerAliveInterval 1", "ServerAliveCountMax 2"])
  const host = pool.host("rack", rootAt("127.0.0.1", relay.port))
  const ran = await host.run({ script: "echo now >&2; sleep 60", timeout_ms: 60_000, onLine: () => relay.freeze() })
  expect(ran).toEqual({ kind: "unreachable", why: expect.stringContaining("has not answered for 2 s") })
  await pool.close()
  await relay.end()
})

test("a program that is quiet for longer than the keep-alive is left alone", async () => {
  const pool = poolFor(sshd, ["ServerAliveInterval 1", "ServerAliveCountMax 1"])
  const ran = await pool.host("rack", rootAt(sshd.address)).run({ script: "sleep 5; echo well", timeout_ms: 20_000 })
  expect(ran).toMatchObject({ kind: "exited", output: "well\n" })
  await pool.close()
})

test("a script that was cut off is not run", async () => {
  const proof = join(sshd.folder, "ran")
  const relay = await openRelay(sshd.address, 22)
  const pool = relayed(relay.port)
  const host = pool.host("rack", rootAt("127.0.0.1", relay.port))
  // It is longer than what is under way at once, and would do harm with its first line.
  const script = `touch ${proof}\n${"# filling\n".repeat(900_000)}`
  const ran = host.run({ script, timeout_ms: 30_000 })
  await expect.poll(() => relay.received() > 3_000).toBe(true)
  relay.cut()
  expect(await ran).toMatchObject({ kind: "unreachable" })
  expect(readdirSync(sshd.folder)).not.toContain("ran")
})

test("time that is up kills what runs there, with all that it started", async () => {
  const pool = poolFor(sshd)
  const host = pool.host("rack", rootAt(sshd.address))
  const ran = await host.run({ script: "sleep 60 & echo $$ $!; wait", timeout_ms: 500 })
  expect(ran.kind).toBe("timed-out")
  const numbers = ran.kind === "timed-out" ? ran.output.trim().split(" ") : []
  expect(numbers).toHaveLength(2)
  const left = await host.run({ script: `ps -o stat= -p ${numbers.join(",")} | grep -v Z`, timeout_ms: 9000 })
  expect(left).toMatchObject({ output: "" })
  await pool.close()
})

test("fifty programs at once share one connection, also where sshd allows few sessions", async () => {
  const strict = startSshd(4, ["MaxSessions 3"])
  try {
    for (const one of [sshd, strict]) {
      const pool = poolFor(one)
      const host = pool.host("rack", rootAt(one.address))
      const all = await Promise.all(
        Array.from({ length: 50 }, (_, index) => host.run({ script: `echo ${index}`, timeout_ms: 60_000 })),
      )
      expect(all.map((ran) => (ran.kind === "exited" ? ran.output : ran))).toEqual(
        Array.from({ length: 50 }, (_, index) => `${index}\n`),
      )
      expect(pool.traffic().rack?.connections).toBe(1)
      await pool.close()
    }
  } finally {
    strict.end()
  }
})

test("what a program leaves running does not hold it up, and large data comes whole", async () => {
  const pool = poolFor(sshd)
  const host = pool.host("rack", rootAt(sshd.address))
  const left = await host.run({ script: "sleep 30 & echo $!", timeout_ms: 9000 })
  expect(left).toMatchObject({ kind: "exited", code: 0 })
  if (left.kind === "exited") process.kill(Number(left.output.trim()))
  const input = Buffer.alloc(20_000_000, "0123456789abcdef\n")
  const ran = await host.run({ script: "cat", input, timeout_ms: 60_000 })
  expect(ran.kind === "exited" && ran.output === input.toString()).toBe(true)
  await pool.close()
})

test("streams are whole, and a lost connection ends them without an exit code", async () => {
  const relay = await openRelay(sshd.address, 22)
  const pool = relayed(relay.port)
  const host = pool.host("rack", rootAt("127.0.0.1", relay.port))
  const input = Buffer.alloc(8_000_000, "fedcba9876543210\n")
  const copy = await host.start({ script: "cat; echo done >&2; exit 5" })
  if (!copy.ok) throw new Error(copy.failure.message)
  copy.value.stdin.end(input)
  const [out, err, ended] = await Promise.all([text(copy.value.stdout), text(copy.value.stderr), copy.value.ended])
  expect(out === input.toString()).toBe(true)
  expect([err, ended]).toEqual(["done\n", { code: 5 }])

  const long = await host.start({ script: "echo up; sleep 60" })
  if (!long.ok) throw new Error(long.failure.message)
  long.value.stdout.once("data", () => relay.cut())
  expect(await long.value.ended).toEqual({ code: null, why: expect.stringMatching(/lost|closed/) })
  await pool.close()
  await relay.end()
})

test.each([
  ["by sshd", []],
  ["by a program, where sshd may not", ["AllowStreamLocalForwarding no"]],
])("a UNIX socket there is connected to %s", async (_, lines) => {
  const other = startSshd(5, lines)
  const path = join(other.folder, "it's a socket")
  const server = createServer((socket) => socket.on("data", (bytes) => socket.end(`heard ${bytes}`)))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const pool = poolFor(other)
  try {
    const host = pool.host("rack", rootAt(other.address))
    const connected = await host.connect(path)
    if (!connected.ok) throw new Error(connected.failure.message)
    connected.value.write("words")
    expect(await text(connected.value)).toBe("heard words")
    expect(await host.connect(`${path}-none`)).toMatchObject({ ok: false })
  } finally {
    await pool.close()
    server.close()
    rmSync(path, { force: true })
    other.end()
  }
})

test("a hundred connections leave no descriptor behind, here or there", async () => {
  const open = () => readdirSync("/proc/self/fd").length
  const once = async () => {
    const pool = poolFor(sshd)
    const ran = await pool.host("rack", rootAt(sshd.address)).run({ script: "true", timeout_ms: 20_000 })
    expect(ran).toMatchObject({ kind: "exited", code: 0 })
    await pool.close()
  }
  await once()
  const before = open()
  for (let count = 0; count < 100; count += 1) await once()
  expect(open()).toBeLessThanOrEqual(before + 1)
})
