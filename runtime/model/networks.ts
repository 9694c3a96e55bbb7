/** True when two networks (`10.0.0.0/8`) share an address. IPv4; anything else overlaps with nothing. */
export function overlaps(left: string, right: string): boolean {
  const [one, other] = [rangeOf(left), rangeOf(right)]
  return one !== null && other !== null && one.first <= other.last && other.first <= one.last
}

type Range = { readonly first: number; readonly last: number }

function rangeOf(cidr: string): Range | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(cidr)
  if (match === null) return null
  const [, a, b, c, d, prefix = "32"] = match
  const size = 2 ** (32 - Number(prefix))
  const address = ((Number(a) * 256 + Number(b)) * 256 + Number(c)) * 256 + Number(d)
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1 }
}
