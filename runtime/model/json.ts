import { createHash } from "node:crypto"
import type { Json } from "./object.ts"

/** True when two JSON values mean the same; the order of keys means nothing. */
export function equalJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true
  if (left === null || right === null || typeof left !== "object" || typeof right !== "object") return false
  if (Array.isArray(left) || Array.isArray(right)) return equalLists(left, right)
  const [one, other] = [left as Record<string, Json>, right as Record<string, Json>]
  const keys = Object.keys(one)
  return keys.length === Object.keys(other).length && keys.every((key) => equalJson(one[key], other[key]))
}

/** Sixteen hexadecimal digits of the SHA-256 of a value as JSON. */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16)
}

function equalLists(left: Json, right: Json): boolean {
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false
  return left.every((item, index) => equalJson(item, right[index]))
}
