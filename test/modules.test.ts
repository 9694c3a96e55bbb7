import { existsSync, globSync, readdirSync, readFileSync } from "node:fs"
import { dirname } from "node:path"
import { describe, expect, test } from "vitest"
import { type DesiredState, makeReport, readModuleDescription, render } from "../lang/index.ts"
import { compileText } from "./compile-text.ts"

const root = dirname(import.meta.dirname)
const modules = readdirSync(`${root}/modules`).sort()

describe("every standard module", () => {
  test("is here", () => expect(modules).toEqual(["capture", "dnsmasq", "edge", "nginx", "plan", "services"]))

  test.for(modules)("%s says in module.json what it is, and exports what its files declare", (name) => {
    const folder = `${root}/modules/${name}`
    const description = JSON.parse(readFileSync(`${folder}/module.json`, "utf8"))
    expect(description).toMatchObject({ name: `std/${name}`, edition: "2026", licence: "Apache-2.0" })
    expect(description.version).toMatch(/^\d+\.\d+\.\d+$/)
    for (const [exported, file] of Object.entries<string>(description.exports)) {
      expect(readFileSync(`${folder}/${file}`, "utf8")).toMatch(
        new RegExp(`^(?:(?:service|appliance) ${exported} \\{|(?:type|let) ${exported}\\b)`, "m"),
      )
    }
    for (const needed of Object.keys(description.dependencies)) {
      expect(existsSync(`${root}/modules/${needed.replace("std/", "")}/module.json`), needed).toBe(true)
    }
    expect(globSync(`${folder}/*.appl`).length).toBeGreaterThan(0)
  })
})

test("a description that is nested without an end is told, and ends nothing", () => {
  const report = makeReport()
  const text = `{"exports": ${'{"a":'.repeat(60_000)}`
  expect(readModuleDescription({ path: "module.json", text }, report)).toBeNull()
  expect(report.diagnostics).toMatchObject([{ code: "A0231", message: "module.json is nested too deeply" }])
})

describe("the files that standard appliances get in the office", () => {
  const office = desiredState("examples/02-office/office.appl")

  test.for([
    ["edge", "/etc/nftables.conf"],
    ["names", "/etc/dnsmasq.conf"],
    ["web[2]", "/etc/nginx/nginx.conf"],
    ["web[2]", "/etc/nginx/sites-enabled/default"],
    ["web[2]", "/etc/resolv.conf"],
    ["web[2]", "/srv/www/index.html"],
  ] as const)("%s %s", async ([id, path]) => {
    const file = fileOf(office, id, path)
    await expect(file).toMatchFileSnapshot(`modules/${id.replace(/\W/g, "")}${path.replaceAll("/", "-")}.txt`)
  })
})

test("a name server with an upstream may ask it, and one without may not", () => {
  const asks = (upstream: string) =>
    desiredState("examples/02-office/office.appl", `appliance names: Dnsmasq { on = dmz, zone = domain${upstream} }`)
  const outside = (state: DesiredState) => state.flows.filter((flow) => flow.to.kind === "outside")
  expect(outside(asks(""))).toEqual([])
  const [flow] = outside(asks(", upstream = [9.9.9.9]"))
  expect(flow).toMatchObject({ from: { kind: "appliance", id: "names" }, ports: [{ from: 53 }, { from: 53 }] })
  expect(fileOf(asks(", upstream = [9.9.9.9]"), "names", "/etc/dnsmasq.conf")).toMatch(/^server=9\.9\.9\.9$/m)
})

test("an edge that is no network's gateway has nothing to do, and says so", () => {
  const text =
    'use { Edge } from "std/edge"\ncluster c {\n  network lan { cidr = 10.1.0.0/24 }\n  appliance e: Edge { on = lan }\n}\n'
  const { diagnostics } = compileText(`${root}/edge.appl`, text)
  expect(diagnostics.map((diagnostic) => diagnostic.message).join()).toMatch(/nothing to route/)
  expect(diagnostics).toHaveLength(1)
})

/** Compiles a file of the project; `names` replaces the line that declares the name server. */
function desiredState(path: string, names?: string): DesiredState {
  const text = readFileSync(`${root}/${path}`, "utf8")
  const changed = names === undefined ? text : text.replace(/appliance names: .*/, names)
  const { desired, diagnostics } = compileText(`${root}/${path}`, changed)
  if (desired === null) throw new Error(render(diagnostics, { color: "never", width: 120 }))
  return desired
}

function fileOf(state: DesiredState, id: string, path: string): string {
  const content = state.appliances
    .find((appliance) => appliance.id === id)
    ?.files.find((file) => file.path === path)?.content
  return content !== undefined && "text" in content ? content.text : "(there is no such file)"
}
