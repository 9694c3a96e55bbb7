import { randomBytes } from "node:crypto"
import { type Event, localHolder, makeOpener, systemClock, type World } from "../runtime/index.ts"
import { fileStore, simulatedSpeed } from "./simulated-store.ts"

/** The real world: this machine's clock, randomness and hosts. `stop` is aborted by the first Ctrl-C. */
export function makeWorld(stop: AbortSignal, emit: (event: Event) => void): World {
  const clock = systemClock()
  return {
    open: makeOpener({ clock, simulated: { store: fileStore(), speed: simulatedSpeed() } }),
    clock,
    newRunId: () => randomBytes(8).toString("hex"),
    holder: localHolder(),
    emit,
    stop,
  }
}
