import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import { allItems } from "./nodes.ts"

/** A cluster of a file with the names of its params, for what completes the words of a command line. */
export type ClusterNames = {
  readonly name: string
  readonly doc: string | null
  readonly params: readonly { readonly name: string; readonly doc: string | null }[]
}

/** The clusters that a text declares; what is wrong with it does not matter. */
export function clustersIn(text: string): readonly ClusterNames[] {
  return parse({ path: "", text }, makeReport()).items.flatMap((item) => {
    if (item.kind !== "cluster" || item.name.text === "") return []
    const params = [...allItems(item.body.items)].flatMap((one) =>
      one.kind === "param" && one.name.text !== "" ? [{ name: one.name.text, doc: one.doc ?? null }] : [],
    )
    return [{ name: item.name.text, doc: item.doc ?? null, params }]
  })
}
