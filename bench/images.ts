import { mkdtempSync, rmSync } from "node:fs"
import type { DesiredImage, ImagePins } from "../lang/index.ts"
import { buildSteps, resolveImage } from "../runtime/drivers/linux/image.ts"
import { ask, openSession, type Session } from "../runtime/drivers/linux/session.ts"
import { tar } from "../runtime/drivers/linux/tar.ts"
import { localHost } from "../runtime/hosts/local.ts"
import { hostProgram } from "../runtime/hosts/program.ts"
import { type Call, quote } from "../runtime/hosts/shell.ts"
import { layersOf } from "../runtime/images/layers.ts"
import { imageKey } from "../runtime/images/request.ts"
import type { Outcome } from "../runtime/model/failure.ts"
import { pinsDigest } from "../runtime/plan/objects.ts"

/**
 * How long an image takes: from nothing, with one package more, with nothing new; beside what mmdebstrap takes from nothing, in the same
 * run on the same disk. Needs root on a Debian host that is prepared. Every row is seconds, and its ratio to mmdebstrap's.
 */
export async function measureImages(): Promise<readonly Row[]> {
  const session = openSession(localHost("local"), hostProgram())
  const home = mkdtempSync("/var/tmp/appl-bench-")
  try {
    const rows: Row[] = []
    const beside = await timed(rows, "mmdebstrap, minbase, from nothing", () => mmdebstrap(session, home), null)
    const web = recipe("be0000000000000a", ["nginx-light"])
    const more = recipe("be0000000000000b", ["curl", "nginx-light"])
    let pins = await timed(rows, "package lists fetched, recipe resolved", () => resolve(session, web, home), beside)
    await timed(rows, "resolved again", () => resolve(session, web, home), beside)
    await timed(rows, "image from nothing, packages fetched", () => build(session, web, pins.value, home), beside)
    await timed(rows, "nothing new, asked of the host", () => build(session, web, pins.value, home), beside)
    await timed(rows, "nothing new, inside the process", async () => lookUp(web, pins.value), beside)
    pins = await timed(rows, "one package more, resolved", () => resolve(session, more, home), beside)
    await timed(rows, "one package more, built", () => build(session, more, pins.value, home), beside)
    const guest: DesiredImage = { ...web, forms: ["container", "microvm"] }
    pins = await timed(rows, "kernel resolved", () => resolve(session, guest, home), beside)
    await timed(rows, "packed for microVMs, with kernel", () => build(session, guest, pins.value, home), beside)
    return rows
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

export type Row = { readonly what: string; readonly seconds: number; readonly ratio: number }
type Timed<T> = { readonly value: T; readonly seconds: number }

async function timed<T>(
  rows: Row[],
  what: string,
  run: () => Promise<T>,
  beside: Timed<unknown> | null,
): Promise<Timed<T>> {
  const began_ms = performance.now()
  const value = await run()
  const seconds = (performance.now() - began_ms) / 1000
  rows.push({ what, seconds, ratio: seconds / (beside?.seconds ?? seconds) })
  return { value, seconds }
}

async function mmdebstrap(session: Session, home: string): Promise<void> {
  const script = `mmdebstrap --quiet --variant=minbase --format=directory bookworm ${quote(home)}/plain >&2`
  const ran = await session.host.run({ script, timeout_ms: 600_000 })
  if (ran.kind !== "exited" || ran.code !== 0) throw new Error(`mmdebstrap failed: ${JSON.stringify(ran)}`)
}

async function resolve(session: Session, image: DesiredImage, home: string): Promise<ImagePins> {
  // The session's own calls follow in the same program.
  return valueIn(await resolveImage({ ...session, host: elsewhere(session, home) }, image))
}

async function build(session: Session, image: DesiredImage, pins: ImagePins, home: string): Promise<void> {
  const { source, packages, forms } = image
  const steps = buildSteps(image.id, { source, packages, forms, pins })
  const unpack: Call = ["eval", `APPL_IN=$(mktemp -d); trap 'rm -rf "$APPL_IN"' EXIT; tar -x -C "$APPL_IN"`]
  const calls = [unpack, ...steps.calls]
  valueIn(
    await ask(
      { ...session, host: elsewhere(session, home) },
      { calls, input: tar(steps.members), timeout_ms: steps.timeout_ms },
    ),
  )
}

/** All that a plan does for an image that is there: which layers, which name. */
async function lookUp(image: DesiredImage, pins: ImagePins): Promise<number> {
  return layersOf(pins).length + imageKey(image.id, pinsDigest(pins, "container")).length
}

/** The same host, whose program works in another folder. */
function elsewhere(session: Session, home: string): Session["host"] {
  const load = `. ${session.program_file}\n`
  const move = `${load}APPL_HOME=${quote(home)} appl_images=$APPL_HOME/images\n`
  return {
    ...session.host,
    run: (program) => session.host.run({ ...program, script: program.script.replace(load, () => move) }),
  }
}

function recipe(id: string, packages: readonly string[]): DesiredImage {
  const origin = { file: "bench.appl", start: 0, end: 0 } as unknown as DesiredImage["origin"]
  return { id, source: { kind: "debian", suite: "bookworm" }, packages, forms: ["container"], pins: null, origin }
}

function valueIn<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error([outcome.failure.message, ...outcome.failure.output].join("\n"))
  return outcome.value
}
