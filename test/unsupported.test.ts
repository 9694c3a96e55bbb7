import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { unsupportedOf } from "../runtime/plan/unsupported.ts"
import { compileText } from "./compile-text.ts"

// What the language can say and nothing makes so yet must be refused with its place: leaving it out in silence would break a promise.

test("everything that cannot be made yet is named, each with its place", () => {
  const entry = join("test", "cases", "desired", "elastic.appl")
  const { desired } = compileText(entry, readFileSync(entry, "utf8"))
  const failure = unsupportedOf(desired!)
  expect(failure?.output).toEqual([
    `${entry}:35: the backup of the volume data of box`,
    `${entry}:28: \`scale\` of web`,
    `${entry}:26: \`fork\` of web`,
    `${entry}:27: \`slim\` of web`,
    `${entry}:10: an image of the kind qcow2`,
  ])
})

test("a scale of one is nothing to refuse", () => {
  const box = 'appliance Box {\n  image = debian("bookworm")\n  start = ["sleep", "infinity"]\n  spread = true\n}\n'
  const hosts = "host a = simulated({ cpus = 1 })\nhost b = simulated({ cpus = 1 })\n"
  const things = "  appliance one: Box { scale = { max = 1 } }\n  appliance two: Box {}\n"
  const { desired } = compileText(
    "c.appl",
    `${box}${hosts}cluster c {\n  network lan { cidr = 10.20.0.0/24 }\n${things}}\n`,
  )
  expect(desired?.networks[0]?.hosts).toEqual(["a", "b"])
  expect(unsupportedOf(desired!)).toBeNull()
})
