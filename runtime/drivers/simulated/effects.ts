import { fieldsOf } from "../../model/fields.ts"
import { digestOf } from "../../model/json.ts"
import type { Work } from "../driver.ts"
import { type SimulatedHost, type Thing, thingKey } from "./state.ts"
import { discard, makeVolumes, receive, removeCopies, removeVolumes, settle, volumesGo } from "./volumes.ts"

/** One low-level change of a host, after which a crash may come. Gives why it could not be done, or null. */
export type Effect = { readonly name: string; readonly run: () => string | null }

/**
 * What an operation does between its `begin` and its record. `host` gives the host as it is when an effect is done, and `now_ms` the time at
 * which a process starts; `incoming` is what a `receive` was given, by volume.
 */
export function effectsOf(
  work: Work,
  host: () => SimulatedHost,
  now_ms: () => number,
  incoming: Readonly<Record<string, string>>,
): Effect[] {
  const things = () => host().clusters[work.cluster]!.things
  const key = thingKey(work.address, work.operation.generation)
  const always = (name: string, run: () => void): Effect => ({
    name,
    run: () => {
      run()
      return null
    },
  })
  const change = (name: string, run: (thing: Thing) => void): Effect => ({
    name,
    run: () => {
      const thing = things()[key]
      if (thing === undefined) return `${work.address} is not there`
      run(thing)
      return null
    },
  })
  const begin = change("start", (thing) => start(thing, now_ms()))
  switch (work.operation.verb) {
    case "build":
      return [always("layers", () => build(work, host())), always("image", () => put(things(), made(work, "whole")))]
    case "set":
      return [always("set", () => put(things(), made(work, "whole")))]
    case "create":
      return [
        always("remnants", () => delete things()[key]),
        always("volumes", () => makeVolumes(work, host())),
        always("folder", () => put(things(), made(work, "begun"))),
        change("nics", (thing) => Object.assign(thing, { joined: work.operation.staged === "joined" })),
        begin,
      ]
    case "configure":
      return [
        always("volumes", () => makeVolumes(work, host())),
        change("files", (thing) => Object.assign(thing, { fields: work.object!.fields })),
      ]
    case "reload":
      return [change("reload", (thing) => Object.assign(thing, { loaded: thing.fields }))]
    case "restart":
      return [change("stop", stop), change("nics", (thing) => Object.assign(thing, { joined: true })), begin]
    case "switch":
      return [
        always("leave", () => leave(things(), work)),
        change("join", (thing) => Object.assign(thing, { joined: true })),
      ]
    case "remove":
      return [
        always("stop", () => stop(things()[key])),
        always("delete", () => delete things()[key]),
        ...(volumesGo(work, host()) ? [always("delete volumes", () => removeVolumes(work, host()))] : []),
      ]
    case "stop":
      return [change("stop", (thing) => stop(Object.assign(thing, { stopped: true as const })))]
    case "send":
      return [always("read", () => {})]
    case "receive":
      return [
        always("empty", () => removeCopies(work, host())),
        ...Object.entries(incoming).map(([name, content]) => ({
          name: `copy ${name}`,
          run: () => receive(work, name, content, host()),
        })),
      ]
    case "discard":
      return [always("volume", () => discard(work, host()))]
    case "settle":
      return [always("settle", () => settle(work, host()))]
    case "record":
      return work.object === null ? [] : [{ name: "compare", run: () => differing(work, things()[key]) }]
    case "ready":
      throw new Error("`ready` is no operation of a driver")
  }
}

/** Why what is there is not what the object says; null when it is. */
function differing({ object }: Work, thing: Thing | undefined): string | null {
  if (thing?.complete !== true) return "it is not there as a whole"
  return digestOf(thing.fields) === digestOf(object!.fields) ? null : "what is there is not what the source says"
}

/** Why an operation cannot be done on this host as it is; null when it can. */
export function impossible(work: Work, host: SimulatedHost): string | null {
  const { verb, generation } = work.operation
  const things = host.clusters[work.cluster]!.things
  const needs_thing =
    verb === "configure" || verb === "reload" || verb === "restart" || verb === "switch" || verb === "stop"
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

function made(work: Work, how: "whole" | "begun"): Thing {
  const complete = how === "whole"
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
  delete thing.stopped
  thing.loaded = thing.fields
  thing.broken = []
  thing.complete = true
}

function stop(thing: Thing | undefined): void {
  if (thing?.process) thing.process.running = false
}

/** Whoever has the networks of this address leaves them. */
function leave(things: Record<string, Thing>, work: Work): void {
  for (const thing of Object.values(things)) {
    if (thing.address === work.address && thing.generation !== work.operation.generation) thing.joined = false
  }
}
