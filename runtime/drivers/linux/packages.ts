/** A Debian package that appl needs on a host, and a command by which one sees that it is there. */
export type NeededPackage = { readonly name: string; readonly command: string; readonly why: string }

/** All that a bare Debian host needs; installing them starts nothing (`prepare.ts`). */
export function neededCommands(): readonly NeededPackage[] {
  return needed
}

const needed: readonly NeededPackage[] = [
  { name: "lxc", command: "lxc-start", why: "runs containers" },
  { name: "qemu-system-x86", command: "qemu-system-x86_64", why: "runs microVMs" },
  { name: "nftables", command: "nft", why: "filters and translates" },
  { name: "iproute2", command: "ip", why: "makes bridges and ports" },
  { name: "curl", command: "curl", why: "runs http-get checks" },
  { name: "mmdebstrap", command: "mmdebstrap", why: "builds images" },
  { name: "squashfs-tools", command: "mksquashfs", why: "packs images for microVMs" },
  { name: "busybox-static", command: "busybox", why: "sets up appliances from inside" },
]
