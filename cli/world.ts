import { randomBytes } from "node:crypto"
import { type Event, localHolder, makeOpener, type Secrets, systemClock, type World } from "../runtime/index.ts"
import { fileStore, simulatedSpeed } from "./simulated-store.ts"

/** The real world: this machine's clock, randomness and hosts. `stop` is aborted by the first Ctrl-C. */
export function makeWorld(stop: AbortSignal, emit: (event: Event) => void, secrets: Secrets): World {
  const clock = systemClock()
  return {
    open: makeOpener({ clock, simulated: { store: fileStore(), speed: simulatedSpeed() } }),
    clock,
    secrets,
    newRunId: () => randomBytes(8).toString("hex"),
    random: Math.random,
    holder: localHolder(),
    emit,
    stop,
  }
}
