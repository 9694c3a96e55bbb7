import type { Report } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import { allItems } from "../syntax/items.ts"
import type { Cluster, Params } from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { clusterOf, innerClusters } from "./clusters.ts"
import type { Bindings, ClusterSymbol, Program } from "./symbol.ts"

/**
 * The cluster that a compilation is about: the named one, else the only one of the entry file that is in no other of it. Null, and reported, when there is none
 * (as a hint: a file of classes is checked all the same) or several.
 */
export function chooseCluster(
  program: Program,
  bindings: Bindings,
  wanted: string | null,
  report: Report,
): ClusterSymbol | null {
  const { tree, source } = program.entry
  const clusters = tree.items.filter((item): item is Cluster => item.kind === "cluster" && item.name.text !== "")
  const named = clusters.find((cluster) => cluster.name.text === wanted) ?? null
  const outermost = clusters.length === 1 ? clusters : notInside(clusters, bindings)
  const chosen = wanted === null && outermost.length === 1 ? outermost[0]! : named
  if (chosen !== null) {
    const symbol = bindings.declared.get(chosen)
    return symbol?.kind === "cluster" ? symbol : null
  }
  const spanOf = (cluster: Cluster): Span => ({ source, start: cluster.name.start, end: cluster.name.end })
  const names = clusters.map((cluster) => cluster.name.text)
  const top: Span = { source, start: 0, end: 0 }
  if (wanted !== null) {
    const near = nearest(wanted, names)
    const said: Span = { source: { path: `--cluster ${wanted}`, text: wanted }, start: 0, end: wanted.length }
    report.add("A0911", said, `${source.path} has no cluster ${wanted}`, {
      related: clusters.map((cluster) => ({ message: "a cluster of this file", span: spanOf(cluster) })),
      hint: near === null ? undefined : `did you mean ${near}?`,
    })
  } else if (report.failed) return null
  else if (clusters.length > 1)
    report.add("A0910", spanOf(clusters[1]!), `${source.path} has ${clusters.length} clusters: ${names.join(", ")}`, {
      related: [{ message: "the first one", span: spanOf(clusters[0]!) }],
      hint: `say which one: --cluster ${names[0]}`,
    })
  else
    report.add("A0912", top, `${source.path} has no cluster`, {
      hint: "its classes and types are checked; there is nothing to apply",
    })
  return null
}

/** The named set of params beside a cluster; null, and reported, when there is none or it is another cluster's. */
export function chooseSet(cluster: ClusterSymbol, bindings: Bindings, wanted: string, report: Report): Params | null {
  const { tree, source } = cluster.unit
  const sets = tree.items.filter((item): item is Params => item.kind === "params" && item.name.text !== "")
  const found = sets.find((set) => set.name.text === wanted)
  const said: Span = { source: { path: `--params ${wanted}`, text: wanted }, start: 0, end: wanted.length }
  const related = sets.map(({ name }) => ({
    message: "a set of params",
    span: { source, start: name.start, end: name.end },
  }))
  if (found === undefined) {
    const names = sets.map((set) => set.name.text)
    const near = nearest(wanted, names)
    report.add(
      "A0914",
      said,
      `there is no set of params ${wanted} beside the cluster ${cluster.name}, and no such file`,
      {
        related,
        hint: near === null ? `there are ${names.join(", ") || "none"}` : `did you mean ${near}?`,
      },
    )
    return null
  }
  const members = bindings.members.get(cluster)
  const other = allItems(found.body.items).find(
    (item) => item.kind === "field" && members?.get(item.name.text)?.kind !== "param",
  )
  if (other?.kind !== "field") return found
  report.add("A0914", said, `the set of params ${wanted} is not one for the cluster ${cluster.name}`, {
    related: [
      { message: "the cluster has no such param", span: { source, start: other.name.start, end: other.name.end } },
    ],
    hint: "another cluster of the file has the params that it gives values to",
  })
  return null
}

/** The clusters of a file that no other of it contains. */
function notInside(clusters: readonly Cluster[], bindings: Bindings): readonly Cluster[] {
  const inner = new Set(
    clusters.flatMap((cluster) =>
      innerClusters(cluster.body.items).map((item) => clusterOf(bindings, item)?.declaration),
    ),
  )
  return clusters.filter((cluster) => !inner.has(cluster))
}

/** The name under which a cluster is deployed: its own, or what was asked for. Null, and reported, when that cannot be one. */
export function deployedName(cluster: ClusterSymbol, asked: string | null, report: Report): string | null {
  if (asked === null) return cluster.name
  if (/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(asked) && asked.length <= longest_name) return asked
  const source = { path: "--as", text: asked }
  report.add("A0913", { source, start: 0, end: asked.length }, `${asked} cannot be a deployed name`, {
    hint: "small letters, digits and `-`, such as office-2",
  })
  return null
}

/** Names of interfaces, files and tables on a host are made from it. */
const longest_name = 40
