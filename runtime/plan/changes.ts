import type { Abilities } from "../drivers/driver.ts"
import { fieldsOf } from "../model/fields.ts"
import { equalJson } from "../model/json.ts"
import type { Json, Kind, ObjectRecord } from "../model/object.ts"
import { type Action, harsher } from "./action.ts"
import type { Reason, Touched } from "./plan.ts"
import { changeReasons } from "./reasons.ts"
import type { Situation } from "./situation.ts"

/** What has to happen to one object, and why; operations follow from it. */
export type Change = {
  readonly situation: Situation
  readonly action: Action
  readonly reasons: readonly Reason[]
  readonly touched: Touched
  /** Where it is until now, for a move. */
  readonly from?: Situation & { readonly current: NonNullable<Situation["current"]> }
  /** A move that was cut off when the new one was joined already: what the new one needs besides. */
  readonly finishing?: Change
  /** The record under the name that it had before, when it cannot be brought over but is made anew. */
  readonly replacing?: ObjectRecord
  /** The places of others that must be gone before: second copies of it. */
  readonly first?: readonly string[]
  /** The host where the same appliance runs: what is deleted here is a second copy. */
  readonly superseded?: string
}

/** Decides what one object needs: the harshest of what its changed fields, interrupted operations and drift ask for. */
export function changeOf(situation: Situation, abilities: Abilities, ending: string): Change {
  const { object, current, leftovers } = situation
  if (object === null) return simple(situation, "delete", [reason(ending, { origin: current?.record.origin ?? null })])
  if (current === null) {
    const interrupted = leftovers.length > 0
    const what = interrupted ? "an earlier create of it was interrupted" : "it is new"
    return simple(situation, "create", [reason(what, { origin: object.origin, drift: interrupted })])
  }
  const fields = changedFields(situation)
  const touched = touchedBy(situation, fields)
  const needs = [
    ...fields.map((field): Need => ({ action: actionFor(situation, field, abilities), reasons: [] })),
    ...interruptedNeeds(situation),
    ...driftNeeds(situation),
  ]
  const action = needs.map((need) => need.action).reduce(harsher, "keep")
  const reasons = [...changeReasons(situation, fields), ...needs.flatMap((need) => need.reasons)]
  return { situation, action, reasons, touched }
}

/** A reason that is no change of a value. */
export function reason(what: string, more: Partial<Reason> = {}): Reason {
  return { what, from: null, to: null, through: [], origin: null, drift: false, ...more }
}

type Fields = Parameters<typeof fieldsOf>[0]
type Need = { readonly action: Action; readonly reasons: readonly Reason[] }

function simple(situation: Situation, action: Action, reasons: readonly Reason[]): Change {
  return { situation, action, reasons, touched: touchedBy(situation, []) }
}

/** The fields in which what shall be differs from what was applied. */
export function changedFields({ object, current }: Situation): string[] {
  const [wanted, applied] = [object!.fields, current!.record.fields]
  const names = new Set([...Object.keys(wanted), ...Object.keys(applied)])
  return [...names].filter((name) => !equalJson(wanted[name], applied[name]))
}

/** The driver's table decides; a reload is only possible where the object says how. */
function actionFor({ object, current, address }: Situation, field: string, abilities: Abilities): Action {
  const listed = abilities.changes[kindOf(address)][field] ?? "replace"
  if (object!.kind !== "appliance") return listed
  const { form, reload } = fieldsOf(object!, "appliance")
  const asked = field === "volumes" && sameButForSize(object!, current!.record) ? "volumes.size" : field
  const special =
    abilities.changesByForm?.[form]?.[asked] ??
    abilities.changes.appliance[asked] ??
    abilities.changesByForm?.[form]?.[field] ??
    listed
  return special === "reload" && reload === null ? "restart" : special
}

/** Whether the volumes differ in how large they are and how often they are backed up only, which nothing inside has to know. */
function sameButForSize(wanted: Fields, applied: Fields): boolean {
  const places = (of: Fields): Json => fieldsOf(of, "appliance").volumes.map(({ name, path }) => ({ name, path }))
  return equalJson(places(wanted), places(applied))
}

function kindOf(address: string): Kind {
  return address.slice(0, address.indexOf("/")) as Kind
}

/** What an interrupted change left undecided: done again, since nobody knows how far it came. */
function interruptedNeeds({ object, current, leftovers, unfinished }: Situation): Need[] {
  const needs: Need[] = []
  const say = (action: Action, what: string) => needs.push({ action, reasons: [reason(what, { drift: true })] })
  const appliance = object!.kind === "appliance"
  const reload: Action = appliance && fieldsOf(object!, "appliance").reload !== null ? "reload" : "restart"
  const pending = current!.record.pending
  if (pending === "reload" || pending === "restart") {
    say(pending === "reload" ? reload : "restart", "an earlier change of it was interrupted before it took effect")
  }
  for (const { verb } of unfinished) {
    if (!appliance) say("update", "an earlier change of it was interrupted")
    else if (moving.includes(verb)) say("restart", "an earlier move of it was interrupted")
    else if (verb === "configure" || verb === "reload") say(reload, "an earlier change of it was interrupted")
    else if (verb === "restart") say("restart", "an earlier restart of it was interrupted")
    else if (verb === "switch") say("replace", "an earlier replacement of it was interrupted")
    else if (verb === "remove") say("create", "an earlier delete of it was interrupted")
    else say("create", "an earlier create of it was interrupted")
  }
  if (leftovers.length > 0) say("update", "an earlier replacement of it left something behind")
  return needs
}

const moving: readonly string[] = ["stop", "send", "receive", "settle"]

/** Where the host differs from its record. */
function driftNeeds({ object, current }: Situation): Need[] {
  const needs: Need[] = []
  const say = (action: Action, what: string) => needs.push({ action, reasons: [reason(what, { drift: true })] })
  const appliance = object!.kind === "appliance"
  const gone: Action = object!.kind === "image" || appliance ? "create" : "update"
  if (current!.life === "absent") say(gone, "it is no longer there")
  else if (current!.life === "partial") say(gone, "only a part of it is there")
  else {
    if (current!.life === "stopped") say(appliance ? "restart" : "update", "its first process is not running")
    for (const what of current!.drift) say(appliance ? "restart" : "update", what)
    // Even soon after a start: nobody knows whether it is still on its way, and starting it once more costs less than waiting in vain.
    if (current!.life === "running") {
      for (const { check, passed, detail } of current!.health) {
        if (!passed) say("restart", `its check "${check}" fails: ${detail}`)
      }
    }
  }
  return needs
}

/** The files to write and delete: only what differs, but all of them when drift or an interruption left it unknown what is there. */
function touchedBy({ object, current, unfinished }: Situation, fields: readonly string[]): Touched {
  if (object?.kind !== "appliance") return { written: [], removed: [], fields }
  const wanted = fieldsOf(object, "appliance").files
  const applied = current === null ? [] : fieldsOf(current.record, "appliance").files
  const before = new Map(applied.map((file) => [file.path, file]))
  const paths = new Set(wanted.map((file) => file.path))
  const certain = (current?.drift.length ?? 0) === 0 && unfinished.every((entry) => entry.verb !== "configure")
  return {
    written: wanted.filter((file) => !certain || !equalJson(before.get(file.path), file)).map((file) => file.path),
    removed: applied.map((file) => file.path).filter((path) => !paths.has(path)),
    fields,
  }
}
