import { expect, test } from "vitest"
import { waitUntilReady } from "../../runtime/apply/readiness.ts"
import type { Driver } from "../../runtime/drivers/driver.ts"
import { virtualClock } from "../../runtime/hosts/clock.ts"
import { type ApplianceCheck, fieldsOf } from "../../runtime/model/fields.ts"
import type { ManagedObject } from "../../runtime/model/object.ts"
import { toObjects } from "../../runtime/plan/objects.ts"
import type { Operation } from "../../runtime/plan/plan.ts"
import { office, settled } from "./fixtures.ts"

const times = { every_ms: 1_000, timeout_ms: 1_000, within_ms: 5_000 }
const checks: readonly ApplianceCheck[] = [
  { ...times, name: "page", probe: { kind: "http-get", address: "10.30.0.3", port: 80, path: "/", status: 200 } },
  { ...times, name: "others", probe: { kind: "exec", command: ["wget", "names"] } },
]

test.for([
  ["staged", ["page"]],
  ["joined", ["page", "others"]],
] as const)("an appliance that is %s is asked %s", async ([staged, expected]) => {
  const desired = office()
  const pins = Object.fromEntries(desired.images.map((image) => [image.id, { base: [], packages: [], kernel: [] }]))
  const web = toObjects(settled(desired), pins).find(({ address }) => address === "appliance/web[1]")!
  const object = { ...web, fields: { ...web.fields, checks } } as unknown as ManagedObject
  const asked: string[] = []
  const driver = {
    check: async (_cluster: string, given: ManagedObject) => {
      asked.push(...fieldsOf(given, "appliance").checks.map(({ name }) => name))
      return []
    },
  } as unknown as Driver
  const operation: Operation = { verb: "ready", generation: 1, staged, undo: null, pending: null, details: {} }
  const stop = new AbortController().signal
  const waiting = { driver, cluster: "office", object, operation, clock: virtualClock(), stop, progress: () => {} }
  expect(await waitUntilReady(waiting)).toBeNull()
  expect(asked).toEqual(expected)
})
