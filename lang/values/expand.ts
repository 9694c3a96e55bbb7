import { pathText } from "../syntax/paths.ts"
import type * as tree from "../syntax/tree.ts"
import { networkSchema } from "../types/schema.ts"
import { addAppliance, addInsert } from "./appliances.ts"
import { visitFor, visitIf, visitMatch } from "./blocks.ts"
import { addCluster } from "./cluster.ts"
import { type Expansion, once } from "./expansion.ts"
import { compile, compileAs } from "./expressions.ts"
import { enter, type Frame, makeFrame, makeScope, pending, reportCycle, spanOf } from "./frame.ts"
import type { Home } from "./home.ts"
import { identityOf } from "./identity.ts"
import type { Inner } from "./layout.ts"
import { declareLets, memo } from "./lets.ts"
import { assertOf, fieldSlots, neededService } from "./make-layout.ts"
import type { HostThing } from "./model.ts"
import { Network } from "./things.ts"
import { invalid, type Value } from "./value.ts"

/** Makes what the items of a cluster's body, or of a file, declare: `for` and `if` unfolded, each thing with its identity. */
export function expandItems(
  expansion: Expansion,
  items: readonly tree.Item[],
  home: Home,
  place: Inner,
  frame: Frame,
): void {
  if (place.scope.lazies.length > 0) expansion.frames.push({ scope: place.scope, frame })
  for (const item of items) {
    if (expansion.evaluation.stopped) return
    expandItem(expansion, item, home, place, frame)
  }
}

/** Makes what one item declares. */
export function expandItem(expansion: Expansion, item: tree.Item, home: Home, place: Inner, frame: Frame): void {
  const { unit } = place
  const visit = (items: readonly tree.Item[], inner: Inner, inner_frame: Frame) =>
    expandItems(expansion, items, home, inner, inner_frame)
  switch (item.kind) {
    case "if":
      visitIf(place, item, frame, visit)
      return
    case "for":
      visitFor(place, item, frame, visit)
      return
    case "match":
      visitMatch(place, item, frame, visit)
      return
    case "instance":
      addAppliance(expansion, item, home, place, frame)
      return
    case "insert":
      return addInsert(expansion, item, home, place, frame)
    case "cluster-instance":
      return addCluster(expansion, item, home, place, frame)
    case "network":
      return addNetwork(expansion, item, home, place, frame)
    case "host":
      return addHost(expansion, item, home, place, frame)
    case "publish":
      return addPublish(expansion, item, place, frame)
    case "output":
      return addOutput(expansion, item, home, place, frame)
    case "needs": {
      const service = neededService(item, place)
      if (service !== null) home.cluster?.addNeed(item, service)
      return
    }
    case "provides":
      return addOffer(expansion, item, home, place, frame)
    case "every":
      expansion.everys.push({ item, place, frame, cluster: home.cluster })
      return
    case "allow": {
      const codes = once(expansion, item, () => [item.from, item.to, item.ports].map((part) => compile(place, part)))
      const [from, to, ports] = codes.map((code) => () => code.run(frame))
      expansion.allows.push({ from: from!, to: to!, ports: ports!, self: null, span: spanOf(unit, item) })
      return
    }
    case "check": {
      const code = once(expansion, item, () => compile(place, item.value))
      const title = item.title.parts.filter((part) => typeof part === "string").join("")
      expansion.checks.push({ title, value: () => code.run(frame), span: spanOf(unit, item.value) })
      return
    }
    case "moved": {
      const inside = home.cluster?.path ?? ""
      const spans = { fromSpan: spanOf(unit, item.from), toSpan: spanOf(unit, item.to) }
      expansion.moves.push({ from: inside + pathText(item.from), to: inside + pathText(item.to), ...spans })
      return
    }
    case "assert": {
      const plan = once(expansion, item, () => assertOf(item, place, { level: 0 }))
      expansion.asserts.push({ plan, frame })
    }
  }
}

function addOffer(expansion: Expansion, item: tree.Provides, home: Home, place: Inner, frame: Frame): void {
  const service = expansion.evaluation.bindings.uses.get(item.service.path.at(-1)!)
  if (service?.kind !== "service") return
  const { value } = item
  const code = value === undefined ? null : once(expansion, item, () => compile(place, value))
  home.cluster?.addOffer(item, service, code === null ? null : () => code.run(frame))
}

function addNetwork(expansion: Expansion, item: tree.Network, home: Home, place: Inner, frame: Frame): void {
  const identity = identityOf(expansion, item, home, place, frame)
  if (identity === null) return
  const { evaluation } = expansion
  const scope = makeScope(place.scope, false)
  const inner = { ...place, scope }
  declareLets(inner, item.body.items)
  const own = makeFrame(scope, frame, null)
  const slots = memo(() => fieldSlots(networkSchema, inner, item.body.items, own))
  const network = new Network(evaluation, identity, spanOf(place.unit, item.name), own, slots)
  identity.family.set(identity.key, network)
  expansion.networks.push(network)
  home.networks.push(network)
}

function addHost(expansion: Expansion, item: tree.Host, home: Home, place: Inner, frame: Frame): void {
  const identity = identityOf(expansion, item, home, place, frame)
  if (identity === null) return
  const { family, ...names } = identity
  const type = { kind: "connection" } as const
  const value = memo(() => compileAs(place, item.value, type).run(frame))
  const span = spanOf(place.unit, item.name)
  const host: HostThing = {
    kind: "host",
    ...names,
    span,
    connection: value,
    field: (name) => hostField(value(), name),
    fieldSpan: () => spanOf(place.unit, item.value),
  }
  family.set(identity.key, host)
  expansion.hosts.push(host)
  home.hosts.push(host)
}

function hostField(connection: Value, name: string): Value | undefined {
  if (typeof connection !== "object" || connection === null || !("kind" in connection)) return undefined
  if (connection.kind !== "connection") return connection.kind === "invalid" ? invalid : undefined
  if (name === "capacity") return { kind: "record", tag: null, fields: connection.capacity }
  return name === "labels" ? { kind: "map", entries: connection.labels } : undefined
}

function addPublish(expansion: Expansion, item: tree.Publish, place: Inner, frame: Frame): void {
  const codes = once(expansion, item, () => ({ port: compile(place, item.port), target: compile(place, item.target) }))
  expansion.publishes.push({
    port: () => codes.port.run(frame),
    target: () => codes.target.run(frame),
    span: spanOf(place.unit, item),
    portSpan: spanOf(place.unit, item.port),
    targetSpan: spanOf(place.unit, item.target),
  })
}

/** An output is worked out once, when it is first read; one that reads itself closes a cycle. */
function addOutput(expansion: Expansion, item: tree.Output, home: Home, place: Inner, frame: Frame): void {
  const { evaluation } = place
  const { types } = evaluation
  const declared = item.type === undefined ? undefined : types.declared.get(item.type)
  const code = once(expansion, item, () => compileAs(place, item.value, declared ?? types.of.get(item.value) ?? null))
  const name = item.name.text
  const span = spanOf(place.unit, item.value)
  let known: Value | undefined | typeof pending
  const value = (): Value => {
    const owner = home.cluster?.id ?? ""
    if (known === pending) return reportCycle(evaluation, owner, name)
    if (known !== undefined) return known
    known = pending
    known = enter(evaluation, { owner, name, span }, code.depth, () => code.run(frame))
    return known
  }
  home.outputs.set(name, { name, value, span })
}
