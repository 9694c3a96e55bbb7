import { gzipSync } from "node:zlib"
import { Header } from "tar"
import type { Description, ModuleFile } from "../../lang/index.ts"

/**
 * The files of a module as npm packs a package: gzip around tar, below the folder `package`, with a `package.json` for registries. The same
 * files give the same bytes: they are in the order of their paths, of one owner and one time.
 */
export function pack(description: Description, files: readonly ModuleFile[]): Buffer {
  const sorted = [...files].sort((left, right) => (left.path < right.path ? -1 : 1))
  const all = [{ path: "package.json", bytes: packageJson(description), executable: false }, ...sorted]
  const blocks = all.flatMap(({ path, bytes, executable }) => [
    ...headerOf(`package/${path}`, bytes.length, executable),
    bytes,
    Buffer.alloc((512 - (bytes.length % 512)) % 512),
  ])
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]), { level: 9 })
}

/** The name of the tarball, as npm has it: `acme-web-kit-1.2.0.tgz`. */
export function tarballName({ name, version }: Description): string {
  return `${name.replace("@", "").replace("/", "-")}-${version}.tgz`
}

/** What a registry wants to know. There are no scripts in it, so nothing ever runs where it is installed. */
function packageJson({ name, version, licence, about }: Description): Buffer {
  const json = { name, version, license: licence, description: about, keywords: ["appl-module"] }
  return Buffer.from(`${JSON.stringify(json, null, 2)}\n`)
}

/** The time that npm gives to all that it packs. */
const packed_at = new Date("1985-10-26T08:15:00.000Z")

/** The header of one file; a path that has no room in it goes before it, as POSIX's pax format has it (IEEE Std 1003.1, pax). */
function headerOf(path: string, size: number, executable: boolean): Buffer[] {
  const block = Buffer.alloc(512)
  const fields = { type: "File", mode: executable ? 0o755 : 0o644, uid: 0, gid: 0, mtime: packed_at } as const
  const needs_more = new Header({ ...fields, path, size }).encode(block, 0)
  if (!needs_more) return [block]
  const record = paxRecord("path", path)
  const before = Buffer.alloc(512)
  const length = record.length
  new Header({ ...fields, type: "ExtendedHeader", path: `PaxHeader/${size}`, size: length, mode: 0o644 }).encode(
    before,
    0,
  )
  return [before, record, Buffer.alloc((512 - (length % 512)) % 512), block]
}

/** `"<length> path=<path>\n"`, whose length counts itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let digits = String(rest.length).length
  if (String(rest.length + digits).length > digits) digits++
  return Buffer.concat([Buffer.from(String(rest.length + digits)), rest])
}
