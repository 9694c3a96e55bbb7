import { describe, expect, test } from "vitest"
import type { DesiredState } from "../../lang/index.ts"
import { makePlan } from "../../runtime/converge.ts"
import { abilities } from "../../runtime/drivers/linux/abilities.ts"
import type { Failure } from "../../runtime/model/failure.ts"
import { type FirewallFields, fieldsOf } from "../../runtime/model/fields.ts"
import type { Observed } from "../../runtime/model/observed.ts"
import { toObjects } from "../../runtime/plan/objects.ts"
import type { Plan, Step } from "../../runtime/plan/plan.ts"
import { readPlan } from "../../runtime/plan/schema.ts"
import { plan } from "../../runtime/plan/steps.ts"
import { expectConverges, type Lab, lab } from "./faults.ts"
import { at, office, settled } from "./fixtures.ts"

async function running(before: DesiredState, harm: (lab: Lab) => void = () => {}): Promise<Lab> {
  const here = lab()
  await expectConverges(here, before)
  harm(here)
  return here
}

async function planOf(here: Lab, desired: DesiredState, operation: "apply" | "destroy" = "apply"): Promise<Plan> {
  const made = await makePlan(here.process().world, desired, { operation })
  if (!made.ok) throw new Error([made.failure.message, ...made.failure.output].join("\n"))
  return made.value.plan
}

async function planned(desired: DesiredState): Promise<{ plan: Plan; observed: Observed }> {
  const made = await makePlan(lab().process().world, desired, { operation: "apply" })
  if (!made.ok) throw new Error(made.failure.message)
  return made.value
}

async function refusal(here: Lab, desired: DesiredState): Promise<Failure> {
  const made = await makePlan(here.process().world, desired, { operation: "apply" })
  if (made.ok) throw new Error(`planned: ${made.value.plan.steps.map((step) => step.id).join(", ")}`)
  return made.failure
}

function step(plan: Plan, address: string): Step {
  const found = plan.steps.find((step) => step.address === address)
  if (found === undefined)
    throw new Error(`${address} is not in the plan: ${plan.steps.map((one) => one.id).join(", ")}`)
  return found
}

function verbs({ operations }: Step): string[] {
  return operations.map(
    ({ verb, generation, staged }) => `${verb} ${generation}${staged === "staged" ? " staged" : ""}`,
  )
}

/** An office in which one appliance is amended. */
function officeWith(id: string, changes: Partial<DesiredState["appliances"][number]>): DesiredState {
  return office({ amend: (one) => (one.id === id ? { ...one, ...changes } : one) })
}

