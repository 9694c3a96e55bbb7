import { type DesiredAppliance, nearest } from "../../lang/index.ts"
import type { Entering, Failure, Outcome, Started } from "../../runtime/index.ts"
import { type CompileOptions, type Loaded, load } from "../compile.ts"
import { fail, type Problem, type Result, refuse } from "../problem.ts"
import { storeDoor } from "../secrets/door.ts"
import { storePath } from "../secrets/store.ts"
import type { Terminal } from "../terminal.ts"
import { makeWorld, type OpenWorld } from "../world.ts"

/** What a command that enters appliances works with. */
export type Visit = {
  readonly loaded: Loaded
  readonly world: OpenWorld
  /** Aborted by Ctrl-C. */
  readonly stop: AbortSignal
  /** Enters an appliance on the host where it was placed last, or where the file places it. */
  readonly enter: (appliance: DesiredAppliance, entering: Entering) => Promise<Outcome<Started>>
}

/**
 * Compiles `file`, opens its hosts as they are needed for `task`, and closes them. Takes no lease: it works beside an apply. `unable` is the exit
 * code when the file does not compile. Ctrl-C ends what was entered and gives 130.
 */
export async function visit(
  file: string,
  options: CompileOptions,
  terminal: Terminal,
  unable: number,
  task: (visit: Visit) => Promise<number>,
): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return unable
  const controller = new AbortController()
  const interrupt = () => controller.abort()
  for (const name of signals) process.once(name, interrupt)
  const secrets = storeDoor({ path: storePath(file, options.secrets), key: options.key, given: loaded.secrets })
  const world = makeWorld(controller.signal, () => {}, secrets)
  const running: Started[] = []
  const enter = async (appliance: DesiredAppliance, entering: Entering): Promise<Outcome<Started>> => {
    const entered = await enterSomewhere(loaded, world, appliance, entering)
    if (entered.ok) running.push(entered.value)
    return entered
  }
  controller.signal.addEventListener("abort", () => {
    for (const started of running) started.kill()
  })
  try {
    const code = await task({ loaded, world, stop: controller.signal, enter })
    return controller.signal.aborted ? interrupted : code
  } finally {
    for (const name of signals) process.off(name, interrupt)
    await world.close()
  }
}

/** The appliance of this name, or the only one of the family of this name. */
export function findAppliance({ desired }: Loaded, name: string): Result<DesiredAppliance> {
  const found = desired.appliances.find((one) => one.id === name)
  if (found !== undefined) return { ok: true, value: found }
  const family = familyOf(desired.appliances, name)
  if (family.length === 1) return { ok: true, value: family[0]! }
  if (family.length > 1)
    return refuse(`${name} is ${family.length} appliances`, `name one of them: ${listed(family.map(({ id }) => id))}`)
  const ids = desired.appliances.map(({ id }) => id)
  const meant = nearest(name, ids)
  const remedy = meant === null ? `it has ${listed(ids)}` : `did you mean ${meant}?`
  return refuse(`${desired.cluster} has no appliance ${name}`, remedy)
}

/** All appliances that some names mean; all there are without a name. A family's name means each of them. */
export function findAppliances(loaded: Loaded, names: readonly string[]): Result<readonly DesiredAppliance[]> {
  const { appliances } = loaded.desired
  if (names.length === 0) return { ok: true, value: appliances }
  const chosen = new Set<DesiredAppliance>()
  for (const name of names) {
    const family = familyOf(appliances, name)
    const found = family.length > 1 ? null : findAppliance(loaded, name)
    if (found !== null && !found.ok) return found
    for (const one of found === null ? family : [found.value]) chosen.add(one)
  }
  return { ok: true, value: [...chosen] }
}

/** Says why something could not be entered, with the exit code for it. */
export function unableTo(
  terminal: Terminal,
  options: CompileOptions,
  problem: Problem | Failure,
  code: number,
): number {
  fail(terminal, options, problem)
  return code
}

async function enterSomewhere(
  { desired, last }: Loaded,
  world: OpenWorld,
  { id, host }: DesiredAppliance,
  entering: Entering,
): Promise<Outcome<Started>> {
  let answer: Outcome<Started> | null = null
  for (const name of new Set([last[id] ?? host, host])) {
    const found = [...desired.hosts, ...(desired.former ?? [])].find((one) => one.name === name)
    if (found === undefined) continue
    const opened = await world.open(found)
    const entered = opened.ok ? await opened.value.enter(desired.cluster, `appliance/${id}`, entering) : opened
    if (entered.ok) return entered
    answer ??= { ok: false, failure: { ...entered.failure, message: `${id} on ${name}: ${entered.failure.message}` } }
  }
  return (
    answer ?? {
      ok: false,
      failure: { kind: "operation-failed", message: `no host has ${id}`, remedy: null, output: [] },
    }
  )
}

function familyOf(appliances: readonly DesiredAppliance[], name: string): readonly DesiredAppliance[] {
  return appliances.filter(({ id }) => id.startsWith(`${name}[`))
}

function listed(names: readonly string[]): string {
  return names.length > 12 ? `${names.slice(0, 12).join(", ")} and ${names.length - 12} more` : names.join(", ")
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
const interrupted = 130
