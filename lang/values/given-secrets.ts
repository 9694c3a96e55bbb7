import type { Type } from "../types/type.ts"
import { secretValue } from "./deferred.ts"
import { formProblem } from "./forms.ts"
import { patternOf } from "./patterns.ts"
import { isList, isObject } from "./show.ts"
import type { Value } from "./value.ts"

/** A given value with references in place of its secrets, and these by the names of the references. */
export type Hidden =
  | { readonly value: Value; readonly secrets: ReadonlyMap<string, string> }
  /** Why one of them does not fit, without what it is. */
  | { readonly problem: string }

/**
 * Takes the secrets out of a value that was given for the param `name`. They are called `param:name`, and further ones of the same
 * value `param:name.2`, `param:name.3`, in order; no secret of a store has such a name. Their forms are looked at here: nobody can later.
 */
export function hideSecrets(value: Value, type: Type, name: string): Hidden {
  const secrets = new Map<string, string>()
  const state: State = { name, secrets, problem: null }
  const hidden = hide(state, value, type)
  return state.problem === null ? { value: hidden, secrets } : { problem: state.problem }
}

type State = { readonly name: string; readonly secrets: Map<string, string>; problem: string | null }

function hide(state: State, value: Value, type: Type): Value {
  if (value === null) return null
  switch (type.kind) {
    case "optional":
    case "late":
      return hide(state, value, type.of)
    case "secret": {
      if (typeof value !== "string") return value
      state.problem ??= misfitOf(value, type.of, state.name)
      const count = state.secrets.size
      const reference = `param:${state.name}${count === 0 ? "" : `.${count + 1}`}`
      state.secrets.set(reference, value)
      return secretValue(reference, null)
    }
    case "list":
      return isList(value) ? value.map((element) => hide(state, element, type.of)) : value
    case "map": {
      if (!isObject(value) || value.kind !== "map") return value
      return { ...value, entries: new Map([...value.entries].map(([key, one]) => [key, hide(state, one, type.value)])) }
    }
    case "record": {
      if (!isObject(value) || value.kind !== "record") return value
      const fields = [...value.fields].map(([name, one]): [string, Value] => {
        const field = type.fields.get(name)
        return [name, field === undefined ? one : hide(state, one, field.type)]
      })
      return { ...value, fields: new Map(fields) }
    }
    default:
      return value
  }
}

function misfitOf(text: string, type: Type, name: string): string | null {
  if (type.kind === "late") return misfitOf(text, type.of, name)
  if (type.kind !== "text") return null
  const { form, pattern, bounds } = type
  const length = [...text].length
  if (bounds.least !== null && length < bounds.least) return `the value of \`${name}\` is too short`
  if (bounds.most !== null && length > bounds.most) return `the value of \`${name}\` is too long`
  if (form !== null && formProblem(form, text) !== null) return `the value of \`${name}\` is no ${form}`
  const matches = pattern === null ? null : patternOf(pattern)
  if (typeof matches !== "function" || matches(text)) return null
  return `the value of \`${name}\` does not match /${pattern}/`
}
