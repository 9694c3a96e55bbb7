import type { DesiredState } from "../lang/index.ts"
import { hold } from "./apply/holding.ts"
import type { Failure, Outcome } from "./model/failure.ts"
import { unusedVolumes } from "./plan/volumes.ts"
import type { World } from "./world.ts"

/** A volume by what it was made for. */
export type VolumeName = { readonly host: string; readonly appliance: string; readonly name: string }

/**
 * Deletes one volume that no appliance has or shall have, with what is on it, under the lease of its host. Refused when it is used, also when
 * that began in this moment. What is gone already is no failure.
 */
export async function discardVolume(world: World, desired: DesiredState, volume: VolumeName): Promise<Outcome<null>> {
  const host = desired.hosts.find(({ name }) => name === volume.host)
  if (host === undefined) return { ok: false, failure: failed(`there is no host ${volume.host}`) }
  const opened = await world.open(host)
  if (!opened.ok) return opened
  const driver = opened.value
  const { cluster } = desired
  try {
    const holding = await hold(world, cluster, "volume delete", { [host.name]: driver })
    if (!holding.ok) return holding
    try {
      const seen = await driver.observe(cluster)
      if (seen.kind === "unreachable")
        return { ok: false, failure: failed(`host ${host.name} does not answer: ${seen.why}`) }
      const same = (one: { readonly appliance: string; readonly name: string }): boolean =>
        one.appliance === volume.appliance && one.name === volume.name
      if (!seen.volumes.some(same)) return { ok: true, value: null }
      const unused = unusedVolumes({ desired, observed: { hosts: { [host.name]: seen } } })
      if (!unused.some((one) => same(one.volume)))
        return { ok: false, failure: failed(`the volume ${volume.name} of ${volume.appliance} is in use`) }
      return await driver.perform({
        cluster,
        operation_id: `${world.newRunId()}/discard ${volume.appliance}/${volume.name}`,
        token: holding.value.leaseOf(host.name).token,
        operation: {
          verb: "discard",
          generation: 1,
          staged: "joined",
          undo: null,
          pending: null,
          details: { volume: volume.name },
        },
        address: `appliance/${volume.appliance}`,
        object: null,
        secrets: new Map(),
        progress: () => {},
      })
    } finally {
      await holding.value.release()
    }
  } finally {
    await driver.close()
  }
}

function failed(message: string): Failure {
  return { kind: "conflict", message, remedy: null, output: [] }
}
