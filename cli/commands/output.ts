import { type DesiredState, nearest, type Output, type OutputValue } from "../../lang/index.ts"
import { type Outcome, settledOutputs } from "../../runtime/index.ts"
import { work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { observing } from "../observe.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/** `appl output`: all outputs as `name = value`, or one value bare, for scripts. `--json` prints an object, or one value. */
export async function output(
  file: string,
  name: string | null,
  options: CompileOptions,
  terminal: Terminal,
): Promise<number> {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const known = await knownOutputs(loaded.desired, options, terminal)
  if (!known.ok) return fail(terminal, options, known.failure)
  const outputs = new Map(known.value.map((found) => [found.name, found.value]))
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

/** The outputs; where some depend on what hosts are like, these are looked at. */
async function knownOutputs(
  desired: DesiredState,
  options: CompileOptions,
  terminal: Terminal,
): Promise<Outcome<readonly Output[]>> {
  if (desired.outputs.every(({ late }) => late === undefined)) return { ok: true, value: desired.outputs }
  let outputs: Outcome<readonly Output[]> = { ok: true, value: [] }
  await work(terminal, options, ({ world }) =>
    observing(world, desired, async (seen) => {
      const facts = [...seen].flatMap(([host, { observed }]) =>
        observed.kind === "reachable" ? [[host, observed.facts] as const] : [],
      )
      outputs = settledOutputs(desired, new Map(facts))
      return 0
    }),
  )
  return outputs
}

/** A value as people read it: a text as it is, all else as JSON. */
export function showValue(value: OutputValue): string {
  return typeof value === "string" ? value : JSON.stringify(value)
}
