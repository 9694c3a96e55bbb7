import { clusterOf } from "../names/clusters.ts"
import type { AnySymbol, ClusterSymbol } from "../names/symbol.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"
import { addTo } from "./amend.ts"
import { visitFor, visitIf, visitMatch } from "./blocks.ts"
import { Cluster, type ClusterParts, type GivenField } from "./cluster-thing.ts"
import { conformerOf } from "./conform.ts"
import type { ExpandInput } from "./evaluate.ts"
import { type Expansion, once } from "./expansion.ts"
import { compile, compileAs, defaultOf } from "./expressions.ts"
import {
  type Code,
  constantCode,
  type Evaluation,
  type Frame,
  fail,
  makeFrame,
  makeScope,
  type Reader,
  spanOf,
} from "./frame.ts"
import { Home, type HomePlan, homePlan } from "./home.ts"
import { hostnameOf, identityOf } from "./identity.ts"
import { exampleOf, readGiven } from "./inputs.ts"
import type { Inner } from "./layout.ts"
import { declareLets, lazyReader, memo } from "./lets.ts"
import { limits } from "./limits.ts"
import { assertOf } from "./make-layout.ts"
import type { ClusterThing } from "./model.ts"
import { tracerOf } from "./trace.ts"
import { invalid, type Value } from "./value.ts"

/**
 * Makes the deployed cluster, with its params from outside or by default. Its things are unfolded when they are read, and by
 * `expandAll` of its home. Null when a param has no value or one that does not fit.
 */
export function addDeployed(expansion: Expansion, input: ExpandInput): Cluster | null {
  const { evaluation } = expansion
  const { cluster } = input
  const plan = clusterPlan(expansion, cluster)
  const params = plan.parts.params
  const given = new Map(input.set ? fieldsOfSet(expansion, input.set, cluster, plan) : [])
  let complete = reportUnknownParams(evaluation, params, input)
  for (const item of params) {
    const symbol = evaluation.bindings.declared.get(item)
    const type = evaluation.types.declared.get(item.type) ?? null
    if (symbol === undefined || type === null) continue
    const value = givenValue(plan.home.place, item, symbol, type, input)
    if (value === invalid || (value === undefined && !hasDefault(item, type) && !given.has(item.name.text))) {
      if (value === undefined) reportMissing(plan.home.place, item, type)
      complete = false
    } else if (value !== undefined) {
      const span = evaluation.given.get(symbol) ?? spanOf(cluster.unit, item)
      const trace = () => ({ through: [], span })
      given.set(item.name.text, { code: constantCode(value), span, trace, written: null })
    }
  }
  if (!complete) return null
  const identity = { name: cluster.name, key: null, id: cluster.name, within: null, hostname: "", path: "" }
  return open(expansion, plan, identity, spanOf(cluster.unit, cluster.declaration.name), given)
}

/** Makes a cluster inside another one, with the params that it is given there. */
export function addCluster(
  expansion: Expansion,
  item: tree.ClusterInstance,
  home: Home,
  place: Inner,
  frame: Frame,
): void {
  const symbol = clusterOf(expansion.evaluation.bindings, item)
  if (depthOf(home) >= limits.clusters_in_clusters) {
    fail(expansion.evaluation, "A0716", spanOf(place.unit, item.name), "clusters are nested too deeply here", {
      hint: `at most ${limits.clusters_in_clusters} inside one another`,
    })
    return
  }
  const identity = identityOf(expansion, item, home, place, frame)
  if (symbol === null || identity === null) return
  const plan = clusterPlan(expansion, symbol)
  const names = { ...identity, hostname: hostnameOf(home, identity), path: `${identity.id}.` }
  const cluster = open(
    expansion,
    plan,
    names,
    spanOf(place.unit, item.name),
    givenFields(expansion, item, symbol, place, frame),
  )
  identity.family.set(identity.key, cluster)
  cluster.home.expandAll()
}

/** What a set of params gives; it stands at the top of the file, so nothing of the cluster is in scope. */
function fieldsOfSet(
  expansion: Expansion,
  set: tree.Params,
  cluster: ClusterSymbol,
  plan: ClusterPlan,
): ReadonlyMap<string, GivenField> {
  const place: Inner = { ...plan.home.place, scope: makeScope(null, false) }
  return givenIn(expansion, set.body, cluster, place, makeFrame(place.scope, null, null))
}

/** How many clusters a place stands in. */
function depthOf(home: Home): number {
  let depth = 0
  for (let at: ClusterThing | null = home.cluster; at !== null; at = at.within) depth++
  return depth
}

