import { fieldsOf } from "../../model/fields.ts"
import { digestOf } from "../../model/json.ts"
import type { Work } from "../driver.ts"
import { type SimulatedHost, type Thing, thingKey } from "./state.ts"

/** One low-level change of a host: after any of them a crash may come. */
export type Effect = { readonly name: string; readonly run: () => void }

/** What an operation does to the host between its `begin` and its record. `now_ms` gives the time at which a process starts. */
export function effectsOf(work: Work, host: SimulatedHost, now_ms: () => number): Effect[] {
  const things = host.clusters[work.cluster]!.things
  const { generation } = work.operation
  const key = thingKey(work.address, generation)
  switch (work.operation.verb) {
    case "build":
      return [
        { name: "layers", run: () => build(work, host) },
        { name: "image", run: () => put(things, made(work, true)) },
      ]
    case "set":
      return [{ name: "set", run: () => put(things, made(work, true)) }]
    case "create":
      return [
        { name: "remnants", run: () => void delete things[key] },
        { name: "folder", run: () => put(things, made(work, false)) },
        { name: "nics", run: () => Object.assign(things[key]!, { joined: work.operation.staged === "joined" }) },
        { name: "start", run: () => start(things[key]!, now_ms()) },
      ]
    case "configure":
      return [{ name: "files", run: () => Object.assign(things[key]!, { fields: work.object!.fields }) }]
    case "reload":
      return [{ name: "reload", run: () => Object.assign(things[key]!, { loaded: things[key]!.fields }) }]
    case "restart":
      return [
        { name: "stop", run: () => stop(things[key]!) },
        { name: "nics", run: () => Object.assign(things[key]!, { joined: true }) },
        { name: "start", run: () => start(things[key]!, now_ms()) },
      ]
    case "switch":
      return [
        { name: "leave", run: () => leave(things, work) },
        { name: "join", run: () => Object.assign(things[key]!, { joined: true }) },
      ]
    case "remove":
      return [
        { name: "stop", run: () => things[key] && stop(things[key]) },
        { name: "delete", run: () => void delete things[key] },
      ]
    case "ready":
      throw new Error("`ready` is no operation of a driver")
  }
}

/** Why an operation cannot be done on this host as it is; null when it can. */
export function impossible(work: Work, host: SimulatedHost): string | null {
  const { verb, generation } = work.operation
  const things = host.clusters[work.cluster]!.things
  const needs_thing = verb === "configure" || verb === "reload" || verb === "restart" || verb === "switch"
  const thing = things[thingKey(work.address, generation)]
  if (needs_thing && thing === undefined) return `${work.address} has no generation ${generation}`
  if (verb === "reload" && thing?.process?.running !== true) return `${work.address} does not run`
  return verb === "create" ? missingFor(work, host) : null
}

/** An appliance starts only on what is there: its image, its networks, and memory. */
function missingFor(work: Work, host: SimulatedHost): string | null {
  const { things } = host.clusters[work.cluster]!
  const fields = fieldsOf(work.object!, "appliance")
  if (things[thingKey(`image/${fields.image.id}`, 1)] === undefined) return `image ${fields.image.id} is not there`
  for (const { network } of fields.nics) {
    if (network !== null && things[thingKey(`network/${network}`, 1)] === undefined)
      return `network ${network} is not there`
  }
  const used = Object.values(host.clusters)
    .flatMap((cluster) => Object.values(cluster.things))
    .filter((thing) => thing.process?.running === true)
    .reduce((sum, thing) => sum + Number(thing.fields.memory_bytes), 0)
  return used + fields.memory_bytes > host.memory_bytes ? "the host has no memory left" : null
}

/** An image that exists is never built again: it is named by what went into it, and all clusters share it. */
function build(work: Work, host: SimulatedHost): void {
  const key = `${work.address} ${digestOf(fieldsOf(work.object!, "image").pins)}`
  if (host.builds[key] === undefined) host.builds[key] = 1
}

function made(work: Work, complete: boolean): Thing {
  return {
    address: work.address,
    generation: work.operation.generation,
    kind: work.object!.kind,
    complete,
    fields: work.object!.fields,
    loaded: {},
    process: null,
    joined: complete,
    broken: [],
  }
}

function put(things: Record<string, Thing>, thing: Thing): void {
  things[thingKey(thing.address, thing.generation)] = thing
}

function start(thing: Thing, now_ms: number): void {
  thing.process = { running: true, started_ms: now_ms, starts: (thing.process?.starts ?? 0) + 1 }
  thing.loaded = thing.fields
  thing.broken = []
  thing.complete = true
}

function stop(thing: Thing): void {
  if (thing.process !== null) thing.process.running = false
}

/** Whoever has the networks of this address leaves them. */
function leave(things: Record<string, Thing>, work: Work): void {
  for (const thing of Object.values(things)) {
    if (thing.address === work.address && thing.generation !== work.operation.generation) thing.joined = false
  }
}
