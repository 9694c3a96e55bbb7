import type { Flow, ImagePins, Origin, Output, PlacementRow } from "../../lang/index.ts"
import type { Address, Json, ManagedObject } from "../model/object.ts"
import type { Action } from "./action.ts"

/**
 * BOUNDARY: everything that apply will do, and all that it reads. What a dry run prints is this very object. Plain JSON.
 */
export type Plan = {
  readonly version: 1
  readonly cluster: string
  readonly operation: "apply" | "destroy"
  readonly file: string
  /** Digest of the observed world that this plan was made for, per host: a plan whose world has changed is refused. */
  readonly world: Readonly<Record<string, string>>
  /** In an order that respects `after`. */
  readonly steps: readonly Step[]
  /** How many objects stay as they are. */
  readonly kept: number
  readonly flows: { readonly opened: readonly Flow[]; readonly closed: readonly Flow[] }
  readonly placement: readonly PlacementRow[]
  /** Packages that images gain, lose or change. */
  readonly packages: readonly PackageChange[]
  /** Resolved packages of every image of the cluster, which apply writes to the lock. */
  readonly pins: Readonly<Record<string, ImagePins>>
  readonly outputs: readonly Output[]
  readonly warnings: readonly string[]
}

export type Step = {
  /** `replace appliance/web[1]`; unique in the plan. */
  readonly id: string
  readonly action: Action
  readonly address: Address
  readonly host: string
  /** Steps that must have succeeded before this one begins. */
  readonly after: readonly string[]
  readonly reasons: readonly Reason[]
  readonly diffs: readonly FileDiff[]
  /** What apply does, in this order, each journaled on the host. */
  readonly operations: readonly Operation[]
  /** The object as it shall be; null for a delete. */
  readonly object: ManagedObject | null
  /** How long the appliance is expected not to answer; null where nothing answers. */
  readonly interruption: "none" | "moment" | "restart" | "gone" | null
}

/** Why a step is there: what changed, from what to what, and the place that asked for it. */
export type Reason = {
  /** A sentence part: `title changed`, `its first process is not running`, `it is new`. */
  readonly what: string
  readonly from: string | null
  readonly to: string | null
  /** What the change came through, nearest first: `names.address`. */
  readonly through: readonly string[]
  readonly origin: Origin | null
  /** True when the host differs from its record, not the source from the record. */
  readonly drift: boolean
}

/** A unified diff of one file inside an appliance. */
export type FileDiff = { readonly path: string; readonly diff: string }

export type PackageChange = {
  readonly image: string
  readonly name: string
  readonly from: string | null
  readonly to: string | null
}

/**
 * One journaled unit of change: `begin` is durable before its first effect, `end` before any dependant starts. Doing one again
 * after a crash gives the same as doing it once.
 */
export type Operation = {
  readonly verb: Verb
  /** The generation that it works on. */
  readonly generation: number
  /** `staged`: the new generation beside the old one, complete but not yet joined to its networks. */
  readonly staged: "staged" | "joined"
  /** What takes it back when a later operation of the same step fails; null where there is nothing to take back. */
  readonly undo: { readonly verb: Verb; readonly generation: number } | null
  /** What else it must know, by driver and verb. */
  readonly details: Readonly<Record<string, Json>>
}

/**
 * `build` an image; `set` a network, firewall, names file or publish; `create` an appliance (made, configured and started);
 * `configure` writes files and live fields; `reload` and `restart` let them take effect; `ready` waits for the checks;
 * `switch` lets a staged generation take over its networks; `remove` deletes.
 */
export type Verb = "build" | "set" | "create" | "configure" | "reload" | "restart" | "ready" | "switch" | "remove"
