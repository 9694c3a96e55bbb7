import { Duplex, type Readable, Transform, type Writable } from "node:stream"
import type { Failure, Outcome } from "../../model/failure.ts"
import type { Interactive, Started } from "../host.ts"
import type { Answer } from "./answer.ts"
import { killScript, loginCommand, readFrame, scriptBytes } from "./bootstrap.ts"
import type { Connection, Session } from "./connection.ts"
import { newMark, notBegun, type Peer, runOver } from "./run.ts"

/** Starts a script as root on the other side, and gives its streams once it has begun. */
export async function startOver(
  connection: Connection,
  peer: Peer,
  { script, terminal }: Interactive,
): Promise<Outcome<Started>> {
  const mark = newMark()
  const bytes = scriptBytes(script, mark)
  const command = loginCommand(terminal === undefined ? "bare" : "terminal", mark, bytes.length)
  const pty = terminal && { cols: terminal.columns, rows: terminal.rows, term: terminal.name, width: 0, height: 0 }
  const opened = await connection.exec(command, pty === undefined ? {} : { terminal: { ...pty, modes: {} } })
  if (opened.kind !== "open") return failureOf(peer, opened)
  const { channel, gone } = opened.value
  channel.on("error", () => {})
  channel.stderr.on("error", () => {})
  const ended = endOf(opened.value)
  if (terminal === undefined) channel.write(bytes)
  const out = beginning(channel, mark, gone)
  const err = terminal === undefined ? beginning(channel.stderr, mark, gone) : null
  const [{ words, early }, other] = await Promise.all([out.begun, err?.begun])
  if (words?.[0] !== "begin") {
    channel.close()
    const why = opened.value.lost()
    if (why !== null) return failureOf(peer, { kind: "unreachable", why })
    return failureOf(peer, notBegun(peer, words, `${early}\n${other?.early ?? ""}`))
  }
  // In a terminal nothing may be sent before it is told not to echo it.
  if (terminal !== undefined) channel.write(bytes)
  const process_id = Number(words[1])
  return {
    ok: true,
    value: {
      stdin: channel,
      stdout: out.stream,
      stderr: err?.stream ?? channel.stderr,
      resize: (columns, rows) => void channel.setWindow(rows, columns, 0, 0),
      ended,
      kill: () => {
        const kill = { script: killScript(process_id), timeout_ms: kill_ms }
        void runOver(connection, peer, kill, true).then(() => channel.close())
      },
    },
  }
}

/**
 * Connects to a UNIX socket of the other side as root. Who is logged in as root has sshd do it; for others, and where sshd may not, a
 * program there passes bytes on: perl is part of every Debian.
 */
export async function connectOver(connection: Connection, peer: Peer, socket_path: string): Promise<Outcome<Duplex>> {
  if (peer.user === "root") {
    const opened = await connection.socket(socket_path)
    if (opened.kind === "open") return { ok: true, value: opened.value }
    if (opened.kind === "unreachable") return failureOf(peer, opened)
  }
  return bridge(connection, peer, socket_path)
}

/** What a refusal or a lost connection is for those who asked for streams. */
export function failureOf(
  peer: Peer,
  answer: Exclude<Answer<unknown>, { kind: "open" }>,
): { ok: false; failure: Failure } {
  if (answer.kind === "refused") return { ok: false, failure: answer.failure }
  const message = `${peer.name} cannot be reached: ${answer.why}`
  const remedy = `check the connection to ${peer.name}`
  return { ok: false, failure: { kind: "host-unreachable", message, remedy, output: [] } }
}

/** Its exit code; null with the reason when the connection was lost before it was told. */
function endOf({ channel, lost, gone }: Session): Started["ended"] {
  return new Promise((resolve) => {
    channel.on("exit", (code: number | null) => resolve({ code: code ?? 128 }))
    void gone.then(() => resolve({ code: null, why: lost() ?? "the session was closed before its end" }))
  })
}

type Beginning = {
  /** Gives what stands behind the mark. */
  readonly stream: Transform
  /** Resolves with the words at the mark, null when there was none, and what was printed before it. */
  readonly begun: Promise<{ readonly words: readonly string[] | null; readonly early: string }>
}

/** Cuts off what a stream says before the mark at its begin. */
function beginning(source: Readable, mark: string, gone: Promise<void>): Beginning {
  let early = ""
  let told = false
  const begun = Promise.withResolvers<{ words: readonly string[] | null; early: string }>()
  const stream = new Transform({
    transform(bytes: Buffer, _encoding, next) {
      if (told) return next(null, bytes)
      early = `${early}${bytes.toString("latin1")}`.slice(0, early_bytes)
      frame.take(bytes)
      told = frame.begun() !== null
      if (told) begun.resolve({ words: frame.begun(), early })
      next()
    },
  })
  const frame = readFrame(mark, (bytes) => stream.push(bytes))
  source.pipe(stream)
  void gone.then(() => begun.resolve({ words: frame.begun(), early }))
  return { stream, begun: begun.promise }
}

async function bridge(connection: Connection, peer: Peer, socket_path: string): Promise<Outcome<Duplex>> {
  const started = await startOver(connection, peer, { script: bridgeScript(socket_path) })
  if (!started.ok) return started
  const { stdin, stdout, stderr, ended } = started.value
  const said = await new Promise<string>((resolve) => {
    stderr.once("data", (bytes: Buffer) => resolve(bytes.toString("utf8").trim()))
    void ended.then(() => resolve("it ended at once"))
  })
  stderr.resume()
  if (said === "connected") return { ok: true, value: joined(stdout, stdin) }
  const message = `${socket_path} on ${peer.name} cannot be connected to: ${said.split("\n")[0]}`
  return { ok: false, failure: { kind: "operation-failed", message, remedy: null, output: [] } }
}

/** One stream of the two sides of a program. That the program ends is the end of what can be read, and no error. */
function joined(readable: Readable, writable: Writable): Duplex {
  const stream = new Duplex({
    read: () => void readable.resume(),
    write: (bytes, encoding, done) => void writable.write(bytes, encoding, done),
    final: (done) => void writable.end(done),
    destroy: (error, done) => {
      writable.end()
      done(error)
    },
  })
  readable.on("data", (bytes) => stream.push(bytes) || readable.pause())
  readable.on("end", () => stream.push(null))
  return stream
}

function bridgeScript(socket_path: string): string {
  const hex = Buffer.from(socket_path).toString("hex")
  return `exec perl -e '${perl.replace("PATH", hex)}'`
}

/** Passes bytes between its own streams and a UNIX socket, whose path comes as hexadecimal digits. */
const perl = `use Socket; use strict;
my $s; socket($s, PF_UNIX, SOCK_STREAM, 0) && connect($s, sockaddr_un(pack("H*", "PATH"))) or do { print STDERR "$!\\n"; exit 1 };
syswrite(STDERR, "connected\\n");
my %to = (fileno(STDIN), $s, fileno($s), \\*STDOUT); my %from = (fileno(STDIN), \\*STDIN, fileno($s), $s);
while (%from) {
  my $bits = ""; vec($bits, $_, 1) = 1 for keys %from;
  next if select($bits, undef, undef, undef) < 0;
  for my $n (keys %from) {
    next unless vec($bits, $n, 1);
    my $got = sysread($from{$n}, my $part, 65536);
    if (!$got) { exit 0 if $n == fileno($s); shutdown($s, 1); delete $from{$n}; next }
    my $done = 0;
    while ($done < $got) { my $w = syswrite($to{$n}, $part, $got - $done, $done); exit 1 unless defined $w; $done += $w }
  }
}`

const early_bytes = 65_536
const kill_ms = 10_000
