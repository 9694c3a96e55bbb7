import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { makePlace, printed } from "./cli/command.ts"

const office = "02-office/office.appl"

describe("commands that read the source", () => {
  test("check says what it found; --json gives diagnostics", async (context) => {
    const place = makePlace(context)
    const good = await place.appl("check", office)
    expect(good).toMatchObject({ code: 0, err: "" })
    expect(good.out).toMatch(/cluster office compiles: 4 appliances, 1 network/)
    place.write("bad.appl", "cluster bad { network lan { cidr = 10.1.0.0/24, gatway = null } }\n")
    const bad = await place.appl("check", "bad.appl", "--json")
    expect(bad.code).toBe(1)
    const { diagnostics } = JSON.parse(bad.out)
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({ severity: "error", file: "bad.appl", range: { start: { line: 1 } } })
    expect((await place.appl("check", "bad.appl")).err).toMatch(/gateway/)
  })

  test("params come from --set, then the environment, then a file", async (context) => {
    const place = makePlace(context)
    place.write("p.json", JSON.stringify({ "web-port": "9003/tcp", domain: "file.test" }))
    const words = ["output", office, "url", "--params", "p.json"]
    const environment = { APPL_PARAM_WEB_PORT: "9002/tcp" }
    expect((await place.start(words).ended).out).toBe("http://localhost:9003/\n")
    expect((await place.start(words, environment).ended).out).toBe("http://localhost:9002/\n")
    const set = place.start([...words, "--set", "web-port=9000/tcp", "--set", "web-port=9001/tcp"], environment)
    expect((await set.ended).out).toBe("http://localhost:9001/\n")
  })

  test("output, flows and graph", async (context) => {
    const place = makePlace(context)
    const [output, flows, dot, svg] = await Promise.all([
      place.appl("output", office, "--json"),
      place.appl("flows", office),
      place.appl("graph", office, "--format", "dot"),
      place.appl("graph", office, "--format", "svg"),
    ])
    expect(JSON.parse(output.out)).toEqual({ url: "http://localhost:8080/" })
    expect(flows.out).toMatch(/web\[2\] +names +53\/udp/)
    expect(flows.out).toMatch(/outside +web\[1\] +80\/tcp .*publish 8080\/tcp/)
    expect(dot.out).toMatch(/^digraph/)
    expect(svg.out).toMatch(/^<svg[\s\S]*<\/svg>\n$/)
  })

  test("fmt writes the style, and --check only says so", async (context) => {
    const place = makePlace(context)
    place.write("a.appl", "let   x=1\n")
    expect(await place.appl("fmt", "--check", "a.appl")).toMatchObject({ code: 1, out: "a.appl is not in the style\n" })
    expect(readFileSync(join(place.folder, "a.appl"), "utf8")).toBe("let   x=1\n")
    expect(await place.appl("fmt", ".")).toMatchObject({ code: 0, out: "a.appl\n" })
    expect(readFileSync(join(place.folder, "a.appl"), "utf8")).toBe("let x = 1\n")
    expect(await place.appl("fmt", "--check", ".")).toMatchObject({ code: 0, out: "" })
  })

  test("explain knows every code that it lists", async (context) => {
    const place = makePlace(context)
    const list = await place.appl("explain")
    const codes = [...list.out.matchAll(/^(A\d{4}) /gm)].map((match) => match[1]!)
    expect(codes.length).toBeGreaterThan(40)
    const one = await place.appl("explain", codes[0]!.toLowerCase())
    expect(one).toMatchObject({ code: 0 })
    expect(one.out).toMatch(new RegExp(`^error ${codes[0]}: `))
  })
})

