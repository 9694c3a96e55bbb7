import type { Flow } from "../../lang/index.ts"
import { type ApplianceFields, fieldsOf, type Plan, type Step, showEnd, showPorts } from "../../runtime/index.ts"

/** What a policy sees of a plan, as `plan.json` of the module `std/plan` holds it. `at_ms` is milliseconds since 1970, told in local time. */
export function planFacts(plan: Plan, at_ms: number) {
  const steps = plan.steps.map((step) => ({ step, facts: stepFacts(step) }))
  const those = (wanted: (step: Step) => boolean) => steps.filter(({ step }) => wanted(step)).map(({ facts }) => facts)
  return {
    cluster: plan.cluster,
    operation: plan.operation,
    file: plan.file,
    at: timeFacts(new Date(at_ms)),
    steps: steps.map(({ facts }) => facts),
    created: those(({ action }) => action === "create"),
    changed: those(({ action }) => action === "update" || action === "reload"),
    restarted: those(({ action }) => action === "restart"),
    replaced: those(({ action }) => action === "replace"),
    moved: those(({ action }) => action === "move"),
    deleted: those(({ action }) => action === "delete"),
    drifted: those(({ reasons }) => reasons.some(({ drift }) => drift)),
    left: plan.chosen?.left.map(({ address }) => address) ?? [],
    kept: plan.kept,
    opened: plan.flows.opened.map(flowFacts),
    closed: plan.flows.closed.map(flowFacts),
    placement: plan.placement,
    download: plan.builds.reduce((sum, { download_bytes }) => sum + download_bytes, 0),
  }
}

function stepFacts({ action, address, host, interruption, reasons, object, previous }: Step) {
  const at = address.indexOf("/")
  const kind = address.slice(0, at)
  const known = kind === "appliance" ? (object ?? previous) : null
  const { tags = [] }: Partial<ApplianceFields> = known === null ? {} : fieldsOf(known, "appliance")
  return {
    action,
    address,
    kind,
    name: address.slice(at + 1),
    tags,
    host,
    interruption: interruption ?? "nothing",
    drift: reasons.some(({ drift }) => drift),
    reasons: reasons.map(({ what }) => what),
  }
}

function flowFacts({ from, to, ports, cause }: Flow) {
  return { from: showEnd(from), to: showEnd(to), ports: ports.map(showPorts), cause }
}

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"] as const

function timeFacts(at: Date) {
  const two = (number: number) => String(number).padStart(2, "0")
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    weekday: weekdays[at.getDay()]!,
    hour: at.getHours(),
  }
}
