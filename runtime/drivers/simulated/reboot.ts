import type { SimulatedCluster, SimulatedHost, Thing } from "./state.ts"

/**
 * What a host does by itself when it boots, at its own time `now_ms`: links and rules are there again, and what was joined to its networks and
 * has a record is started. What was staged is not; nor is anything of a cluster that was being destroyed.
 */
export function reboot(host: SimulatedHost, now_ms: number): void {
  for (const cluster of Object.values(host.clusters)) {
    for (const [key, thing] of Object.entries(cluster.things)) {
      if (thing.process !== null) restart(thing, comesBack(cluster, thing), now_ms)
      else if (!comesBack(cluster, thing) && made_of_links.includes(thing.kind)) delete cluster.things[key]
    }
  }
}

function restart(thing: Thing, comes_back: boolean, now_ms: number): void {
  const { starts } = thing.process!
  if (!comes_back) {
    thing.process = { running: false, started_ms: thing.process!.started_ms, starts }
    return
  }
  thing.process = { running: true, started_ms: now_ms, starts: starts + 1 }
  Object.assign(thing, { loaded: thing.fields, broken: [] })
}

function comesBack(cluster: SimulatedCluster, thing: Thing): boolean {
  if (cluster.lease?.operation === "destroy") return false
  const going = cluster.journal.some(
    ({ address, generation, verb }) =>
      verb === "remove" && address === thing.address && generation === thing.generation,
  )
  const record = cluster.records[thing.address]
  // One that was stopped to move elsewhere must not answer beside the one that is there.
  const moving = cluster.journal.some(({ address, verb }) => verb === "stop" && address === thing.address)
  const stopped = thing.stopped === true
  return !going && !moving && !stopped && record !== undefined && (thing.process === null || thing.joined)
}

const made_of_links: readonly Thing["kind"][] = ["network", "firewall", "publish"]
