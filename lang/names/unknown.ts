import type { Fix } from "../report/diagnostic.ts"
import { nearest } from "../report/nearest.ts"
import type * as tree from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import { builtins } from "../types/functions.ts"
import { typeWords } from "../types/named.ts"
import { applianceSchema } from "../types/schema.ts"
import { type Foreign, foreignFunction, foreignType, foreignValue } from "./foreign.ts"
import { type Binder, lookUp, namesIn, type Scope, spanOf } from "./scope.ts"
import type { Unit } from "./symbol.ts"

/** What a name stands for where it is used: any value, what is called, or a cluster or thing that is declared somewhere. */
type Use = "value" | "function" | "thing"

/** Reports A0201 for a word that is no name here, with what was probably meant. */
export function reportUnknownName(binder: Binder, scope: Scope, name: tree.Name, unit: Unit, use: Use): void {
  if (isSilenced(binder, unit, name) || isOpen(scope)) return
  const span = spanOf(unit, name)
  const again = binder.unknown.get(silenceKey(unit, name))
  if (again !== undefined) {
    if (again.related.length < 5) again.related.push({ message: "here too", span })
    again.edits?.push({ span, text: again.edits[0]!.text })
    return
  }
  if (name.text === "self") {
    binder.report.add("A0213", span, "`self` means an appliance, and this stands in none")
    return
  }
  const message = use === "function" ? `there is no function ${name.text}` : `there is no ${name.text} here`
  const related: { message: string; span: Span }[] = []
  const { hint, fix } = advice(binder, scope, name, unit, use)
  const edits = fix === undefined ? [] : [...fix.edits]
  const renames = edits[0]?.span.start === span.start && edits[0].span.end === span.end
  binder.unknown.set(silenceKey(unit, name), { related, edits: renames ? edits : null })
  binder.report.add("A0201", span, message, { hint, fix: fix && { title: fix.title, edits }, related })
}

/** Reports A0202 for a type, class or service that is not there, with the standard modules that have it. */
export function reportUnknownType(binder: Binder, scope: Scope, name: tree.Name, unit: Unit, what: string): void {
  if (isSilenced(binder, unit, name)) return
  const span = spanOf(unit, name)
  const modules = binder.program.modulesWith(name.text)
  if (modules.length > 0) {
    binder.report.add("A0202", span, `there is no ${what} ${name.text} here`, {
      hint: `add \`use { ${name.text} } from "${modules[0]}"\``,
      fix: importFix(unit, name.text, modules[0]!),
    })
    return
  }
  const foreign = what === "type" ? foreignType(name.text) : null
  if (foreign !== null) {
    binder.report.add("A0202", span, `there is no type ${name.text} here`, adviceOf(foreign, span))
    return
  }
  const candidates = [...namesIn(scope), ...(what === "type" ? typeWords : [])].filter((other) => /^[A-Z]/.test(other))
  const meant = nearest(name.text, candidates)
  binder.report.add("A0202", span, `there is no ${what} ${name.text} here`, {
    hint: meant === null ? undefined : `did you mean ${meant}?`,
    fix: meant === null ? undefined : { title: `change to ${meant}`, edits: [{ span, text: meant }] },
  })
}

/** Makes uses of a name silent, because what would have declared it was reported. */
export function silence(binder: Binder, unit: Unit, name: tree.Name): void {
  binder.silenced.set(silenceKey(unit, name), true)
}

function isSilenced(binder: Binder, unit: Unit, name: tree.Name): boolean {
  if (name.text === "" || binder.silenced.has(silenceKey(unit, name))) return true
  return nearest(name.text, binder.notFound.get(unit) ?? []) !== null
}

function isOpen(scope: Scope): boolean {
  return scope.isOpen === true || (scope.parent !== null && isOpen(scope.parent))
}

function silenceKey(unit: Unit, name: tree.Name): string {
  return `${unit.path}\n${name.text}`
}

function advice(
  binder: Binder,
  scope: Scope,
  name: tree.Name,
  unit: Unit,
  use: Use,
): { readonly hint?: string; readonly fix?: Fix } {
  const span = spanOf(unit, name)
  const minus = asMinus(scope, name.text)
  if (minus !== null) {
    return {
      hint: `${name.text} is one name; spaces make it a minus: \`${minus}\``,
      fix: { title: `change to ${minus}`, edits: [{ span, text: minus }] },
    }
  }
  if (lookUp(scope, "self") !== null && applianceSchema.has(name.text)) {
    return {
      hint: `the appliance's own field is \`self.${name.text}\``,
      fix: { title: `change to self.${name.text}`, edits: [{ span, text: `self.${name.text}` }] },
    }
  }
  if (use === "value" && builtins.has(name.text)) return { hint: `${name.text} is a function: \`${name.text}(…)\`` }
  const modules = binder.program.modulesWith(name.text)
  if (modules.length > 0) {
    return {
      hint: `add \`use { ${name.text} } from "${modules[0]}"\``,
      fix: importFix(unit, name.text, modules[0]!),
    }
  }
  const candidates = candidatesFor(use, scope)
  // A value is sooner meant than a type or class of the same letters, and the other way round.
  const alike = candidates.filter((one) => /^[A-Z]/.test(one) === /^[A-Z]/.test(name.text))
  const meant = nearest(name.text, alike) ?? nearest(name.text, candidates)
  if (meant !== null) return adviceOf({ hint: `did you mean ${meant}?`, write: meant }, span)
  if (use === "thing") return {}
  if (use === "function") return { hint: foreignFunction(name.text) ?? undefined }
  const foreign = foreignValue(name.text)
  if (foreign !== null) return adviceOf(foreign, span)
  return /^[a-z][a-z-]*$/.test(name.text) ? { hint: `a text stands in quotes: "${name.text}"` } : {}
}

function candidatesFor(use: Use, scope: Scope): readonly string[] {
  if (use === "function") return [...builtins.keys(), ...namesIn(scope)]
  return use === "value" ? [...namesIn(scope), "outside"] : [...namesIn(scope)].filter((name) => !/^[A-Z]/.test(name))
}

function adviceOf({ hint, write }: Foreign, span: Span): { readonly hint: string; readonly fix?: Fix } {
  return write === undefined ? { hint } : { hint, fix: { title: `change to ${write}`, edits: [{ span, text: write }] } }
}

/** `n-1` as `n - 1` when `n` is a name and the rest a number or a name; null when that cannot be meant. */
function asMinus(scope: Scope, text: string): string | null {
  for (let at = text.indexOf("-"); at !== -1; at = text.indexOf("-", at + 1)) {
    const left = text.slice(0, at)
    const right = text.slice(at + 1)
    if (lookUp(scope, left) === null) continue
    if (/^[0-9]+$/.test(right) || lookUp(scope, right) !== null) return `${left} - ${right}`
  }
  return null
}

/** Adds a name to the `use` of its module, or a new `use` after the last one, or at the top. */
function importFix(unit: Unit, name: string, module: string): Fix {
  const uses = unit.tree.items.filter((item) => item.kind === "use")
  const title = `add \`use { ${name} } from "${module}"\``
  const same = uses.find((use) => use.from.parts[0] === module && use.names.length > 0)
  const edit = (at: number, text: string): Fix => ({
    title,
    edits: [{ span: { source: unit.source, start: at, end: at }, text }],
  })
  if (same !== undefined) return edit(same.names.at(-1)!.end, `, ${name}`)
  const line = `use { ${name} } from "${module}"`
  const last = uses.at(-1)
  return last === undefined ? edit(0, `${line}\n\n`) : edit(last.end, `\n${line}`)
}