function open(
  expansion: Expansion,
  plan: ClusterPlan,
  identity: ConstructorParameters<typeof Cluster>[2],
  span: Span,
  given: ReadonlyMap<string, GivenField>,
): Cluster {
  const cluster = new Cluster(expansion, plan.parts, identity, span, given)
  const { scope } = plan.home.place
  const frame = makeFrame(scope, null, null)
  expansion.bodies.set(frame, cluster)
  expansion.clusters.push(cluster)
  if (scope.lazies.length > 0) expansion.frames.push({ scope, frame })
  cluster.home = new Home(expansion, plan.home, frame, cluster)
  return cluster
}

type ClusterPlan = { readonly parts: ClusterParts; readonly home: HomePlan }

/** The body of a cluster, compiled once for all its copies: what its names mean in the frame of each. */
function clusterPlan(expansion: Expansion, cluster: ClusterSymbol): ClusterPlan {
  return once(expansion, cluster, (): ClusterPlan => {
    const { evaluation } = expansion
    const { bindings } = evaluation
    const { items } = cluster.declaration.body
    const scope = makeScope(null, false)
    const place: Inner = { evaluation, unit: cluster.unit, scope }
    const params = items.filter((item) => item.kind === "param")
    const readers = new Map(params.map((item) => [item.name.text, addParam(expansion, place, item)]))
    declareLets(place, items)
    const home = homePlan(place, items)
    const at = (frame: Frame) => expansion.bodies.get(frame)!
    for (const symbol of home.things.keys()) scope.readers.set(symbol, (frame) => at(frame).home.read(symbol))
    for (const symbol of bindings.members.get(cluster)?.values() ?? [])
      if (symbol.kind === "needs" || symbol.kind === "provides")
        scope.readers.set(symbol, (frame) => at(frame).member(symbol.name) ?? invalid)
    const param = (frame: Frame, name: string) => readers.get(name)?.(frame)
    return { parts: { cluster, params, param }, home }
  })
}

function addParam(expansion: Expansion, place: Inner, item: tree.Param): Reader {
  const { evaluation, unit, scope } = place
  const symbol = evaluation.bindings.declared.get(item)
  const type = evaluation.types.declared.get(item.type) ?? null
  const written = item.value
  const usual = memo(() => (written === undefined ? constantCode(null) : compileAs(place, written, type)))
  const codeOf = (frame: Frame) => expansion.bodies.get(frame)?.given.get(item.name.text)?.code ?? usual()
  const reader = lazyReader(evaluation, scope.slots++, item.name.text, spanOf(unit, item.name), codeOf)
  if (symbol !== undefined) scope.readers.set(symbol, reader)
  scope.lazies.push(reader)
  return reader
}

/** What the body of an inner cluster gives for its params and needs, by name: `for` and `if` unfolded, in the frames around it. */
function givenFields(
  expansion: Expansion,
  item: tree.ClusterInstance,
  symbol: ClusterSymbol,
  place: Inner,
  outer: Frame,
): ReadonlyMap<string, GivenField> {
  return item.body === undefined ? new Map() : givenIn(expansion, item.body, symbol, place, outer)
}

function givenIn(
  expansion: Expansion,
  body: tree.Body,
  symbol: ClusterSymbol,
  place: Inner,
  outer: Frame,
): ReadonlyMap<string, GivenField> {
  const given = new Map<string, GivenField>()
  const { items } = body
  const inner = once(expansion, body, (): Inner => {
    const own: Inner = { ...place, scope: makeScope(place.scope, false) }
    declareLets(own, items)
    return own
  })
  collect(items, inner, makeFrame(inner.scope, outer, null))
  return given

  function collect(inside: readonly tree.Item[], at: Inner, frame: Frame): void {
    if (at.scope.lazies.length > 0) expansion.frames.push({ scope: at.scope, frame })
    for (const one of inside) {
      if (one.kind === "if") visitIf(at, one, frame, collect)
      else if (one.kind === "for") visitFor(at, one, frame, collect)
      else if (one.kind === "match") visitMatch(at, one, frame, collect)
      else if (one.kind === "assert") {
        expansion.asserts.push({ plan: once(expansion, one, () => assertOf(one, at, { level: 0 })), frame })
      } else if (one.kind === "field") add(one, at, frame)
    }
  }

  function add(field: tree.Field, at: Inner, frame: Frame): void {
    const name = field.name.text
    const span = spanOf(at.unit, field.value)
    const twin = given.get(name)
    if (twin !== undefined) {
      fail(expansion.evaluation, "A0714", spanOf(at.unit, field.name), `\`${name}\` is given more than once`, {
        related: twin.span.start === span.start ? [] : [{ message: "here too", span: twin.span }],
        hint: "only one value may be given for a param",
      })
      return
    }
    const made = once(expansion, field, () => compileField(expansion, symbol, field, at))
    const written = { place: at, expression: field.value, frame }
    given.set(name, { code: made.codeIn(frame), span, trace: () => made.tracer()(frame), written })
  }
}

