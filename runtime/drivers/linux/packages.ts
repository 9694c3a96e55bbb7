import type { Call } from "../../hosts/shell.ts"

/** A Debian package that appl needs on a host. */
export type NeededPackage = {
  readonly name: string
  readonly why: string
  /** Succeeds on a host that has it. */
  readonly probe: Call
}

/** All that a bare Debian host needs; installing them starts nothing (`prepare.ts`). */
export function neededPackages(): readonly NeededPackage[] {
  return needed
}

const needed: readonly NeededPackage[] = [
  { name: "lxc", why: "containers", probe: has("lxc-start") },
  { name: "qemu-system-x86", why: "microVMs", probe: has("qemu-system-x86_64") },
  { name: "nftables", why: "the packet filter", probe: has("nft") },
  { name: "iproute2", why: "bridges and ports", probe: has("ip") },
  { name: "curl", why: "the check http-get", probe: has("curl") },
  { name: "mmdebstrap", why: "building images", probe: has("mmdebstrap") },
  { name: "squashfs-tools", why: "packing images for microVMs", probe: has("mksquashfs") },
  {
    name: "e2fsprogs",
    why: "file systems of volumes",
    probe: ["sh", "-c", "command -v mkfs.ext4 && command -v resize2fs"],
  },
  // The one that needs no library, for it runs inside of any root: ldd finds nothing to list.
  {
    name: "busybox-static",
    why: "setting appliances up from inside",
    probe: ["sh", "-c", "test -x /bin/busybox && ! ldd /bin/busybox"],
  },
]

function has(command: string): Call {
  return ["command", "-v", command]
}
