/** Rules of nftables (nft(8)) as data, and how they are printed. */

export type Table = {
  readonly family: "bridge" | "inet" | "ip"
  readonly name: string
  readonly sets: readonly NamedSet[]
  readonly chains: readonly Chain[]
}

export type NamedSet = {
  readonly name: string
  readonly type: string
  /** Such as `flags interval`. */
  readonly properties: readonly string[]
  readonly elements: readonly string[]
}

export type Chain = { readonly name: string; readonly hook: string; readonly rules: readonly string[] }

/** A file for `nft -f` that puts these tables in the place of what has their names, in one transaction: all or nothing. */
export function printTables(tables: readonly Table[]): string {
  return tables.map(printTable).join("")
}

function printTable(table: Table): string {
  const name = `table ${table.family} ${table.name}`
  // The empty table is there so that deleting it never fails.
  return [
    `${name}\n`,
    `delete ${name}\n`,
    `${name} {\n`,
    ...table.sets.map(printSet),
    ...table.chains.map(printChain),
    "}\n",
  ].join("")
}

function printSet(set: NamedSet): string {
  const elements = [...new Set(set.elements)].sort()
  return [
    `  set ${set.name} {\n    type ${set.type}\n`,
    ...set.properties.map((property) => `    ${property}\n`),
    elements.length === 0
      ? ""
      : `    elements = {\n${elements.map((element) => `      ${element},\n`).join("")}    }\n`,
    "  }\n",
  ].join("")
}

function printChain(chain: Chain): string {
  return `  chain ${chain.name} {\n    ${chain.hook}\n${chain.rules.map((rule) => `    ${rule}\n`).join("")}  }\n`
}
