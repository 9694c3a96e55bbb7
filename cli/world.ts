import { randomBytes } from "node:crypto"
import {
  type Event,
  localHolder,
  makeOpener,
  type Opener,
  type Secrets,
  systemClock,
  type World,
} from "../runtime/index.ts"
import { fileStore, simulatedSpeed } from "./simulated-store.ts"

/** The world of a command, with what only commands ask of it. */
export type OpenWorld = World & Pick<Opener, "close" | "machine" | "stranger" | "traffic">

/**
 * The real world: this machine's clock, randomness and hosts. `stop` is aborted by the first Ctrl-C. Whoever makes it closes it, or its
 * connections keep the process alive.
 */
export function makeWorld(stop: AbortSignal, emit: (event: Event) => void, secrets: Secrets): OpenWorld {
  const clock = systemClock()
  const { open, close, machine, stranger, traffic } = makeOpener({
    clock,
    simulated: { store: fileStore(), speed: simulatedSpeed() },
  })
  return {
    open,
    close,
    machine,
    stranger,
    traffic,
    clock,
    secrets,
    newRunId: () => randomBytes(8).toString("hex"),
    random: Math.random,
    holder: localHolder(),
    emit,
    stop,
  }
}
