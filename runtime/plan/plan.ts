import type { Flow, ImagePins, Origin, Output, PlacementRow } from "../../lang/index.ts"
import type { Address, Json, ManagedObject, ObjectRecord } from "../model/object.ts"
import type { Action } from "./action.ts"

/**
 * BOUNDARY: everything that apply will do, and all that it reads. What a dry run prints is this very object. Plain JSON.
 */
export type Plan = {
  readonly version: 2
  readonly cluster: string
  readonly operation: "apply" | "destroy"
  readonly file: string
  /**
   * What was observed when this plan was made, per host: what it has by name (`appliance/web[1] 1`), each with a digest of its record and
   * state. A plan whose world has changed is refused, and these say what changed.
   */
  readonly world: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** In an order that respects `after`. */
  readonly steps: readonly Step[]
  /** Families of appliances whose instances change a batch at a time. */
  readonly rollouts: readonly Rollout[]
  /** How many objects stay as they are. */
  readonly kept: number
  /** How many steps are there because the source changed, and how many because a host differs from its record; some for both. */
  readonly causes: { readonly source: number; readonly drift: number }
  /** What was chosen of all that there is to do, by `--target` and `--exclude`; null: all of it. */
  readonly chosen: Chosen | null
  /** Images that are built, each with what its packages weigh: downloaded at most that, since layers that are there are not fetched. */
  readonly builds: readonly Build[]
  readonly flows: { readonly opened: readonly Flow[]; readonly closed: readonly Flow[] }
  readonly placement: readonly PlacementRow[]
  /** Packages that images gain, lose or change. */
  readonly packages: readonly PackageChange[]
  /** Resolved packages of every image of the cluster, which apply writes to the lock. */
  readonly pins: Readonly<Record<string, ImagePins>>
  readonly outputs: readonly Output[]
  /** The secrets that its steps put in place, by name: never what they are. */
  readonly secrets: readonly PlannedSecret[]
  readonly warnings: readonly string[]
}

/** How a change reaches the instances of one family, as its `update` says. When a step of it fails, no further one of it begins. */
export type Rollout = {
  /** What they are called without their keys: `web` for `web[1]`. */
  readonly family: string
  /** Ids of steps. Each batch comes after the one before it, and every step ends when its appliance was healthy for long enough. */
  readonly batches: readonly (readonly string[])[]
  readonly healthy_ms: number | null
  /**
   * What turns finished steps back, by step id, when another one of the rollout fails; what is not in it stays as it was changed. Null: nothing is
   * turned back.
   */
  readonly back: Readonly<Record<string, readonly Operation[]>> | null
}

/** A part of what there is to do: what came along with the targets, and what is left out, each with why. */
export type Chosen = {
  readonly targets: readonly string[]
  readonly excludes: readonly string[]
  readonly taken: readonly { readonly address: Address; readonly host: string; readonly why: string }[]
  readonly left: readonly {
    readonly address: Address
    readonly host: string
    readonly action: Action
    readonly why: string
  }[]
}

export type Build = {
  readonly image: string
  readonly host: string
  readonly packages: number
  readonly download_bytes: number
}

/** A secret that is put in place; `length`: it is made before the first step, that long. */
export type PlannedSecret = { readonly name: string; readonly version: string; readonly length: number | null }

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
  /** What a replacement, a move or a change that may be turned back finds: so that taking it back can write the old record again; else null. */
  readonly previous: Previous | null
  /** How long the appliance is expected not to answer; null where nothing answers. */
  readonly interruption: "none" | "moment" | "restart" | "copied" | "gone" | null
}

/** What was there before a change, as its record has it. */
export type Previous = Pick<ObjectRecord, "generation" | "fields" | "causes" | "after" | "origin">

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
  /** The host and the object that it works on, where they are not those of the step: the other end of a move. */
  readonly host?: string
  readonly address?: Address
  /** The generation that it works on. */
  readonly generation: number
  /** `staged`: the new generation beside the old one, complete but not yet joined to its networks. */
  readonly staged: "staged" | "joined"
  /** What takes it back when a later operation of the same step fails; null where there is nothing to take back. */
  readonly undo: { readonly verb: Verb; readonly generation: number } | null
  /** What the record shall name as still to follow after this operation: `reload` for the `configure` before it; else null. */
  readonly pending: Verb | null
  /**
   * For `configure`, which parts to touch (`Touched`); for `ready`, `healthy_ms`: how long the checks must then keep passing; for `receive`,
   * whose volumes they were (`Source`) and which; `received` for a `create` on volumes that came before it; `delete_volumes` for a `remove`;
   * empty for other verbs.
   */
  readonly details: Readonly<Record<string, Json>>
}

/** What a `configure` changes: files to write and to delete inside the appliance, and the names of the fields that changed. */
export type Touched = {
  readonly written: readonly string[]
  readonly removed: readonly string[]
  readonly fields: readonly string[]
}

/** Where the volumes come from that a `receive` takes: the object that has them, which was stopped before. */
export type Source = { readonly host: string; readonly address: Address; readonly generation: number }

/**
 * `build` an image; `set` a network, firewall, names file or publish; `create` an appliance (made, configured and started; what a
 * crash left of that generation is removed first); `configure` writes files and live fields, running or not; `reload` and `restart`
 * let them take effect; `switch` lets a generation take over the networks from whichever has them, and keeps both running;
 * `remove` deletes one generation; `record` writes the record of what is there, when that is what the object says, and without an object forgets
 * the record. `ready` waits for the checks: the walk does that with `Driver.check`, a driver never sees it.
 *
 * For a move: `stop` takes a generation off its networks and ends it, and keeps all that it has; `send` gives what is on its volumes and
 * `receive` puts that on volumes of another, marked as a copy until `settle` says that they are its own. Until then a `remove`
 * deletes such copies with it. `discard` deletes the one volume that its details name, and is in no plan.
 */
export type Verb =
  | "record"
  | "build"
  | "set"
  | "create"
  | "configure"
  | "reload"
  | "restart"
  | "ready"
  | "switch"
  | "remove"
  | "discard"
  | "stop"
  | "send"
  | "receive"
  | "settle"
