import type { DesiredHost } from "../../lang/index.ts"
import type { Host } from "../hosts/host.ts"
import type { Pool } from "../hosts/ssh/pool.ts"
import type { Outcome } from "../model/failure.ts"
import type { Clock } from "../world.ts"
import type { Driver } from "./driver.ts"
import type { Collected, StoredImage } from "./linux/image.ts"
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
  return {
    open: async (host) => {
      switch (host.connection.kind) {
        case "local":
          return openThisMachine(host.name)
        case "simulated":
          simulated ??= openSimulation(around)
          return (await simulated)(host)
        case "ssh": {
          pool ??= sshPool()
          known = await pool
          return openLinuxOn(known.host(host.name, host.connection))
        }
        default:
          return notReached(host)
      }
    },
    traffic: () => known?.traffic() ?? {},
    close: async () => {
      await (await pool)?.close()
    },
  }
}

/** The language knows these hosts, and nothing here can work on them yet. */
function notReached({ name, connection: { kind } }: DesiredHost): Outcome<Driver> {
  const message = `host ${name} is reached over ${kind}, which this version cannot do yet`
  const remedy = "`appl check` accepts it, and `--simulated` tries it out on a host that only remembers"
  return { ok: false, failure: { kind: "host-unsuitable", message, remedy, output: [] } }
}

/** What looks after this machine as a host, beyond any cluster. */
export const thisMachine = {
  /** Installs what is missing; `progress` gets what the installer prints. Gives the packages that were installed. */
  prepare: async (progress: (line: string) => void): Promise<Outcome<readonly string[]>> => {
    const { prepare } = await import("./linux/prepare.ts")
    const prepared = await prepare(await local(), progress)
    return prepared.ok ? { ok: true, value: prepared.value.installed } : prepared
  },
  doctor: async () => (await import("./linux/doctor.ts")).doctor(await local()),
  images: async (): Promise<Outcome<readonly StoredImage[]>> => {
    const { listImages } = await import("./linux/image.ts")
    return listImages(await session())
  },
  collectImages: async (): Promise<Outcome<Collected>> => {
    const { collectImages } = await import("./linux/image.ts")
    return collectImages(await session())
  },
}

async function openThisMachine(name: string): Promise<Outcome<Driver>> {
  return openLinuxOn(await local(name))
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

async function local(name = "local"): Promise<Host> {
  return (await import("../hosts/local.ts")).localHost(name)
}

async function session() {
  const { openSession } = await import("./linux/session.ts")
  return openSession(await local(), await program())
}

async function program(): Promise<string> {
  return (await import("../hosts/program.ts")).hostProgram()
}
