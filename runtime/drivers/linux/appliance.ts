import { type Call, printCalls } from "../../hosts/shell.ts"
import { imageKey } from "../../images/request.ts"
import { fieldsOf } from "../../model/fields.ts"
import type { Touched } from "../../plan/plan.ts"
import type { Work } from "../driver.ts"
import { checkCalls } from "./checks.ts"
import { configurationMembers, removeScript, runScript, startScript } from "./configuration.ts"
import {
  containerSettings,
  type Generation,
  groupLimits,
  hookScript,
  joinCalls,
  leaveCalls,
  printSettings,
  rateCalls,
  volumeName,
} from "./container.ts"
import { bridgeName, generationName, idOf, portName } from "./names.ts"
import type { Steps } from "./operations.ts"
import { type Member, tar } from "./tar.ts"

/** Where the driver's things lie on the host. */
export type Where = { readonly program_file: string; readonly home: string }

/** What an operation on an appliance does. */
export function applianceSteps(work: Work, where: Where): Steps {
  const { operation, address, cluster, object } = work
  const name = generationName(address, operation.generation)
  if (operation.verb === "remove")
    return { calls: [["appl_appliance_remove", name]], members: [], undo: null, timeout_ms: stop_ms }
  const fields = fieldsOf(object!, "appliance")
  const of: Generation = { cluster, address, generation: operation.generation, fields }
  switch (operation.verb) {
    case "create":
      return createSteps(work, of, where)
    case "configure":
      return configureSteps(work, of, where)
    case "reload":
      return {
        calls: [["appl_container_reload", name, ...fields.reload!]],
        members: [],
        undo: null,
        timeout_ms: stop_ms,
      }
    case "restart":
      return { calls: [["appl_container_restart", name]], members: [], undo: null, timeout_ms: stop_ms }
    case "switch":
      return switchSteps(of)
    default:
      throw new Error(`an appliance has no ${operation.verb}`)
  }
}

function createSteps(work: Work, of: Generation, where: Where): Steps {
  const name = generationName(of.address, of.generation)
  return {
    calls: [
      ...of.fields.volumes.map((volume): Call => ["appl_volume", volumeName(of.address, volume.name)]),
      ["appl_container_create", name, work.operation.staged, imageKey(of.fields.image.id, of.fields.image.pins)],
    ],
    members: [...containerMembers(of, where), { path: "address", mode: 0o600, content: JSON.stringify(of.address) }],
    undo: [["appl_container_remove", name]],
    timeout_ms: start_ms,
  }
}

function configureSteps(work: Work, of: Generation, where: Where): Steps {
  const name = generationName(of.address, of.generation)
  const touched = work.operation.details as unknown as Touched
  const removed: readonly Call[] = touched.removed.length === 0 ? [] : [["appl_container_unlink", name]]
  return {
    calls: [
      ...of.fields.volumes.map((volume): Call => ["appl_volume", volumeName(of.address, volume.name)]),
      ["appl_container_place", name, imageKey(of.fields.image.id, of.fields.image.pins)],
      ...removed,
      ...(touched.written.length + touched.removed.length === 0 ? [] : [["appl_container_unpack", name]]),
      ...liveCalls(name, of, touched),
    ],
    members: [...containerMembers(of, where), { path: "remove", mode: 0o600, content: removeScript(touched.removed) }],
    undo: null,
    timeout_ms: start_ms,
  }
}

/** Limits take effect on what runs. */
function liveCalls(name: string, of: Generation, touched: Touched): readonly Call[] {
  const live = ["memory_bytes", "cpus", "limits"]
  if (!touched.fields.some((field) => live.includes(field))) return []
  const groups = groupLimits(of.fields).map(({ v1, v2 }): Call => ["appl_container_limit", name, ...v1, ...v2])
  const links = of.fields.nics.map((nic) => portName(of.cluster, idOf(of.address), of.generation, nic))
  return [...groups, ...links.flatMap((link) => [["appl_port_unlimit", link], ...rateCalls(of, link)])]
}

/** The other generations leave, this one joins. All of them stay as they are inside. */
function switchSteps(of: Generation): Steps {
  const name = generationName(of.address, of.generation)
  return {
    calls: [
      ["appl_alone", name],
      ["appl_container_joined", name],
      ...joinCalls(of).flat(),
      ["appl_container_announce", name, ...of.fields.nics.flatMap((nic) => [nic.device, nic.address])],
    ],
    members: [],
    undo: null,
    timeout_ms: start_ms,
  }
}

function containerMembers(of: Generation, where: Where): readonly Member[] {
  const cluster_folder = `${where.home}/${of.cluster}`
  const name = generationName(of.address, of.generation)
  const always: readonly Member[] = of.fields.restart === "always" ? [{ path: "always", mode: 0o600, content: "" }] : []
  return [
    { path: "config", mode: 0o600, content: printSettings(containerSettings(of, cluster_folder)) },
    { path: "checks", mode: 0o600, content: printCalls(checkCalls(of.address, name, of.fields.checks)) },
    { path: "hook", mode: 0o700, content: hookScript(of, where.program_file, cluster_folder) },
    { path: "leave", mode: 0o600, content: printCalls(leaveCalls(of)) },
    { path: "bridges", mode: 0o600, content: bridgeLines(of) },
    { path: "start", mode: 0o755, content: startScript(of.fields) },
    { path: "run", mode: 0o755, content: runScript(of.fields) },
    { path: "config.tar", mode: 0o600, content: tar(configurationMembers(of.fields)) },
    ...always,
  ]
}

/** The bridge of each nic, in their order; an uplink has none. */
function bridgeLines(of: Generation): string {
  return of.fields.nics.map((nic) => `${nic.network === null ? "-" : bridgeName(of.cluster, nic.network)}\n`).join("")
}

const start_ms = 120_000
const stop_ms = 120_000
