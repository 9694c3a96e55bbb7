import { compare } from "../arithmetic.ts"
import { deferredFilter, isDeferred, joined } from "../deferred.ts"
import { limits } from "../limits.ts"
import { display, isList, isObject, show } from "../show.ts"
import type { Deferred, Value } from "../value.ts"

/** A filter: how many arguments it takes, and what it makes of a value. A text instead of a value says what is wrong. */
export type Filter = {
  readonly least: number
  readonly most: number
  apply(value: Value, given: readonly Value[]): Value | FilterProblem
}
export type FilterProblem = { readonly kind: "filter-problem"; readonly message: string }

/**
 * The filters that templates may use: those of Nunjucks that work on data alone, with the same results for the same values.
 * `default` is decided by the renderer, since only it sees that a value is missing.
 */
export const filters: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ["abs", onNumber(Math.abs)],
  ["capitalize", onText((text) => text.charAt(0).toUpperCase() + text.slice(1).toLowerCase())],
  ["default", { least: 1, most: 2, apply: (value) => value }],
  ["dump", { least: 0, most: 0, apply: (value) => JSON.stringify(plain(value)) }],
  ["escape", onText(escapeMarkup)],
  ["first", onList((list) => list[0] ?? null)],
  ["float", toNumber(Number.parseFloat)],
  ["indent", { least: 0, most: 2, apply: indent }],
  ["int", toNumber((text) => Number.parseInt(text, 10))],
  ["join", { least: 0, most: 1, apply: join }],
  ["last", onList((list) => list.at(-1) ?? null)],
  ["length", { least: 0, most: 0, apply: length }],
  ["lower", onText((text) => text.toLowerCase())],
  ["replace", { least: 2, most: 2, apply: replace }],
  ["reverse", { least: 0, most: 0, apply: reverse }],
  ["round", { least: 0, most: 1, apply: round }],
  ["sort", { least: 0, most: 1, apply: sort }],
  ["string", { least: 0, most: 0, apply: (value) => show(value) }],
  ["sum", onList((list) => list.reduce<number>((total, value) => total + Number(value), 0))],
  [
    "title",
    onText((text) => text.replace(/\S+/g, (word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())),
  ],
  ["trim", onText((text) => text.trim())],
  ["upper", onText((text) => text.toUpperCase())],
  ["urlencode", onText((text) => encodeURIComponent(text))],
])

/** Filters that may be applied later, when a text is known that is not known yet: they take and give a text, and nothing else. */
export const appliedLater: ReadonlySet<string> = new Set([
  "dump",
  "escape",
  "lower",
  "string",
  "trim",
  "upper",
  "urlencode",
])

/** Filters that look at no element of a list: whether it is known does not matter to them. */
export const movesOnly: ReadonlySet<string> = new Set(["default", "first", "last", "length", "reverse"])

/** What a filter gives of what is not known yet: a text to be filtered later, or joined of parts; null when it has to know. */
export function filterLater(name: string, value: Value | undefined, [between]: readonly Value[]): Deferred | null {
  if (isDeferred(value)) return appliedLater.has(name) ? deferredFilter(name, value) : null
  if (name !== "join" || value === undefined || !isList(value) || isDeferred(between)) return null
  const parts = value.flatMap((one, index) => (index === 0 ? [one] : [between ?? "", one]))
  const whole = value.some(isDeferred) ? joined(parts, limits.template_output_length) : null
  return isDeferred(whole ?? undefined) ? (whole as Deferred) : null
}

/** Applies one of these to a text. */
export function filterText(name: string, text: string): string {
  const result = appliedLater.has(name) ? filters.get(name)?.apply(text, []) : undefined
  if (typeof result !== "string") throw new Error(`no filter for later: ${name}`)
  return result
}

export function isProblem(value: Value | FilterProblem): value is FilterProblem {
  return typeof value === "object" && value !== null && (value as { kind?: string }).kind === "filter-problem"
}

function problem(message: string): FilterProblem {
  return { kind: "filter-problem", message }
}

function onText(change: (text: string) => string): Filter {
  return { least: 0, most: 0, apply: (value) => change(show(value)) }
}

