import type { Check, End, Form, ImagePins, ImageSource, Nic, PortSpan, Volume } from "../../lang/index.ts"
import type { ManagedObject } from "./object.ts"

/** What the `fields` of each kind of object hold. A driver reads nothing else. All of it is plain JSON. */

export type ImageFields = {
  readonly source: ImageSource
  /** The packages beyond the base, sorted. */
  readonly packages: readonly string[]
  /** The forms that appliances run it in; `microvm` also needs kernel and packed layers. */
  readonly forms: readonly Form[]
  readonly pins: ImagePins
}

export type NetworkFields = {
  readonly cidr: string
  readonly mtu: number
  /** The appliance that routes it, with its address there; null: the host routes. */
  readonly gateway: { readonly appliance: string; readonly address: string } | null
  readonly host_address: string
  readonly dhcp: { readonly from: string; readonly to: string } | null
  /** How it goes on on other hosts; null: nothing on this host speaks to anything of it elsewhere. */
  readonly link: NetworkLink | null
}

/**
 * A tunnel (VXLAN) between the bridges of one network. It knows whom it leads to and learns nothing: `remotes` are the nics on other hosts
 * that something here exchanges packets with, by address.
 */
export type NetworkLink = {
  /** The VXLAN network identifier: 24 bits, never 0. */
  readonly id: number
  /** This host's address among the hosts, where the tunnel begins. */
  readonly local: string
  /** The address of this host's own bridge in this network: what it routes comes from there. */
  readonly mac: string
  /** `mac`: that of the other host's bridge, when it routes packets into this network; else null. */
  readonly peers: readonly { readonly host: string; readonly address: string; readonly mac: string | null }[]
  readonly remotes: readonly {
    readonly appliance: string
    readonly address: string
    readonly mac: string
    /** The address of its host among the hosts. */
    readonly at: string
  }[]
}

/** `firewall/rules`: everything that may pass on this host, as addresses; all else is dropped. */
export type FirewallFields = {
  readonly networks: readonly FirewallNetwork[]
  /** Every nic of the cluster on this host that is joined to a network: who may send with which addresses. */
  readonly ports: readonly FirewallPort[]
  readonly rules: readonly FirewallRule[]
  /** The tunnels of its networks: what comes out of one is checked as what comes from a port. */
  readonly tunnels: readonly FirewallTunnel[]
}
export type FirewallTunnel = {
  readonly network: string
  readonly id: number
  /** The addresses of the other hosts: from anywhere else, nothing of this tunnel is taken. */
  readonly peers: readonly string[]
  /** Who may send through it, with which addresses; `forwards` as for a port. */
  readonly sources: readonly { readonly mac: string; readonly address: string; readonly forwards: boolean }[]
}
export type FirewallNetwork = {
  readonly name: string
  readonly cidr: string
  readonly host_address: string
  /** The appliance that routes it, and its way out: what it forwards to the outside leaves through `uplink`. */
  readonly gateway: { readonly appliance: string; readonly address: string; readonly uplink: Uplink | null } | null
}
export type Uplink = {
  readonly device: string
  readonly address: string
  readonly prefix: number
  readonly mac: string
  /** The host's end of it. */
  readonly peer: string
}
export type FirewallPort = {
  readonly appliance: string
  readonly network: string
  readonly device: string
  readonly address: string
  readonly mac: string
  /** True for a gateway, which also sends what others gave it to forward. */
  readonly forwards: boolean
}
export type FirewallRule = {
  readonly from: RuleEnd
  readonly to: RuleEnd
  readonly ports: readonly PortSpan[]
  /** What opened it, in the reader's words. */
  readonly cause: string
}
/** `addresses` are addresses or networks in CIDR form, never empty but for `outside`, which is all that is not in `networks`. */
export type RuleEnd = { readonly end: End; readonly addresses: readonly string[] }

/** `names/hosts`: the one file that tells every appliance of the cluster the names of all others. */
export type NamesFields = { readonly names: readonly { readonly name: string; readonly address: string }[] }

export type PublishFields = {
  readonly port: number
  readonly protocol: "tcp" | "udp"
  readonly appliance: string
  readonly target_address: string
  readonly target_port: number
  readonly through: { readonly appliance: string; readonly address: string } | null
  /** On the other hosts of the cluster: the address of the host that has it, which they pass it on to. Null: it is this one. */
  readonly relay: string | null
}

export type ApplianceFields = {
  /** The host name: `web-1`. */
  readonly name: string
  readonly class: string
  readonly form: Form
  /** `pins` is the digest of the resolved packages that this form uses: another one is another image. */
  readonly image: { readonly id: string; readonly pins: string }
  readonly cpus: number
  readonly memory_bytes: number
  readonly disk_bytes: number | null
  /** A nic without a network is an uplink: its appliance is a gateway and forwards. */
  readonly nics: readonly ApplianceNic[]
  /** By path, ascending. */
  readonly files: readonly ApplianceFile[]
  readonly env: Readonly<Record<string, string | { readonly parts: readonly SettledPart[] }>>
  readonly start: readonly string[]
  readonly reload: readonly string[] | null
  readonly user: string | null
  readonly volumes: readonly Volume[]
  readonly limits: {
    readonly disk_bytes: number | null
    readonly network_bits_per_second: number | null
    readonly processes: number | null
  }
  readonly restart: "no" | "always"
  readonly protect: boolean
  readonly tags: readonly string[]
  readonly checks: readonly ApplianceCheck[]
  /** The name server that it is wired to (`needs` or `uses` a `Dns`); null without one. */
  readonly resolver: string | null
}

/** A nic, and how large a packet of its network may be; null for an uplink. */
export type ApplianceNic = Nic & { readonly mtu: number | null }

/**
 * A piece of a text when all that is late is known: what is left are references to secrets. `version` tells one value of a secret from
 * another, and says nothing of either.
 */
export type SettledPart =
  | string
  | { readonly secret: string; readonly version: string }
  | { readonly filter: string; readonly of: readonly SettledPart[] }

export type ApplianceFile = {
  readonly path: string
  readonly content: { readonly text: string } | { readonly base64: string } | { readonly parts: readonly SettledPart[] }
  /** Octal, as in 0644. */
  readonly mode: number
}
export type ApplianceCheck = Omit<Check, "origin">

type FieldsOf = {
  readonly image: ImageFields
  readonly network: NetworkFields
  readonly firewall: FirewallFields
  readonly names: NamesFields
  readonly appliance: ApplianceFields
  readonly publish: PublishFields
}

/**
 * The fields of an object or record of a known kind. Objects are made in `plan/objects.ts` only, and what is read back from a host or
 * file has passed the JSON Schema before, so the shape is certain here.
 */
export function fieldsOf<K extends keyof FieldsOf>(thing: Pick<ManagedObject, "fields">, _kind: K): FieldsOf[K] {
  return thing.fields as unknown as FieldsOf[K]
}