/** A field that is given to an inner cluster; its code is to run in that one's frame, and reads the frame that it stands in. */
function compileField(expansion: Expansion, cluster: ClusterSymbol, field: tree.Field, place: Inner) {
  const { bindings, types } = expansion.evaluation
  const member = bindings.members.get(cluster)?.get(field.name.text)
  const type = member?.kind === "param" ? (types.declared.get(member.declaration.type) ?? null) : null
  const code = type === null ? compile(place, field.value) : compileAs(place, field.value, type)
  const tracer = memo(() => tracerOf(place, field.value))
  const usual = member?.kind === "param" ? member.declaration.value : undefined
  const { place: inside } = clusterPlan(expansion, cluster).home
  const before = memo(() => (usual === undefined ? constantCode(null) : compileAs(inside, usual, type)))
  const codeIn = (at: Frame): Code => {
    if (field.operator === "=") return { run: () => code.run(at), reach: 0, depth: code.depth + 1 }
    const run = (own: Frame): Value => {
      const [old, more] = [before().run(own), code.run(at)]
      return old === invalid || more === invalid ? invalid : (addTo(old, more) ?? invalid)
    }
    return { run, reach: 0, depth: code.depth + 2 }
  }
  return { codeIn, tracer }
}

function hasDefault(item: tree.Param, type: Type): boolean {
  return item.value !== undefined || type.kind === "optional"
}

/** The value that was given, conformed to the type; `undefined` when none was, invalid when it does not fit, which is reported. */
function givenValue(
  place: Inner,
  item: tree.Param,
  symbol: AnySymbol,
  type: Type,
  input: ExpandInput,
): Value | undefined {
  const { evaluation, unit } = place
  const given = input.params.find((candidate) => candidate.name === item.name.text)
  if (given === undefined) return undefined
  const read = readGiven(given, type)
  const related = [{ message: `the param is of type ${showType(type)}`, span: spanOf(unit, item.type) }]
  if ("problem" in read) {
    const { message, hint } = read.problem
    return fail(evaluation, "A0902", read.span, message, { related, hint: hint ?? undefined })
  }
  evaluation.given.set(symbol, read.span)
  for (const [name, secret] of read.secrets) evaluation.secrets.set(name, secret)
  const conform = conformerOf(type, defaultOf)
  return conform === null ? read.value : conform(read.value, evaluation, () => ({ span: read.span, related }))
}

function reportMissing(place: Inner, item: tree.Param, type: Type): void {
  const name = item.name.text
  const example = exampleOf(type)
  const value = example === null || example.includes(" ") ? "…" : example
  fail(place.evaluation, "A0903", spanOf(place.unit, item.name), `\`${name}\` has no value`, {
    label: showType(type),
    hint: `give it with \`--set ${name}=${value}\`, in a file with \`--params\`, or as ${environmentName(name)}; nothing beyond types was checked`,
  })
}

function environmentName(name: string): string {
  return `APPL_PARAM_${name.toUpperCase().replaceAll("-", "_")}`
}

/** False when a name was given that is no param. The environment's may be meant for another cluster: only near misses are told. */
function reportUnknownParams(evaluation: Evaluation, params: readonly tree.Param[], input: ExpandInput): boolean {
  const names = params.map((item) => item.name.text)
  const unknown = input.params.filter((given) => !names.includes(given.name))
  for (const given of unknown) {
    const near = nearest(given.name, names)
    const span: Span = {
      source: { path: given.said.split("=")[0]!, text: given.name },
      start: 0,
      end: given.name.length,
    }
    const listed = names.length === 0 ? "it has no params" : `it has ${names.join(", ")}`
    const message = `the cluster ${input.cluster.name} has no param \`${given.name}\``
    const param = params.find((item) => item.name.text === near)
    const related = param ? [{ message: `\`${near}\``, span: spanOf(input.cluster.unit, param.name) }] : []
    if (given.ambient !== true) {
      fail(evaluation, "A0901", span, message, { hint: near === null ? listed : `did you mean \`${near}\`?`, related })
    } else if (near !== null) {
      const hint = `did you mean ${environmentName(near)}? this one is left alone`
      evaluation.report.add("A0904", span, message, { hint, related })
    }
  }
  return unknown.every((given) => given.ambient === true)
}
