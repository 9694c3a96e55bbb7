import { once } from "node:events"
import type { Readable, Writable } from "node:stream"
import { isatty } from "node:tty"
import type { Entering, Started } from "../../runtime/index.ts"
import { findAppliance, unableTo, visit } from "../appliances/enter.ts"
import type { CompileOptions } from "../compile.ts"
import type { Terminal } from "../terminal.ts"

type ExecOptions = CompileOptions & { readonly tty?: boolean }

/**
 * `appl exec`: the streams of the command are those of this process. Gives its exit code; 125 when it could not be run or nobody knows how it
 * ended, 130 after Ctrl-C.
 */
export function exec(
  file: string,
  name: string,
  words: readonly string[],
  options: ExecOptions,
  terminal: Terminal,
): Promise<number> {
  const wanted = options.tty ?? (isatty(0) && isatty(1))
  return enterWith(file, name, words, options, terminal, wanted ? size() : undefined)
}

/** `appl shell`: a login shell, in a terminal when this process has one. The exit code is that of the shell, else as in `exec`. */
export function shell(file: string, name: string, options: CompileOptions, terminal: Terminal): Promise<number> {
  return enterWith(file, name, login, options, terminal, isatty(0) && isatty(1) ? size() : undefined)
}

function enterWith(
  file: string,
  name: string,
  words: readonly string[],
  options: CompileOptions,
  terminal: Terminal,
  place: Extract<Entering, { kind: "command" }>["terminal"],
): Promise<number> {
  return visit(file, options, terminal, unable, async ({ loaded, enter }) => {
    const found = findAppliance(loaded, name)
    if (!found.ok) return unableTo(terminal, options, found.problem, unable)
    const entering: Entering = { kind: "command", words, ...(place === undefined ? {} : { terminal: place }) }
    const entered = await enter(found.value, entering)
    if (!entered.ok) return unableTo(terminal, options, entered.failure, unable)
    const { code, why } = await join(entered.value, place === undefined ? "plain" : "terminal")
    if (code !== null) return code
    const message = `the connection to ${name} was lost: ${why ?? "nobody knows why"}`
    return unableTo(terminal, options, { message, remedy: "the command may still run there" }, unable)
  })
}

/** Joins the streams of this process to those of a program until it ends, and gives how it ended. */
async function join(started: Started, how: "plain" | "terminal"): Promise<Awaited<Started["ended"]>> {
  const { stdin, stdout } = process
  const resize = () => started.resize(stdout.columns || columns, stdout.rows || rows)
  const raw = how === "terminal" && stdin.isTTY
  if (raw) stdin.setRawMode(true)
  if (how === "terminal") stdout.on("resize", resize)
  // Whoever reads our output may go, as `head` does: then nobody wants the rest.
  const gone = () => started.kill()
  stdout.on("error", gone)
  started.stdin.on("error", () => {})
  stdin.pipe(started.stdin)
  const passed = Promise.all([pass(started.stdout, stdout), pass(started.stderr, process.stderr)])
  try {
    const ended = await started.ended
    // Something that it left running may hold its output open.
    await Promise.race([passed, new Promise((resolve) => setTimeout(resolve, patience_ms).unref())])
    return ended
  } finally {
    stdin.unpipe(started.stdin)
    stdin.pause()
    stdin.unref?.()
    if (raw) stdin.setRawMode(false)
    stdout.off("resize", resize)
    stdout.off("error", gone)
  }
}

/** Passes bytes on as fast as they are taken; resolves when all have been. */
async function pass(from: Readable, to: Writable): Promise<void> {
  try {
    for await (const bytes of from) if (!to.write(bytes)) await once(to, "drain")
  } catch {
    // A stream that was cut off: how the program ended says it.
  }
}

function size() {
  const { columns: wide, rows: high } = process.stdout
  return { columns: wide || columns, rows: high || rows, name: process.env.TERM ?? "xterm" }
}

const login = [
  "/bin/sh",
  "-c",
  'cd "$' + '{HOME:-/root}" 2>/dev/null; [ ! -x /bin/bash ] || exec /bin/bash -l; exec /bin/sh -l',
]
const columns = 80
const rows = 24
const unable = 125
const patience_ms = 60_000
