import type { Spot } from "../placement/place.ts"
import { sha256 } from "../text/digest.ts"
import { entryOf } from "../text/entry.ts"
import { compareTexts } from "../text/order.ts"
import { originOf } from "../text/source.ts"
import type { ApplianceThing } from "../values/model.ts"
import { isObject } from "../values/show.ts"
import type { ImageValue } from "../values/value.ts"
import type { DesiredImage, Form } from "./desired-state.ts"
import type { LockSection } from "./lock.ts"

const known_ids = new WeakMap<ImageValue, string>()

/** The image that an appliance says; null where it was reported as wrong. */
export function imageOf(appliance: ApplianceThing): ImageValue | null {
  const image = appliance.field("image")
  return isObject(image) && image.kind === "image" ? image : null
}

/** The digest of an image's recipe: what it is made of, not where it was written. 16 hexadecimal digits name it well enough. */
export function imageId(image: ImageValue): string {
  let id = known_ids.get(image)
  if (id === undefined) {
    id = sha256(JSON.stringify(recipeOf(image))).slice(0, 16)
    known_ids.set(image, id)
  }
  return id
}

/** Every image that the appliances are made of, once for each recipe, with the forms that it is used in. */
export function imagesOf(
  appliances: readonly ApplianceThing[],
  spots: ReadonlyMap<string, Spot>,
  lock: LockSection | null,
): readonly DesiredImage[] {
  const uses = new Map<string, { readonly image: ImageValue; readonly forms: Set<Form> }>()
  for (const appliance of appliances) {
    const image = imageOf(appliance)
    if (image === null) continue
    const use = entryOf(uses, imageId(image), () => ({ image, forms: new Set<Form>() }))
    const spot = spots.get(appliance.id)
    if (spot !== undefined) use.forms.add(spot.form)
  }
  return [...uses]
    .map(([id, { image, forms }]) => ({
      id,
      source: image.source,
      packages: packagesOf(image),
      forms: [...forms].sort(compareTexts),
      pins: lock?.images[id] ?? null,
      origin: originOf(image.span),
    }))
    .sort((left, right) => compareTexts(left.id, right.id))
}

/** What makes an image the one that it is. One with a digest is the same wherever it lies. */
function recipeOf({ source, ...image }: ImageValue): readonly unknown[] {
  if (source.kind !== "debian") return [source.kind, source.sha256 ?? source.from]
  return [source.kind, source.suite, packagesOf(image)]
}

function packagesOf(image: Pick<ImageValue, "packages">): string[] {
  return [...new Set(image.packages)].sort(compareTexts)
}
