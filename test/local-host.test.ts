import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { expect, test, vi } from "vitest"
import type { Started } from "../runtime/hosts/host.ts"
import { localHolder, localHost } from "../runtime/hosts/local.ts"

const host = localHost("local")

test("a program gets its input, and says its code, output and lines", async () => {
  const lines: string[] = []
  const ran = await host.run({
    script: "cat; echo one >&2; printf 'two\\nrest' >&2; exit 3",
    input: "é\n",
    timeout_ms: 10_000,
    onLine: (line) => lines.push(line),
  })
  expect(ran).toEqual({ kind: "exited", code: 3, output: "é\n", errors: "one\ntwo\nrest" })
  expect(lines).toEqual(["one", "two"])
})

test("a program that does not read its input is no failure", async () => {
  const ran = await host.run({ script: "exit 0", input: new Uint8Array(1_000_000), timeout_ms: 10_000 })
  expect(ran).toMatchObject({ kind: "exited", code: 0 })
})

test("a program that takes too long is ended, with all that it started", async () => {
  const ran = await host.run({ script: "sleep 60 & echo $!; wait", timeout_ms: 300 })
  expect(ran.kind).toBe("timed-out")
  const child = ran.kind === "timed-out" ? ran.output.trim() : ""
  // Dead, or dead and not yet buried.
  const left = await host.run({ script: `ps -o stat= -p ${child} | grep -v Z`, timeout_ms: 5000 })
  expect(left).toMatchObject({ output: "" })
})

test("what a program leaves running does not hold it up", async () => {
  const ran = await host.run({ script: "sleep 20 & echo $!", timeout_ms: 10_000 })
  expect(ran).toMatchObject({ kind: "exited", code: 0 })
  if (ran.kind === "exited") process.kill(Number(ran.output.trim()))
})

test("what a program prints for people steers no terminal, and a line has an end", async () => {
  const lines: string[] = []
  const ran = await host.run({
    script: "printf 'a\\033]0;title\\007\\302\\233b\\n' >&2; head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2",
    timeout_ms: 10_000,
    onLine: (line) => lines.push(line),
  })
  expect(lines[0]).toBe("a ]0;title  b")
  expect(lines[1]!.length).toBeLessThan(100_000)
  expect(ran.kind === "exited" ? ran.errors : "").not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
})

test("a script that no shell takes is an answer, not an exception", async () => {
  const ran = await host.run({ script: `: ${"x".repeat(3_000_000)}`, timeout_ms: 10_000 })
  expect(ran).toMatchObject({ kind: "unreachable", why: expect.stringContaining("E2BIG") })
})

test("a program is not told what the command was told in secret", async (context) => {
  for (const name of ["APPL_PARAM_PASSWORD", "APPL_SECRET_KEY", "APPL_REGISTRY_TOKEN", "SSH_AUTH_SOCK"]) {
    vi.stubEnv(name, "canary")
  }
  context.onTestFinished(() => void vi.unstubAllEnvs())
  const ran = await host.run({ script: 'echo "$PATH"; tr "\\0" "\\n" </proc/$$/environ', timeout_ms: 5000 })
  expect(ran).toMatchObject({ output: expect.stringContaining(process.env.PATH ?? "none") })
  expect(ran).not.toMatchObject({ output: expect.stringContaining("canary") })
})

test("this process is a holder that its host finds alive", async () => {
  const holder = localHolder()
  const ran = await host.run({
    script: `sed 's/.*) //' /proc/${holder.process_id}/stat | cut -d ' ' -f 20`,
    timeout_ms: 5000,
  })
  expect(ran).toMatchObject({ output: `${holder.started}\n` })
  expect(holder.boot_id).toMatch(/^[0-9a-f-]{36}\/pid:/)
})

test("a started program talks over its streams and gives its code", async () => {
  const started = await host.start({ script: "read line; echo got $line; echo err >&2; exit 7" })
  if (!started.ok) throw new Error(started.failure.message)
  const { stdin, stdout, stderr, ended } = started.value
  stdin.end("hello\n")
  expect(await Promise.all([text(stdout), text(stderr), ended])).toEqual(["got hello\n", "err\n", { code: 7 }])
})

test("a started program has a terminal of the size that was asked for, and of the one that it is told", async () => {
  const started = await host.start({
    script: 'stty size; echo "$TERM"; while read line; do stty size; done',
    terminal: { columns: 90, rows: 30, name: "xterm" },
  })
  if (!started.ok) throw new Error(started.failure.message)
  const { stdin, stdout, resize, ended } = started.value
  let said = ""
  stdout.on("data", (bytes) => {
    said += bytes
  })
  await expect.poll(() => said).toContain("30 90\r\nxterm\r\n")
  resize(100, 40)
  await expect.poll(() => terminalSize(started.value)).toContain("40 100")
  stdin.end("\u0004")
  expect(await ended).toEqual({ code: 0 })

  async function terminalSize({ stdin }: Started): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 50))
    stdin.write("\n")
    return said
  }
})

test("a started program that is killed ends, with what it started", async () => {
  const started = await host.start({ script: "sleep 60 & sleep 60" })
  if (!started.ok) throw new Error(started.failure.message)
  started.value.kill()
  expect(await started.value.ended).toEqual({ code: 128 })
  expect(await text(started.value.stdout)).toBe("")
})

test("a UNIX socket is connected to; one that is not there is a failure", async (context) => {
  const folder = mkdtempSync(join(tmpdir(), "appl-socket-"))
  context.onTestFinished(() => rmSync(folder, { recursive: true }))
  const server = createServer((socket) => socket.end("hello"))
  context.onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(join(folder, "one"), resolve))
  const connected = await host.connect(join(folder, "one"))
  expect(connected.ok && (await text(connected.value))).toBe("hello")
  expect(await host.connect(join(folder, "none"))).toMatchObject({ ok: false })
})
