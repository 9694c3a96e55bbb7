import type { Address } from "../../model/object.ts"
import type { Health } from "../../model/observed.ts"

/** What the host's program answers to `appl_observe` (`observe.sh`). It is trusted as far as the host is: the shape is ours; what stands in files
 * that somebody may have damaged comes as text. */
export type Seen = {
  readonly now_ms: number
  readonly cpus: number
  readonly kernel: string
  readonly memory_bytes: number
  readonly memory_free_bytes: number
  readonly disk_free_bytes: number
  /** What a guest was found to start under since this boot; empty before the first one. */
  readonly acceleration: "kvm" | "tcg" | ""
  readonly missing: readonly string[]
  /** JSON; none when nobody holds it. */
  readonly lease: readonly string[]
  /** Each the JSON of an entry. */
  readonly journal: readonly string[]
  /** File name and content. */
  readonly records: readonly SeenRecord[]
  readonly rules_intact: boolean
  /** The digest of the file of names; empty when there is none. */
  readonly names: readonly string[]
  readonly generations: readonly SeenGeneration[]
  readonly links: readonly SeenLink[]
  readonly addresses: readonly SeenAddresses[]
  readonly routes: readonly SeenRoute[]
  /** The tunnels that are as they were set, by the names of their links. */
  readonly tunnels: readonly string[]
  readonly tables: {
    readonly nftables: readonly { readonly table?: { readonly family: string; readonly name: string } }[]
  }
  /** `tcp 0.0.0.0:80 users:(("nginx",pid=1,fd=6))`. */
  readonly sockets: readonly string[]
  /** Who is connected to this host's sshd: `10.1.2.3:50122`. */
  readonly callers: readonly string[]
  /** Records of networks, filters and published ports of other clusters. */
  readonly others: readonly SeenRecord[]
  /** Names of the images that are built. */
  readonly images: readonly string[]
  readonly health: readonly (Health & { readonly object: Address })[]
}

export type SeenRecord = readonly [file: string, content: string]
export type SeenGeneration = {
  /** `web_1.2`. */
  readonly name: string
  /** JSON; none when its attempt was cut off before it was written. */
  readonly address: readonly string[]
  readonly running: boolean
  readonly started_ms: number | null
  readonly joined: boolean
}
export type SeenLink = {
  readonly ifname?: string
  readonly ifalias?: string
  readonly master?: string
  readonly flags?: readonly string[]
  readonly mtu?: number
}
type SeenRoute = {
  readonly dst?: string
  readonly dev?: string
  readonly gateway?: string
  readonly prefsrc?: string
  readonly metric?: number
}
type SeenAddresses = {
  readonly ifname?: string
  readonly mtu?: number
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[]
}
