import type { Drawing, DrawingEdge, DrawingNode } from "../graph/drawing.ts"
import type { DesiredState, Wire } from "./desired-state.ts"

/** A cluster as a drawing: its appliances, networks and published ports, and what joins them. */
export function graphOf(desired: DesiredState): Drawing {
  const nodes: DrawingNode[] = [
    ...desired.publishes.map((publish) => ({
      id: `publish ${publish.port}/${publish.protocol}`,
      label: `${publish.port}/${publish.protocol}`,
      detail: `published on ${publish.host}`,
      shape: "port" as const,
    })),
    ...desired.appliances.map((appliance) => ({
      id: `appliance ${appliance.id}`,
      label: appliance.id,
      detail: `${appliance.class}, ${appliance.form} on ${appliance.host}`,
      shape: "box" as const,
    })),
    ...desired.networks.map((network) => ({
      id: `network ${network.name}`,
      label: network.name,
      detail: network.cidr,
      shape: "cloud" as const,
    })),
  ]
  return {
    title: desired.cluster,
    nodes,
    edges: [...publishEdges(desired), ...insertEdges(desired), ...wireEdges(desired.wires), ...nicEdges(desired)],
  }
}

/** A publish leads through the gateway where there is one. */
function publishEdges(desired: DesiredState): DrawingEdge[] {
  return desired.publishes.flatMap((publish) => {
    const from = `publish ${publish.port}/${publish.protocol}`
    const to = `appliance ${publish.appliance}`
    const label = `${publish.target_port}/${publish.protocol}`
    if (publish.through === null) return [{ from, to, label, line: "solid" as const }]
    const gateway = `appliance ${publish.through.appliance}`
    return [
      { from, to: gateway, label: "", line: "solid" as const },
      { from: gateway, to, label, line: "solid" as const },
    ]
  })
}

/** What is put in line leads to what it stands in front of. */
function insertEdges(desired: DesiredState): DrawingEdge[] {
  return desired.inserts.flatMap(({ appliance, before, network }) =>
    before.map((target) => ({
      from: `appliance ${appliance}`,
      to: `appliance ${target}`,
      label: `in line on ${network}`,
      line: "solid" as const,
    })),
  )
}

function wireEdges(wires: readonly Wire[]): DrawingEdge[] {
  return wires.map((wire) => ({
    from: `appliance ${wire.consumer}`,
    to: `appliance ${wire.provider}`,
    label: `${wire.kind} ${wire.name}`,
    line: wire.kind === "needs" ? "solid" : "dashed",
  }))
}

function nicEdges(desired: DesiredState): DrawingEdge[] {
  return desired.appliances.flatMap((appliance) =>
    appliance.nics
      .filter((nic) => nic.network !== null)
      .map((nic) => ({
        from: `appliance ${appliance.id}`,
        to: `network ${nic.network}`,
        label: nic.address,
        line: "dotted" as const,
      })),
  )
}
