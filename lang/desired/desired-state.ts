import type { Origin } from "../text/source.ts"

/**
 * BOUNDARY: what a cluster shall be, as plain JSON. Made by `compile()`, read by the runtime, the tests and the editor.
 * Names are the user's (`web[1]`, `dmz`); addresses are dotted; sizes are bytes; times are milliseconds. Lists are sorted
 * by name unless their order has a meaning, so that equal clusters give equal bytes.
 */
export type DesiredState = {
  readonly version: 1
  /** The deployed name: the cluster's own, or what `--as` says. Everything on a host is named after it. */
  readonly cluster: string
  /** The name of the cluster in its file, and the file. */
  readonly definition: string
  readonly file: string
  readonly hosts: readonly DesiredHost[]
  readonly networks: readonly DesiredNetwork[]
  readonly images: readonly DesiredImage[]
  readonly appliances: readonly DesiredAppliance[]
  /** The appliances that are put in line in front of others. */
  readonly inserts: readonly Insert[]
  /** What had another name before: its records, volumes and addresses are those of the old name. */
  readonly moved: readonly Moved[]
  readonly wires: readonly Wire[]
  readonly flows: readonly Flow[]
  readonly publishes: readonly Publish[]
  readonly outputs: readonly Output[]
  /** The table that decided the placement: for each host what was wanted, what there is and what is left. */
  readonly placement: readonly PlacementRow[]
  /** Hosts of the last time that the file no longer has: they may hold things still. Absent when there are none. */
  readonly former?: readonly DesiredHost[]
  /** Hosts on which nothing may run any more. Absent when there are none. */
  readonly away?: Readonly<Record<string, Away>>
  /** Where each appliance was placed the last time. Absent where nothing depends on it: every host of then is here and in use. */
  readonly last?: Readonly<Record<string, string>>
}

/** Why a host is left out: `drained` is empty or will be, `fenced` is dead by somebody's word. */
export type Away = "drained" | "fenced"

export type Form = "container" | "microvm" | "vm"

export type DesiredHost = {
  readonly name: string
  readonly connection: Connection
  /** What appliances may use of it; what is not said is not limited (or discovered, on a real host). */
  readonly capacity: { readonly cpus?: number; readonly memory_bytes?: number; readonly disk_bytes?: number }
  readonly labels: Readonly<Record<string, string>>
  readonly origin: Origin | null
}

/** How a host is reached. */
export type Connection =
  | { readonly kind: "local" }
  | { readonly kind: "simulated" }
  /** `host` is a name or an address; null is what the configuration of SSH says. */
  | { readonly kind: "ssh"; readonly user: string | null; readonly host: string; readonly port: number | null }
  | { readonly kind: "incus"; readonly url: string }
  | { readonly kind: "libvirt"; readonly uri: string }

export type DesiredNetwork = {
  readonly name: string
  /** `10.30.0.0/24`. */
  readonly cidr: string
  /** The largest packet, in bytes; null: as large as the links between its hosts take. */
  readonly mtu: number | null
  /** The appliance that routes it, and its address there; null: the host routes. */
  readonly gateway: { readonly appliance: string; readonly address: string } | null
  /** The host's own address in it (its last usable one): checks come from there, and it routes when there is no gateway. */
  readonly host_address: string
  readonly dhcp: { readonly from: string; readonly to: string } | null
  /** The hosts on which it must exist: those of its appliances. */
  readonly hosts: readonly string[]
  readonly origin: Origin
}

/** What an image is made of, before its packages are resolved to versions. */
export type DesiredImage = {
  /** Digest of the recipe (source and sorted packages): the same recipe written twice is one image. */
  readonly id: string
  readonly source: ImageSource
  /** The packages beyond the base, sorted by name. */
  readonly packages: readonly string[]
  /** The forms in which appliances run it: a microvm also needs its kernel and packed layers. */
  readonly forms: readonly Form[]
  /** Resolved packages from `appl.lock`; null when the lock does not know this recipe, then planning resolves them. */
  readonly pins: ImagePins | null
  readonly origin: Origin
}

export type ImageSource = DebianSource | ForeignSource
export type DebianSource = { readonly kind: "debian"; readonly suite: string }
/** Made elsewhere: `from` is a URL, or a path from the folder in which appl runs. Null: nobody has said what it should be. */
export type ForeignSource = {
  readonly kind: "qcow2" | "iso"
  readonly from: string
  readonly sha256: string | null
}

