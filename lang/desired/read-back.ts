import { jsonSchemas } from "../text/libraries.ts"
import type { DesiredHost, DesiredState } from "./desired-state.ts"
import { desiredStateSchema, hostsSchema } from "./schema.ts"

/** What was read back from a file or a host, checked against its schema; else why it is not what it should be, with the place. */
export type ReadBack<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly why: string }

/** A desired state that comes from outside of this process. */
export function readDesiredState(value: unknown): ReadBack<DesiredState> {
  return readBack<DesiredState>(value, desiredStateSchema)
}

/** The hosts of a saved plan. */
export function readHosts(value: unknown): ReadBack<readonly DesiredHost[]> {
  return readBack<readonly DesiredHost[]>(value, hostsSchema)
}

const validators = new WeakMap<object, (value: unknown) => string | null>()

/** Checks a value against a JSON Schema. The schema is what makes it a `Value`: keep the two together. */
export function readBack<Value>(value: unknown, schema: object): ReadBack<Value> {
  let validate = validators.get(schema)
  if (validate === undefined) {
    validate = compileSchema(schema)
    validators.set(schema, validate)
  }
  const why = validate(value)
  return why === null ? { ok: true, value: value as Value } : { ok: false, why }
}

function compileSchema(schema: object): (value: unknown) => string | null {
  const { Ajv } = jsonSchemas()
  const validate = new Ajv({ allowUnionTypes: true }).compile(schema)
  return (value) => {
    if (validate(value)) return null
    const first = validate.errors?.[0]
    if (first === undefined) return "it has another shape"
    const where = first.instancePath === "" ? "it" : first.instancePath
    const named = Object.values(first.params).filter((one) => typeof one === "string" || typeof one === "number")
    return `${where} ${first.message}${named.length === 0 || first.message?.includes(String(named[0])) ? "" : ` (${named.join(", ")})`}`
  }
}
