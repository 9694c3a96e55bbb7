import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import {
  type Compiled,
  compile,
  type DesiredState,
  drawDot,
  drawSvg,
  drawText,
  type Files,
  graphOf,
  type Lock,
  memoryFiles,
  readDesiredState,
  render,
  showLock,
} from "../lang/index.ts"

type Options = { files?: Files; set?: Record<string, string>; lock?: Lock | null; as?: string }

function run(entry: string, { files = diskFiles, set = {}, lock = null, as }: Options = {}): Compiled {
  return compile({
    entry,
    files,
    standard: "modules",
    cluster: null,
    deployed: as ?? null,
    params: Object.entries(set).map(([name, text]) => ({ name, value: { text }, said: `--set ${name}=${text}` })),
    lock,
    limit: 1_000_000,
  })
}

function desiredOf(compiled: Compiled): DesiredState {
  expect(render(compiled.diagnostics, { color: "never", width: 120 })).toBe("")
  return compiled.desired!
}

const office = "examples/02-office/office.appl"
const examples = ["examples/01-hello/hello.appl", office]

describe.each(examples)("%s", (entry) => {
  const name = entry.split("/")[1]!

  test("gives the desired state that is kept beside this test", async () => {
    const compiled = run(entry)
    const desired = desiredOf(compiled)
    expect(readDesiredState(JSON.parse(JSON.stringify(desired)))).toMatchObject({ ok: true })
    await expect(`${JSON.stringify(desired, null, 2)}\n`).toMatchFileSnapshot(`desired/${name}.json`)
    await expect(showLock(compiled.lock!)).toMatchFileSnapshot(`desired/${name}.lock`)
  })

  test("gives the same bytes again, with its own lock too", () => {
    const first = run(entry)
    const second = run(entry, { lock: first.lock })
    expect(JSON.stringify(second.desired)).toBe(JSON.stringify(first.desired))
    expect(showLock(second.lock!)).toBe(showLock(first.lock!))
  })
})

describe("the drawing of the office", () => {
  const drawing = graphOf(desiredOf(run(office)))

  test("as text", async () => {
    await expect(drawText(drawing)).toMatchFileSnapshot("desired/02-office.txt")
  })

  test("for Graphviz", async () => {
    await expect(drawDot(drawing)).toMatchFileSnapshot("desired/02-office.dot")
  })

  test("as a picture", async () => {
    await expect(drawSvg(drawing)).toMatchFileSnapshot("desired/02-office.svg")
  })
})

describe("a cluster that changes", () => {
  test("keeps all addresses and MACs when it grows and shrinks", () => {
    const small = run(office)
    const large = run(office, { set: { "web-servers": "5" }, lock: small.lock })
    const again = run(office, { set: { "web-servers": "1" }, lock: large.lock })
    const nics = (compiled: Compiled) =>
      new Map(desiredOf(compiled).appliances.map((appliance) => [appliance.id, JSON.stringify(appliance.nics)]))
    const [before, grown, shrunk] = [nics(small), nics(large), nics(again)]
    expect([...grown.keys()]).toEqual(["edge", "names", "web[1]", "web[2]", "web[3]", "web[4]", "web[5]"])
    for (const [id, own] of before) expect(grown.get(id)).toBe(own)
    for (const [id, own] of shrunk) expect(grown.get(id)).toBe(own)
  })

  test("changes the files that say so, and no others", () => {
    const before = desiredOf(run(office))
    const after = desiredOf(run(office, { set: { domain: "shop.test" } }))
    const files = (state: DesiredState) =>
      new Map(
        state.appliances.flatMap((appliance) =>
          appliance.files.map((file) => [`${appliance.id} ${file.path}`, JSON.stringify(file.content)] as const),
        ),
      )
    const old = files(before)
    const changed = [...files(after)].filter(([path, content]) => old.get(path) !== content).map(([path]) => path)
    expect(changed).toEqual([
      "names /etc/dnsmasq.conf",
      "web[1] /etc/nginx/sites-enabled/default",
      "web[1] /etc/resolv.conf",
      "web[1] /srv/www/index.html",
      "web[2] /etc/nginx/sites-enabled/default",
      "web[2] /etc/resolv.conf",
      "web[2] /srv/www/index.html",
    ])
  })

  test("under two names has two of everything that is its own", () => {
    const one = run(office, { as: "one" })
    const two = run(office, { as: "two", set: { net: "10.31.0.0/24", "web-port": "8081/tcp" }, lock: one.lock })
    const macs = [one, two].flatMap((compiled) =>
      desiredOf(compiled).appliances.flatMap((a) => a.nics.map((n) => n.mac)),
    )
    expect(new Set(macs).size).toBe(macs.length)
    expect(Object.keys(two.lock!.deployed).sort()).toEqual(["one", "two"])
    expect(two.lock!.deployed.one).toEqual(one.lock!.deployed.one)
    expect(two.desired!.publishes.map((publish) => publish.port)).toEqual([8081])
  })

  test("keeps the packages that its lock knows, and only those of images that it still has", () => {
    const first = run(office)
    const pins = { base: [], packages: [], kernel: [] }
    const [image] = first.desired!.images
    const section = first.lock!.deployed.office!
    const lock: Lock = {
      version: 1,
      deployed: { office: { ...section, images: { [image!.id]: pins, gone: pins } } },
    }
    const second = run(office, { lock })
    expect(second.desired!.images.map((one) => one.pins)).toEqual([pins, null, null])
    expect(Object.keys(second.lock!.deployed.office!.images)).toEqual([image!.id])
  })
})

describe("the blocks of the language reference", () => {
  const folder = "test/cases/language"
  const checked = readdirSync(folder).filter((name) => name === "01-first-look.appl")

  test.each(checked)("%s compiles without a diagnostic", (name) => {
    desiredOf(run("block.appl", { files: over({ "block.appl": readFileSync(`${folder}/${name}`, "utf8") }) }))
  })
})

describe("a file without a cluster", () => {
  test("is checked, and gives a hint", () => {
    const { desired, diagnostics } = run("modules/nginx/nginx.appl")
    expect(desired).toBeNull()
    expect(diagnostics.map((one) => [one.code, one.severity])).toEqual([["A0912", "hint"]])
  })
})

test("a name under which nothing can be deployed is refused", () => {
  expect(run(office, { as: "Two!" }).diagnostics.map((one) => one.code)).toEqual(["A0913"])
})

/** Files of the test over those of the disk. */
function over(texts: Record<string, string>): Files {
  const own = memoryFiles(texts)
  return {
    read: (path) => own.read(path) ?? diskFiles.read(path),
    list: (path) => own.list(path) ?? diskFiles.list(path),
    resolve: (path) => own.resolve(path) ?? diskFiles.resolve(path),
  }
}
