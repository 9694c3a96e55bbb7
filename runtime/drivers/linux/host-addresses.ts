import { overlaps } from "../../model/networks.ts"
import type { HostAddress, HostFacts } from "../../model/observed.ts"
import type { Seen } from "./seen.ts"

/** The addresses of a host at which others may reach it, and the one that it uses towards the world. Those of clusters are not its own. */
export function addressesOf(
  seen: Pick<Seen, "links" | "addresses" | "routes">,
): Pick<HostFacts, "addresses" | "outside"> {
  const clusters = new Set(
    seen.links.flatMap(({ ifname, ifalias }) => (ifalias?.startsWith("appl:") && ifname !== undefined ? [ifname] : [])),
  )
  const addresses = seen.addresses.flatMap(({ ifname, mtu, addr_info }) => {
    if (ifname === undefined || clusters.has(ifname) || mtu === undefined) return []
    return (addr_info ?? []).flatMap(({ local, prefixlen }): HostAddress[] =>
      local === undefined || prefixlen === undefined || local.startsWith("127.")
        ? []
        : [{ address: local, prefix: prefixlen, device: ifname, mtu }],
    )
  })
  return { addresses, outside: outsideOf(seen.routes, addresses) }
}

/** Of the default route with the lowest metric: the address that it names, else the one that shares a network with its gateway. */
function outsideOf(routes: Seen["routes"], addresses: readonly HostAddress[]): string | null {
  const [route] = routes
    .filter(({ dst }) => dst === "default")
    .sort((left, right) => (left.metric ?? 0) - (right.metric ?? 0))
  if (route === undefined) return null
  const there = addresses.filter(({ device }) => device === route.dev)
  const near = there.find(({ address, prefix }) => overlaps(`${address}/${prefix}`, route.gateway ?? ""))
  return route.prefsrc ?? (near ?? there[0])?.address ?? null
}