function onNumber(change: (number: number) => number): Filter {
  return {
    least: 0,
    most: 0,
    apply: (value) => (typeof value === "number" ? change(value) : problem(`${display(value)} is not a number`)),
  }
}

function onList(change: (list: readonly Value[]) => Value): Filter {
  return {
    least: 0,
    most: 0,
    apply: (value) => (isList(value) ? change(value) : problem(`${display(value)} is not a list`)),
  }
}

function toNumber(parse: (text: string) => number): Filter {
  return {
    least: 0,
    most: 1,
    apply: (value, [otherwise]) => {
      const number = parse(show(value))
      if (!Number.isNaN(number)) return number
      return otherwise ?? problem(`${display(value)} is not a number`)
    },
  }
}

function indent(value: Value, [width, first]: readonly Value[]): Value | FilterProblem {
  const columns = width ?? 4
  if (typeof columns !== "number" || columns < 0 || columns > 100) return problem("an indent is 0 to 100 columns wide")
  const space = " ".repeat(columns)
  const lines = show(value).split("\n")
  return lines.map((line, index) => (index === 0 && first !== true ? line : `${space}${line}`)).join("\n")
}

function join(value: Value, [between]: readonly Value[]): Value | FilterProblem {
  if (!isList(value)) return problem(`${display(value)} is not a list`)
  return value.map(show).join(between === undefined ? "" : show(between))
}

function length(value: Value): Value | FilterProblem {
  if (typeof value === "string" || isList(value)) return value.length
  if (isObject(value) && value.kind === "map") return value.entries.size
  if (isObject(value) && value.kind === "record") return value.fields.size
  return problem(`${display(value)} has no length`)
}

function replace(value: Value, [old, fresh]: readonly Value[]): Value | FilterProblem {
  const [text, wanted, instead] = [show(value), show(old!), show(fresh!)]
  let length = text.length
  for (
    let at = text.indexOf(wanted);
    at !== -1 && at < text.length;
    at = text.indexOf(wanted, at + (wanted.length || 1))
  ) {
    length += instead.length - wanted.length
    if (length > limits.template_output_length) return problem("the text grows too long")
  }
  return text.replaceAll(wanted, () => instead)
}

function reverse(value: Value): Value | FilterProblem {
  if (isList(value)) return [...value].reverse()
  return typeof value === "string" ? [...value].reverse().join("") : problem(`${display(value)} is not a list`)
}

function round(value: Value, [precision]: readonly Value[]): Value | FilterProblem {
  if (typeof value !== "number") return problem(`${display(value)} is not a number`)
  const factor = 10 ** Math.min(15, Math.max(0, Number(precision ?? 0)))
  return Math.round(value * factor) / factor
}

function sort(value: Value, [backwards]: readonly Value[]): Value | FilterProblem {
  if (!isList(value)) return problem(`${display(value)} is not a list`)
  const folded = (element: Value) => (typeof element === "string" ? element.toLowerCase() : element)
  if (value.some((element) => compare(folded(element), folded(value[0]!)) === null)) {
    return problem("its elements have no order")
  }
  const sign = backwards === true ? -1 : 1
  return [...value].sort((left, right) => sign * compare(folded(left), folded(right))!)
}

const markup: Readonly<Record<string, string>> = {
  "&": "&amp;",
  '"': "&quot;",
  "'": "&#39;",
  "<": "&lt;",
  ">": "&gt;",
  "\\": "&#92;",
  "`": "&#96;",
}

function escapeMarkup(text: string): string {
  return text.replace(/[&"'<>`\\]/g, (sign) => markup[sign]!)
}

/** What `dump` prints: quantities, ports and addresses as text, maps and records as objects. */
function plain(value: Value): unknown {
  if (value === null || typeof value !== "object") return value
  if (isList(value)) return value.map(plain)
  if (!isObject(value)) return null
  if (value.kind !== "record" && value.kind !== "map") return show(value)
  const entries: Iterable<[string | number, Value]> = value.kind === "record" ? value.fields : value.entries
  return Object.fromEntries([...entries].map(([key, inner]) => [String(key), plain(inner)]))
}
