import { versions } from "../text/libraries.ts"
import type { Weight } from "./difference.ts"

/**
 * The smallest version that may follow `before` with a change of this weight, by SemVer 2.0.0; below 1.0.0 the second number is the one
 * that breaks, as npm's `^` has it.
 */
export function nextVersion(before: string, weight: Weight): string {
  const { major, minor, patch } = versions().parse(before)!
  if (weight === "breaking") return major === 0 ? `0.${minor + 1}.0` : `${major + 1}.0.0`
  if (weight === "additive" && major > 0) return `${major}.${minor + 1}.0`
  return `${major}.${minor}.${patch + 1}`
}

/** Whether a version is a large enough step; a pre-release of it is. */
export function isEnough(version: string, needed: string): boolean {
  const { major, minor, patch } = versions().parse(version)!
  return versions().gte(`${major}.${minor}.${patch}`, needed)
}
