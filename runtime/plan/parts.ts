import { fieldsOf } from "../model/fields.ts"
import type { Build, Plan, Step } from "./plan.ts"

/** How many steps the source asks for, and how many mend what differs from a record. */
export function causesOf(steps: readonly Step[]): Plan["causes"] {
  return {
    source: steps.filter(({ reasons }) => reasons.some((reason) => !reason.drift)).length,
    drift: steps.filter(({ reasons }) => reasons.some((reason) => reason.drift)).length,
  }
}

/** What each image that is built is made of, and how much that is to download when nothing of it is there. */
export function buildsOf(steps: readonly Step[]): readonly Build[] {
  return steps.flatMap(({ object, operations }) => {
    if (object?.kind !== "image" || operations.every(({ verb }) => verb !== "build")) return []
    const { pins } = fieldsOf(object, "image")
    const packages = [...pins.base, ...pins.packages, ...pins.kernel]
    return {
      image: object.address.slice("image/".length),
      host: object.host,
      packages: packages.length,
      download_bytes: packages.reduce((sum, one) => sum + one.size_bytes, 0),
    }
  })
}
