import { type Lock, lockSection, showLock } from "../../lang/index.ts"
import { isEmpty, makePlan, type Plan } from "../../runtime/index.ts"
import { carryOut, type Order, planned, printPlan, type Working, work, writeLock } from "../carry-out.ts"
import { type Choice, selectionOf } from "../choice.ts"
import { type CompileOptions, load } from "../compile.ts"
import { givenParams } from "../inputs.ts"
import { obeysPolicies, policyFiles } from "../policy/policy.ts"
import { fail } from "../problem.ts"
import { lockAfter, readSavedPlan, savePlan } from "../saved-plan.ts"
import { type SecretSources, storeDoor } from "../secrets/door.ts"
import { storePath } from "../secrets/store.ts"
import type { Terminal } from "../terminal.ts"
import { showValue } from "./output.ts"

export type ApplyOptions = CompileOptions & {
  readonly dryRun?: boolean
  readonly yes?: boolean
  readonly out?: string
  readonly replace?: readonly string[]
  readonly without?: readonly string[]
  readonly loseVolumes?: true
} & Choice

type Task = Order & {
  readonly secrets: SecretSources
  /** The hosts of the last time that the file no longer has. */
  readonly former?: readonly string[]
  readonly lock: { readonly path: string; readonly content: Lock }
}

/**
 * `appl apply`: 0 when done or nothing was to do, 1 when something failed or was refused, 130 when interrupted. With `--dry-run` 0
 * when there is nothing to do, 2 when there is.
 */
