import type { PassThrough } from "node:stream"
import type { DesiredImage, Form, ImagePins } from "../../lang/index.ts"
import type { Holder, Lease, LeaseAnswer } from "../apply/lease.ts"
import type { Interactive, Started } from "../hosts/host.ts"
import type { Outcome } from "../model/failure.ts"
import type { KeptRun, RunResult } from "../model/history.ts"
import type { Address, Kind, ManagedObject } from "../model/object.ts"
import type { Health, HostObserved } from "../model/observed.ts"
import type { SecretValues } from "../model/secrets.ts"
import type { Action } from "../plan/action.ts"
import type { Operation } from "../plan/plan.ts"

/**
 * How one kind of hypervisor host is observed and changed. Every driver passes `test/drivers.contract.ts`. A driver decides
 * nothing: what to do stands in the plan. It is bound to one host when it is opened.
 */
export type Driver = {
  readonly name: string
  readonly host: string
  readonly abilities: Abilities

  /** All that this cluster has on the host, the lease, the facts and the health of its appliances: one round trip. Changes nothing. */
  observe(cluster: string): Promise<HostObserved>

  /** Resolves a recipe to package versions and hashes. Changes nothing but a cache of package lists. */
  resolve(image: DesiredImage): Promise<Outcome<ImagePins>>

  /**
   * Takes the lease of `cluster` for `duration_ms`, or says who holds it. A lease that ran out, or whose holder is a dead process
   * of this machine, is taken over at once: the next token is written first, so that the old holder can begin nothing
   * more, and the answer comes when the operations that it has under way have ended.
   */
  acquire(cluster: string, holder: Holder, operation: string, duration_ms: number): Promise<Outcome<LeaseAnswer>>

  /** Prolongs the lease; `lease-lost` when another has taken it. */
  renew(cluster: string, lease: Lease, duration_ms: number): Promise<Outcome<Lease>>

  /** Gives the lease back, and keeps in the history what came of the run here. Harmless when it is no longer ours. */
  release(cluster: string, lease: Lease, result?: RunResult): Promise<void>

  /** The latest runs that took the lease of `cluster` here, in the order in which they began, also those that never gave it back. */
  history(cluster: string): Promise<Outcome<readonly KeptRun[]>>

  /**
   * Does one operation: refuses a token that is not the lease's, writes `begin` to the journal, changes the object, writes its
   * record (`recordOf` in model/record.ts), writes `end`. When it fails, what it began is taken back as far as possible and `end` is
   * written if the host is as before. Repeating it is harmless.
   */
  perform(work: Work): Promise<Outcome<null>>

  /** Runs the checks of an appliance once. `staged` runs them from inside, without its networks. */
  check(
    cluster: string,
    object: ManagedObject,
    generation: number,
    staged: Operation["staged"],
  ): Promise<readonly Health[]>

  /**
   * Runs a command in an appliance, or reads its log, and gives the streams: no lease is needed, and nothing of the cluster changes. Meant is the
   * generation that has its networks. Fails when it is not there or not running.
   */
  enter(cluster: string, address: Address, entering: Entering): Promise<Outcome<Started>>

  /** Removes what is left of a cluster that has no objects (its folder), and what all clusters share when it was the last. */
  forget(cluster: string, lease: Lease): Promise<Outcome<null>>

  close(): Promise<void>
}

/** What somebody wants of an appliance. */
export type Entering =
  /** Words of a program, as they are: no shell reads them. The exit code is its own; 127 when there is no such program. */
  | { readonly kind: "command"; readonly words: readonly string[]; readonly terminal?: Interactive["terminal"] }
  /** The last `lines` of its console, and with `follow` what comes after, until its input ends. */
  | { readonly kind: "log"; readonly lines: number; readonly follow: boolean }

export type { Started }

export type Work = {
  readonly cluster: string
  /** Names the run and step, for the journal: `a1b2c3/replace appliance/web[1]/2`. */
  readonly operation_id: string
  readonly token: number
  readonly operation: Operation
  readonly address: Address
  /** The object as it shall be (for the undo of a `switch`, as it was); null for `remove`. */
  readonly object: ManagedObject | null
  /** The values of the secrets in it, for its files and environment; the record keeps their versions only. */
  readonly secrets: SecretValues
  /** For `send` and `receive`, which are under way at the same time: what goes from one to the other. */
  readonly transfer?: Transfer
  /** Progress in words. */
  readonly progress: (message: string) => void
}

/** What is on volumes, on its way from a `send` to a `receive`. Owners, modes, times, extended attributes and holes arrive as they were. */
export type Transfer = {
  /** The volumes that go along, by name. */
  readonly volumes: readonly string[]
  /** Where `send` writes, and ends, and `receive` reads; destroyed when either has failed. What it holds is known to the driver only. */
  readonly bytes: PassThrough
  /** How `receive` can read what was made smaller on its way; `send` waits for it where it matters. Rejected when either has failed. */
  readonly compressions: PromiseWithResolvers<readonly string[]>
  /** What `send` has read, counted by content; `receive` counts what is really there afterwards, and fails when that differs. */
  readonly digest: PromiseWithResolvers<string>
}

/** What an appliance may ask for beyond what every driver can do. */
export type Feature = "volumes" | "limits.disk" | "limits.processes"

/** What a driver can do, as data, so that callers ask instead of testing names. */
export type Abilities = {
  readonly forms: readonly Form[]
  /** For each kind of object, what a change of a field needs. A field that is not listed needs `replace`. */
  readonly changes: Readonly<Record<Kind, Readonly<Record<string, Action>>>>
  /** Where appliances of one form need something else than `changes` says. */
  readonly changesByForm?: Readonly<Partial<Record<Form, Readonly<Record<string, Action>>>>>
  /** Whether what is on volumes can come from another host and go there: `send` and `receive`. Absent: no. */
  readonly carriesVolumes?: true
  /** What appliances of a form cannot have here, and what the reader can do instead. Planning refuses it, so that nothing is without effect. */
  readonly lacks: Readonly<Partial<Record<Form, Readonly<Partial<Record<Feature, string>>>>>>
  /**
   * How many may run at once on one host: operations, builds of images (of one image always only one), and what writes or deletes much in its
   * storage, builds among it.
   */
  readonly parallel: { readonly operations: number; readonly builds: number; readonly storage: number }
}