describe("the life of a cluster on a simulated host", () => {
  test("dry run, apply, nothing to do, status, grow, destroy", async (context) => {
    const place = makePlace(context)
    const lock = join(place.folder, "my.lock")
    const run = (...words: string[]) => place.appl(...words, "--simulated", "--lock", lock)

    const dry = await run("apply", office, "--dry-run")
    expect(dry.code).toBe(2)
    expect(dry.out).toMatch(/\+ .*web\[2\]/)
    expect(existsSync(lock)).toBe(false)

    const first = await run("apply", office, "--yes")
    expect(first.err).toMatch(/\+ web\[1\] created in/)
    expect(first.out).toMatch(/url = http:\/\/localhost:8080\/\n$/)
    expect(first.code).toBe(0)
    const written = readFileSync(lock, "utf8")

    const second = await run("apply", office, "--yes")
    expect(second.out).toMatch(/Nothing to do/)
    expect(second.code).toBe(0)
    expect((await run("apply", office, "--dry-run")).code).toBe(0)
    expect(readFileSync(lock, "utf8")).toBe(written)

    const status = await run("status", office)
    expect(status.out).toMatch(/^web\[2\] +container +\S+ +10\.30\.0\.\d+ +running .*front page ok$/m)
    expect(status.code).toBe(0)

    const grown = await run("apply", office, "--dry-run", "--json", "--set", "web-servers=3")
    const { plan } = JSON.parse(grown.out)
    const touched = plan.steps.filter((step: { address: string }) => step.address.startsWith("appliance/"))
    expect(touched.map((step: { id: string }) => step.id)).toEqual(["create appliance/web[3]"])

    expect((await run("destroy", office, "--yes")).code).toBe(0)
    const gone = await run("status", office, "--json")
    expect(gone.code).toBe(2)
    expect(JSON.parse(gone.out).appliances.every((row: { state: string }) => row.state === "not there")).toBe(true)
    expect((await run("destroy", office, "--yes")).out).toMatch(/Nothing to do/)
  })

  test("a saved plan is applied as it was shown, and refused when the hosts have changed since", async (context) => {
    const place = makePlace(context)
    const planned = await place.appl("apply", office, "--simulated", "--dry-run", "--out", "plan.json")
    expect(planned.code).toBe(2)
    // It holds what is in the files of appliances, as the state of simulated hosts does.
    expect(statSync(join(place.folder, "plan.json")).mode & 0o777).toBe(0o600)
    expect((await place.appl("apply", "plan.json", "--yes")).code).toBe(0)
    expect(statSync(join(place.folder, "state/appl/simulated/hosts.json")).mode & 0o777).toBe(0o600)
    expect((await place.appl("apply", office, "--simulated", "--dry-run")).code).toBe(0)
    const stale = await place.appl("apply", "plan.json", "--yes")
    expect(stale.err).toMatch(/have changed since this plan was made/)
    expect(stale.code).toBe(1)
  })

  test("a cluster may be named like what every object has", async (context) => {
    const place = makePlace(context)
    place.write(
      "odd.appl",
      `appliance Idle {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster constructor {
  network lan { cidr = 10.20.0.0/24 }
  appliance idle["constructor"]: Idle { on = lan }
}
`,
    )
    expect(await place.appl("apply", "odd.appl", "--simulated", "--yes")).toMatchObject({ code: 0 })
    expect(await place.appl("apply", "odd.appl", "--simulated", "--dry-run")).toMatchObject({ code: 0 })
  })

  test("a file of a folder whose name is no path is a diagnostic", async (context) => {
    const place = makePlace(context)
    mkdirSync(join(place.folder, "pages"))
    place.write("pages/a'\ntouch b", "")
    place.write(
      "pages.appl",
      `appliance Pages {
  image = debian("bookworm")
  files = { "/srv/pages" = folder("./pages") }
  start = ["sleep", "infinity"]
}
cluster pages { network lan { cidr = 10.20.0.0/24 }
 appliance one: Pages {} }
`,
    )
    const checked = await place.appl("check", "pages.appl")
    expect(checked.code).toBe(1)
    expect(checked.err).toMatch(/error A0720/)
  })

  test("a saved plan does not say what else is overwritten", async (context) => {
    const place = makePlace(context)
    await place.appl("apply", office, "--simulated", "--dry-run", "--out", "plan.json")
    const plan = JSON.parse(readFileSync(join(place.folder, "plan.json"), "utf8"))
    place.write("precious.txt", "mine")
    place.write("plan.json", JSON.stringify({ ...plan, lock: { ...plan.lock, path: "precious.txt" } }))
    const refused = await place.appl("apply", "plan.json", "--yes")
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("its lock file precious.txt is none") })
    expect(readFileSync(join(place.folder, "precious.txt"), "utf8")).toBe("mine")
  })

  test("volumes stay, unless somebody asks for them to go", async (context) => {
    const place = makePlace(context)
    place.write(
      "keep.appl",
      `appliance Keeper {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  volumes = { data = { path = "/var/lib/data", size = 1GiB } }
}
cluster archive {
  network lan { cidr = 10.1.0.0/24 }
  appliance keep: Keeper { on = lan }
}
`,
    )
    expect((await place.appl("apply", "keep.appl", "--simulated", "--yes")).code).toBe(0)
    const words = ["destroy", "keep.appl", "--simulated", "--dry-run"]
    const [without, asked] = await Promise.all([
      place.appl(...words),
      place.appl(...words, "--json", "--delete-volumes"),
    ])
    expect(without.out).toMatch(/volumes of appliance\/keep stay/)
    const { plan } = JSON.parse(asked.out)
    expect(plan.warnings).toEqual([])
    const step = plan.steps.find((one: { id: string }) => one.id === "delete appliance/keep")
    expect(step.operations).toMatchObject([{ verb: "remove", details: { delete_volumes: true } }])
  })

  test("events are lines of JSON", async (context) => {
    const ended = await makePlace(context).appl("apply", office, "--simulated", "--yes", "--json")
    const lines = ended.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(lines.find((line) => line.plan)?.plan.cluster).toBe("office")
    expect(lines.some((line) => line.kind === "step-finished" && line.address === "appliance/web[1]")).toBe(true)
    expect(lines.at(-1)).toMatchObject({ result: { failed: 0, blocked: 0, left: 0, exit: 0 } })
  })
})

