import { existsSync } from "node:fs"
import { relative } from "node:path"
import { type DesiredFile, type DesiredState, type Origin, showParts } from "../../lang/index.ts"
import {
  localHolder,
  makeOpener,
  makePlan,
  type Plan,
  type SimulatedHosts,
  showPlan,
  unknownSecrets,
  type World,
} from "../../runtime/index.ts"
import { simulate } from "../compile.ts"

/**
 * What a cluster becomes, as text to keep: its first plan on empty simulated hosts, and what is in the files of its appliances. Places in
 * sources are named as from `folder` and without their lines, so that neither a comment nor the folder that one stands in changes anything.
 */
export async function planText(desired: DesiredState, folder: string): Promise<string> {
  const simulated = simulate(desired)
  const planned = await makePlan(emptyWorld(), simulated, { operation: "apply" })
  const plan = planned.ok
    ? showPlan(withoutLines(planned.value.plan, folder), { color: "never" })
    : `No plan: ${planned.failure.message}\n`
  return [`# ${desired.cluster}\n`, plan, filesText(desired)].filter((part) => part !== "").join("\n")
}

/** Every file once, with the appliances that have it. */
function filesText(desired: DesiredState): string {
  const files = desired.appliances.flatMap((appliance) =>
    appliance.files.map((file) => ({ ...file, id: appliance.id })),
  )
  const same = Map.groupBy(files, ({ path, content, mode }) => JSON.stringify([path, content, mode]))
  return [...same.values()]
    .map((group) => {
      const { path, content, mode } = group[0]!
      const owners = group.map(({ id }) => id).join(", ")
      const text = textOf(content)
      const lines = text.replace(/\n$/, "").split("\n")
      return `${path}  ${mode.toString(8).padStart(4, "0")}  ${owners}\n${lines.map((line) => `  | ${line}`.trimEnd()).join("\n")}\n`
    })
    .join("\n")
}

function textOf(content: DesiredFile["content"]): string {
  if ("text" in content) return content.text
  if ("parts" in content) return showParts(content.parts)
  return `(${content.base64.length} characters of base64) ${content.base64}`
}

function withoutLines(plan: Plan, folder: string): Plan {
  // Sources of modules have names that are no paths here.
  const named = (file: string) => (existsSync(file) ? relative(folder, file) : file)
  const placeless = (origin: Origin): Origin => ({ ...origin, file: named(origin.file), line: 0, column: 0 })
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      object: step.object === null ? null : { ...step.object, origin: placeless(step.object.origin) },
    })),
  }
}

/** Simulated hosts with nothing on them, and a clock that stands still. */
function emptyWorld(): World {
  let hosts: SimulatedHosts = { version: 1, hosts: {} }
  const clock = { now: () => 0, elapsed: () => 0, sleep: async () => {} }
  const store = {
    load: () => hosts,
    save: (state: SimulatedHosts) => {
      hosts = state
    },
  }
  return {
    open: makeOpener({ clock, simulated: { store, speed: 1000 } }).open,
    clock,
    secrets: unknownSecrets(),
    newRunId: () => "0000000000000000",
    random: () => 0.5,
    holder: localHolder(),
    emit: () => {},
    stop: new AbortController().signal,
  }
}
