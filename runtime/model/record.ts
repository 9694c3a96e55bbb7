import type { Work } from "../drivers/driver.ts"
import { record_version } from "./migrations.ts"
import type { ObjectRecord } from "./object.ts"

/**
 * The record that an operation leaves beside its object. Every driver writes exactly this for `build`, `set`, a joined `create`,
 * `configure`, `reload`, `restart`, `switch` and `stop`; a staged `create` writes none, and `remove` deletes the record if it is that of the
 * removed generation. Takes work that has an object.
 */
export function recordOf(work: Work): ObjectRecord {
  if (work.object === null) throw new Error(`a record needs an object: ${work.address}`)
  return {
    version: record_version,
    cluster: work.cluster,
    address: work.address,
    kind: work.object.kind,
    generation: work.operation.generation,
    fields: work.object.fields,
    causes: work.object.causes,
    after: work.object.after,
    origin: work.object.origin,
    pending: work.operation.pending,
    operation: work.operation_id,
    token: work.token,
  }
}

/** True when this operation writes the record of its object; see `recordOf`. */
export function writesRecord(operation: Work["operation"]): boolean {
  if (operation.verb === "create") return operation.staged === "joined"
  return !without_record.includes(operation.verb)
}

const without_record: readonly Work["operation"]["verb"][] = ["remove", "ready", "send", "receive", "settle", "discard"]
