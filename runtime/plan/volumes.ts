import type { DesiredState } from "../../lang/index.ts"
import { fieldsOf } from "../model/fields.ts"
import type { Observed, ObservedVolume } from "../model/observed.ts"
import type { Plan, Step } from "./plan.ts"

/** A volume that is on a host, and that no appliance there has or shall have. */
export type UnusedVolume = { readonly host: string; readonly volume: ObservedVolume }

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
export function withVolumesDeleted(plan: Plan): Plan {
  return {
    ...plan,
    steps: plan.steps.map(withVolumes),
    warnings: plan.warnings.filter((warning) => !/^the volumes of .* stay$/.test(warning)),
  }
}

function withVolumes(step: Step): Step {
  if (step.action !== "delete" || !step.address.startsWith("appliance/")) return step
  const operations = step.operations.map((operation) => ({
    ...operation,
    details: { ...operation.details, delete_volumes: true },
  }))
  return { ...step, operations }
}
