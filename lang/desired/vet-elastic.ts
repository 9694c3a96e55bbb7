import type { Topology } from "../addresses/topology.ts"
import type { PlacedModel } from "../placement/model.ts"
import type { Code } from "../report/codes.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { ApplianceThing, Model } from "../values/model.ts"
import { amountOf, entriesOf, fieldsOf, mostInstances, textsOf } from "../values/parts.ts"
import { isObject } from "../values/show.ts"
import { portsOf } from "../wiring/ports.ts"
import { imageOf } from "./images.ts"

/** Checks what fields say of one another: `scale`, `fork`, `update`, and images that were made elsewhere. */
export function vetElastic(model: Model, topology: Topology, { placement }: PlacedModel, report: Report): void {
  const gateways = new Set([...topology.segments.values()].map((segment) => segment.gateway))
  for (const appliance of model.appliances) {
    const told = (field: string, code: Code, message: string, hint: string) => {
      const span = appliance.fieldSpan(field)
      if (firstTime(report, code, span)) report.add(code, span, message, { label: appliance.id, hint })
    }
    vetScale(appliance, topology, gateways.has(appliance), told)
    if (appliance.field("fork") === true) vetFork(appliance, placement.spots.get(appliance.id)?.form ?? "", told)
    if (appliance.field("update") !== null && appliance.field("update") !== undefined && appliance.checks.length === 0)
      told("update", "A0608", `${appliance.id} has no check, so nobody knows when a change went well`, addCheck)
    vetForeign(appliance, told)
  }
}

type Tell = (field: string, code: Code, message: string, hint: string) => void

const addCheck = 'add one, such as `check "answers" = tcp-open(http)`'

function vetScale(appliance: ApplianceThing, topology: Topology, is_gateway: boolean, told: Tell): void {
  const fields = fieldsOf(appliance.field("scale"))
  const max = amountOf(fields.get("max"))
  if (max === null) return
  const min = amountOf(fields.get("min")) ?? 1
  const tell = (message: string, hint: string) => told("scale", "A0606", message, hint)
  if (min > max)
    return tell(`min is ${min} and max is ${max}, so no number of instances fits`, "min is at most as large as max")
  if (min === 0 && !appliance.provides.some((provided) => portsOf(provided).some((port) => port.protocol === "tcp"))) {
    tell(
      `nothing would start the first instance of ${appliance.id}`,
      "let it provide a service with a TCP port, or say min = 1",
    )
    return
  }
  if (max === 1) return
  if (is_gateway) return tell(`${appliance.id} is a gateway, and there is one of it`, "leave `scale` out")
  if (entriesOf(appliance.field("volumes")).size > 0) {
    tell(`the instances of ${appliance.id} would share its volumes`, "leave `scale` or the volumes out")
    return
  }
  if ((topology.places.get(appliance) ?? []).some((place) => place.address !== null))
    tell(`the instances of ${appliance.id} would have one address`, "leave the address of its nic out")
}

function vetFork(appliance: ApplianceThing, form: string, told: Tell): void {
  if (form !== "microvm") {
    told("fork", "A0607", `${appliance.id} runs as a ${form}, and microVMs can be forked`, 'say form = "microvm"')
  } else if (mostInstances(appliance) < 2) {
    told("fork", "A0607", `${appliance.id} has one instance, so nothing is forked`, "say how many: scale = { max = 8 }")
  }
}

function vetForeign(appliance: ApplianceThing, told: Tell): void {
  const image = imageOf(appliance)
  if (image === null || image.source.kind === "debian") return
  const { kind } = image.source
  const form = appliance.field("form")
  const forms = typeof form === "string" ? [form] : textsOf(appliance.field("forms"))
  const others = forms.filter((one) => one !== "vm")
  if (others.length > 0) {
    const message = `${appliance.id} is made of ${kind}(…), which runs as a vm and not as ${others.join(" or ")}`
    told("image", "A0605", message, 'say forms = ["vm"] in its class')
  } else if (image.packages.length > 0) {
    told("image", "A0605", `no packages can be added to ${kind}(…)`, "bring them in the image, or use debian(…)")
  }
  const files = appliance.field("files")
  if (kind === "iso" && isObject(files) && files.kind === "map" && files.entries.size > 0)
    told("files", "A0605", "nothing can be put beside what is on an iso(…)", "leave the files out")
}
