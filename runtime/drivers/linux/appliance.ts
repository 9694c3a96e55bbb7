import { type Call, printCalls } from "../../hosts/shell.ts"
import { imageKey } from "../../images/request.ts"
import { fieldsOf } from "../../model/fields.ts"
import type { Address } from "../../model/object.ts"
import { type PlainFields, revealed } from "../../model/secrets.ts"
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
  mountCalls,
  printSettings,
  rateCalls,
  volumeName,
} from "./container.ts"
import { microvmMembers } from "./microvm.ts"
import { fileName, generationName, idOf, portName } from "./names.ts"
import type { Steps } from "./operations.ts"
import { type Member, tar } from "./tar.ts"

/** Where the driver's things lie on the host. */
export type Where = { readonly program_file: string; readonly home: string }

/** What an operation on an appliance does. The host's program has the same verbs for every form. */
export function applianceSteps(work: Work, where: Where): Steps {
  const { operation, address, cluster, object } = work
  const name = generationName(address, operation.generation)
  if (operation.verb === "remove") return removeSteps(work, name)
  if (operation.verb === "discard")
    return steps([["appl_volume_remove", volumeName(address, String(operation.details.volume))]])
  if (operation.verb === "settle") return { ...steps([["appl_volumes_settle", fileName(idOf(address))]]), undo: [] }
  const fields = fieldsOf(object!, "appliance")
  const of: Generation = { cluster, address, generation: operation.generation, fields }
  switch (operation.verb) {
    case "create":
      return createSteps(work, of, where)
    case "configure":
      return configureSteps(work, of, where)
    case "reload":
      return steps([[verb(of, "reload"), name, ...fields.reload!]])
    case "restart":
      return steps([[verb(of, "restart"), name]])
    case "switch":
      return switchSteps(of)
    case "stop":
      return steps([[verb(of, "halt"), name]])
    case "record":
      return { ...steps([[verb(of, "same"), name]], membersOf(of, where, work)), undo: [] }
    default:
      throw new Error(`an appliance has no ${operation.verb}`)
  }
}

/** `appl_microvm_create` for `create`. */
function verb(of: Generation, name: string): string {
  return `appl_${of.fields.form}_${name}`
}

function steps(calls: readonly Call[], members: readonly Member[] = []): Steps {
  return { calls, members, undo: null, timeout_ms: appliance_ms }
}

/** Volumes stay, unless the operation's details say `delete_volumes`; copies that never became its own go with it. */
function removeSteps({ operation, address }: Work, name: string): Steps {
  const all = operation.details.delete_volumes === true
  const volumes: Call = [all ? "appl_volumes_remove" : "appl_volumes_copies_remove", fileName(idOf(address))]
  return steps([["appl_appliance_remove", name], volumes])
}

function createSteps(work: Work, of: Generation, where: Where): Steps {
  const name = generationName(of.address, of.generation)
  // Copies of volumes are only used by the move that they came with.
  const copies: Call = ["appl_volumes_copies_remove", fileName(idOf(of.address))]
  const calls: readonly Call[] = [
    ...(work.operation.details.received === true || of.fields.volumes.length === 0 ? [] : [copies]),
    ...volumeCalls(of),
    [verb(of, "create"), name, work.operation.staged, imageKey(of.fields.image.id, of.fields.image.pins)],
  ]
  const address: Member = { path: "address", mode: 0o600, content: JSON.stringify(of.address) }
  return { ...steps(calls, [...membersOf(of, where, work), address]), undo: [["appl_appliance_remove", name]] }
}

function configureSteps(work: Work, of: Generation, where: Where): Steps {
  const name = generationName(of.address, of.generation)
  const touched = work.operation.details as unknown as Touched
  const calls: readonly Call[] = [
    ...volumeCalls(of),
    [verb(of, "place"), name, imageKey(of.fields.image.id, of.fields.image.pins)],
    ...(touched.removed.length === 0 ? [] : [[verb(of, "unlink"), name]]),
    ...(touched.written.length + touched.removed.length === 0 ? [] : [[verb(of, "unpack"), name]]),
    ...liveCalls(name, of, touched),
  ]
  const remove: Member = { path: "remove", mode: 0o600, content: removeScript(touched.removed) }
  return steps(calls, [...membersOf(of, where, work), remove])
}