/** Every package of an image, in the layer that brings it, with version and hash, sorted by name. */
export type ImagePins = {
  readonly base: readonly Pin[]
  readonly packages: readonly Pin[]
  readonly kernel: readonly Pin[]
}
export type Pin = {
  readonly name: string
  readonly version: string
  readonly sha256: string
  readonly size_bytes: number
  readonly url: string
}

export type DesiredAppliance = {
  /** The user's names with their keys: `web[1]`, or inside of another cluster `room[klein].web[1]`. Its identity in this cluster. */
  readonly id: string
  /** The host name: `web-1`. */
  readonly name: string
  readonly class: string
  /** The host that placement chose, and the form that it runs there. */
  readonly host: string
  readonly form: Form
  /** `DesiredImage.id`. */
  readonly image: string
  readonly cpus: number
  readonly memory_bytes: number
  readonly disk_bytes: number | null
  readonly nics: readonly Nic[]
  /** By path, ascending. Folders are expanded to their files. */
  readonly files: readonly DesiredFile[]
  readonly env: Readonly<Record<string, string | { readonly parts: readonly Part[] }>>
  /** The program that it runs, and its arguments. */
  readonly start: readonly string[]
  /** The program that makes a change of `files` or `env` take effect without a restart. */
  readonly reload: readonly string[] | null
  readonly user: string | null
  readonly volumes: readonly Volume[]
  readonly limits: {
    readonly disk_bytes?: number
    readonly network_bits_per_second?: number
    readonly processes?: number
  }
  readonly restart: "no" | "always"
  readonly protect: boolean
  readonly tags: readonly string[]
  /** How many instances there are; null: just this one. */
  readonly scale: Scale | null
  /** Further instances are copies of a running one. */
  readonly fork: boolean
  /** What its image holds is what it was seen to open. */
  readonly slim: boolean
  /** How a change reaches its instances; null: all at once. */
  readonly update: Rollout | null
  readonly checks: readonly Check[]
  /** The appliances whose checks must pass before this one starts: the providers of its `needs`, sorted. */
  readonly after: readonly string[]
  readonly origin: Origin
  /** Where the value of each field above was written, for the reasons of a plan: field name to place. */
  readonly origins: Readonly<Record<string, Origin>>
}

export type Scale = {
  readonly min: number
  readonly max: number
  /** When one more is started; null: never by itself. */
  readonly when: { readonly of: "cpu"; readonly above_percent: number } | null
  /** After how long without work one is ended; null: never by itself. */
  readonly idle_ms: number | null
  /** The nics of the second instance and all further ones, which may come any time: their addresses are kept for them. */
  readonly further: readonly (readonly Nic[])[]
}

export type Rollout = {
  readonly at_once: number
  readonly canary: number
  readonly healthy_ms: number | null
  readonly turn_back: boolean
}

export type Nic = {
  /** `eth0`, `eth1`, … in the order of `on`; a gateway's uplink comes last. */
  readonly device: string
  /** The network, or null for a gateway's uplink to its host's outside. */
  readonly network: string | null
  readonly address: string
  readonly prefix: number
  readonly mac: string
  /** The next hop of the default route, on at most one nic. */
  readonly gateway: string | null
  /** On an uplink, the host's end of it. */
  readonly peer: string | null
}

export type DesiredFile = {
  /** Absolute path inside the appliance. */
  readonly path: string
  readonly content: Content
  /** Octal, as in 0644, for a program 0755; with a secret in it 0600 and 0700. */
  readonly mode: number
  /** What the content was made of: the values of its template's variables, each with the place that gave it. */
  readonly causes: readonly Cause[]
  readonly origin: Origin
}

/** What stands in a file. `parts`: not all of it is known while compiling; the runtime puts it together at the last moment. */
export type Content = { readonly text: string } | { readonly base64: string } | { readonly parts: readonly Part[] }

/** A piece of a text: known, or to be found by the runtime. A secret is a reference, never what it is. */
export type Part =
  | string
  /** By its name in the store; `param:…` is the value of a param. `length`: it is made, that long, when it is not there. */
  | { readonly secret: string; readonly length?: number }
  | { readonly late: LateExpression }
  /** A filter of templates, for the text that its parts make. */
  | { readonly filter: string; readonly of: readonly Part[] }

