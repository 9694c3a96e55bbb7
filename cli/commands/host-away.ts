import { type Away, type DesiredHost, type Lock, lockSection, readLock, showLock } from "../../lang/index.ts"
import { ask } from "../ask.ts"
import { type Working, work, writeLock } from "../carry-out.ts"
import { type CompileOptions, type Loaded, load } from "../compile.ts"
import { readLockFile } from "../lock-file.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"
import { type ApplyOptions, apply } from "./apply.ts"

type Options = CompileOptions & { readonly yes?: boolean }

/**
 * `appl host drain`: plans and applies with a host left out, so that all that may leave it does. Exit codes as for apply; the lock remembers
 * that nothing goes there until it is returned.
 */
export async function drainHost(
  file: string,
  name: string,
  options: ApplyOptions,
  terminal: Terminal,
): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  if (hostIn(loaded, name) === null) return fail(terminal, options, unknown(loaded, name))
  const amendLock = (lock: Lock) => withAway(lock, loaded.desired.cluster, name, "drained")
  return apply(file, { ...options, amendLock }, terminal)
}

/**
 * `appl host fence`: notes somebody's word that a host is off and stays off, so that what was there may start elsewhere. Changes no host; 0
 * when it was noted.
 */
export async function fenceHost(file: string, name: string, options: Options, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const host = hostIn(loaded, name)
  if (host === null) return fail(terminal, options, unknown(loaded, name))
  return work(terminal, options, async (working) => {
    const { cluster } = loaded.desired
    if ((await look(host, cluster, working)) !== null) {
      const remedy = `take what it has away with \`appl host drain ${file} ${name}\``
      return fail(terminal, options, { message: `host ${name} answers, so it is not dead`, remedy })
    }
    const placement = Object.entries(lockSection(loaded.lock, cluster)?.placement ?? {})
    const last = Object.entries(loaded.desired.last ?? Object.fromEntries(placement))
    const held = last.flatMap(([id, at]) => (at === name ? [id] : []))
    terminal.err(`${name} does not answer. It may still run: ${held.join(", ") || "nothing that the lock knows of"}.\n`)
    terminal.err("If it is on, these run twice from the next apply on.\n")
    if (options.yes !== true && !terminal.asks) return fail(terminal, options, nobody)
    const agreed =
      options.yes === true || (await ask(`Is ${name} off, and will it stay off?`, working.interrupt.signal))
    if (!agreed) return 1
    return note(loaded, name, "fenced", `Fenced ${name}. \`appl apply ${file}\` starts elsewhere what was there.\n`, {
      options,
      terminal,
    })
  })
}

/** `appl host return`: lets a host that was drained or fenced be used again. It must answer, and hold nothing of before if it was fenced. */
export async function returnHost(file: string, name: string, options: Options, terminal: Terminal): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const host = hostIn(loaded, name)
  const { away = {}, cluster } = loaded.desired
  const why = Object.hasOwn(away, name) ? away[name]! : null
  if (host === null || why === null) {
    const out = Object.entries(away).map(([one, how]) => `${one} (${how})`)
    const remedy = out.length === 0 ? "no host of this cluster is away" : `these are away: ${out.join(", ")}`
    return fail(terminal, options, { message: `host ${name} is neither drained nor fenced`, remedy })
  }
  return work(terminal, options, async (working) => {
    const there = await look(host, cluster, working)
    if (there === null)
      return fail(terminal, options, { message: `host ${name} does not answer`, remedy: "switch it on first" })
    if (why === "fenced" && there.length > 0) {
      const message = `host ${name} still has what it had before it was fenced: ${there.join(", ")}`
      return fail(terminal, options, { message, remedy: `remove that first, with \`appl apply ${file}\`` })
    }
    return note(loaded, name, null, `Returned ${name}. What runs elsewhere stays there.\n`, { options, terminal })
  })
}

const nobody = { message: "fence asks first, and there is no terminal to ask", remedy: "add --yes, if the host is off" }

/** The appliances that a host has; null when it does not answer. */
async function look(host: DesiredHost, cluster: string, { world }: Working): Promise<readonly string[] | null> {
  const opened = await world.open(host)
  if (!opened.ok) return null
  try {
    const seen = await opened.value.observe(cluster)
    if (seen.kind === "unreachable") return null
    return seen.objects.flatMap(({ address }) =>
      address.startsWith("appliance/") ? [address.slice("appliance/".length)] : [],
    )
  } finally {
    await opened.value.close()
  }
}

function hostIn({ desired }: Loaded, name: string): DesiredHost | null {
  return [...desired.hosts, ...(desired.former ?? [])].find((host) => host.name === name) ?? null
}

function unknown({ desired }: Loaded, name: string) {
  const known = [...desired.hosts, ...(desired.former ?? [])].map((host) => host.name)
  return { message: `${desired.cluster} has no host ${name}`, remedy: `it has ${known.join(", ")}` }
}

/** Changes just this word in the lock as it is on disk: nothing else was applied. */
function note(
  { desired, lockPath, lock }: Loaded,
  name: string,
  why: Away | null,
  said: string,
  { options, terminal }: { readonly options: Options; readonly terminal: Terminal },
): number {
  const text = readLockFile(lockPath)
  const read = text.ok && text.value !== null ? readLock(text.value) : null
  const amended = withAway(read?.ok === true ? read.value : lock, desired.cluster, name, why)
  if (!writeLock(lockPath, showLock(amended), options, terminal)) return 1
  if (options.json === true) terminal.out(`${JSON.stringify({ host: name, away: why })}\n`)
  else terminal.err(said)
  return 0
}

function withAway(lock: Lock, cluster: string, name: string, why: Away | null): Lock {
  const section = lockSection(lock, cluster) ?? { addresses: {}, placement: {}, images: {} }
  const { away: before = {}, ...rest } = section
  const others = Object.entries(before).filter(([host]) => host !== name)
  const away = Object.fromEntries(why === null ? others : [...others, [name, why] as const])
  const amended = Object.keys(away).length === 0 ? rest : { ...rest, away }
  return { ...lock, deployed: { ...lock.deployed, [cluster]: amended } }
}
