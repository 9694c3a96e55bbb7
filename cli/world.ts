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

/**
 * The real world: this machine's clock, randomness and hosts. `stop` is aborted by the first Ctrl-C. Whoever makes it closes it, or its
 * connections keep the process alive.
 */
export function makeWorld(
  stop: AbortSignal,
  emit: (event: Event) => void,
  secrets: Secrets,
): World & Pick<Opener, "close" | "traffic"> {
  const clock = systemClock()
  const { open, close, traffic } = makeOpener({ clock, simulated: { store: fileStore(), speed: simulatedSpeed() } })
  return {
    open,
    close,
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