/** What is worked out from facts of hosts: one of them, or an operator or function of the language on such; `.bytes` reads a member. */
export type LateExpression =
  | { readonly fact: "kernel" | "cpus" | "memory" | "acceleration"; readonly host: string }
  | { readonly call: string; readonly of: readonly LateOperand[] }
export type LateOperand =
  | LateExpression
  | { readonly value: string | number | boolean | null }
  /** Bytes, milliseconds, percent, bits per second or cpus. */
  | { readonly amount: number; readonly measure: "size" | "duration" | "percent" | "rate" | "cpus" }

/** One value that went into something: `dns.address` is `10.30.0.2`, and why it is, back to the source. */
export type Cause = {
  readonly name: string
  /** As text; a secret shows as `•••`. */
  readonly value: string
  /** What it was read through, nearest first: `names.address`, then where it was written. */
  readonly through: readonly string[]
  readonly origin: Origin
}

export type Volume = {
  readonly name: string
  readonly path: string
  readonly size_bytes: number
  readonly backup: string | null
}

export type Check = {
  readonly name: string
  readonly probe: Probe
  readonly every_ms: number
  readonly timeout_ms: number
  /** How long it may take after a start until it passes for the first time. */
  readonly within_ms: number
  readonly origin: Origin
}

export type Probe =
  | {
      readonly kind: "http-get"
      readonly address: string
      readonly port: number
      readonly path: string
      readonly status: number
    }
  | { readonly kind: "tcp-open"; readonly address: string; readonly port: number }
  | { readonly kind: "exec"; readonly command: readonly string[] }

/** An appliance in the line that leads to others on a network: what comes to them passes it first. */
export type Insert = {
  readonly appliance: string
  /** The appliances that it stands in front of. */
  readonly before: readonly string[]
  readonly network: string
  readonly origin: Origin
}

/** A thing that is there under its new name, and what it was called. One that moved twice has two of these, the nearest first. */
export type Moved = {
  readonly kind: "appliance" | "network" | "host"
  readonly from: string
  readonly to: string
  readonly origin: Origin
}

/** A consumer's need met by a provider. */
export type Wire = {
  readonly kind: "needs" | "uses"
  readonly consumer: string
  readonly name: string
  readonly service: string
  readonly provider: string
  readonly provided: string
  readonly origin: Origin
}

/** Something that may pass; all else is dropped. */
export type Flow = {
  readonly from: End
  readonly to: End
  readonly ports: readonly PortSpan[]
  /** `web[1] needs dns: names.dns`, `publish 8080/tcp`, `allow`: what opened it, in the reader's words. */
  readonly cause: string
  readonly origin: Origin
}
export type End =
  | { readonly kind: "appliance"; readonly id: string }
  | { readonly kind: "network"; readonly name: string }
  | { readonly kind: "cidr"; readonly cidr: string }
  | { readonly kind: "outside" }
export type PortSpan = { readonly from: number; readonly to: number; readonly protocol: "tcp" | "udp" }

export type Publish = {
  readonly port: number
  readonly protocol: "tcp" | "udp"
  readonly appliance: string
  readonly target_address: string
  readonly target_port: number
  /** The gateway that it comes through, with the address of its uplink; null when the host routes the network. */
  readonly through: { readonly appliance: string; readonly address: string } | null
  readonly host: string
  readonly origin: Origin
}

export type Output = {
  readonly name: string
  /** Null stands where something is late. */
  readonly value: OutputValue
  /** What is late in it: the way to it inside the value, and what it is. Absent when all is known. */
  readonly late?: readonly LateOutput[]
  readonly origin: Origin
}
export type LateOutput = { readonly path: readonly (string | number)[]; readonly of: LateExpression }
export type OutputValue =
  | string
  | number
  | boolean
  | null
  | readonly OutputValue[]
  | { readonly [key: string]: OutputValue }

export type PlacementRow = {
  readonly host: string
  readonly resource: "cpus" | "memory" | "disk"
  readonly wanted: number
  readonly capacity: number | null
  readonly free: number | null
  /** Whether the capacity stands in the source or is what the host really has; absent where there is none. */
  readonly source?: "declared" | "discovered"
}
