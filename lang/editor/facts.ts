import type { DesiredAppliance, DesiredState } from "../desired/desired-state.ts"
import type { AnySymbol, ClusterSymbol } from "../names/symbol.ts"
import { display } from "../values/show.ts"
import type { Snapshot } from "./snapshot.ts"

/** How many of a family a hover tells of. */
const shown_of_family = 6

/** What a symbol came to when its file was last evaluated, as lines of Markdown; none when it never was. */
export function factsOf(snapshot: Snapshot, path: string, offset: number, symbol: AnySymbol): readonly string[] {
  if (!("unit" in symbol)) return []
  const evaluated = snapshot.evaluated(path) ?? snapshot.evaluated(symbol.unit.path)
  if (evaluated === null || evaluated.desired === null) return []
  // Elsewhere a param or output of a cluster is that of one that is held or amended, with values of its own.
  const owner = "owner" in symbol && symbol.owner?.kind === "cluster" ? symbol.owner : null
  const isValue = symbol.kind === "param" || symbol.kind === "output"
  if (isValue && (owner === null || !isIn(owner, path, offset))) return []
  const lines = linesOf(evaluated.desired, symbol, () => valueIn(evaluated.model, symbol))
  return evaluated.current || lines.length === 0 ? lines : [...lines, "*as of the last text without an error*"]
}

/** `10.30.0.4`, and more when it has several nics. */
export function addressesOf(appliance: DesiredAppliance): string {
  return appliance.nics
    .filter((nic) => nic.network !== null)
    .map((nic) => nic.address)
    .join(", ")
}

/** The appliances that a symbol names, of a family all. */
export function appliancesNamed(desired: DesiredState, name: string): readonly DesiredAppliance[] {
  return desired.appliances.filter(({ id }) => id === name || (id.startsWith(`${name}[`) && id.endsWith("]")))
}

type Evaluated = NonNullable<ReturnType<Snapshot["evaluated"]>>

function isIn({ unit, declaration }: ClusterSymbol, path: string, offset: number): boolean {
  return unit.path === path && declaration.start <= offset && offset <= declaration.end
}

function linesOf(desired: DesiredState, symbol: AnySymbol, value: () => string | null): readonly string[] {
  switch (symbol.kind) {
    case "thing":
      return symbol.declaration.kind === "network"
        ? networkLines(desired, symbol.name)
        : applianceLines(desired, symbol.name)
    case "param":
    case "output": {
      if (symbol.owner?.kind !== "cluster") return []
      const text = value()
      return text === null ? [] : [`now \`${text}\``]
    }
    case "provides":
    case "needs":
      return wireLines(desired, symbol)
    case "service":
      return serviceLines(desired, symbol.name)
    default:
      return []
  }
}

function valueIn(model: Evaluated["model"], symbol: AnySymbol): string | null {
  if (symbol.kind === "param") {
    const value = model.cluster.field(symbol.name)
    return value === undefined ? null : display(value)
  }
  const output = model.outputs.find(({ name }) => name === symbol.name)
  return output === undefined ? null : display(output.value())
}

function applianceLines(desired: DesiredState, name: string): readonly string[] {
  const all = appliancesNamed(desired, name)
  const lines = all
    .slice(0, shown_of_family)
    .map((one) => `- \`${one.id}\` ${addressesOf(one)}, ${article(one.form)} on ${one.host}`)
  return all.length > shown_of_family ? [...lines, `- … ${all.length} in all`] : lines
}

function networkLines(desired: DesiredState, name: string): readonly string[] {
  return desired.networks
    .filter((network) => network.name === name || network.name.startsWith(`${name}[`))
    .map((network) => {
      const gateway =
        network.gateway === null ? "the host routes" : `${network.gateway.appliance} routes, ${network.gateway.address}`
      return `- \`${network.name}\` ${network.cidr}, ${gateway}`
    })
}

function wireLines(desired: DesiredState, symbol: AnySymbol & { kind: "provides" | "needs" }): readonly string[] {
  const owner = symbol.owner?.name
  const classes = new Map(desired.appliances.map((appliance) => [appliance.id, appliance.class]))
  const lines = desired.wires.flatMap((wire) => {
    if (symbol.kind === "needs" && wire.name === symbol.name && classes.get(wire.consumer) === owner) {
      return [`- \`${wire.consumer}\` gets it from \`${wire.provider}.${wire.provided}\``]
    }
    if (symbol.kind === "provides" && wire.provided === symbol.name && classes.get(wire.provider) === owner) {
      return [`- \`${wire.provider}\` gives it to \`${wire.consumer}\``]
    }
    return []
  })
  return lines.slice(0, shown_of_family)
}

function serviceLines(desired: DesiredState, service: string): readonly string[] {
  const wires = desired.wires.filter((wire) => wire.service === service)
  const providers = [...new Set(wires.map((wire) => `\`${wire.provider}.${wire.provided}\``))]
  const consumers = [...new Set(wires.map((wire) => `\`${wire.consumer}\``))]
  if (wires.length === 0) return []
  return [`- provided by ${providers.join(", ")}`, `- consumed by ${consumers.join(", ")}`]
}

function article(form: string): string {
  return `a ${form}`
}
