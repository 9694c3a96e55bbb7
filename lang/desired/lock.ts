import type { ImagePins } from "./desired-state.ts"

/**
 * BOUNDARY: `appl.lock`, beside the `.appl` file. Keeps what was once decided, so that adding a thing moves no other. One section
 * per deployed name; keys are sorted, so that its diffs are small.
 */
export type Lock = { readonly version: 1; readonly deployed: Readonly<Record<string, LockSection>> }

export type LockSection = {
  /** `web[1]/dmz` to address; `edge/` is its uplink's network (`100.64.3.4/30`). */
  readonly addresses: Readonly<Record<string, string>>
  /** Appliance to host: kept where they are when possible. */
  readonly placement: Readonly<Record<string, string>>
  /** `DesiredImage.id` to its resolved packages. */
  readonly images: Readonly<Record<string, ImagePins>>
}

export const emptyLock: Lock = { version: 1, deployed: {} }
