import type * as tree from "../syntax/tree.ts"

/** A kind of body. What may stand in which one is the parser's affair (A0125). */
export type Place = "file" | "class" | "cluster" | "body"

/** What an item is called that the language has a place for and this version gives no meaning yet; null for all others. */
export function comingLater(item: tree.Item, place: Place): string | null {
  if (place === "cluster") return laterInCluster[item.kind] ?? null
  return place === "file" ? (laterInFile[item.kind] ?? null) : null
}

const laterInFile: Partial<Readonly<Record<tree.Item["kind"], string>>> = {
  params: "a set of params",
}

const laterInCluster: Partial<Readonly<Record<tree.Item["kind"], string>>> = {
  "cluster-instance": "a cluster inside a cluster",
  insert: "`insert`",
  every: "`every`",
  moved: "`moved`",
  provides: "`provides` of a cluster",
  needs: "a need of a cluster",
}