describe("reasons go back to the source", () => {
  test("through a wire: a page reloads because the address of the name server changed", async () => {
    const moved = office({ net: "10.31.0" })
    const plan = await planOf(await running(office()), moved)
    const reasons = step(plan, "appliance/web[1]").reasons
    expect(reasons).toContainEqual({
      what: "`dns.address` changed",
      from: "10.30.0.2",
      to: "10.31.0.2",
      through: ["names.address"],
      origin: at(20),
      drift: false,
    })
  })

  test("a command is shown whole, a record and a list of named things by the parts that differ", async () => {
    const plan = await planOf(
      await running(officeWith("web[1]", { limits: { processes: 50 } })),
      officeWith("web[1]", {
        start: ["nginx", "-g", "daemon off; master_process on;"],
        limits: { processes: 100 },
        volumes: [{ name: "data", path: "/srv/data", size_bytes: 2 ** 20, backup: null }],
      }),
    )
    const said = step(plan, "appliance/web[1]").reasons.map(({ what, from, to }) => [what, from, to])
    expect(said).toContainEqual(["`start` changed", "nginx -g daemon off;", "nginx -g daemon off; master_process on;"])
    expect(said).toContainEqual(["`limits.processes` changed", "50", "100"])
    expect(said).toContainEqual(["`volumes.data` changed", null, "name data path /srv/data size_bytes 1048576"])
  })

  test("a field names where it was written, with sizes as people write them", async () => {
    const plan = await planOf(
      await running(office()),
      officeWith("names", { memory_bytes: 96 * 2 ** 20, origins: { memory: at(17) } }),
    )
    expect(step(plan, "appliance/names").reasons).toEqual([
      { what: "`memory` changed", from: "64MiB", to: "96MiB", through: [], origin: at(17), drift: false },
    ])
  })

  test("a file whose values are the same says that its text changed, with a diff", async () => {
    const before = office()
    const files = before.appliances.find((one) => one.id === "names")!.files
    const content = { text: `${(files[0]!.content as { text: string }).text}cache-size=0\n` }
    const plan = await planOf(await running(before), officeWith("names", { files: [{ ...files[0]!, content }] }))
    const changed = step(plan, "appliance/names")
    expect(changed.action).toBe("restart")
    expect(changed.reasons.map((reason) => reason.what)).toEqual(["the text of `/etc/dnsmasq.conf` changed"])
    expect(changed.diffs).toEqual([
      {
        path: "/etc/dnsmasq.conf",
        diff: [
          "--- a/etc/dnsmasq.conf",
          "+++ b/etc/dnsmasq.conf",
          "@@ -7,2 +7,3 @@",
          " bind-interfaces",
          " local=/office.test/",
          "+cache-size=0",
          "",
        ].join("\n"),
      },
    ])
  })

  test("an image is named by what is in it, not by its digest", async () => {
    const plan = await planOf(await running(office()), office({ packages: ["nginx-extras"] }))
    expect(step(plan, "appliance/web[1]").reasons).toMatchObject([
      { what: "`image` changed", from: "bookworm nginx-light", to: "bookworm nginx-extras" },
    ])
    expect(plan.packages.map(({ name, from, to }) => [name, from === null, to === null])).toEqual([
      ["nginx-extras", true, false],
      ["nginx-light", false, true],
    ])
  })

  test("shared files name who came and who went", async () => {
    const reasons = (plan: Plan, address: string) => step(plan, address).reasons.map((reason) => reason.what)
    const grown = await planOf(await running(office({ webs: 1 })), office({ webs: 2 }))
    expect(reasons(grown, "names/hosts")).toEqual(["`web-2` is added, 10.30.0.4"])
    expect(reasons(grown, "firewall/rules")).toEqual(["it joins web[2] to dmz", "it opens web[2] needs dns: names.dns"])
    const shrunk = await planOf(await running(office({ webs: 2 })), office({ webs: 1 }))
    expect(reasons(shrunk, "names/hosts")).toEqual(["`web-2` is removed"])
    expect(reasons(shrunk, "firewall/rules")).toEqual([
      "it no longer joins web[2] to dmz",
      "it closes web[2] needs dns: names.dns",
    ])
  })

  test("what is deleted says where it was declared", async () => {
    const plan = await planOf(await running(office({ webs: 3 })), office())
    expect(step(plan, "appliance/web[3]").reasons).toMatchObject([
      { what: "it is no longer in office.appl", origin: at(19) },
    ])
  })
})

