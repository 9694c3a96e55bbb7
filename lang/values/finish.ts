import type { Expansion } from "./expansion.ts"
import { type Evaluation, type Frame, fail } from "./frame.ts"
import type { AssertPlan } from "./layout.ts"
import { type Appliance, readAll } from "./things.ts"
import { invalid } from "./value.ts"

/** Reads everything that nobody has read yet, so that all is checked, and then the assertions. */
export function finishModel(expansion: Expansion): void {
  const { evaluation } = expansion
  for (const { scope, frame } of expansion.frames) for (const read of scope.lazies) read(frame)
  for (const network of expansion.networks) for (const name of network.slots().keys()) network.field(name)
  for (const host of expansion.hosts) host.connection()
  for (const thing of expansion.appliances) finishAppliance(expansion, thing)
  for (const cluster of expansion.clusters) {
    for (const output of cluster.home.outputs.values()) output.value()
    for (const offer of cluster.offers) offer.provided()
  }
  for (const check of expansion.checks) check.value()
  for (const insert of expansion.inserts) {
    insert.before()
    insert.network()
  }
  for (const publish of expansion.publishes) {
    publish.port()
    publish.target()
  }
  for (const allow of expansion.allows) {
    allow.from()
    allow.to()
    allow.ports()
  }
  for (const { plan, frame } of expansion.asserts) checkAssert(evaluation, plan, frame)
}

function finishAppliance(expansion: Expansion, thing: Appliance): void {
  readAll(thing)
  const { levels } = thing.plan
  for (const [index, level] of levels.entries()) {
    for (const read of level.place.scope.lazies) read(thing.frames[index]!)
  }
  for (const plan of thing.layout.asserts) checkAssert(expansion.evaluation, plan, thing.frameOf(plan.frame))
}

/** Reports an assertion that does not hold, with the value of each operand. False when its condition has no value. */
export function checkAssert(evaluation: Evaluation, plan: AssertPlan, frame: Frame): boolean {
  const holds = plan.condition.run(frame)
  if (holds !== false) return holds !== invalid
  const message = plan.message?.run(frame)
  if (message === invalid) return false
  const draw = () => plan.drawing()(frame)
  const values = evaluation.clusters === null ? draw() : evaluation.clusters.aside(draw)
  const said = typeof message === "string" ? message : "this does not hold"
  fail(evaluation, "A0701", plan.span, said, { values })
  return true
}
