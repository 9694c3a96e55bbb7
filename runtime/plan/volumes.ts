import type { Plan, Step } from "./plan.ts"

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
