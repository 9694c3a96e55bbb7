import { randomBytes } from "node:crypto"
import { type Event, localHolder, makeOpener, realClock, type World } from "../runtime/index.ts"
import { simulatedStore } from "./state.ts"

/** The real world: this machine's clock, randomness and hosts. `stop` is aborted by the first Ctrl-C. */
export function makeWorld(stop: AbortSignal, emit: (event: Event) => void): World {
  return {
    open: makeOpener({ clock: realClock, simulated: simulatedStore() }),
    clock: realClock,
    newRunId: () => randomBytes(8).toString("hex"),
    holder: localHolder(),
    emit,
    stop,
  }
}