describe("interrupted", () => {
  test("Ctrl-C finishes what runs, says what is left, and the next apply goes on", async (context) => {
    const place = makePlace(context)
    const { child, ended } = place.start(["apply", office, "--simulated", "--yes"], { APPL_SIMULATED_SPEED: "4" })
    await printed(child, "created in")
    child.kill("SIGINT")
    const stopped = await ended
    expect(stopped.err).toMatch(/Stopping after what is running/)
    expect(stopped.err).toMatch(/\d+ left/)
    const log = /What happened is in (.*\.log)/.exec(stopped.err)?.[1]
    expect(readFileSync(log!, "utf8")).toContain('"result":{"state":"interrupted"')
    expect(stopped.code).toBe(130)
    await expectConverges(place)
  })

  test("Ctrl-C twice ends at once and says what is unknown", async (context) => {
    const place = makePlace(context)
    const { child, ended } = place.start(["apply", office, "--simulated", "--yes"], { APPL_SIMULATED_SPEED: "4" })
    await printed(child, "created in")
    const stopping = printed(child, "Stopping")
    child.kill("SIGINT")
    await stopping
    child.kill("SIGINT")
    const stopped = await ended
    expect(stopped.err).toMatch(/Stopped at once\. Unknown: /)
    expect(stopped.code).toBe(130)
    await expectConverges(place)
  })

  test("SIGKILL loses nothing", async (context) => {
    const place = makePlace(context)
    const { child, ended } = place.start(["apply", office, "--simulated", "--yes"], { APPL_SIMULATED_SPEED: "4" })
    await printed(child, "created in")
    child.kill("SIGKILL")
    await ended
    await expectConverges(place)
  })
})

async function expectConverges(place: ReturnType<typeof makePlace>): Promise<void> {
  const again = await place.appl("apply", office, "--simulated", "--yes")
  expect(again.err).not.toMatch(/failed/)
  expect(again.code).toBe(0)
  expect((await place.appl("apply", office, "--simulated", "--dry-run")).code).toBe(0)
}
