import type { AnySymbol, ThingSymbol } from "../names/symbol.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { showType } from "../types/show.ts"
import type { Type } from "../types/type.ts"
import { conformerOf } from "./conform.ts"
import type { ExpandInput } from "./evaluate.ts"
import { type Expansion, expandItem, thingValue } from "./expand.ts"
import { compileAs, defaultOf } from "./expressions.ts"
import {
  constantCode,
  type Evaluation,
  type Frame,
  fail,
  makeFrame,
  makeScope,
  type Place,
  type Scope,
  spanOf,
} from "./frame.ts"
import { exampleOf, readGiven } from "./inputs.ts"
import { declareLets, lazyReader, memo } from "./lets.ts"
import type { ClusterThing } from "./model.ts"
import { invalid, type Value } from "./value.ts"

type Inner = Place & { readonly scope: Scope }

/** A cluster whose params have values, ready to be unfolded. */
export type OpenCluster = {
  readonly inside: { readonly place: Place; readonly frame: Frame }
  readonly thing: ClusterThing
  readonly expandAll: () => void
}

/**
 * Gives the names of a cluster's body their meaning: params from outside or by default, lets, outputs and things. Null when a param
 * has no value or one that does not fit.
 */
export function addClusterScope(expansion: Expansion, input: ExpandInput): OpenCluster | null {
  const { evaluation } = expansion
  const { cluster } = input
  const { items } = cluster.declaration.body
  const scope = makeScope(null, false)
  const place: Inner = { evaluation, unit: cluster.unit, scope }
  const params = items.filter((item) => item.kind === "param")
  if (!addParams(place, params, input)) return null
  declareLets(place, items)
  addOutputs(place, items)
  // Slots are counted while names are declared, so the frame comes last.
  const things = addThings(expansion, place, items, () => frame)
  const frame: Frame = makeFrame(scope, null, null)
  if (scope.lazies.length > 0) expansion.frames.push({ scope, frame })
  const readers = new Map(
    params.map((item) => [item.name.text, scope.readers.get(evaluation.bindings.declared.get(item)!)]),
  )
  const thing: ClusterThing = {
    kind: "cluster",
    cluster,
    id: cluster.name,
    name: cluster.name,
    key: null,
    span: spanOf(cluster.unit, cluster.declaration.name),
    field: (name) => readers.get(name)?.(frame),
    fieldSpan: (name) => {
      const item = params.find((param) => param.name.text === name)
      const given = item && evaluation.given.get(evaluation.bindings.declared.get(item)!)
      return given ?? spanOf(cluster.unit, item?.value ?? item ?? cluster.declaration.name)
    },
  }
  return { inside: { place, frame }, thing, expandAll: things }
}

function addParams(place: Inner, params: readonly tree.Param[], input: ExpandInput): boolean {
  const { evaluation, unit, scope } = place
  let complete = reportUnknownParams(evaluation, params, input)
  for (const item of params) {
    const symbol = evaluation.bindings.declared.get(item)
    const type = evaluation.types.declared.get(item.type) ?? null
    if (symbol === undefined || type === null) continue
    const given = givenValue(place, item, symbol, type, input)
    if (given === invalid || (given === undefined && !hasDefault(item, type))) {
      if (given === undefined) reportMissing(place, item, type)
      complete = false
      continue
    }
    const written = item.value
    const codeOf = memo(() =>
      given !== undefined
        ? constantCode(given)
        : written === undefined
          ? constantCode(null)
          : compileAs(place, written, type),
    )
    const reader = lazyReader(evaluation, scope.slots++, item.name.text, spanOf(unit, item.name), codeOf)
    scope.readers.set(symbol, reader)
    scope.lazies.push(reader)
  }
  return complete
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

function addOutputs(place: Inner, items: readonly tree.Item[]): void {
  const { evaluation, unit, scope } = place
  for (const item of items) {
    if (item.kind !== "output") continue
    const symbol = evaluation.bindings.declared.get(item)
    if (symbol === undefined) continue
    const type = item.type === undefined ? undefined : evaluation.types.declared.get(item.type)
    const codeOf = memo(() => compileAs(place, item.value, type ?? evaluation.types.of.get(item.value) ?? null))
    scope.readers.set(symbol, lazyReader(evaluation, scope.slots++, item.name.text, spanOf(unit, item.name), codeOf))
  }
}

/**
 * Things are read by their symbols, also before the item that declares them was unfolded: then it is unfolded first. Gives the
 * function that unfolds whatever nobody asked for.
 */
function addThings(expansion: Expansion, place: Inner, items: readonly tree.Item[], frame: () => Frame): () => void {
  const { evaluation } = expansion
  const tasks = items.map((item) => ({ item, state: "waiting" as "waiting" | "running" | "done" }))
  type Task = (typeof tasks)[number]
  const declaring = new Map<ThingSymbol, Task[]>()
  const values = new Map<ThingSymbol, Value>()
  const runTask = (task: Task) => {
    if (task.state !== "waiting") return
    task.state = "running"
    if (!evaluation.stopped) expandItem(expansion, task.item, place, frame())
    task.state = "done"
  }
  const read = (symbol: ThingSymbol): Value => {
    const known = values.get(symbol)
    if (known !== undefined) return known
    for (const task of declaring.get(symbol)!) {
      if (task.state === "running") return reportUnfolding(evaluation, symbol)
      runTask(task)
    }
    const value = thingValue(expansion, symbol)
    values.set(symbol, value)
    return value
  }
  for (const task of tasks) {
    for (const symbol of thingsIn(evaluation, task.item)) {
      declaring.set(symbol, [...(declaring.get(symbol) ?? []), task])
      place.scope.readers.set(symbol, () => read(symbol))
    }
  }
  return () => {
    for (const task of tasks) runTask(task)
  }
}

function reportUnfolding(evaluation: Evaluation, symbol: ThingSymbol): Value {
  const span = spanOf(symbol.unit, symbol.declaration.name)
  return fail(evaluation, "A0709", span, `\`${symbol.name}\` is read by the \`for\` or \`if\` that makes it`, {
    hint: "which things there are cannot depend on the things themselves",
  })
}

/** The things that an item declares, those inside of `for`, `if` and `match` too. */
function thingsIn(evaluation: Evaluation, item: tree.Item): readonly ThingSymbol[] {
  const inside = (items: readonly tree.Item[]) => items.flatMap((inner) => thingsIn(evaluation, inner))
  switch (item.kind) {
    case "instance":
    case "network":
    case "host": {
      const symbol = evaluation.bindings.declared.get(item)
      return symbol?.kind === "thing" ? [symbol] : []
    }
    case "for":
      return inside(item.body.items)
    case "if":
      return [
        ...inside(item.then.items),
        ...(item.else === undefined
          ? []
          : item.else.kind === "if"
            ? thingsIn(evaluation, item.else)
            : inside(item.else.items)),
      ]
    case "match":
      return item.arms.flatMap((arm) => inside(arm.body.items))
    default:
      return []
  }
}
