import { Session } from "node:inspector/promises"
import { join } from "node:path"
import { setFlagsFromString } from "node:v8"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { compile, type Input, type Lock } from "../lang/index.ts"

// What a compilation costs grows with the number of things: V8 counts how often each block of our functions runs, which is the same on every
// machine. What twice as many things run more than twice as often (and some, for sorting) grows faster than they do.
const root = join(import.meta.dirname, "..")
const few = 200
const slack = 2.5

// V8 counts in its interpreter only, in functions that it has feedback of, and forgets those that it has not run for a while.
for (const flag of ["no-opt", "no-maglev", "no-sparkplug", "no-lazy-feedback-allocation", "no-flush-bytecode"])
  setFlagsFromString(`--${flag}`)

test.each([
  { what: "from a loop", text: loop, with_lock: false },
  { what: "from a loop, with a lock", text: loop, with_lock: true },
  { what: "written out", text: writtenOut, with_lock: false },
  { what: "that choose their providers", text: choosing, with_lock: false },
  { what: "behind a gateway", text: networks, with_lock: false },
])("the work for appliances $what grows with their number", async ({ text, with_lock }) => {
  const [once, twice] = [await countBlocks(text(few), with_lock), await countBlocks(text(2 * few), with_lock)]
  expect(twice.size).toBeGreaterThan(500)
  const faster = [...twice].filter(([block, count]) => count > slack * Math.max(few, once.get(block) ?? 0))
  expect(faster.map(([block, count]) => `${block}: ${once.get(block) ?? 0} times, then ${count} times`)).toEqual([])
})

/** How often each block of `lang/` runs, by file, function and offset. */
async function countBlocks(text: string, with_lock: boolean): Promise<Map<string, number>> {
  const session = new Session()
  session.connect()
  await session.post("Profiler.enable")
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true })
  // What is made once for all, such as the grammar, is not the question.
  const { lock } = compile(inputOf(text, null))
  await session.post("Profiler.takePreciseCoverage")
  const { diagnostics } = compile(inputOf(text, with_lock ? lock : null))
  const { result } = await session.post("Profiler.takePreciseCoverage")
  session.disconnect()
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  const counts = new Map<string, number>()
  for (const { url, functions } of result) {
    const [, file] = /\/(lang\/.*\.ts)/.exec(url) ?? []
    if (file === undefined) continue
    for (const { functionName, ranges } of functions) {
      for (const { startOffset, count } of ranges) counts.set(`${file} ${functionName} at ${startOffset}`, count)
    }
  }
  return counts
}

function inputOf(text: string, lock: Lock | null): Input {
  const files = { ...diskFiles, read: (path: string) => (path === "many.appl" ? bytes : diskFiles.read(path)) }
  const bytes = new TextEncoder().encode(text)
  const rest = { cluster: null, deployed: null, params: [], lock, limit: 100_000 }
  return { entry: "many.appl", files, standard: join(root, "modules"), ...rest }
}

function cluster(body: string): string {
  const classes = ["Nginx", "Dnsmasq", "Edge"].filter((name) => body.includes(`: ${name} `))
  const uses = classes.map((name) => `use { ${name} } from "std/${name.toLowerCase()}"\n`)
  return `${uses.join("")}cluster many {\n${body}\n}\n`
}

function loop(count: number): string {
  return cluster(`network lan { cidr = 10.0.0.0/8 }
appliance names: Dnsmasq { on = lan, zone = "many.test" }
for i in 1..${count} { appliance web[i]: Nginx { on = lan, site = "www.many.test", title = "Server \${i}" } }`)
}

function writtenOut(count: number): string {
  const one = (index: number) =>
    `appliance web-${index}: Nginx { on = lan, site = "www.many.test", title = "${index}" }`
  return cluster(`network lan { cidr = 10.0.0.0/8 }
appliance names: Dnsmasq { on = lan, zone = "many.test" }
${Array.from({ length: count }, (_, index) => one(index + 1)).join("\n")}`)
}

function choosing(count: number): string {
  return cluster(`network lan { cidr = 10.0.0.0/8 }
for i in 1..${count} {
  appliance names[i]: Dnsmasq { on = lan, zone = "many.test" }
  appliance web[i]: Nginx { on = lan, site = "www.many.test", dns = names[i].dns }
}`)
}

function networks(count: number): string {
  return cluster(`network lan { cidr = 10.0.0.0/16, gateway = edge }
network dmz { cidr = 10.1.0.0/16, gateway = edge }
appliance edge: Edge { on = [lan, dmz] }
appliance names: Dnsmasq { on = lan, zone = "many.test" }
for i in 1..${count} { appliance web[i]: Nginx { on = dmz, site = "www.many.test" } }`)
}
