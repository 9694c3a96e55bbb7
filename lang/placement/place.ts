import type { Away, Form, PlacementRow } from "../desired/desired-state.ts"

/** What one appliance asks of a host. */
export type Demand = {
  readonly id: string
  /** Instances of one class: those that ask to be spread stand on different hosts as far as there are. */
  readonly group: string
  /** The forms that it can take, preferred first. */
  readonly forms: readonly Form[]
  readonly cpus: number
  readonly memory_bytes: number
  readonly disk_bytes: number | null
  /** The host that it must stand on; null: any. */
  readonly host: string | null
  /** The hosts that its cluster uses; null: all. */
  readonly hosts: ReadonlySet<string> | null
  readonly spread: boolean
  /** It has volumes: it stays where they are. */
  readonly volumes?: boolean
}

/** What one host gives; null is not limited. */
export type Supply = {
  readonly host: string
  readonly forms: readonly Form[]
  readonly cpus: number | null
  readonly memory_bytes: number | null
  readonly disk_bytes: number | null
  /** Nothing may run there any more. */
  readonly away?: Away
  /** The limits of which nobody has said anything, and which are what the host really has. */
  readonly discovered?: ReadonlySet<PlacementRow["resource"]>
}

export type Spot = { readonly host: string; readonly form: Form }

export type Misfit = {
  readonly id: string
  /**
   * `form`: no host that it may stand on runs one of its forms; `away`: all that could are drained or fenced; `room`: none of the others has
   * room.
   */
  readonly why: "form" | "away" | "room"
  /** Host, resource, wanted, free: why each host that could run it is out. */
  readonly table: readonly (readonly [host: string, resource: PlacementRow["resource"], wanted: number, free: number])[]
}

export type Placement = {
  readonly spots: ReadonlyMap<string, Spot>
  readonly misfits: readonly Misfit[]
  readonly rows: readonly PlacementRow[]
}

/**
 * Appliances onto hosts with room. First those that are tied to a host, by a word or by their volumes, then those that stay where they were
 * (`kept`), then the others, each on the host that is least used; if that leaves one over, again largest first on the first host with
 * room. On a host that is away there is no place; volumes hold nothing there. Pure: the same question has the same answer.
 */
export function place(
  demands: readonly Demand[],
  supplies: readonly Supply[],
  kept: ReadonlyMap<string, string>,
): Placement {
  const balanced = tryPlace(demands, supplies, kept, leastUsed)
  if (balanced.misfits.length === 0 || supplies.length < 2) return balanced
  const largest_first = [...demands].sort((left, right) => right.memory_bytes - left.memory_bytes)
  const packed = tryPlace(largest_first, supplies, kept, (room) => room[0]!)
  return packed.misfits.length < balanced.misfits.length ? packed : balanced
}

const resources = ["cpus", "memory", "disk"] as const

type Load = {
  readonly supply: Supply
  readonly used: { cpus: number; memory: number; disk: number }
  count: number
  readonly groups: Map<string, number>
}

type Choose = (room: readonly Load[], demand: Demand) => Load

function tryPlace(
  demands: readonly Demand[],
  supplies: readonly Supply[],
  kept: ReadonlyMap<string, string>,
  choose: Choose,
): Placement {
  const loads = supplies.map(emptyLoad)
  const spots = new Map<string, Spot>()
  const misfits: Misfit[] = []
  const settle = (demand: Demand, load: Load): void => {
    take(load, demand)
    spots.set(demand.id, { host: load.supply.host, form: formOn(demand, load.supply)! })
  }
  const by_name = new Map(loads.map((load) => [load.supply.host, load]))
  const tieOf = (demand: Demand): Load | undefined => {
    if (demand.host !== null) return by_name.get(demand.host)
    const load = demand.volumes === true ? by_name.get(kept.get(demand.id) ?? "") : undefined
    if (load === undefined || load.supply.away !== undefined) return undefined
    return mayStand(demand, load) && formOn(demand, load.supply) !== null ? load : undefined
  }
  const free: Demand[] = []
  for (const demand of demands) {
    const tie = tieOf(demand)
    if (tie !== undefined || demand.host !== null) settleOrMiss(demand, tie === undefined ? [] : [tie])
    else free.push(demand)
  }
  const rest = free.filter((demand) => {
    const load = by_name.get(kept.get(demand.id) ?? "")
    if (
      load === undefined ||
      load.supply.away !== undefined ||
      !mayStand(demand, load) ||
      formOn(demand, load.supply) === null ||
      lacks(load, demand).length > 0
    )
      return true
    settle(demand, load)
    return false
  })
  for (const demand of rest) settleOrMiss(demand, loads)
  return { spots, misfits, rows: loads.flatMap(rowsOf) }

  function settleOrMiss(demand: Demand, possible: readonly Load[]): void {
    const able = possible.filter((load) => mayStand(demand, load) && formOn(demand, load.supply) !== null)
    const present = able.filter((load) => load.supply.away === undefined)
    const room = present.filter((load) => lacks(load, demand).length === 0)
    if (room.length > 0) {
      settle(demand, choose(spreadOut(room, demand), demand))
      return
    }
    misfits.push({
      id: demand.id,
      why: able.length === 0 ? "form" : present.length === 0 ? "away" : "room",
      table: present.flatMap((load) =>
        lacks(load, demand).map(
          (resource) => [load.supply.host, resource, wantedOf(demand, resource), freeOf(load, resource)!] as const,
        ),
      ),
    })
  }
}

