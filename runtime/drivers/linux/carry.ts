import { randomBytes } from "node:crypto"
import type { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { collectErrors } from "../../hosts/collect.ts"
import type { Started } from "../../hosts/host.ts"
import type { Call } from "../../hosts/shell.ts"
import { showBytes } from "../../model/bytes.ts"
import type { Outcome } from "../../model/failure.ts"
import type { Work } from "../driver.ts"
import { readDigest, readWays } from "./answers.ts"
import { fileName, idOf } from "./names.ts"
import { journalWords } from "./operations.ts"
import { answerOf, ask, printScript, type Session } from "./session.ts"

/**
 * Gives what is on volumes that nobody has to whoever receives it; empty parts of them stay empty. It changes nothing on the host, so that the
 * journal has nothing of it.
 */
export async function sendVolumes(session: Session, work: Work): Promise<Outcome<null>> {
  const transfer = work.transfer!
  const ways = await compressionsOf(session, work)
  if (!ways.ok) return ways
  const theirs = await transfer.compressions.promise.catch(() => null)
  if (theirs === null) return broken(session.host.name)
  const way = ways.value.includes("zstd") && theirs.includes("zstd") ? "zstd" : "plain"
  const [operation] = journalWords(work)
  const talk = await begin(session, work, (mark) => [
    ["appl_cluster", work.cluster],
    ["appl_work_claim", `${work.token}`, operation],
    ["appl_stream", mark],
    ["appl_send", ownerOf(work), way, ...transfer.volumes.map(fileName)],
  ])
  if (!talk.ok) return talk
  const { started, answer } = talk.value
  const whole = await pipeline(started.stdout, counted(work), transfer.bytes).then(
    () => true,
    () => false,
  )
  // Nobody reads it any more: it would wait for ever.
  if (!whole) started.kill()
  const said = await answer
  if (!said.ok) return said
  if (!whole) return broken(session.host.name)
  const digest = readDigest(session.host.name, said.value)
  if (!digest.ok) return digest
  transfer.digest.resolve(digest.value)
  return { ok: true, value: null }
}

/** Puts volumes that come beside a mark that says so, if they are all there and what was sent; else the host is as before. */
export async function receiveVolumes(session: Session, work: Work): Promise<Outcome<null>> {
  const transfer = work.transfer!
  const ways = await compressionsOf(session, work)
  if (!ways.ok) return ways
  transfer.compressions.resolve(ways.value)
  const talk = await begin(
    session,
    work,
    (mark) => [
      ["appl_cluster", work.cluster],
      ["appl_work_claim", `${work.token}`, journalWords(work)[0]],
      ["appl_stream", mark],
      ["appl_work_begin", ...journalWords(work)],
      ["appl_receive", ownerOf(work), JSON.stringify(work.address), ...transfer.volumes.map(fileName)],
      ["appl_done"],
    ],
    [["appl_volumes_copies_remove", ownerOf(work)]],
  )
  if (!talk.ok) return talk
  const { started, answer } = talk.value
  started.stdout.resume()
  // Whatever breaks off ends its input early: it sees that, and takes back what it did.
  transfer.bytes.on("close", () => started.stdin.end())
  transfer.bytes.pipe(started.stdin)
  const said = await answer
  transfer.bytes.unpipe(started.stdin)
  if (!said.ok) return said
  const sent = await transfer.digest.promise.catch(() => null)
  const digest = readDigest(session.host.name, said.value)
  if (!digest.ok) return digest
  return sent === digest.value ? { ok: true, value: null } : broken(session.host.name)
}

type Talk = { readonly started: Started; readonly answer: Promise<Outcome<unknown>> }

/** Starts calls of the host's program whose streams carry bytes; their answers come on marked lines among what they say. */
async function begin(
  session: Session,
  work: Work,
  callsOf: (mark: string) => readonly Call[],
  undo: readonly Call[] = [],
): Promise<Outcome<Talk>> {
  const mark = `appl-${randomBytes(16).toString("hex")}`
  const started = await session.host.start({ script: printScript(session, { calls: callsOf(mark), undo }) })
  if (!started.ok) return started
  const { stdin, stderr, ended } = started.value
  stdin.on("error", () => {})
  let output = ""
  const errors = collectErrors((line) => {
    if (!line.startsWith(`${mark} `)) return work.progress(line)
    // The first answer counts: it says why, or what was counted.
    if (output === "") output = line.slice(mark.length + 1)
  })
  stderr.on("data", errors.take)
  const answer = Promise.all([ended, closed(stderr)]).then(([{ code, why }]) =>
    code === null
      ? answerOf(session.host.name, { kind: "unreachable", why: why ?? "the connection was lost" })
      : answerOf(session.host.name, { kind: "exited", code, output, errors: withoutMarks(errors.text(), mark) }),
  )
  return { ok: true, value: { started: started.value, answer } }
}

/** How the host can make what it sends smaller; it has the program from then on. */
async function compressionsOf(session: Session, { cluster }: Work): Promise<Outcome<readonly string[]>> {
  const answer = await ask(session, { calls: [["appl_cluster", cluster], ["appl_carry_ways"]], timeout_ms: quick_ms })
  if (!answer.ok) return answer
  return readWays(session.host.name, answer.value)
}

/** Passes bytes on as they are, and says from time to time how many there were. */
function counted({ progress }: Work): (bytes: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  return async function* (source) {
    let [sum, told] = [0, 0]
    for await (const bytes of source) {
      sum += bytes.length
      if (sum - told >= told_bytes) {
        told = sum
        progress(`${showBytes(sum)} of its volumes sent`)
      }
      yield bytes
    }
    progress(`${showBytes(sum)} of its volumes sent, which is all`)
  }
}

function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.readableEnded || stream.destroyed) return resolve()
    stream
      .once("end", resolve)
      .once("close", resolve)
      .once("error", () => resolve())
  })
}

function withoutMarks(errors: string, mark: string): string {
  const lines = errors.split("\n")
  return lines.filter((line) => !line.startsWith(mark)).join("\n")
}

function ownerOf({ address }: Work): string {
  return fileName(idOf(address))
}

function broken(host: string): Outcome<never> {
  const message = `what goes from host to host broke off at ${host}`
  const remedy = "run the command again; the volumes are where they were"
  return { ok: false, failure: { kind: "operation-failed", message, remedy, output: [] } }
}

const told_bytes = 8 * 2 ** 20
const quick_ms = 30_000
