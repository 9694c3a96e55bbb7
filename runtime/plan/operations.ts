import { fieldsOf } from "../model/fields.ts"
import type { Change } from "./changes.ts"
import { carriedVolumes, moveOperations } from "./moves.ts"
import type { Operation, Previous, Step, Touched, Verb } from "./plan.ts"

/** What apply does for one change, in order. Leftovers of earlier attempts go first: a new generation may take their place. */
export function operationsOf(change: Change): Operation[] {
  const { action, situation } = change
  const { current, leftovers } = situation
  const target = targetGeneration(change)
  const cleanup = leftovers
    .filter((left) => left.generation !== target)
    .map((left) => operation("remove", left.generation))
  if (situation.object?.kind !== "appliance" && action !== "delete") return [...cleanup, ...plainOperations(change)]
  switch (action) {
    case "create":
      return [...cleanup, create(target), operation("ready", target)]
    case "update":
      return [
        ...cleanup,
        ...configured(change, target, null),
        // Other checks must pass as well before anybody relies on them.
        ...(change.touched.fields.includes("checks") ? [operation("ready", target)] : []),
      ]
    case "reload":
      return [
        ...cleanup,
        ...configured(change, target, "reload"),
        operation("reload", target),
        operation("ready", target),
      ]
    case "restart":
      return [
        ...cleanup,
        ...configured(change, target, "restart"),
        operation("restart", target),
        operation("ready", target),
      ]
    case "replace":
      return [...cleanup, ...replacement(change, target, current!.generation)]
    case "delete":
      return generationsOf(change).map((generation) => operation("remove", generation))
    case "move":
      return moveOperations(change, (other) => (other.action === "keep" ? [] : operationsOf(other)))
    case "keep":
      throw new Error(`${action} makes no operations: ${situation.address}, generation ${current?.generation}`)
  }
}

/** What turns a finished change of an appliance back: the same way, to what its record said before. */
export function backOperations(change: Change): readonly Operation[] {
  const { action, situation, touched } = change
  const target = targetGeneration(change)
  if (action === "replace") return replacement(change, target + 1, target)
  const before = fieldsOf(situation.current!.record, "appliance")
  const files = new Set(before.files.map((file) => file.path))
  const added = fieldsOf(situation.object!, "appliance").files.filter((file) => !files.has(file.path))
  const details: Touched = {
    written: [...touched.written, ...touched.removed].filter((path) => files.has(path)),
    removed: added.map((file) => file.path),
    fields: touched.fields,
  }
  const verb = action === "reload" && before.reload === null ? "restart" : action
  const pending = verb === "reload" || verb === "restart" ? verb : null
  return [
    { ...operation("configure", target), pending, details },
    ...(pending === null ? [] : [operation(pending, target)]),
    operation("ready", target),
  ]
}

/** What the record says before a replacement or a move; null for every other action. */
export function previousOf(change: Change): Previous | null {
  return change.action === "replace" || change.action === "move" ? recordedBefore(change) : null
}

/** What the record says before a change; null when there is none. */
export function recordedBefore({ situation, from }: Change): Previous | null {
  const current = from === undefined ? situation.current : from.current
  if (current === null) return null
  const { generation, fields, causes, after, origin } = current.record
  return { generation, fields, causes, after, origin }
}

/** How long an appliance will not answer; null where nothing answers. */
export function interruptionOf(change: Change): Step["interruption"] {
  const { action, situation } = change
  if (!situation.address.startsWith("appliance/")) return action === "replace" ? "moment" : null
  switch (action) {
    case "restart":
      return "restart"
    case "replace":
      return startsBeside(situation.object) ? "moment" : "restart"
    case "move":
      return carriedVolumes(change).length > 0 && change.finishing === undefined ? "copied" : "moment"
    case "delete":
      return change.superseded === undefined ? "gone" : "none"
    case "create":
      return null
    default:
      return "none"
  }
}

/** Images are built, the rest is set; a replaced network or publish is removed first, since both would have one name. */
function plainOperations(change: Change): Operation[] {
  const verb: Verb = change.situation.object!.kind === "image" ? "build" : "set"
  const target = targetGeneration(change)
  return change.action === "replace"
    ? [operation("remove", target), operation(verb, target)]
    : [operation(verb, target)]
}

/**
 * The new generation is made and checked beside the old one, takes over its networks, and only then the old one goes. A volume cannot
 * be in two appliances at once: with one, the old appliance goes first.
 */
function replacement(change: Change, target: number, old: number): Operation[] {
  if (!startsBeside(change.situation.object))
    return [operation("remove", old), create(target), operation("ready", target)]
  return [
    { ...create(target), staged: "staged" },
    { ...operation("ready", target), staged: "staged" },
    { ...operation("switch", target), undo: { verb: "switch", generation: old } },
    operation("ready", target),
    operation("remove", old),
  ]
}

function startsBeside(object: Change["situation"]["object"]): boolean {
  return object !== null && fieldsOf(object, "appliance").volumes.length === 0
}

function create(generation: number): Operation {
  return { ...operation("create", generation), undo: { verb: "remove", generation } }
}

/** The `configure` that comes before what makes it take effect; none where nothing changed, as for a restart after drift. */
function configured({ touched, situation }: Change, generation: number, pending: Verb | null): Operation[] {
  const uncertain = situation.unfinished.some((entry) => entry.verb === "configure")
  if (touched.fields.length === 0 && touched.written.length === 0 && !uncertain) return []
  return [{ ...operation("configure", generation), pending, details: touched }]
}

function targetGeneration({ action, situation }: Change): number {
  const { current, leftovers, object } = situation
  if (action === "replace" && object?.kind === "appliance") return current!.generation + 1
  return current?.generation ?? Math.max(1, ...leftovers.map((left) => left.generation))
}

/** Every generation that is there, the one with the record last: until it is gone, the others can still be found by it. */
function generationsOf({ situation }: Change): number[] {
  const { current, leftovers } = situation
  const others = leftovers.map((left) => left.generation)
  return current === null ? others : [...others, current.generation]
}

function operation(verb: Verb, generation: number): Operation {
  return { verb, generation, staged: "joined", undo: null, pending: null, details: {} }
}
