import { nearest } from "../../lang/index.ts"
import type { Failure } from "../model/failure.ts"
import type { Change } from "./changes.ts"

/**
 * What an operator names by `--target`, `--exclude` or `--replace`: `web[1]`, or all of `web`; `network/dmz`; all that is on a host,
 * `host:h2`. An appliance needs no `appliance/` before it.
 */
export function matches(pattern: string, host: string, address: string): boolean {
  if (pattern.startsWith("host:")) return host === pattern.slice("host:".length)
  const full = pattern.includes("/") ? pattern : `appliance/${pattern}`
  return address === full || address.startsWith(`${full}[`) || address.startsWith(`${full}.`)
}

/** A refusal for the first pattern that is no thing of the source and none on a host: most probably a slip. Null: each is some. */
export function unknownPattern(patterns: readonly string[], changes: readonly Change[]): Failure | null {
  for (const pattern of patterns) {
    const found = changes.some(({ situation, from = situation }) =>
      [situation, from].some(({ host, address }) => matches(pattern, host, address)),
    )
    if (found) continue
    const names = namesOf(changes)
    const meant = nearest(pattern, [...names])
    return {
      kind: "target-unknown",
      message: `nothing is called ${JSON.stringify(pattern)}, neither in the source nor on a host`,
      remedy: meant === null ? `there is ${[...names].slice(0, 8).join(", ") || "nothing"}` : `did you mean ${meant}?`,
      output: [],
    }
  }
  return null
}

/** How each thing may be called, and the families and hosts. */
function namesOf(changes: readonly Change[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { situation } of changes) {
    const [kind, name] = [situation.address.split("/")[0], situation.address.slice(situation.address.indexOf("/") + 1)]
    if (kind === "image") continue
    names.add(kind === "appliance" ? name : situation.address)
    if (kind === "appliance" && name.includes("[")) names.add(name.slice(0, name.indexOf("[")))
    names.add(`host:${situation.host}`)
  }
  return names
}