describe("what a change needs", () => {
  test("several changes of one object are done together, by the harshest", async () => {
    const here = await running(office(), ({ simulation }) => simulation.killProcess("local", "office", "web[1]"))
    const plan = await planOf(here, office({ title: "Good morning" }))
    const changed = step(plan, "appliance/web[1]")
    expect([changed.action, verbs(changed)]).toEqual(["restart", ["configure 1", "restart 1", "ready 1"]])
    expect(changed.operations[0]).toMatchObject({
      pending: "restart",
      details: { written: ["/srv/www/index.html"], removed: [], fields: ["files"] },
    })
    expect(changed.reasons.map((reason) => [reason.what, reason.drift])).toEqual([
      ["`title` changed", false],
      ["its first process is not running", true],
    ])
  })

  test("a file that is no longer wanted is deleted inside the appliance", async () => {
    const plan = await planOf(await running(office()), officeWith("web[1]", { files: [] }))
    expect(step(plan, "appliance/web[1]").operations[0]!.details).toMatchObject({
      written: [],
      removed: ["/etc/nginx/sites-enabled/default", "/srv/www/index.html"],
    })
  })

  test("with a volume the old appliance goes first, since both cannot have it", async () => {
    const volumes = [{ name: "data", path: "/srv", size_bytes: 1, backup: null }]
    const plan = await planOf(await running(officeWith("web[1]", { volumes })), {
      ...officeWith("web[1]", { volumes, form: "microvm" }),
    })
    const replaced = step(plan, "appliance/web[1]")
    expect([replaced.action, verbs(replaced), replaced.interruption]).toEqual([
      "replace",
      ["remove 1", "create 2", "ready 2"],
      "restart",
    ])
  })

  test("a volume that grows touches no process, and one that would shrink is refused with its place", async () => {
    const sized = (size_bytes: number, path = "/srv") =>
      officeWith("web[1]", {
        volumes: [{ name: "data", path, size_bytes, backup: null }],
        origins: { volumes: at(31) },
      })
    const here = await running(sized(2 ** 30))
    expect(step(await planOf(here, sized(2 ** 31)), "appliance/web[1]").action).toBe("update")
    expect(step(await planOf(here, sized(2 ** 31, "/data")), "appliance/web[1]").action).toBe("restart")
    expect(await refusal(here, sized(2 ** 29))).toMatchObject({
      kind: "conflict",
      message: "office.appl:31: the volume data of web[1] has 1GiB and would shrink to 512MiB",
    })
  })

  test("an appliance on a network that is made anew restarts", async () => {
    const before = office()
    const here = await running(before)
    // Only the range is another one: the addresses of the appliances fit into both.
    const networks = before.networks.map((network) => ({ ...network, cidr: "10.30.0.0/25" }))
    const plan = await planOf(here, { ...before, networks })
    expect(step(plan, "network/dmz").action).toBe("replace")
    for (const id of ["edge", "names", "web[1]"]) {
      expect(step(plan, `appliance/${id}`).after).toContain("replace network/dmz")
      expect(step(plan, `appliance/${id}`).action).toBe("restart")
    }
  })

  test("what somebody removed by hand is made again under its own name", async () => {
    const here = await running(office(), ({ simulation }) => {
      delete simulation.host("local").clusters.office!.things["appliance/names 1"]
      delete simulation.host("local").clusters.office!.things["network/dmz 1"]
    })
    const plan = await planOf(here, office())
    expect(plan.steps.map((one) => [one.id, verbs(one)[0], one.reasons[0]!.what])).toEqual([
      ["update network/dmz", "set 1", "it is no longer there"],
      ["create appliance/names", "create 1", "it is no longer there"],
    ])
    await expectConverges(here, office())
  })
})

describe("order", () => {
  test("whoever takes over an address waits until its old owner is gone", async () => {
    const renamed = office({ amend: (one) => (one.id === "web[2]" ? { ...one, id: "front", name: "front" } : one) })
    const flows = renamed.flows.filter((flow) => !flow.cause.startsWith("web[2]"))
    const wires = renamed.wires.filter((wire) => wire.consumer !== "web[2]")
    const here = await running(office())
    const plan = await planOf(here, { ...renamed, flows, wires })
    expect(step(plan, "appliance/front").after).toContain("delete appliance/web[2]")
    await expectConverges(here, { ...renamed, flows, wires })
  })

  test("a network with another name takes over the range of the old one", async () => {
    const before = office()
    const here = await running(before)
    const desired: DesiredState = {
      ...before,
      networks: before.networks.map((network) => ({ ...network, name: "inner" })),
      appliances: before.appliances.map((one) => ({
        ...one,
        nics: one.nics.map((nic) => (nic.network === null ? nic : { ...nic, network: "inner" })),
      })),
    }
    const plan = await planOf(here, desired)
    expect(step(plan, "network/inner").after).toEqual(["delete network/dmz"])
    await expectConverges(here, desired)
  })

  test("a destroy goes the other way", async () => {
    const plan = await planOf(await running(office()), office(), "destroy")
    const ids = plan.steps.map((one) => one.address)
    const goesBefore = (left: string, right: string) =>
      expect(ids.indexOf(left as never)).toBeLessThan(ids.indexOf(right as never))
    goesBefore("publish/8080-tcp", "appliance/web[1]")
    goesBefore("appliance/web[1]", "appliance/names")
    goesBefore("appliance/names", "firewall/rules")
    goesBefore("firewall/rules", "network/dmz")
    for (const { after, id } of plan.steps) {
      for (const one of after)
        expect(plan.steps.findIndex((step) => step.id === one)).toBeLessThan(
          plan.steps.findIndex((step) => step.id === id),
        )
    }
  })
})

