import type { DesiredAppliance, DesiredState } from "../../lang/index.ts"
import type { ObservedObject } from "../../runtime/index.ts"
import { work } from "../carry-out.ts"
import { type CompileOptions, load } from "../compile.ts"
import { observing, type Seen } from "../observe.ts"
import { storeDoor } from "../secrets/door.ts"
import { storePath } from "../secrets/store.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"
import { seconds } from "../views/words.ts"

/** How one appliance is: `well` when it runs, nothing differs from its record, and every check passes. */
type Row = {
  readonly appliance: string
  readonly form: string
  readonly host: string
  readonly address: string
  readonly state: string
  readonly checks: readonly { readonly name: string; readonly passed: boolean; readonly detail: string }[]
  readonly started_ms: number | null
  readonly well: boolean
}

/** `appl status`: 0 when all is as it should be, 2 when something is not. `--json` prints `{ "cluster", "appliances": […] }`. */
export function status(file: string, options: CompileOptions, terminal: Terminal): Promise<number> | number {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const { desired } = loaded
  const task: Parameters<typeof work>[2] = ({ world }) =>
    observing(world, desired, async (seen) => {
      const rows = rowsOf(desired, seen)
      if (options.json === true) terminal.out(`${JSON.stringify({ cluster: desired.cluster, appliances: rows })}\n`)
      else terminal.out(show(rows, world.clock.now()))
      return rows.every((row) => row.well) ? 0 : 2
    })
  const sources = { path: storePath(file, options.secrets), key: options.key, given: loaded.secrets }
  return work(terminal, options, task, storeDoor(sources))
}

function rowsOf(desired: DesiredState, seen: ReadonlyMap<string, Seen>): Row[] {
  const wanted = desired.appliances.map((appliance) => rowOf(appliance, seen.get(appliance.host)))
  const names = new Set(desired.appliances.map((appliance) => `${appliance.host} appliance/${appliance.id}`))
  const surplus = [...seen].flatMap(([host, { observed }]) =>
    objectsOf(observed)
      .filter(({ address }) => address.startsWith("appliance/") && !names.has(`${host} ${address}`))
      .map((object) => surplusRow(object, host)),
  )
  return [...wanted, ...surplus]
}

function rowOf(appliance: DesiredAppliance, seen: Seen | undefined): Row {
  const there = objectsOf(seen?.observed).filter((object) => object.address === `appliance/${appliance.id}`)
  const object = there.find(({ record }) => record !== null) ?? there[0]
  const checks = object === undefined ? [] : object.health.map(({ check, ...health }) => ({ name: check, ...health }))
  const state = seen?.observed.kind === "unreachable" ? `unknown: ${seen.observed.why}` : stateOf(object)
  return {
    appliance: appliance.id,
    form: appliance.form,
    host: appliance.host,
    address: appliance.nics[0]?.address ?? "",
    state,
    checks,
    started_ms: object?.started_ms ?? null,
    well: state === "running" && checks.every((check) => check.passed),
  }
}

function stateOf(object: ObservedObject | undefined): string {
  if (object === undefined) return "not there"
  if (object.record === null) return "not finished"
  return object.drift.length > 0 ? object.drift.join(", ") : object.life
}

function surplusRow(object: ObservedObject, host: string): Row {
  return {
    appliance: object.address.slice("appliance/".length),
    form: "",
    host,
    address: "",
    state: `${object.life}, no longer in the source`,
    checks: [],
    started_ms: object.started_ms,
    well: false,
  }
}

function objectsOf(observed: Seen["observed"] | undefined): readonly ObservedObject[] {
  return observed?.kind === "reachable" ? observed.objects : []
}

function show(rows: readonly Row[], now_ms: number): string {
  const header = ["appliance", "form", "host", "address", "state", "up", "checks"]
  return table([
    header,
    ...rows.map((row) => [
      row.appliance,
      row.form,
      row.host,
      row.address,
      row.state,
      row.started_ms === null ? "" : seconds(Math.max(0, now_ms - row.started_ms)),
      row.checks.map(({ name, passed, detail }) => (passed ? `${name} ok` : `${name} fails: ${detail}`)).join(", "),
    ]),
  ])
}
