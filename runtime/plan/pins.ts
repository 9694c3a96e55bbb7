import type { DesiredImage, DesiredState, ImagePins } from "../../lang/index.ts"
import { fieldsOf } from "../model/fields.ts"
import type { Observed } from "../model/observed.ts"
import type { Change } from "./changes.ts"
import type { PackageChange } from "./plan.ts"

/** The packages of images as far as they are known, and the images that somebody has to resolve. */
export type KnownPins = {
  readonly known: Readonly<Record<string, ImagePins>>
  readonly unknown: readonly DesiredImage[]
}

/**
 * The lock knows first, then the records on the hosts: a lost lock must not upgrade anything. An image that gains a form needs a kernel
 * that neither has; then only the kernel is taken from the new resolution (`withKnown`).
 */
export function knownPins(desired: DesiredState, observed: Observed): KnownPins {
  const recorded = recordedPins(observed)
  const known: Record<string, ImagePins> = {}
  const unknown: DesiredImage[] = []
  for (const image of desired.images) {
    const pins = image.pins ?? recorded[image.id]
    if (pins !== undefined && isComplete(image, pins)) known[image.id] = pins
    else unknown.push(image)
  }
  return { known, unknown }
}

/** Fresh pins of `image`, but with the base and packages that the lock or a record already has. */
export function withKnown(image: DesiredImage, fresh: ImagePins, observed: Observed): ImagePins {
  const old = image.pins ?? recordedPins(observed)[image.id]
  return old === undefined ? fresh : { ...old, kernel: fresh.kernel }
}

/** What images gain, lose or get in another version: against their own record, or the image that an appliance ran before. */
export function packageChanges(changes: readonly Change[], pins: Readonly<Record<string, ImagePins>>): PackageChange[] {
  const before = new Map<string, string>()
  const recorded = new Map<string, ImagePins>()
  for (const { situation } of changes) {
    const record = situation.current?.record
    if (record?.kind === "image") recorded.set(nameOf(record.address), fieldsOf(record, "image").pins)
    if (record?.kind !== "appliance" || situation.object === null) continue
    before.set(fieldsOf(situation.object, "appliance").image.id, fieldsOf(record, "appliance").image.id)
  }
  return [...new Set([...before.keys(), ...recorded.keys()])].flatMap((image) => {
    const [old, now] = [recorded.get(before.get(image) ?? image), pins[image]]
    return old === undefined || now === undefined ? [] : differences(image, old, now)
  })
}

function recordedPins(observed: Observed): Readonly<Record<string, ImagePins>> {
  const found: Record<string, ImagePins> = {}
  for (const seen of Object.values(observed.hosts)) {
    if (seen.kind === "unreachable") continue
    for (const { record } of seen.objects) {
      if (record?.kind === "image") found[nameOf(record.address)] = fieldsOf(record, "image").pins
    }
  }
  return found
}

function nameOf(address: string): string {
  return address.slice(address.indexOf("/") + 1)
}

function isComplete(image: DesiredImage, pins: ImagePins): boolean {
  return !image.forms.includes("microvm") || pins.kernel.length > 0
}

function differences(image: string, old: ImagePins, now: ImagePins): PackageChange[] {
  const [before, after] = [versions(old), versions(now)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((name) => ({ image, name, from: before.get(name) ?? null, to: after.get(name) ?? null }))
    .filter((change) => change.from !== change.to)
}

function versions(pins: ImagePins): ReadonlyMap<string, string> {
  return new Map([...pins.base, ...pins.packages, ...pins.kernel].map((pin) => [pin.name, pin.version]))
}