/** What is tied to a host may stand there whichever hosts its cluster uses. */
function mayStand(demand: Demand, load: Load): boolean {
  return demand.host !== null || demand.hosts === null || demand.hosts.has(load.supply.host)
}

function emptyLoad(supply: Supply): Load {
  return { supply, used: { cpus: 0, memory: 0, disk: 0 }, count: 0, groups: new Map() }
}

function formOn(demand: Demand, supply: Supply): Form | null {
  return demand.forms.find((form) => supply.forms.includes(form)) ?? null
}

function lacks(load: Load, demand: Demand): PlacementRow["resource"][] {
  return resources.filter((resource) => {
    const free = freeOf(load, resource)
    return free !== null && wantedOf(demand, resource) > free
  })
}

function wantedOf(demand: Demand, resource: PlacementRow["resource"]): number {
  if (resource === "cpus") return demand.cpus
  return resource === "memory" ? demand.memory_bytes : (demand.disk_bytes ?? 0)
}

function capacityOf(supply: Supply, resource: PlacementRow["resource"]): number | null {
  if (resource === "cpus") return supply.cpus
  return resource === "memory" ? supply.memory_bytes : supply.disk_bytes
}

function freeOf(load: Load, resource: PlacementRow["resource"]): number | null {
  const capacity = capacityOf(load.supply, resource)
  return capacity === null ? null : round(capacity - load.used[resource])
}

/** Cpus are fractions: without rounding 0.1 three times would not fit into 0.3. */
function round(amount: number): number {
  return Math.round(amount * 1e6) / 1e6
}

function take(load: Load, demand: Demand): void {
  for (const resource of resources) load.used[resource] = round(load.used[resource] + wantedOf(demand, resource))
  load.count++
  load.groups.set(demand.group, (load.groups.get(demand.group) ?? 0) + 1)
}

function spreadOut(room: readonly Load[], demand: Demand): readonly Load[] {
  if (!demand.spread) return room
  const fewest = Math.min(...room.map((load) => load.groups.get(demand.group) ?? 0))
  return room.filter((load) => (load.groups.get(demand.group) ?? 0) === fewest)
}

/** By the share of memory in use where it is limited, then by the number of appliances, then in the order of declaration. */
function leastUsed(room: readonly Load[]): Load {
  return room.reduce((best, load) => {
    const share = shareOf(load) - shareOf(best)
    return share < 0 || (share === 0 && load.count < best.count) ? load : best
  })
}

function shareOf(load: Load): number {
  const capacity = load.supply.memory_bytes
  return capacity === null || capacity === 0 ? 0 : load.used.memory / capacity
}

function rowsOf(load: Load): PlacementRow[] {
  return resources.map((resource) => ({
    host: load.supply.host,
    resource,
    wanted: load.used[resource],
    capacity: capacityOf(load.supply, resource),
    free: freeOf(load, resource),
    ...sourceOf(load.supply, resource),
  }))
}

function sourceOf(supply: Supply, resource: PlacementRow["resource"]): Pick<PlacementRow, "source"> {
  if (supply.discovered?.has(resource) === true) return { source: "discovered" }
  return capacityOf(supply, resource) === null ? {} : { source: "declared" }
}
