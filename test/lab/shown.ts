import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename } from "node:path"
import { expect } from "vitest"
import { linkPrefix } from "../../runtime/drivers/linux/names.ts"
import type { Event, Plan } from "../../runtime/index.ts"
import type { Ended } from "../cli/command.ts"
import { inside } from "./linux-subject.ts"

/** What the command printed with `--json` while it applied or destroyed. */
export type Told = {
  readonly plan: Plan
  readonly events: readonly Event[]
  /** Null when the command was killed before it had one, and when there was nothing to do. */
  readonly result: { readonly exit: number; readonly refusal: { readonly message: string } | null } | null
}

/** Reads what `apply --json`, `destroy --json` or either with `--dry-run` printed; a last line that was cut off by a kill is left out. */
export function told(ended: Ended): Told {
  const lines = ended.out
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line))
  const plan = lines.find((line) => "plan" in line)?.plan
  if (plan === undefined) throw new Error(`it printed no plan:\n${ended.out}${ended.err}`)
  return {
    plan,
    events: lines.filter((line) => "kind" in line),
    result: lines.find((line) => "result" in line)?.result ?? null,
  }
}

/** The steps of a plan by their ids, in no order. */
export function steps(plan: Plan): readonly string[] {
  return plan.steps.map((step) => step.id).sort()
}

/** What would change whenever something is done to an object of the cluster: when a file of its was written, what runs, what was made. */
export type Footprint = {
  /** The first process of each generation and when it started, in ticks since the machine's start. */
  readonly processes: Readonly<Record<string, string>>
  /** When each record was written, in nanoseconds. */
  readonly records: Readonly<Record<string, string>>
  /** Links with their numbers, and tables with their handles: one that is made again gets another. */
  readonly links: readonly string[]
  readonly tables: readonly string[]
}

export function footprint(cluster: string): Footprint {
  const folder = `/var/lib/appl/${cluster}`
  const processes = [...generations(cluster, "containers"), ...generations(cluster, "microvms")].map((generation) => [
    basename(generation),
    readFileSync(`${generation}/process`, "utf8").trim(),
  ])
  const records = readdirSync(`${folder}/records`).map((name) => [
    name,
    statSync(`${folder}/records/${name}`, { bigint: true }).mtimeNs.toString(),
  ])
  return {
    processes: Object.fromEntries(processes),
    records: Object.fromEntries(records),
    links: lines("ip -o link", linkPrefix(cluster)).map((line) => line.split(" ").slice(0, 2).join(" ")),
    tables: lines("nft -a list tables", ` appl-${cluster}`),
  }
}

/** What of a footprint two moments do not have in common: names of processes and records. */
export function touched(
  before: Footprint,
  after: Footprint,
): { processes: readonly string[]; records: readonly string[] } {
  return { processes: differing(before.processes, after.processes), records: differing(before.records, after.records) }
}

/**
 * How many there are of everything that makes up the cluster on this machine, without what differs between two copies: names, ports,
 * generations. What is there twice shows.
 */
export function shape(cluster: string): readonly string[] {
  const prefix = linkPrefix(cluster)
  const links = lines("ip -o link", prefix).map((line) => /: (ap.{6})/.exec(line)?.[1]?.replace(prefix, "link "))
  const tables = lines("nft list tables", ` appl-${cluster}`).map((line) =>
    line.replace(cluster, "").replace(/\d+/, ""),
  )
  const folder = `/var/lib/appl/${cluster}/`
  const machines = lines("ps -eo args", folder).filter((line) => line.startsWith("qemu"))
  const kept = ["containers", "microvms"].flatMap((kind) =>
    generations(cluster, kind).map((path) => `${kind} ${basename(path).replace(/\.\d+$/, "")}`),
  )
  const records = readdirSync(`${folder}records`).map((name) => `record ${name.replace(/\d+-tcp/, "port")}`)
  const mounts = lines("cat /proc/self/mounts", folder).map((line) => `mount ${line.split(" ")[2]}`)
  const inside = processesOf(cluster).map((one) => `process ${one.name}`)
  return [
    ...links,
    ...tables,
    ...machines.map(() => "machine"),
    ...kept,
    ...records,
    ...mounts,
    ...inside,
  ].sort() as string[]
}

/** A process and when it started, in ticks since the machine's start: together they never name another one. */
export type Process = { readonly id: number; readonly name: string; readonly started: string }

/** Every process in the cluster's control groups. */
export function processesOf(cluster: string): readonly Process[] {
  const script = `find /sys/fs/cgroup/appl/${cluster} /sys/fs/cgroup/*/appl/${cluster} -name cgroup.procs 2>/dev/null | xargs -r cat`
  const ids = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\n").filter(Boolean).map(Number)
  return [...new Set(ids)].flatMap((id) => processOf(id) ?? [])
}

/** Whether it is still there, and not only its number. */
export function isRunning(process: Process): boolean {
  return processOf(process.id)?.started === process.started
}

/** The processes that a process began, such as the workers of a server. */
export function childrenOf(id: number): readonly number[] {
  return readFileSync(`/proc/${id}/task/${id}/children`, "utf8").trim().split(" ").map(Number)
}

/**
 * Asks a name server from inside of an appliance, in the words of RFC 1035, so that no hosts file can answer; gives the address in the
 * answer, or `code 3` when it says that there is no such name.
 */
export function resolve(
  cluster: string,
  appliance: string,
  transport: "udp" | "tcp",
  server: string,
  name: string,
): string {
  const labels = name.split(".").flatMap((label) => [label.length, ...Buffer.from(label)])
  const query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]
  const sent = transport === "tcp" ? [0, query.length, ...query] : query
  const text = sent.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")
  const script = `exec 3<>/dev/${transport}/${server}/53; printf '${text}' >&3; timeout 5 dd bs=1024 count=1 status=none <&3 | od -An -v -tu1`
  const bytes = inside(cluster, appliance, ["bash", "-c", script]).trim().split(/\s+/).map(Number)
  const answer = transport === "tcp" ? bytes.slice(2) : bytes
  expect(answer.slice(0, 2), `no answer to ${name} from ${server} over ${transport}`).toEqual([0x12, 0x34])
  const code = answer[3]! & 15
  // With one answer and nothing after it, the address is what the message ends with.
  return code === 0 ? answer.slice(-4).join(".") : `code ${code}`
}

/**
 * Null when there is none, or only its exit code is left for its parent. proc_pid_stat(5): the name is in parentheses and may hold anything;
 * after it come the state and, as the twentieth, the start.
 */
function processOf(id: number): Process | null {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, "utf8")
    const end = stat.lastIndexOf(")")
    const fields = stat.slice(end + 2).split(" ")
    return fields[0] === "Z" ? null : { id, name: stat.slice(stat.indexOf("(") + 1, end), started: fields[19]! }
  } catch {
    return null
  }
}

function generations(cluster: string, kind: string): readonly string[] {
  const folder = `/var/lib/appl/${cluster}/${kind}`
  return readdirSync(folder).map((name) => `${folder}/${name}`)
}

function lines(script: string, mark: string): string[] {
  return execFileSync("sh", ["-c", script], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(mark))
}

function differing(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter((key) => left[key] !== right[key]).sort()
}
