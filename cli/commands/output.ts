import { nearest, type OutputValue } from "../../lang/index.ts"
import { type CompileOptions, load } from "../compile.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** `appl output`: all outputs as `name = value`, or one value bare, for scripts. `--json` prints an object, or one value. */
export function output(file: string, name: string | null, options: CompileOptions, terminal: Terminal): number {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const outputs = new Map(loaded.desired.outputs.map((found) => [found.name, found.value]))
  if (name === null) {
    if (options.json === true) terminal.out(`${JSON.stringify(Object.fromEntries(outputs))}\n`)
    else for (const [key, value] of outputs) terminal.out(`${key} = ${showValue(value)}\n`)
    return 0
  }
  const value = outputs.get(name)
  if (value === undefined) {
    const names = [...outputs.keys()]
    const meant = nearest(name, names)
    const remedy = meant === null ? `it has ${names.join(", ") || "no outputs"}` : `did you mean ${meant}?`
    return fail(terminal, options, { message: `${loaded.desired.cluster} has no output ${name}`, remedy })
  }
  terminal.out(`${options.json === true ? JSON.stringify(value) : showValue(value)}\n`)
  return 0
}

/** A value as people read it: a text as it is, all else as JSON. */
export function showValue(value: OutputValue): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}