describe("refusals, before anything is touched", () => {
  test("an unreachable host, although everything of it looks gone", async () => {
    const here = await running(office())
    const { world, controller } = here.process([{ kind: "disconnect", at: 1 }])
    await makePlan(world, office(), { operation: "apply" })
    const opened = await controller.open(office().hosts[0]!)
    if (!opened.ok) throw new Error("the driver opens")
    await opened.value.acquire("office", world.holder, "apply", 1)
    const made = await makePlan(world, office(), { operation: "apply" })
    expect(made).toMatchObject({ ok: false, failure: { kind: "host-unreachable" } })
    // Also when the packages of its images are not known: the crash of a planner is no answer.
    expect(await makePlan(world, office({ packages: ["nginx"] }), { operation: "apply" })).toMatchObject({
      failure: { kind: "host-unreachable" },
    })
  })

  test("a form that the host cannot run", async () => {
    const here = lab()
    Object.assign(here.simulation.host("local"), { forms: ["container"] })
    expect(await refusal(here, office())).toMatchObject({
      kind: "host-unsuitable",
      message: "host local cannot run edge as a microvm; it runs container",
    })
  })

  test("a record that was damaged", async () => {
    const here = await running(office(), ({ simulation }) => {
      const { records } = simulation.host("local").clusters.office!
      const record = records["appliance/names"]!
      records["appliance/names"] = { ...record, fields: { ...record.fields, files: "none" } }
    })
    const failure = await refusal(here, office())
    expect(failure.kind).toBe("host-unsuitable")
    expect(failure.message).toContain("appliance/names on host local is damaged")
    expect(failure.message).toContain("/fields/files must be array")
  })

  test("protection is lifted by saying so, not by deleting the line", async () => {
    const here = await running(officeWith("web[2]", { protect: true }))
    expect((await refusal(here, office({ webs: 1 }))).kind).toBe("protected")
    expect((await refusal(here, officeWith("web[2]", { protect: true, form: "microvm" }))).kind).toBe("protected")
    const plan = await planOf(here, officeWith("web[2]", { protect: false, form: "microvm" }))
    expect(step(plan, "appliance/web[2]").action).toBe("replace")
  })

  test("several conflicts are told together", async () => {
    const here = lab()
    here.simulation.host("local").foreign = {
      networks: [
        { cidr: "10.0.0.0/8", owner: "route over eth0" },
        { cidr: "0.0.0.0/0", owner: "default route" },
      ],
      ports: [{ port: 8080, protocol: "tcp", owner: "apache2" }],
    }
    expect(await refusal(here, office())).toMatchObject({
      kind: "conflict",
      output: [
        "network/dmz is 10.30.0.0/24, and host local has 10.0.0.0/8 already: route over eth0",
        "port 8080/tcp of host local is taken by apache2",
      ],
    })
  })
})

describe("packages", () => {
  test("without a lock, what a host has recorded stays: newer packages upgrade nothing by themselves", async () => {
    const here = await running(office())
    const newer = lab(
      { state: here.simulation.state(), now_ms: here.clock.now() },
      { packages: { "nginx-light": "9.9-1" } },
    )
    expect((await planOf(newer, office())).steps).toEqual([])
    const added = await planOf(newer, office({ packages: ["nginx-light", "busybox"] }))
    expect(added.packages.map(({ name, to }) => [name, to])).toEqual([
      ["busybox", "1.0-1"],
      ["nginx-light", "9.9-1"],
    ])
  })

  test("a container's image is not another one because a microVM of it needs a kernel", async () => {
    const here = await running(office())
    const newer = lab({ state: here.simulation.state(), now_ms: here.clock.now() }, { packages: { libc6: "9.9-1" } })
    const desired = office()
    const images = desired.images.map((image) => ({ ...image, forms: ["container", "microvm"] as const }))
    const plan = await planOf(newer, { ...desired, images })
    expect(plan.steps.map((one) => one.action)).toEqual(Array(3).fill("update"))
    expect(plan.steps.every((one) => one.address.startsWith("image/"))).toBe(true)
    const libraries = Object.values(plan.pins).flatMap((pins) => pins.base.filter((pin) => pin.name === "libc6"))
    expect(libraries.map((pin) => pin.version)).toEqual(Array(3).fill("2.36-9+deb12u10"))
  })
})

