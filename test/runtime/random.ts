import fc from "fast-check"
import type { DesiredAppliance, DesiredState, Nic, Rollout } from "../../lang/index.ts"
import type { Fault } from "../../runtime/drivers/simulated/faults.ts"
import { appliance, at, image } from "./fixtures.ts"

/**
 * What a random appliance is like. Its key is its identity, as `web[3]` is; its host is so many after that of its key. One with a volume stays where
 * its key says: what an earlier one left on a volume would be in the way elsewhere, and only a person can say what becomes of it.
 */
export type RandomAppliance = {
  readonly key: number
  readonly elsewhere?: number
  readonly packages: string
  readonly form: "container" | "microvm"
  readonly memory: number
  /** With `bad` in it, its check does not pass. */
  readonly text: "one" | "two" | "bad"
  readonly reloads: boolean
  readonly volume: boolean
  readonly network: "lan" | "dmz"
  readonly needs: number
  readonly published: boolean
  readonly update: Rollout | null
}

const rollouts: readonly Rollout[] = [
  { at_once: 1, canary: 1, healthy_ms: 5_000, turn_back: true },
  { at_once: 2, canary: 0, healthy_ms: null, turn_back: true },
  { at_once: 2, canary: 1, healthy_ms: 2_000, turn_back: false },
]

const one_appliance: fc.Arbitrary<RandomAppliance> = fc.record({
  key: fc.integer({ min: 1, max: 6 }),
  elsewhere: fc.constantFrom(0, 0, 1, 2),
  packages: fc.constantFrom("nginx-light", "dnsmasq", "nftables"),
  form: fc.constantFrom("container" as const, "microvm" as const),
  memory: fc.constantFrom(64, 96),
  text: fc.constantFrom("one", "two"),
  update: fc.constantFrom(null, null, ...rollouts),
  reloads: fc.boolean(),
  volume: fc.boolean(),
  network: fc.constantFrom("lan" as const, "dmz" as const),
  needs: fc.integer({ min: 0, max: 6 }),
  published: fc.boolean(),
})

/** A cluster of one to five appliances on three hosts. */
export const random_cluster: fc.Arbitrary<RandomCluster> = fc.uniqueArray(one_appliance, {
  minLength: 1,
  maxLength: 5,
  selector: (one) => one.key,
})
export type RandomCluster = readonly RandomAppliance[]

/** A cluster that somebody wants and that may be wrong: some of its appliances never pass their check. */
const any_cluster: fc.Arbitrary<RandomCluster> = fc
  .tuple(random_cluster, fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }))
  .map(([cluster, bad]) => cluster.map((one, index) => (bad.includes(index) ? { ...one, text: "bad" } : one)))

const day_ms = 86_400_000

export const random_fault: fc.Arbitrary<Fault> = fc
  .record({
    kind: fc.constantFrom<Fault["kind"]>(
      ...(["kill", "kill", "fail", "hang", "lie", "disconnect", "disk-full"] as const),
      ...(["cut", "silent", "reboot", "clock", "sleep"] as const),
    ),
    at: fc.integer({ min: 0, max: 90 }),
    ahead_ms: fc.constantFrom(-day_ms, -70_000, 70_000, day_ms),
    duration_ms: fc.constantFrom(3_000, 90_000),
  })
  .map(({ kind, at, ahead_ms, duration_ms }): Fault => {
    if (kind === "hang" || kind === "reboot" || kind === "sleep") return { kind, at, duration_ms }
    return kind === "clock" ? { kind, at, ahead_ms } : { kind, at }
  })

/** Something that happens to a cluster: an attempt to change it, or harm. */
export type Happening =
  | {
      readonly kind: "apply"
      readonly desired: RandomCluster
      readonly faults: readonly Fault[]
      /** When Ctrl-C comes; never, when it is null. */
      readonly stop_after_ms: number | null
      /** What the clock of the controller is set to after 5 s. */
      readonly clock_ahead_ms: number
    }
  | { readonly kind: "destroy"; readonly faults: readonly Fault[] }
  | {
      readonly kind: "race"
      readonly left: RandomCluster
      readonly right: RandomCluster
      readonly faults: readonly Fault[]
      readonly later_ms: number
    }
  | { readonly kind: "harm"; readonly key: number; readonly how: "process" | "check" }

export const random_happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("apply" as const),
      desired: any_cluster,
      faults: fc.array(random_fault, { maxLength: 2 }),
      stop_after_ms: fc.option(fc.integer({ min: 0, max: 20_000 }), { freq: 4 }),
      clock_ahead_ms: fc.constantFrom(0, 0, day_ms, -day_ms),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("destroy" as const), faults: fc.array(random_fault, { maxLength: 2 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("race" as const),
      left: random_cluster,
      right: random_cluster,
      faults: fc.array(random_fault, { maxLength: 2 }),
      later_ms: fc.integer({ min: 0, max: 100_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("harm" as const),
      key: fc.integer({ min: 1, max: 6 }),
      how: fc.constantFrom("process" as const, "check" as const),
    }),
  },
)

