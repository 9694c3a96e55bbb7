import { type DesiredAppliance, type Origin, showOrigin } from "../../lang/index.ts"
import type { Feature } from "../drivers/driver.ts"
import type { PlanInput } from "./steps.ts"

/** Something that an appliance asks for and its host's driver would leave without effect. */
type Lacking = { readonly finding: string; readonly remedy: string }

/** What the appliances ask for and the drivers of their hosts cannot give, with the place that asks. */
export function lackingOf({ desired, abilities }: PlanInput): readonly Lacking[] {
  return (desired?.appliances ?? []).flatMap((appliance) => {
    const { id, host, form } = appliance
    const lacks = abilities[host]?.lacks[form] ?? {}
    return asked(appliance).flatMap(({ feature, what, origin }) => {
      const remedy = lacks[feature]
      const finding = `${showOrigin(origin)}: ${id} asks for ${what}, which host ${host} cannot give a ${form}`
      return remedy === undefined ? [] : [{ finding, remedy }]
    })
  })
}

type Asked = { readonly feature: Feature; readonly what: string; readonly origin: Origin }

function asked(appliance: DesiredAppliance): readonly Asked[] {
  const { volumes, limits, origins, origin } = appliance
  const limited = origins.limits ?? origin
  return [
    ...volumes.map(
      ({ name }): Asked => ({ feature: "volumes", what: `the volume ${name}`, origin: origins.volumes ?? origin }),
    ),
    ...(limits.disk_bytes === undefined
      ? []
      : [{ feature: "limits.disk", what: "a limit of its disk", origin: limited } as const]),
    ...(limits.processes === undefined
      ? []
      : [{ feature: "limits.processes", what: "a limit of its processes", origin: limited } as const]),
  ]
}