/** What takes effect on what runs. */
function liveCalls(name: string, of: Generation, touched: Touched): readonly Call[] {
  const changed = (...fields: readonly string[]): boolean => touched.fields.some((field) => fields.includes(field))
  const links = of.fields.nics.map((nic) => portName(of.cluster, idOf(of.address), of.generation, nic))
  const rates = links.flatMap((link) => [["appl_port_unlimit", link], ...rateCalls(of, link)])
  const groups = groupLimits(of.fields).map(({ v1, v2 }): Call => ["appl_container_limit", name, ...v1, ...v2])
  const inContainer = of.fields.form === "container"
  return [
    ...(inContainer && changed("memory_bytes", "cpus", "limits") ? groups : []),
    ...(changed("limits") ? rates : []),
    ...(inContainer && changed("restart") ? [["appl_container_guarded", name]] : []),
  ]
}

/** The other generations leave, this one joins. All of them stay as they are inside. */
function switchSteps(of: Generation): Steps {
  const name = generationName(of.address, of.generation)
  const joined = of.fields.nics.filter((nic) => nic.network !== null)
  return steps([
    ["appl_drain", name, ...joined.map((nic) => nic.address)],
    ["appl_alone", name],
    [verb(of, "joined"), name],
    ...joinCalls(of).flat(),
    ["appl_drained", name],
    [verb(of, "announce"), name, ...of.fields.nics.flatMap((nic) => [nic.device, nic.address])],
  ])
}

/** Each volume is there before what stands on it, and there when that goes. */
function volumeCalls(of: Generation): readonly Call[] {
  const { volumes, image, user } = of.fields
  return volumes.map((volume) => [
    "appl_volume",
    volumeName(of.address, volume.name),
    JSON.stringify(of.address),
    volume.path,
    imageKey(image.id, image.pins),
    user ?? "",
    `${volume.size_bytes}`,
  ])
}

/** What its place holds. Only here do secrets stand in a text: it goes from memory to the host's own files. */
function membersOf(
  of: Generation,
  where: Where,
  { secrets, object }: Pick<Work, "secrets" | "object">,
): readonly Member[] {
  const plain = revealed(of.fields, secrets)
  const members =
    of.fields.form === "container"
      ? containerMembers(of, where, plain)
      : microvmMembers(of, `${where.home}/${of.cluster}`, plain)
  return [...members, { path: "after", mode: 0o600, content: comesAfter(object?.after ?? []) }]
}

/** The appliances that are started before this one when the host boots, a line each, as their folders begin. */
function comesAfter(addresses: readonly Address[]): string {
  const appliances = addresses.filter((address) => address.startsWith("appliance/"))
  return appliances.map((address) => `${fileName(idOf(address))}\n`).join("")
}

function containerMembers(of: Generation, where: Where, plain: PlainFields): readonly Member[] {
  const cluster_folder = `${where.home}/${of.cluster}`
  const name = generationName(of.address, of.generation)
  const always: readonly Member[] = of.fields.restart === "always" ? [{ path: "always", mode: 0o600, content: "" }] : []
  return [
    { path: "config", mode: 0o600, content: printSettings(containerSettings(of, cluster_folder)) },
    { path: "checks", mode: 0o600, content: printCalls(checkCalls(of.address, name, of.fields.checks)) },
    { path: "hook", mode: 0o700, content: hookScript(of, where.program_file, cluster_folder) },
    { path: "leave", mode: 0o600, content: printCalls(leaveCalls(of)) },
    { path: "mounts", mode: 0o600, content: printCalls(mountCalls(of)) },
    { path: "start", mode: 0o755, content: startScript(of.fields) },
    { path: "run", mode: 0o700, content: runScript(plain) },
    { path: "config.tar", mode: 0o600, content: tar(configurationMembers(plain)) },
    ...always,
  ]
}

const appliance_ms = 180_000
