import { createHash } from "node:crypto"
import type { DesiredImage, ImagePins, Pin } from "../../../lang/index.ts"

/**
 * What a simulated Debian offers: the versions of bookworm as of 2025, enough to make plans look real. A package that is not listed has version
 * `1.0-1`, so that any image can be simulated.
 */
const versions: Readonly<Record<string, string>> = {
  "base-files": "12.4+deb12u11",
  bash: "5.2.15-2+b8",
  "busybox-static": "1:1.35.0-4+b4",
  coreutils: "9.1-1",
  dnsmasq: "2.90-4~deb12u1",
  "dnsmasq-base": "2.90-4~deb12u1",
  dpkg: "1.21.22",
  libc6: "2.36-9+deb12u10",
  "linux-image-cloud-amd64": "6.1.140-1",
  nftables: "1.0.6-2+deb12u2",
  nginx: "1.22.1-9+deb12u2",
  "nginx-common": "1.22.1-9+deb12u2",
  "nginx-extras": "1.22.1-9+deb12u2",
  "nginx-light": "1.22.1-9+deb12u2",
  libnftables1: "1.0.6-2+deb12u2",
}

/** What a package brings with it. */
const dependencies: Readonly<Record<string, readonly string[]>> = {
  dnsmasq: ["dnsmasq-base"],
  nftables: ["libnftables1"],
  nginx: ["nginx-common"],
  "nginx-extras": ["nginx-common"],
  "nginx-light": ["nginx-common"],
}

const base = ["base-files", "bash", "coreutils", "dpkg", "libc6"]
const kernel = ["busybox-static", "linux-image-cloud-amd64"]

/** The packages of a recipe; the same recipe gives the same answer. `newer` has versions that replace those of the table. */
export function resolvePackages(image: DesiredImage, newer: Readonly<Record<string, string>>): ImagePins {
  const wanted = new Set(image.packages.flatMap((name) => [name, ...(dependencies[name] ?? [])]))
  const pins = (names: Iterable<string>) => [...names].sort().map((name) => pin(name, newer[name]))
  return {
    base: pins(base),
    packages: pins(wanted),
    kernel: image.forms.includes("microvm") ? pins(kernel) : [],
  }
}

function pin(name: string, newer: string | undefined): Pin {
  const version = newer ?? versions[name] ?? "1.0-1"
  const sha256 = createHash("sha256").update(`${name} ${version}`).digest("hex")
  return {
    name,
    version,
    sha256,
    size_bytes: 1_000 + (Number.parseInt(sha256.slice(0, 5), 16) % 900_000),
    url: `simulated:${name}_${version.replace(":", "%3a")}_amd64.deb`,
  }
}
