import type { Outcome } from "../model/failure.ts"
import { type Change, reason } from "./changes.ts"
import { matches, unknownPattern } from "./patterns.ts"

/** What an operator wants to be made anew: patterns of appliances, and who says so (`anna@laptop`). */
export type Replacing = { readonly patterns: readonly string[]; readonly by: string }

/**
 * The same changes with a replacement of every appliance that an operator named, unless it is made or deleted anyway. Fails when a
 * pattern means no appliance of the source.
 */
export function withReplacements(
  changes: readonly Change[],
  { patterns, by }: Replacing = { patterns: [], by: "" },
): Outcome<readonly Change[]> {
  if (patterns.length === 0) return { ok: true, value: changes }
  const appliances = changes.filter(({ situation }) => situation.object?.kind === "appliance")
  const unknown = unknownPattern(patterns, appliances)
  if (unknown !== null) return { ok: false, failure: unknown }
  const named = (change: Change) =>
    change.situation.object?.kind === "appliance" &&
    patterns.find((pattern) => matches(pattern, change.situation.host, change.situation.address))
  return {
    ok: true,
    value: changes.map((change): Change => {
      const pattern = named(change)
      if (!pattern || !gentle.has(change.action)) return change
      const asked = reason(`${by} asked for it with --replace ${pattern}`)
      return { ...change, action: "replace", reasons: [asked, ...change.reasons] }
    }),
  }
}

const gentle: ReadonlySet<Change["action"]> = new Set(["keep", "update", "reload", "restart", "replace"])
