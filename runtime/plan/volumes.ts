import type { DesiredState } from "../../lang/index.ts"
import { showBytes } from "../model/bytes.ts"
import { fieldsOf } from "../model/fields.ts"
import type { Observed, ObservedVolume } from "../model/observed.ts"
import type { Plan, Step } from "./plan.ts"

/** A volume that is on a host, and that no appliance there has or shall have. */
export type UnusedVolume = { readonly host: string; readonly volume: ObservedVolume }

/** The volumes that a plan leaves without anybody who uses them: those that are unused already, and those that an appliance is told to do without. */
export function unusedAfter(desired: DesiredState | null, observed: Observed): readonly UnusedVolume[] {
  const unused = unusedVolumes({ desired, observed })
  const dropped = Object.entries(observed.hosts).flatMap(([host, seen]) =>
    (seen.kind === "reachable" ? seen.volumes : []).flatMap((volume) => {
      const appliance = desired?.appliances.find((one) => one.id === volume.appliance && one.host === host)
      const keeps = appliance === undefined || appliance.volumes.some(({ name }) => name === volume.name)
      return keeps ? [] : [{ host, volume }]
    }),
  )
  return [...unused, ...dropped.filter(({ volume }) => unused.every((one) => one.volume !== volume))]
}

/** The volumes that were kept when what used them went, or was told to do without. */
export function unusedVolumes(input: {
  readonly desired: Pick<DesiredState, "appliances"> | null
  readonly observed: Observed
}): readonly UnusedVolume[] {
  return Object.entries(input.observed.hosts).flatMap(([host, seen]) => {
    if (seen.kind === "unreachable") return []
    const used = new Set([
      ...seen.objects.flatMap(({ record, address }) =>
        record?.kind === "appliance"
          ? fieldsOf(record, "appliance").volumes.map(({ name }) => `${address}/${name}`)
          : [],
      ),
      ...(input.desired?.appliances ?? []).flatMap(({ id, volumes, ...appliance }) =>
        appliance.host === host ? volumes.map(({ name }) => `appliance/${id}/${name}`) : [],
      ),
    ])
    return seen.volumes
      .filter(({ appliance, name }) => !used.has(`appliance/${appliance}/${name}`))
      .map((volume) => ({ host, volume }))
  })
}

/** The same plan with the volumes of every appliance that it deletes deleted as well: only when somebody asked for just that. */
export function withVolumesDeleted(plan: Plan, observed: Observed): Plan {
  const going = deletedVolumes(plan, observed).map(({ host, volume: { appliance, name, size_bytes, used_bytes } }) => {
    const size = showBytes(size_bytes ?? used_bytes)
    return `the volume ${name} of ${appliance} on host ${host} (${size}) is deleted, with what is on it`
  })
  return {
    ...plan,
    steps: plan.steps.map(withVolumes),
    warnings: [...plan.warnings.filter((warning) => !/^the volumes of .* stay$/.test(warning)), ...going],
  }
}

function deletedVolumes(plan: Plan, observed: Observed): readonly UnusedVolume[] {
  return plan.steps
    .filter(({ action, address }) => action === "delete" && address.startsWith("appliance/"))
    .flatMap(({ address, host }) => {
      const seen = observed.hosts[host]
      if (seen?.kind !== "reachable") return []
      return seen.volumes
        .filter(({ appliance }) => address === `appliance/${appliance}`)
        .map((volume) => ({ host, volume }))
    })
}

function withVolumes(step: Step): Step {
  if (step.action !== "delete" || !step.address.startsWith("appliance/")) return step
  const operations = step.operations.map((operation) => ({
    ...operation,
    details: { ...operation.details, delete_volumes: true },
  }))
  return { ...step, operations }
}