test("the firewall is the flows as addresses, with each gateway's way out", () => {
  const pins = Object.fromEntries(office().images.map((image) => [image.id, { base: [], packages: [], kernel: [] }]))
  const firewall = toObjects(settled(office({ webs: 1 })), pins).find((object) => object.kind === "firewall")!
  const fields: FirewallFields = fieldsOf(firewall, "firewall")
  expect(fields.networks).toMatchObject([
    {
      name: "dmz",
      gateway: { appliance: "edge", uplink: { device: "eth1", address: "100.94.0.2", peer: "100.94.0.1" } },
    },
  ])
  expect(fields.ports.map(({ appliance, address, forwards }) => [appliance, address, forwards])).toEqual([
    ["edge", "10.30.0.1", true],
    ["names", "10.30.0.2", false],
    ["web[1]", "10.30.0.3", false],
  ])
  expect(fields.rules.map(({ from, to, ports }) => [from.addresses, to.addresses, ports.length])).toEqual([
    [["10.30.0.2"], [], 1],
    [[], ["10.30.0.3"], 1],
    [["10.30.0.3"], ["10.30.0.2"], 2],
  ])
})

describe("a plan in a file", () => {
  test("is the same plan when it is read back, for a create, a change and a destroy", async () => {
    const here = lab()
    const plans = [await planOf(here, office())]
    await expectConverges(here, office())
    plans.push(await planOf(here, office({ packages: ["nginx-extras"], webs: 1, title: "x" })))
    plans.push(await planOf(here, office(), "destroy"))
    for (const plan of plans) expect(readPlan(JSON.parse(JSON.stringify(plan)))).toEqual({ ok: true, value: plan })
  })

  const spoilers: readonly (readonly [string, (plan: Spoiled) => void, RegExp])[] = [
    ["another version", (plan) => (plan.version = 3), /\/version must be equal/],
    ["an unknown key", (plan) => (plan.extra = 1), /additional properties \(extra\)/],
    ["a cluster with a path in its name", (plan) => (plan.cluster = "../x"), /\/cluster must match pattern/],
    ["a step for a host by another name", (plan) => (plan.steps[0].host = "other"), /is for another object/],
    ["an unknown verb", (plan) => (plan.steps[0].operations[0].verb = "rm"), /\/verb must be equal/],
    [
      "a file without a path",
      (plan) => (plan.steps.at(-3).object.fields.files = [{}]),
      /must have required property 'path'/,
    ],
    ["a step after no step", (plan) => (plan.steps[0].after = ["nothing"]), /comes after nothing, which is no step/],
    ["a cycle", (plan) => (plan.steps[0].after = [plan.steps[1].id]), /stands before/],
    ["two steps with one name", (plan) => (plan.steps[1].id = plan.steps[0].id), /two steps have one name/],
  ]
  test.each(spoilers)("is refused with %s", async (_, spoil, message) => {
    const plan = JSON.parse(JSON.stringify(await planOf(lab(), office())))
    spoil(plan)
    const read = readPlan(plan)
    expect(read).toMatchObject({
      ok: false,
      failure: { kind: "plan-invalid", message: expect.stringMatching(message) },
    })
  })
})

// biome-ignore lint/suspicious/noExplicitAny: a spoiled plan has no type, which is the point.
type Spoiled = any

describe("what a driver would leave without effect is refused, with who asks for it and where", () => {
  const volume = { name: "data", path: "/data", size_bytes: 1, backup: null }
  const asking: [string, DesiredState, string[]][] = [
    ["a volume of a microVM", officeWith("web[1]", { form: "microvm", volumes: [volume] }), []],
    [
      "limits",
      officeWith("edge", { limits: { disk_bytes: 1, processes: 9 }, origins: { limits: at(32) } }),
      [
        "office.appl:32: edge asks for a limit of its disk, which host local cannot give a microvm",
        "office.appl:32: edge asks for a limit of its processes, which host local cannot give a microvm",
      ],
    ],
    ["what a container can have", officeWith("web[1]", { volumes: [volume], limits: { processes: 9 } }), []],
  ]
  test.each(asking)("%s", async (_, desired, findings) => {
    const { observed, plan: made } = await planned(office())
    const { cluster, file } = desired
    const input = { desired, cluster, file, pins: made.pins, observed, abilities: { local: abilities } }
    const answer = plan(input)
    if (answer.ok) expect(findings).toEqual([])
    else {
      const { kind, message, output } = answer.failure
      expect({ kind, findings: output.length === 0 ? [message] : output }).toEqual({
        kind: "host-unsuitable",
        findings,
      })
    }
  })
})

test("another MTU of a network reaches the nics that are on it", async () => {
  const before = office()
  const after = { ...before, networks: before.networks.map((network) => ({ ...network, mtu: 1400 })) }
  const plan = await planOf(await running(before), after)
  expect(step(plan, "appliance/web[1]").action).toBe("restart")
  expect(step(plan, "network/dmz").action).toBe("update")
})
