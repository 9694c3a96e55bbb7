import { createHash } from "node:crypto"
import type { ImagePins, Origin } from "../../lang/index.ts"
import type { ApplianceFields, ImageFields, NamesFields, NetworkFields, PublishFields } from "../model/fields.ts"
import type { Address, Json, Kind, ManagedObject } from "../model/object.ts"
import { firewallOf, type Known } from "./firewall.ts"
import { linkOf, type Tunnels, tunnelsOf } from "./links.ts"
import type { SettledAppliance, SettledState } from "./settle.ts"
import { type Traffic, trafficOf } from "./traffic.ts"
import { mtuOf, type Underlays } from "./underlay.ts"

/**
 * What shall exist, as one flat list of objects per host that answers. `pins` gives the resolved packages of every image by its id,
 * `underlays` the addresses over which the hosts talk. Names and firewall are one object per host, so that one more appliance changes two
 * shared files and touches no other appliance.
 */
export function toObjects(
  desired: SettledState,
  pins: Readonly<Record<string, ImagePins>>,
  underlays: Underlays = new Map(),
  traffic: ReadonlyMap<string, Traffic> = trafficOf(desired),
  answers: (host: string) => boolean = () => true,
): ManagedObject[] {
  const parts: Parts = {
    desired,
    pins,
    underlays,
    known: {
      appliances: new Map(desired.appliances.map((appliance) => [appliance.id, appliance])),
      networks: new Map(desired.networks.map((network) => [network.name, network])),
    },
    tunnels: tunnelsOf(desired.cluster, desired.networks, underlays),
    mtus: new Map(desired.networks.map((network) => [network.name, mtuOf(network, underlays)])),
    names: { names: namesOf(desired) },
  }
  const resolvers = resolversOf(desired)
  const by_host = Map.groupBy(desired.appliances, (appliance) => appliance.host)
  const hosts = [...by_host.keys()].filter(answers).sort()
  return hosts.flatMap((host) => {
    const here = by_host.get(host)!
    return [
      ...images(desired, here, host, pins),
      ...networks(parts, traffic.get(host)!, host),
      firewall(parts, traffic.get(host)!, host),
      object("names", "hosts", host, parts.names, [], originOfAll(desired)),
      ...here.map((appliance) => applianceObject(appliance, resolvers.get(appliance.id) ?? null, parts.mtus, pins)),
      ...publishes(parts, host),
    ]
  })
}

/** What is the same for all hosts, made once. */
type Parts = {
  readonly desired: SettledState
  readonly pins: Readonly<Record<string, ImagePins>>
  readonly underlays: Underlays
  readonly known: Known
  readonly tunnels: Tunnels
  readonly mtus: ReadonlyMap<string, number>
  readonly names: NamesFields
}

/** Digest of the packages that a form of an image consists of: a kernel that only microVMs boot does not replace containers. */
export function pinsDigest(pins: ImagePins, form: SettledAppliance["form"]): string {
  const used = [...pins.base, ...pins.packages, ...(form === "microvm" ? pins.kernel : [])]
  const lines = used.map((pin) => `${pin.name} ${pin.version} ${pin.sha256}\n`)
  return createHash("sha256").update(lines.join("")).digest("hex").slice(0, 16)
}

function images(
  desired: SettledState,
  here: readonly SettledAppliance[],
  host: string,
  pins: Readonly<Record<string, ImagePins>>,
): ManagedObject[] {
  const used = new Set(here.map((appliance) => appliance.image))
  return desired.images
    .filter((image) => used.has(image.id))
    .map((image) => {
      const fields: ImageFields = {
        source: image.source,
        packages: image.packages,
        forms: image.forms,
        pins: pins[image.id]!,
      }
      return object("image", image.id, host, fields, [], image.origin)
    })
}

function networks({ known, tunnels, mtus }: Parts, traffic: Traffic, host: string): ManagedObject[] {
  return [...traffic.networks].sort().flatMap((name) => {
    const network = known.networks.get(name)
    if (network === undefined) return []
    const { cidr, gateway, host_address, dhcp, origin } = network
    const link = linkOf(tunnels, name, host, traffic)
    const fields: NetworkFields = { cidr, mtu: mtus.get(name)!, gateway, host_address, dhcp, link }
    return [object("network", name, host, fields, [], origin)]
  })
}

function firewall({ desired, known, tunnels }: Parts, traffic: Traffic, host: string): ManagedObject {
  const made = firewallOf(known, host, traffic, tunnels)
  const after = made.fields.networks.map((network): Address => `network/${network.name}`)
  return { ...object("firewall", "rules", host, made.fields, after, originOfAll(desired)), causes: made.causes }
}

function namesOf(desired: SettledState): NamesFields["names"] {
  return desired.appliances.flatMap(({ name, nics }) => {
    const address = nics.find((nic) => nic.network !== null)?.address
    return address === undefined ? [] : [{ name, address }]
  })
}

