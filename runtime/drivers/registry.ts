import type { DesiredHost } from "../../lang/index.ts"
import type { Host } from "../hosts/host.ts"
import type { Pool } from "../hosts/ssh/pool.ts"
import type { Stranger } from "../hosts/ssh/stranger.ts"
import type { Outcome } from "../model/failure.ts"
import type { Clock } from "../world.ts"
import type { Driver } from "./driver.ts"
import type { Machine } from "./linux/machine.ts"
import type { Store } from "./simulated/state.ts"

/** What opening a host takes beyond its name and connection. */
export type Surroundings = {
  readonly clock: Clock
  /** Where simulated hosts are remembered, and how many times faster than a small real host they work. */
  readonly simulated: { readonly store: Store; readonly speed: number }
}

/** The hosts of one command, opened by their kind of connection. */
export type Opener = {
  /** Gives the driver of a host. A host over SSH is dialled when it is first asked for something. */
  open(host: DesiredHost): Promise<Outcome<Driver>>
  /** What looks after a real host, beyond any cluster; a failure for one that is none. */
  machine(host: DesiredHost): Promise<Outcome<Machine>>
  /** Asks a host over SSH for its key, and says whether it is one that the user knows. Nothing is sent to it. */
  stranger(host: DesiredHost): Promise<Outcome<Stranger>>
  /** What was needed of hosts over SSH so far, by their names. */
  traffic(): Readonly<Record<string, { readonly connections: number; readonly round_trips: number }>>
  /** Ends all connections: a command does so at its end, however it ends. */
  close(): Promise<void>
}

/** The only place that knows which driver stands behind which connection; each is loaded when first asked for. */
export function makeOpener(around: Surroundings): Opener {
  let simulated: Promise<(host: DesiredHost) => Promise<Outcome<Driver>>> | null = null
  let pool: Promise<Pool> | null = null
  let known: Pool | null = null
  async function overSsh(): Promise<Pool> {
    pool ??= sshPool()
    known = await pool
    return known
  }
  async function realHost({ name, connection }: DesiredHost): Promise<Host | null> {
    if (connection.kind === "local") return local(name)
    return connection.kind === "ssh" ? (await overSsh()).host(name, connection) : null
  }
  return {
    open: async (host) => {
      const real = await realHost(host)
      if (real !== null) return openLinuxOn(real)
      if (host.connection.kind !== "simulated") return notReached(host)
      simulated ??= openSimulation(around)
      return (await simulated)(host)
    },
    machine: async (host) => {
      const real = await realHost(host)
      if (real === null) return notReal(host)
      return { ok: true, value: (await import("./linux/machine.ts")).openMachine(real, await program()) }
    },
    stranger: async (host) => {
      if (host.connection.kind !== "ssh") return notReal(host)
      const { meet } = await import("../hosts/ssh/stranger.ts")
      return meet(await overSsh(), host.name, host.connection)
    },
    traffic: () => known?.traffic() ?? {},
    close: async () => {
      await (await pool)?.close()
    },
  }
}

function notReal({ name, connection: { kind } }: DesiredHost): Outcome<never> {
  const message = `host ${name} is reached by ${kind}, and has nothing to look after`
  return { ok: false, failure: { kind: "host-unsuitable", message, remedy: null, output: [] } }
}

/** The language knows these hosts, and nothing here can work on them yet. */
function notReached({ name, connection: { kind } }: DesiredHost): Outcome<Driver> {
  const message = `host ${name} is reached over ${kind}, which this version cannot do yet`
  const remedy = "`appl check` accepts it, and `--simulated` tries it out on a host that only remembers"
  return { ok: false, failure: { kind: "host-unsuitable", message, remedy, output: [] } }
}

async function openLinuxOn(host: Host): Promise<Outcome<Driver>> {
  const { openLinux } = await import("./linux/driver.ts")
  return openLinux(host, await program())
}

async function sshPool(): Promise<Pool> {
  const [{ openPool }, { userSettings }] = await Promise.all([
    import("../hosts/ssh/pool.ts"),
    import("../hosts/ssh/settings.ts"),
  ])
  return openPool(userSettings())
}

async function openSimulation({
  clock,
  simulated,
}: Surroundings): Promise<(host: DesiredHost) => Promise<Outcome<Driver>>> {
  const { default_settings, simulate } = await import("./simulated/site.ts")
  const { isAlive } = await import("../hosts/local.ts")
  const { store, speed } = simulated
  const faster: Clock = {
    now: clock.now,
    elapsed: clock.elapsed,
    sleep: (duration_ms, signal) => clock.sleep(duration_ms / speed, signal),
  }
  const { container, microvm, vm } = default_settings.boot_ms
  const boot_ms = { container: container / speed, microvm: microvm / speed, vm: vm / speed }
  return simulate(store, faster, { boot_ms, isAlive }).controller().open
}

async function local(name: string): Promise<Host> {
  return (await import("../hosts/local.ts")).localHost(name)
}

async function program(): Promise<string> {
  return (await import("../hosts/program.ts")).hostProgram()
}
