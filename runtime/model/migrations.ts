import type { Json } from "./object.ts"

/** The version that records are written in. One more whenever what stands in a record changes its shape; then `migrations` says how. */
export const record_version = 2

type Plain = { readonly [key: string]: Json }

/** What makes a record of the next version out of one of this version. */
const migrations: Readonly<Record<number, (record: Plain) => Plain>> = {
  1: withFields({ network: { link: null }, publish: { relay: null } }),
}

/** A record as it is written now, whatever version it was written in; as it is, when it is none or of a version that nobody knows here. */
export function migrated(value: unknown): unknown {
  const version = versionOf(value)
  const migrate = migrations[version]
  return migrate === undefined ? value : migrated({ ...migrate(value as Plain), version: version + 1 })
}

/** True for a record of a version that only a later appl knows. */
export function isNewer(value: unknown): boolean {
  return versionOf(value) > record_version
}

/** Fields that a kind of object has since then, with what they are for those from before. */
function withFields(added: Readonly<Record<string, Plain>>): (record: Plain) => Plain {
  return (record) => {
    const { kind, fields } = record
    if (typeof kind !== "string" || !isPlain(fields) || !Object.hasOwn(added, kind)) return record
    return { ...record, fields: { ...added[kind], ...fields } }
  }
}

function versionOf(value: unknown): number {
  return isPlain(value) && Number.isSafeInteger(value.version) ? (value.version as number) : 0
}

function isPlain(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
