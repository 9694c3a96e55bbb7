import { createHash } from "node:crypto"
import type { Address } from "../../model/object.ts"

/**
 * What things are called on the host. Names in files are readable, and never hold a character that means something there; names of
 * links have 15 characters at most (`IFNAMSIZ`), so they are digests, with the readable name as the link's alias.
 */

/** A file name for a name of the user: `web[1]` gives `web_1`. Two names never share one, for no name holds `_` or `%`. */
export function fileName(name: string): string {
  return name
    .replaceAll("[", "_")
    .replaceAll(/["\]]/g, "")
    .replaceAll(/[^a-z0-9_.-]/g, (character) => `%${Buffer.from(character).toString("hex")}`)
}

/** `appliance/web[1]` gives `appliance.web_1`. */
export function recordName(address: Address): string {
  const slash = address.indexOf("/")
  return `${address.slice(0, slash)}.${fileName(address.slice(slash + 1))}`
}

/** The folder of one generation of an appliance: `web_1.2`. */
export function generationName(address: Address, generation: number): string {
  return `${fileName(address.slice(address.indexOf("/") + 1))}.${generation}`
}

/** What all links of a cluster on this host begin with, so that a rule can speak of them: `ap` and five characters. */
export function linkPrefix(cluster: string): string {
  return `ap${digest(cluster, 5)}`
}

/** The bridge of a network. */
export function bridgeName(cluster: string, network: string): string {
  return `${linkPrefix(cluster)}b${digest(`network/${network}`, 7)}`
}

/** What the tunnels of a cluster begin with. */
export function tunnelPrefix(cluster: string): string {
  return `${linkPrefix(cluster)}v`
}

/** The tunnel of a network to other hosts. */
export function tunnelName(cluster: string, network: string): string {
  return `${tunnelPrefix(cluster)}${digest(`network/${network}`, 7)}`
}

/** The host's end of a nic: `p` when a bridge takes it, `u` when it is the uplink of a gateway. */
export function portName(
  cluster: string,
  appliance: string,
  generation: number,
  nic: { readonly device: string; readonly network: string | null },
): string {
  const kind = nic.network === null ? "u" : "p"
  return `${linkPrefix(cluster)}${kind}${digest(`appliance/${appliance}/${generation}/${nic.device}`, 7)}`
}

/** What a link says of itself in `ip link`. */
export function linkAlias(cluster: string, what: string): string {
  return `appl:${cluster}/${what}`
}

/** The filter table of a cluster, in the families `bridge` and `inet`. */
export function filterTable(cluster: string): string {
  return `appl-${cluster}`
}

/** The table of one published port, in the family `ip`. */
export function publishTable(cluster: string, address: Address): string {
  return `appl-${cluster}-${address.slice("publish/".length)}`
}

/** The name of an appliance in its address. */
export function idOf(address: Address): string {
  return address.slice(address.indexOf("/") + 1)
}

/** Digits and letters without vowels that could spell something: 31 of them, prime, so that every bit of the hash counts. */
function digest(text: string, length: number): string {
  const bytes = createHash("sha256").update(text).digest()
  return Array.from({ length }, (_, index) => alphabet[bytes.readUInt16BE(2 * index) % alphabet.length]).join("")
}

const alphabet = "0123456789bcdfghjklmnpqrstvwxyz"
