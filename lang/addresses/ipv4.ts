import { showAddress } from "../values/show.ts"

/** IPv4 addresses as unsigned numbers of 32 bits, and blocks of them (RFC 4632). Plain arithmetic: shifts would give signed numbers. */
export type Block = {
  readonly first: number
  readonly last: number
  readonly prefix: number
}

/** `10.30.0.0/24`. */
export function showBlock(block: Block): string {
  return `${showAddress(block.first)}/${block.prefix}`
}

/** The block with `prefix` that `address` is in. */
export function blockOf(address: number, prefix: number): Block {
  const size = 2 ** (32 - prefix)
  const first = Math.floor(address / size) * size
  return { first, last: first + size - 1, prefix }
}

/** The number of a dotted address, or null when `text` is none. */
export function parseAddress(text: string): number | null {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return null
  const parts = match.slice(1).map(Number)
  if (parts.some((part) => part > 255)) return null
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

/** The block that `10.30.0.0/24` names, or null when `text` is none. */
export function parseBlock(text: string): Block | null {
  const [address_text, prefix_text, ...rest] = text.split("/")
  const address = parseAddress(address_text ?? "")
  const prefix = /^\d{1,2}$/.test(prefix_text ?? "") ? Number(prefix_text) : 33
  return address === null || prefix > 32 || rest.length > 0 ? null : blockOf(address, prefix)
}

/** Whether two blocks, or ranges of addresses, share an address. */
export function overlap(left: Pick<Block, "first" | "last">, right: Pick<Block, "first" | "last">): boolean {
  return left.first <= right.last && right.first <= left.last
}

/** Whether `address` is in `range`. */
export function contains(range: Pick<Block, "first" | "last">, address: number): boolean {
  return range.first <= address && address <= range.last
}
