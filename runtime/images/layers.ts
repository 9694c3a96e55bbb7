import { createHash } from "node:crypto"
import type { ImagePins, Pin } from "../../lang/index.ts"

/** One immutable part of an image. Its digest covers all that goes in: who built it, what lies below, which packages. */
export type Layer = {
  readonly kind: "base" | "packages" | "kernel"
  /** 64 hexadecimal digits: the layer's name on every host. */
  readonly digest: string
  /** The layer below, or null. */
  readonly below: string | null
  readonly pins: readonly Pin[]
}

/**
 * The layers that an image with these packages consists of, lowest first; the kernel, when there are pins of one, comes last and
 * lies beside them. Equal pins give equal digests, in whatever order they come and from whatever mirror.
 */
export function layersOf(pins: ImagePins): readonly Layer[] {
  const base = layer("base", null, pins.base)
  const packages = pins.packages.length === 0 ? [] : [layer("packages", base.digest, pins.packages)]
  const kernel = pins.kernel.length === 0 ? [] : [layer("kernel", null, pins.kernel)]
  return [base, ...packages, ...kernel]
}

function layer(kind: Layer["kind"], below: string | null, unsorted: readonly Pin[]): Layer {
  const pins = [...unsorted].sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0))
  const lines = [`builder ${builder} ${kind}`, ...(below === null ? [] : [`below ${below}`])]
  for (const pin of pins) lines.push(`${pin.name} ${pin.version} ${pin.sha256}`)
  const digest = createHash("sha256")
    .update(`${lines.join("\n")}\n`)
    .digest("hex")
  return { kind, digest, below, pins }
}

/** Counts the changes of the host's program (`image-build.sh`) after which the same packages give other bytes. */
const builder = 1