export const random_hosts = ["east", "middle", "west"] as const

export function hostOf({ key, elsewhere = 0, volume }: Pick<RandomAppliance, "key" | "elsewhere" | "volume">): string {
  return random_hosts[(key + (volume ? 0 : elsewhere)) % random_hosts.length]!
}

/** The desired state that a random cluster stands for; counterexamples are printed in the short form. */
export function clusterOf(random: RandomCluster): DesiredState {
  const keys = new Set(random.map((one) => one.key))
  const made = random.map((one) => applianceOf(one, keys)).sort((left, right) => (left.id < right.id ? -1 : 1))
  const images = new Map(random.map((one) => [imageOf(one).id, imageOf(one)]))
  return {
    version: 1,
    cluster: "chance",
    definition: "chance",
    file: "chance.appl",
    hosts: random_hosts.map((name) => ({
      name,
      connection: { kind: "simulated" },
      capacity: {},
      labels: {},
      origin: null,
    })),
    networks: (["dmz", "lan"] as const).map((name) => ({
      name,
      cidr: `${net[name]}.0/24`,
      mtu: null,
      gateway: null,
      host_address: `${net[name]}.254`,
      dhcp: null,
      hosts: [...random_hosts],
      origin: at(1),
    })),
    inserts: [],
    moved: [],
    images: [...images.values()].sort((left, right) => (left.id < right.id ? -1 : 1)),
    appliances: made,
    wires: [],
    flows: made.flatMap((one) =>
      one.after.map((provider) => ({
        from: { kind: "appliance", id: one.id },
        to: { kind: "appliance", id: provider },
        ports: [{ from: 80, to: 80, protocol: "tcp" }],
        cause: `${one.id} needs web: ${provider}.http`,
        origin: at(2),
      })),
    ),
    publishes: random
      .filter((one) => one.published)
      .map((one) => ({
        port: 8000 + one.key,
        protocol: "tcp",
        appliance: `web[${one.key}]`,
        target_address: nicOf(one).address,
        target_port: 80,
        through: null,
        host: hostOf(one),
        origin: at(3),
      })),
    outputs: [],
    placement: [],
  }
}

/** What a test of several hosts may ask of `spread`. */
export type Spread = Partial<Pick<RandomAppliance, "text" | "memory" | "packages" | "volume" | "update">> & {
  readonly keys?: readonly number[]
}

/** Six appliances over three hosts, each with its needs on another one. */
export function spread(
  text: RandomAppliance["text"],
  { keys = [1, 2, 3, 4, 5, 6], ...asked }: Spread = {},
): DesiredState {
  return clusterOf(
    keys.map((key): RandomAppliance => {
      const plain = {
        packages: "nginx-light",
        form: "container",
        reloads: true,
        volume: false,
        network: "lan",
      } as const
      return { ...plain, key, memory: 64, needs: key - 1, published: key === 1, update: null, ...asked, text }
    }),
  )
}

const net = { lan: "10.50.0", dmz: "10.51.0" }

function imageOf({ packages }: RandomAppliance) {
  return image([packages], ["container", "microvm"], 4)
}

function nicOf({ key, network }: RandomAppliance): Nic {
  const address = `${net[network]}.${key}`
  return { device: "eth0", network, address, prefix: 24, mac: `52:54:00:00:00:0${key}`, gateway: null, peer: null }
}

/** A needs-edge only ever leads to a lower key, so that there is no cycle. */
function applianceOf(random: RandomAppliance, keys: ReadonlySet<number>): DesiredAppliance {
  const { key, form, memory, text, reloads, volume, needs, update } = random
  const id = `web[${key}]`
  return {
    ...appliance(id, `web-${key}`, "Web", imageOf(random), 5),
    host: hostOf(random),
    form,
    memory_bytes: memory * 2 ** 20,
    nics: [nicOf(random)],
    files: [
      {
        path: "/text",
        content: { text },
        mode: 0o644,
        causes: [{ name: "text", value: text, through: [], origin: at(6) }],
        origin: at(5),
      },
    ],
    update,
    reload: reloads ? ["reload"] : null,
    volumes: volume ? [{ name: "data", path: "/data", size_bytes: 1, backup: null }] : [],
    checks: [
      {
        name: "page",
        probe: { kind: "http-get", address: nicOf(random).address, port: 80, path: "/", status: 200 },
        every_ms: 500,
        timeout_ms: 1_000,
        within_ms: 20_000,
        origin: at(5),
      },
    ],
    after: needs < key && keys.has(needs) ? [`web[${needs}]`] : [],
  }
}
