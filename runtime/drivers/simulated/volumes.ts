import { fieldsOf } from "../../model/fields.ts"
import { digestOf } from "../../model/json.ts"
import type { Address } from "../../model/object.ts"
import type { Work } from "../driver.ts"
import type { SimulatedHost, SimulatedVolume } from "./state.ts"

/** What is on a volume of a simulated host; undefined when there is no such volume. */
export function contentOf(host: SimulatedHost, cluster: string, address: Address, volume: string): string | undefined {
  return host.clusters[cluster]?.volumes?.[keyOf(address, volume)]?.content
}

/** Puts something on a volume that is there, as what runs on it would. */
export function writeTo(host: SimulatedHost, cluster: string, address: Address, volume: string, content: string): void {
  host.clusters[cluster]!.volumes![keyOf(address, volume)]!.content = content
}

/** Volumes are there before what stands on them, and grow. New ones are empty; those that came with a move are only used by that move. */
export function makeVolumes(work: Work, host: SimulatedHost): void {
  if (work.operation.verb === "create" && work.operation.details.received !== true) removeCopies(work, host)
  const there = volumesIn(work, host)
  for (const { name, size_bytes } of fieldsOf(work.object!, "appliance").volumes) {
    const key = keyOf(work.address, name)
    const before = there[key] ?? empty(work, name)
    there[key] = { ...before, size_bytes: Math.max(size_bytes, before.size_bytes) }
  }
}

/** Deletes the one volume that the operation names. */
export function discard(work: Work, host: SimulatedHost): void {
  delete volumesIn(work, host)[keyOf(work.address, String(work.operation.details.volume))]
}

/** Copies that never became the appliance's own go with it; others only when somebody asked for just that. */
export function volumesGo(work: Work, host: SimulatedHost): boolean {
  return work.operation.details.delete_volumes === true || ownVolumes(work, host).some(([, { copy }]) => copy === true)
}

/** Deletes those volumes of an appliance that go with it. */
export function removeVolumes(work: Work, host: SimulatedHost): void {
  if (work.operation.details.delete_volumes !== true) return removeCopies(work, host)
  for (const [key] of ownVolumes(work, host)) delete volumesIn(work, host)[key]
}

/** Deletes the volumes of an appliance that came from another host and are not its own yet. */
export function removeCopies(work: Work, host: SimulatedHost): void {
  for (const [key, { copy }] of ownVolumes(work, host)) if (copy === true) delete volumesIn(work, host)[key]
}

/** Gives what is on volumes to whoever receives it. */
export function send(work: Work, host: SimulatedHost): void {
  const { volumes, bytes, digest } = work.transfer!
  const content = contents(work, volumes, host)
  bytes.end(JSON.stringify(content))
  digest.resolve(digestOf(content))
}

/** Puts what came onto a volume that is marked as a copy; gives why not when there is one of the appliance's own. */
export function receive(work: Work, name: string, content: string, host: SimulatedHost): string | null {
  const there = volumesIn(work, host)
  const key = keyOf(work.address, name)
  if (there[key] !== undefined && there[key].copy !== true)
    return `there is a volume ${name} of ${work.address} here already`
  there[key] = { ...empty(work, name), content, copy: true }
  return null
}

/** What really is on the volumes that came, as the other end counts it. */
export function digestHere(work: Work, host: SimulatedHost): string {
  return digestOf(contents(work, work.transfer!.volumes, host))
}

/** From now on, the volumes that came are the appliance's own. */
export function settle(work: Work, host: SimulatedHost): void {
  for (const [, volume] of ownVolumes(work, host)) delete volume.copy
}

function contents(work: Work, volumes: readonly string[], host: SimulatedHost): Record<string, string> {
  return Object.fromEntries(volumes.map((name) => [name, contentOf(host, work.cluster, work.address, name) ?? ""]))
}

function ownVolumes(work: Work, host: SimulatedHost): [string, SimulatedVolume][] {
  return Object.entries(volumesIn(work, host)).filter(([key]) => key.startsWith(keyOf(work.address, "")))
}

function volumesIn({ cluster }: Work, host: SimulatedHost): Record<string, SimulatedVolume> {
  const made = host.clusters[cluster]!
  made.volumes ??= {}
  return made.volumes
}

function empty({ address }: Work, name: string): SimulatedVolume {
  return { appliance: idOf(address), name, size_bytes: 0, content: "" }
}

function keyOf(address: Address, volume: string): string {
  return `${idOf(address)}/${volume}`
}

function idOf(address: Address): string {
  return address.slice("appliance/".length)
}
