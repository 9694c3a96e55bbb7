import { PassThrough } from "node:stream"
import type { Started } from "../../hosts/host.ts"
import type { Outcome } from "../../model/failure.ts"
import type { Address } from "../../model/object.ts"
import type { Entering } from "../driver.ts"
import type { SimulatedCluster, Thing } from "./state.ts"

/** Enters a simulated appliance: it knows a few programs, and its log says when it was started. */
export function enterSimulated(cluster: SimulatedCluster, address: Address, entering: Entering): Outcome<Started> {
  const thing = Object.values(cluster.things)
    .filter((one) => one.address === address && one.complete)
    .sort((left, right) => right.generation - left.generation)[0]
  if (thing === undefined)
    return failed("the appliance is not on this host", "appl status says what is there, appl apply makes it")
  if (entering.kind === "log") return { ok: true, value: logOf(thing, entering.follow) }
  if (thing.process?.running !== true)
    return failed("the appliance is not running", "appl logs may say why, appl apply starts it again")
  return { ok: true, value: command(entering.words) }
}

function logOf(thing: Thing, follow: boolean): Started {
  const { started, stdout, finish } = streams()
  if (thing.process !== null) stdout.write(`started at ${new Date(thing.process.started_ms).toISOString()}\n`)
  if (!follow) finish(0)
  started.stdin.on("finish", () => finish(0))
  return started
}

/** `echo`, `cat`, `true` and `false`; 127 for all others, as in a shell. */
function command([program = "", ...words]: readonly string[]): Started {
  const { started, stdin, stdout, stderr, finish } = streams()
  switch (program) {
    case "echo":
      stdout.write(`${words.join(" ")}\n`)
      finish(0)
      break
    case "cat":
      stdin.on("end", () => finish(0))
      stdin.pipe(stdout, { end: false })
      break
    case "true":
    case "false":
      finish(program === "true" ? 0 : 1)
      break
    default:
      stderr.write(`${program}: a simulated appliance has only echo, cat, true and false\n`)
      finish(127)
  }
  return started
}

function streams() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const ending = Promise.withResolvers<{ readonly code: number | null }>()
  const finish = (code: number): void => {
    stdout.end()
    stderr.end()
    ending.resolve({ code })
  }
  const started: Started = {
    stdin,
    stdout,
    stderr,
    resize: () => {},
    ended: ending.promise,
    kill: () => finish(128),
  }
  return { started, stdin, stdout, stderr, finish }
}

function failed(message: string, remedy: string): Outcome<never> {
  return { ok: false, failure: { kind: "operation-failed", message, remedy, output: [] } }
}