function applianceObject(
  appliance: SettledAppliance,
  resolver: string | null,
  mtus: ReadonlyMap<string, number>,
  pins: Readonly<Record<string, ImagePins>>,
): ManagedObject {
  const networks = appliance.nics.flatMap((nic): Address[] => (nic.network === null ? [] : [`network/${nic.network}`]))
  const after: Address[] = [
    `image/${appliance.image}`,
    ...new Set(networks),
    "firewall/rules",
    "names/hosts",
    ...appliance.after.map((id): Address => `appliance/${id}`),
  ]
  return {
    ...object(
      "appliance",
      appliance.id,
      appliance.host,
      applianceFields(appliance, resolver, mtus, pins),
      after,
      appliance.origin,
    ),
    origins: originsByField(appliance),
    causes: Object.fromEntries(appliance.files.map((file) => [file.path, file.causes])),
  }
}

function applianceFields(
  appliance: SettledAppliance,
  resolver: string | null,
  mtus: ReadonlyMap<string, number>,
  pins: Readonly<Record<string, ImagePins>>,
): ApplianceFields {
  const { name, form, cpus, memory_bytes, disk_bytes, nics, env, start, reload, user, volumes, limits } = appliance
  const { restart, protect, tags } = appliance
  return {
    name,
    class: appliance.class,
    form,
    image: { id: appliance.image, pins: pinsDigest(pins[appliance.image]!, form) },
    cpus,
    memory_bytes,
    disk_bytes,
    nics: nics.map((nic) => ({ ...nic, mtu: mtus.get(nic.network ?? "") ?? null })),
    files: appliance.files.map(({ path, content, mode }) => ({ path, content, mode })),
    env,
    start,
    reload,
    user,
    volumes,
    limits: {
      disk_bytes: limits.disk_bytes ?? null,
      network_bits_per_second: limits.network_bits_per_second ?? null,
      processes: limits.processes ?? null,
    },
    restart,
    protect,
    tags,
    // Where a check is written is no part of it: else a comment above it would change every appliance.
    checks: appliance.checks.map(({ origin: _, ...check }) => check),
    resolver,
  }
}

/** For each appliance the address of the name server that it is wired to: on the first network that both are on, else its first one. */
function resolversOf(desired: SettledState): ReadonlyMap<string, string> {
  const appliances = new Map(desired.appliances.map((appliance) => [appliance.id, appliance]))
  const result = new Map<string, string>()
  for (const { consumer, provider, service } of desired.wires) {
    if (service !== "Dns" || result.has(consumer)) continue
    const own = new Set(appliances.get(consumer)?.nics.flatMap((nic) => nic.network ?? []))
    const joined = (appliances.get(provider)?.nics ?? []).filter((nic) => nic.network !== null)
    const nic = joined.find((nic) => own.has(nic.network!)) ?? joined[0]
    if (nic !== undefined) result.set(consumer, nic.address)
  }
  return result
}

/** On the host that has it, and on every other one of the cluster, which passes on what asks for it there. */
function publishes({ desired, underlays }: Parts, host: string): ManagedObject[] {
  return desired.publishes.flatMap((publish) => {
    const { port, protocol, appliance, target_address, target_port, through, origin } = publish
    const relay = publish.host === host ? null : (underlays.get(publish.host)?.address ?? null)
    if (publish.host !== host && relay === null) return []
    const fields: PublishFields = { port, protocol, appliance, target_address, target_port, through, relay }
    const after: Address[] = ["firewall/rules", `appliance/${appliance}`]
    if (through !== null) after.push(`appliance/${through.appliance}`)
    return [object("publish", `${port}-${protocol}`, host, fields, after, origin)]
  })
}

function object(
  kind: Kind,
  name: string,
  host: string,
  fields: object,
  after: readonly Address[],
  origin: Origin,
): ManagedObject {
  return {
    address: `${kind}/${name}`,
    kind,
    host,
    // Each kind's fields are made of JSON values only; their named types carry no index signature, so this says so once.
    fields: fields as Readonly<Record<string, Json>>,
    after,
    origin,
    origins: {},
    causes: {},
  }
}

/** Firewall and names belong to the whole file; its first appliance is the nearest thing to a place. */
function originOfAll(desired: SettledState): Origin {
  return { file: desired.file, line: 1, column: 1 }
}

/** A field of the desired state may be named otherwise in the language: `memory` holds `memory_bytes`, `on` holds `nics`. */
function originsByField(appliance: SettledAppliance): Readonly<Record<string, Origin>> {
  const renamed: Readonly<Record<string, string>> = { memory: "memory_bytes", disk: "disk_bytes", on: "nics" }
  return Object.fromEntries(
    Object.entries(appliance.origins).flatMap(([field, origin]) =>
      renamed[field] === undefined
        ? [[field, origin]]
        : [
            [renamed[field], origin],
            [field, origin],
          ],
    ),
  )
}