export async function apply(file: string, options: ApplyOptions, terminal: Terminal): Promise<number> {
  if (options.out !== undefined && options.dryRun !== true) {
    return fail(terminal, options, { message: "--out saves a plan instead of applying it", remedy: "add --dry-run" })
  }
  const task = file.endsWith(".json") ? savedTask(file, options, terminal) : sourceTask(file, options, terminal)
  if (task === null) return 1
  if (options.dryRun !== true && options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
  return work(
    terminal,
    options,
    (working) => (options.dryRun === true ? dryRun(task, options, working) : carry(task, options, working)),
    storeDoor(task.secrets),
  )
}

const nobody = {
  message: "apply asks before it changes anything, and there is no terminal to ask",
  remedy: "add --yes, or --dry-run to only see the plan",
}

/** The cluster of a source, planned when it is applied. */
function sourceTask(file: string, options: ApplyOptions, terminal: Terminal): Task | null {
  const loaded = load(file, options, terminal)
  if (loaded === null) return null
  const mayBe = policiesOf(file, options, terminal)
  if (mayBe === null) return null
  return {
    hosts: [...loaded.desired.hosts, ...(loaded.desired.former ?? [])],
    again: true,
    mayBe,
    former: (loaded.desired.former ?? []).map((host) => host.name),
    secrets: { path: storePath(file, options.secrets), key: options.key, given: loaded.secrets },
    lock: { path: loaded.lockPath, content: loaded.lock },
    plan: async (world) => {
      const selection = selectionOf(options)
      const { replace, without, loseVolumes: lose_volumes } = options
      const desired = without === undefined ? loaded.desired : { ...loaded.desired, last: loaded.last }
      const made = await makePlan(world, desired, { operation: "apply", selection, replace, without, lose_volumes })
      return made.ok ? { ok: true, value: made.value.plan } : made
    },
  }
}

/** What asks the policies of a cluster about a plan; null, after saying why, when one is not there. */
function policiesOf(file: string, options: ApplyOptions, terminal: Terminal): Order["mayBe"] | null {
  const files = policyFiles(file, options.policy)
  if (files.ok) return (plan, world) => obeysPolicies(plan, files.value, world.clock.now(), options, terminal)
  fail(terminal, options, files.problem)
  return null
}

/** A plan that was saved before. It brings its hosts and lock along. */
function savedTask(file: string, options: ApplyOptions, terminal: Terminal): Task | null {
  const saved = readSavedPlan(file)
  if (!saved.ok) {
    fail(terminal, options, saved.problem)
    return null
  }
  const { plan, hosts, lock } = saved.value
  const other = contradiction(plan, options)
  if (other !== null) {
    fail(terminal, options, {
      message: `${file} ${other}`,
      remedy: "plan again with what shall be so now, and save that",
    })
    return null
  }
  // What a plan keeps of a secret is its name: the values are given again.
  const params = givenParams({ set: options.set, environment: process.env, file: options.params ?? null })
  if (!params.ok) {
    fail(terminal, options, params.problem)
    return null
  }
  const given = params.value.flatMap(({ name, value }) =>
    "text" in value ? [[`param:${name}`, value.text] as const] : [],
  )
  const secrets = { path: storePath(plan.file, options.secrets), key: options.key, given: new Map(given.toReversed()) }
  const mayBe = policiesOf(plan.file, options, terminal)
  if (mayBe === null) return null
  return { hosts, lock, secrets, again: false, mayBe, plan: async () => ({ ok: true, value: plan }) }
}

/** What a command line says otherwise than a saved plan, in which all of it was decided; null when nothing. */
function contradiction(plan: Plan, options: ApplyOptions): string | null {
  if (options.as !== undefined && options.as !== plan.cluster)
    return `is a plan for ${plan.cluster}, and --as says ${options.as}`
  const decided = (["cluster", "simulated", "lock", "target", "exclude", "replace", "limit"] as const).find(
    (name) => options[name] !== undefined,
  )
  return decided === undefined ? null : `was planned already, and --${decided} decides what is planned`
}

async function dryRun(task: Task, options: ApplyOptions, working: Working): Promise<number> {
  const { terminal } = working
  const made = await planned(task, options, working)
  if (!made.ok) return fail(terminal, options, made.failure)
  printPlan(made.value, options, terminal)
  if (!task.mayBe(made.value, working.world)) return 1
  if (options.out !== undefined) {
    const lock = { path: task.lock.path, content: lockAfter(task.lock.content, made.value) }
    const saved = savePlan(options.out, { version: 2, plan: made.value, hosts: task.hosts, lock })
    if (!saved.ok) return fail(terminal, options, saved.problem)
  }
  return isEmpty(made.value) ? 0 : 2
}

async function carry(task: Task, options: ApplyOptions, working: Working): Promise<number> {
  // Whoever finds a host silent later has to know what may run there, also when this command is killed.
  const begin = (plan: Plan) =>
    writeLock(task.lock.path, showLock(lockAfter(task.lock.content, plan)), options, working.terminal)
  const carried = await carryOut({ ...task, begin }, options, working)
  if (carried === null) return 1
  const { plan, code } = carried
  // Also after a failure: what was made has the addresses and packages that stand in it.
  const after = lockAfter(task.lock.content, plan)
  const lock = code === 0 ? withoutFormer(after, plan, task.former ?? []) : after
  const written = writeLock(task.lock.path, showLock(lock), options, working.terminal)
  if (code === 0 && options.json !== true) showOutputs(plan, working.terminal)
  return written ? code : 1
}

/** Hosts that left the file and have given all back are forgotten. */
function withoutFormer(lock: Lock, plan: Plan, former: readonly string[]): Lock {
  const section = lockSection(lock, plan.cluster)
  const empty = former.filter((host) => Object.hasOwn(plan.world, host))
  if (section?.hosts === undefined || empty.length === 0 || plan.chosen !== null) return lock
  const hosts = Object.fromEntries(Object.entries(section.hosts).filter(([host]) => !empty.includes(host)))
  return { ...lock, deployed: { ...lock.deployed, [plan.cluster]: { ...section, hosts } } }
}

function showOutputs(plan: Plan, terminal: Terminal): void {
  for (const { name, value } of plan.outputs) terminal.out(`${name} = ${showValue(value)}\n`)
}
