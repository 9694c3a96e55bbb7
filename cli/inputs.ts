import { existsSync, readFileSync } from "node:fs"
import { type Result, refuse } from "./problem.ts"

/** A value given for a param from outside. Structurally lang's `ParamInput`. */
export type GivenParam = {
  readonly name: string
  readonly value: { readonly text: string } | { readonly json: unknown }
  readonly said: string
  /** From the environment, which all clusters share: this one need not have such a param. */
  readonly ambient?: true
}

type Sources = {
  /** `name=value`, in the order given: of two for one name the later one counts. */
  readonly set: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A JSON file with an object of values by name; null: none. */
  readonly file: string | null
}

/** What `--params` names: a set in the source is a plain name, and a file is there, or has a dot or a slash in its name. */
export function paramsOption(named: string | undefined): { readonly set: string | null; readonly file: string | null } {
  if (named === undefined) return { set: null, file: null }
  return /^[a-z][a-z0-9-]*$/.test(named) && !existsSync(named) ? { set: named, file: null } : { set: null, file: named }
}

/** The values given for params, strongest first: `--set`, `APPL_PARAM_NAME`, `--params`. */
export function givenParams(sources: Sources): Result<readonly GivenParam[]> {
  const params: GivenParam[] = []
  for (const text of sources.set.toReversed()) {
    const at = text.indexOf("=")
    if (at < 1)
      return refuse(`--set ${text} does not say what to set`, "write --set name=value, such as --set web-servers=3")
    params.push({ name: text.slice(0, at), value: { text: text.slice(at + 1) }, said: `--set ${text}` })
  }
  for (const [variable, text] of Object.entries(sources.environment)) {
    if (!variable.startsWith(prefix) || text === undefined) continue
    const name = variable.slice(prefix.length).toLowerCase().replaceAll("_", "-")
    params.push({ name, value: { text }, said: `${variable}=${text}`, ambient: true })
  }
  if (sources.file === null) return { ok: true, value: params }
  const values = readValues(sources.file)
  if (!values.ok) return values
  for (const [name, json] of Object.entries(values.value)) {
    params.push({ name, value: { json }, said: `${name} in ${sources.file}` })
  }
  return { ok: true, value: params }
}

const prefix = "APPL_PARAM_"

function readValues(path: string): Result<object> {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch {
    return refuse(`the parameter file ${path} cannot be read`, 'name a JSON file, such as { "web-servers": 3 }')
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ok: true, value }
    return refuse(
      `the parameter file ${path} is not an object`,
      'it holds values by name, such as { "web-servers": 3 }',
    )
  } catch (error) {
    // Node's own message quotes the text, which may be a secret.
    const place = /\(line \d+ column \d+\)/.exec(String(error))?.[0]
    const message = `the parameter file ${path} is not JSON${place === undefined ? "" : ` ${place}`}`
    return refuse(message, 'it holds values by name, such as { "web-servers": 3 }')
  }
}
