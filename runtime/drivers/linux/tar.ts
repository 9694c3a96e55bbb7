/**
 * One member of an archive. `path` has no leading slash. Folders are no members: unpacking makes those that are missing, and a
 * folder that is there keeps its mode.
 */
export type Member =
  | {
      readonly path: string
      readonly mode: number
      readonly content: string | Uint8Array
      /** A user by name, looked up where it is unpacked; root without one, or where there is none of that name. */
      readonly owner?: string
    }
  | { readonly path: string; readonly target: string }

/**
 * A POSIX archive (ustar, pax(1)) with these members, owned by root unless they say otherwise, and as old as the epoch, so that equal members give equal
 * bytes. Paths and link targets that are longer than the header's 100 bytes use GNU's long name members, which tar, busybox and the
 * like all read.
 */
export function tar(members: readonly Member[]): Uint8Array {
  return Buffer.concat([...members.flatMap((member) => entry(described(member))), new Uint8Array(2 * block_bytes)])
}

type Entry = {
  path: string
  mode: number
  type: "0" | "2" | "K" | "L"
  target: string
  content: Uint8Array
  owner?: string
}

function described(member: Member): Entry {
  if ("target" in member) return { path: member.path, mode: 0o777, type: "2", target: member.target, content: empty }
  const content = typeof member.content === "string" ? Buffer.from(member.content) : member.content
  return { path: member.path, mode: member.mode, type: "0", target: "", content, owner: member.owner }
}

function entry(described: Entry): readonly Uint8Array[] {
  const long: Uint8Array[] = []
  for (const [type, text] of [
    ["K", described.target],
    ["L", described.path],
  ] as const) {
    if (Buffer.byteLength(text) <= name_bytes) continue
    const content = Buffer.from(`${text}\0`)
    long.push(header({ path: "././@LongLink", mode: 0, type, target: "", content }), padded(content))
  }
  return [...long, header(described), padded(described.content)]
}

function header({ path, mode, type, target, content, owner }: Entry): Uint8Array {
  const block = Buffer.alloc(block_bytes)
  Buffer.from(path).copy(block, 0, 0, name_bytes)
  block.write(octal(mode, 7), 100)
  block.write(octal(0, 7), 108)
  block.write(octal(0, 7), 116)
  block.write(octal(content.length, 11), 124)
  block.write(octal(0, 11), 136)
  block.write("        ", 148)
  block.write(type, 156)
  Buffer.from(target).copy(block, 157, 0, name_bytes)
  block.write("ustar\u000000", 257)
  if (owner !== undefined) block.write(owner, 265, 31)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${octal(sum, 6)}\0 `, 148)
  return block
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0")
}

function padded(content: Uint8Array): Uint8Array {
  return Buffer.concat([content, new Uint8Array((block_bytes - (content.length % block_bytes)) % block_bytes)])
}

const empty = new Uint8Array(0)
const block_bytes = 512
const name_bytes = 100
