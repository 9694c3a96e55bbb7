import type { Form, ImagePins } from "../../lang/index.ts"
import { pinsDigest } from "../plan/objects.ts"
import { layersOf } from "./layers.ts"

/** The name of an image as it is built for one form, on every host: the recipe, and the packages that this form uses of it. */
export function imageKey(id: string, pins: string): string {
  return `${id}-${pins}`
}

/** What a host is asked to build: the lines that `appl_image_build` of its program reads. */
export function buildRequest(id: string, forms: readonly Form[], pins: ImagePins): string {
  const layers = layersOf(pins)
  const lines = [
    ...forms.map((form) => ["image", imageKey(id, pinsDigest(pins, form)), form]),
    ...layers.map(({ kind, digest, below }) => ["layer", kind, digest, ...(below === null ? [] : [below])]),
    ...layers.flatMap(({ kind, pins }) =>
      pins.map((pin) => ["pin", kind, pin.name, pin.version, pin.sha256, `${pin.size_bytes}`, pin.url]),
    ),
  ]
  return lines.map((words) => `${words.map(word).join(" ")}\n`).join("")
}

/** Pins come from a lock that people edit: what is no single word would be read as something else. */
function word(text: string): string {
  if (!/^[^\s'"\\]+$/.test(text)) throw new Error(`a request for an image cannot hold ${JSON.stringify(text)}`)
  return text
}
