import { createHash } from "node:crypto"
import type { DesiredNetwork } from "../../lang/index.ts"
import type { FirewallTunnel, NetworkLink } from "../model/fields.ts"
import type { Member, Traffic } from "./traffic.ts"
import type { Underlays } from "./underlay.ts"

/** What the tunnels of a cluster have in common. */
export type Tunnels = {
  readonly cluster: string
  readonly underlays: Underlays
  /** The identifier of each network. */
  readonly ids: ReadonlyMap<string, number>
}

export function tunnelsOf(cluster: string, networks: readonly DesiredNetwork[], underlays: Underlays): Tunnels {
  return { cluster, underlays, ids: identifiers(cluster, networks) }
}

/** How a network goes on from `host`; null when nothing here speaks to anything of it elsewhere. */
export function linkOf(tunnels: Tunnels, network: string, host: string, traffic: Traffic): NetworkLink | null {
  const remotes = [...(traffic.remotes.get(network)?.values() ?? [])]
  const routers = new Set([...(traffic.routed.get(network)?.values() ?? [])].map(hostOf))
  const peers = [...new Set([...remotes.map(hostOf), ...routers])].sort()
  const local = tunnels.underlays.get(host)?.address
  if (peers.length === 0 || local === undefined) return null
  const at = (other: string): string => tunnels.underlays.get(other)?.address ?? local
  return {
    id: tunnels.ids.get(network)!,
    local,
    mac: routerMac(tunnels.cluster, network, host),
    peers: peers.map((peer) => ({
      host: peer,
      address: at(peer),
      mac: routers.has(peer) ? routerMac(tunnels.cluster, network, peer) : null,
    })),
    remotes: remotes
      .map(({ appliance, nic }) => ({
        appliance: appliance.id,
        address: nic.address,
        mac: nic.mac,
        at: at(appliance.host),
      }))
      .sort(byAddress),
  }
}

/** The same for the filter: who may send through the tunnel of a network, and from which hosts. */
export function filterOf(tunnels: Tunnels, network: string, host: string, traffic: Traffic): FirewallTunnel | null {
  const link = linkOf(tunnels, network, host, traffic)
  if (link === null) return null
  const direct = [...(traffic.remotes.get(network)?.values() ?? [])].map(({ appliance, nic }) => ({
    mac: nic.mac,
    address: nic.address,
    forwards: appliance.nics.some((one) => one.network === null),
  }))
  const routed = [...(traffic.routed.get(network)?.values() ?? [])].map(({ appliance, nic }) => ({
    mac: routerMac(tunnels.cluster, network, appliance.host),
    address: nic.address,
    forwards: false,
  }))
  return {
    network,
    id: link.id,
    peers: link.peers.map((peer) => peer.address),
    sources: [...direct, ...routed].sort(byAddress),
  }
}

/** 24 bits of a digest, and the next free number where two networks have the same. */
function identifiers(cluster: string, networks: readonly DesiredNetwork[]): ReadonlyMap<string, number> {
  const taken = new Set<number>()
  return new Map(
    networks.map(({ name }) => {
      let id = digest(`tunnel ${cluster} ${name}`).readUIntBE(0, 3)
      while (id === 0 || taken.has(id)) id = (id + 1) % 2 ** 24
      taken.add(id)
      return [name, id]
    }),
  )
}

/** The address of a host's bridge in a network, locally administered: hosts that route into one network must have different ones. */
function routerMac(cluster: string, network: string, host: string): string {
  const bytes = digest(`router ${cluster} ${network} ${host}`).subarray(0, 5)
  return ["06", ...[...bytes].map((byte) => byte.toString(16).padStart(2, "0"))].join(":")
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest()
}

function hostOf({ appliance }: Member): string {
  return appliance.host
}

function byAddress(left: { readonly address: string }, right: { readonly address: string }): number {
  return left.address < right.address ? -1 : left.address > right.address ? 1 : 0
}
