import { expect, test } from "vitest"
import { makePlan } from "../../runtime/converge.ts"
import { readPlan } from "../../runtime/plan/schema.ts"
import { lab } from "./faults.ts"
import { office } from "./fixtures.ts"

// biome-ignore lint/suspicious/noExplicitAny: a plan that somebody changed by hand has no type, which is the point.
type Changed = any

/** What somebody could write into a saved plan so that a host would do more than a plan may say. */
const evil: readonly (readonly [address: string, change: (step: Changed) => void])[] = [
  ["network/dmz", ({ object }) => (object.fields.cidr = "10.30.0.0/24 } ; flush ruleset ; table ip x {")],
  ["network/dmz", ({ object }) => (object.fields.host_address = "$(reboot)")],
  ["firewall/rules", ({ object }) => (object.fields.ports[0].mac = "02:00:00:00:00:01\n}\nflush ruleset")],
  ["firewall/rules", ({ object }) => (object.fields.networks[0].cidr = "0.0.0.0/0\naccept")],
  ["firewall/rules", ({ object }) => (object.fields.rules[0].from.addresses = ["10.0.0.1 accept #"])],
  ["names/hosts", ({ object }) => (object.fields.names[0].name = "names\n10.0.0.1 deb.debian.org")],
  ["appliance/names", ({ object }) => (object.fields.nics[0].mac = "x\nlxc.hook.pre-start = /bin/sh")],
  ["appliance/names", ({ object }) => (object.fields.nics[0].device = "eth0,script=/tmp/x")],
  ["appliance/names", ({ object }) => (object.fields.resolver = "10.0.0.1\noptions x")],
  ["appliance/names", ({ object }) => (object.fields.image.id = "../../../../tmp/x")],
  ["appliance/names", ({ object }) => (object.fields.files[0].path = "/../../etc/cron.d/x")],
  ["appliance/names", ({ object }) => (object.fields.files[0].path = "/etc/a\nb")],
  ["appliance/names", ({ object }) => (object.fields.files[0].mode = 0o100000)],
  ["appliance/names", ({ object }) => (object.fields.env = { "A=1; reboot; B": "" })],
  ["appliance/names", ({ object }) => (object.fields.env = { A: "\0" })],
  ["appliance/names", ({ object }) => (object.fields.start = [])],
  ["appliance/names", ({ object }) => (object.fields.user = "root --groups=0")],
  ["appliance/names", ({ object }) => (object.fields.volumes = [volume("..", "/srv")])],
  ["appliance/names", ({ object }) => (object.fields.volumes = [volume("data", "/../etc")])],
  ["appliance/names", ({ operations }) => (operations[0].verb = "set")],
  ["appliance/names", ({ operations }) => (operations[0].verb = "configure")],
  ["appliance/names", ({ operations }) => (operations[0].details = { delete_volumes: "yes" })],
  ["publish/8080-tcp", (step) => rename(step, "publish/x")],
  ["publish/8080-tcp", ({ object }) => (object.fields.target_address = "10.0.0.1:80; accept")],
]

test.each(evil)("%s changed by hand is refused: %s", async (address, change) => {
  const made = await makePlan(lab().process().world, office(), { operation: "apply" })
  if (!made.ok) throw new Error(made.failure.message)
  const plan: Changed = JSON.parse(JSON.stringify(made.value.plan))
  change(plan.steps.find((step: Changed) => step.address === address))
  expect(readPlan(plan)).toMatchObject({ ok: false, failure: { kind: "plan-invalid" } })
})

test("a pin that names no package of a repository is refused", async () => {
  for (const change of [
    { sha256: "../../../etc/x" },
    { url: "http://x/' -o y" },
    { name: "--allow" },
    { version: "1 2" },
  ]) {
    const made = await makePlan(lab().process().world, office(), { operation: "apply" })
    if (!made.ok) throw new Error(made.failure.message)
    const plan: Changed = JSON.parse(JSON.stringify(made.value.plan))
    const image = plan.steps.find((step: Changed) => step.address.startsWith("image/"))
    Object.assign(image.object.fields.pins.base[0], change)
    expect(readPlan(plan)).toMatchObject({ ok: false, failure: { kind: "plan-invalid" } })
  }
})

function volume(name: string, path: string) {
  return { name, path, size_bytes: 1, backup: null }
}

function rename(step: Changed, address: string): void {
  step.address = address
  step.object.address = address
}
