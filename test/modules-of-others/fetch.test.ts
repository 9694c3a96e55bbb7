import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, type TestContext, test } from "vitest"
import { contentHash } from "../../lang/index.ts"
import { makePlace, type Place } from "../cli/command.ts"
import { kitFiles, packed, tgzOf } from "./archives.ts"
import { type Registry, startRegistry } from "./registry.ts"

// The commands as a person runs them, each as a process of its own, in a fresh project with a fresh cache. What they fetch from is made
// here: folders, tarballs, repositories, and a registry on the loopback.
const main =
  'use { Blog } from "web-kit"\n\ncluster c {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance blog: Blog { on = lan, site = "a.test", author = "Anna" }\n}\n'

test("a module from a folder: added, locked, used offline, changed, updated", async (context) => {
  const { place, run, project } = fresh(context)
  writeAll(join(place.folder, "web-kit"), kitFiles())
  expect(await run("module", "add", "../web-kit")).toMatchObject({ code: 0, out: "+ web-kit 1.0.0\n", err: "" })
  expect(json(project, "appl.json")).toEqual({ dependencies: { "web-kit": "../web-kit" } })
  expect(json(project, "appl.lock").modules["web-kit"]).toMatchObject({ version: "1.0.0", resolved: "../web-kit" })
  expect(await run("check", "main.appl")).toMatchObject({ code: 0, err: "" })

  writeAll(join(place.folder, "web-kit"), kitFiles("1.1.0"))
  const changed = await run("check", "main.appl")
  expect(changed.code).toBe(0)
  expect(changed.err).toMatch(/^warning A0239/)
  expect(await run("module", "update", "--dry-run")).toMatchObject({ code: 0, out: "~ web-kit 1.0.0 → 1.1.0\n" })
  expect(await run("module", "update")).toMatchObject({ code: 0, out: "~ web-kit 1.0.0 → 1.1.0\n" })
  expect(await run("module", "update")).toMatchObject({ code: 0, out: "Nothing moved.\n" })
  const narrower = kitFiles("2.0.0")
  writeAll(join(place.folder, "web-kit"), {
    ...narrower,
    "blog.appl": narrower["blog.appl"]!.replace("Text", "Text(1..9)"),
  })
  const breaking = "~ web-kit 1.1.0 → 2.0.0\n    web-kit: Blog: the param author was Text, and is Text(1..9)\n"
  expect(await run("module", "update")).toMatchObject({ code: 0, out: breaking })

  rmSync(join(place.folder, "web-kit"), { recursive: true })
  expect(await run("check", "main.appl")).toMatchObject({ code: 0, err: "" })
})

test("a module from a tarball, and a copy in the cache that is lost or damaged is fetched again", async (context) => {
  const { run, project, cache } = fresh(context)
  writeFileSync(join(project, "web-kit-1.0.0.tgz"), tgzOf(packed(kitFiles())))
  expect(await run("module", "add", "./web-kit-1.0.0.tgz")).toMatchObject({
    code: 0,
    out: "+ web-kit 1.0.0\n",
    err: "",
  })
  const { sha256 } = json(project, "appl.lock").modules["web-kit"]

  const blog = join(cache, "modules", sha256, "blog.appl")
  rmSync(blog)
  writeFileSync(blog, "appliance Blog {}\n")
  expect((await run("check", "main.appl")).err).toMatch(/^error A0236/)
  expect(await run("module", "ls")).toMatchObject({ out: expect.stringMatching(/web-kit +1\.0\.0 +no/) })
  expect(await run("module", "install")).toMatchObject({ code: 0, out: "1 module: 1 fetched, 0 already here.\n" })
  expect(await run("check", "main.appl")).toMatchObject({ code: 0, err: "" })

  rmSync(cache, { recursive: true })
  expect((await run("check", "main.appl")).err).toMatch(/^error A0233: web-kit 1\.0\.0 is not in the cache/)
  expect(await run("module", "install", "--locked")).toMatchObject({ code: 0 })
  expect(await run("check", "main.appl")).toMatchObject({ code: 0, err: "" })
})

test("what is fetched today and is not what was locked is refused, and nothing is written", async (context) => {
  const { run, project, cache } = fresh(context)
  const tarball = join(project, "web-kit.tgz")
  writeFileSync(tarball, tgzOf(packed(kitFiles())))
  await run("module", "add", "./web-kit.tgz")
  rmSync(cache, { recursive: true })
  writeFileSync(tarball, tgzOf(packed(kitFiles("1.0.0", { "author.njk": "<script>evil()</script>\n" }))))
  const before = readFileSync(join(project, "appl.lock"), "utf8")
  const { code, err } = await run("module", "install")
  expect(code).toBe(1)
  expect(err).toMatch(/^error A0236: \.\/web-kit\.tgz is not what was locked as web-kit 1\.0\.0\n.*appl\.json/)
  expect(readFileSync(join(project, "appl.lock"), "utf8")).toBe(before)
  expect(existsSync(join(cache, "modules"))).toBe(false)
})

test("a hostile archive leaves nothing behind, in the project or the cache", async (context) => {
  const { place, run, project, cache } = fresh(context)
  writeFileSync(join(project, "evil.tgz"), tgzOf([...packed(kitFiles()), { path: "package/../../../evil", text: "x" }]))
  const { code, err } = await run("module", "add", "./evil.tgz")
  expect(code).toBe(1)
  expect(err).toMatch(/^error A0241: "package\/\.\.\/\.\.\/\.\.\/evil" in the archive leads out of the module/)
  expect(readdirSync(project).sort()).toEqual(["evil.tgz", "main.appl"])
  expect(existsSync(cache) ? readdirSync(cache) : []).not.toContain("modules")
  expect(existsSync(join(place.folder, "evil"))).toBe(false)
})

test("a module from a repository: a tag, a branch that moves, a range of tags; its scripts and hooks never run", async (context) => {
  const { place, run, project } = fresh(context)
  const repository = join(place.folder, "kit.git")
  const trap = `touch ${join(place.folder, "ran")}`
  const scripts = Object.fromEntries(
    ["prepare", "preinstall", "install", "postinstall", "prepack"].map((name) => [name, trap]),
  )
  const commit = (version: string) => {
    const json = JSON.stringify({ name: "web-kit", version, scripts })
    writeAll(repository, kitFiles(version, { "package.json": json, ".gitattributes": "*.appl filter=evil\n" }))
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", version)
    git(repository, "tag", `v${version}`)
  }
  mkdirSync(repository)
  git(repository, "init", "-q", "-b", "main")
  git(repository, "config", "filter.evil.smudge", trap)
  commit("1.0.0")
  commit("1.1.0")
  const url = `git+file://${repository}`

  expect(await run("module", "add", `${url}#v1.0.0`)).toMatchObject({ code: 0, out: "+ web-kit 1.0.0\n", err: "" })
  expect(json(project, "appl.lock").modules["web-kit"].resolved).toMatch(/^git\+file:.*#[0-9a-f]{40}$/)
  expect(await run("check", "main.appl")).toMatchObject({ code: 0, err: "" })
  expect(await run("module", "add", `web-kit@${url}#semver:^1.0.0`)).toMatchObject({ out: "~ web-kit 1.0.0 → 1.1.0\n" })
  expect(await run("module", "add", `${url}#main`)).toMatchObject({ code: 0, out: "Nothing moved.\n" })
  commit("1.2.0")
  expect(await run("module", "install")).toMatchObject({ code: 0, out: "1 module: 0 fetched, 1 already here.\n" })
  expect(await run("module", "update", "web-kit")).toMatchObject({ code: 0, out: "~ web-kit 1.1.0 → 1.2.0\n" })
  expect(existsSync(join(place.folder, "ran"))).toBe(false)

  const gone = await run("module", "add", `${url}#v9`)
  expect(gone).toMatchObject({ code: 1, err: expect.stringMatching(/^error A0240: git gets nothing from file:/) })
  symlinkSync("/etc/passwd", join(repository, "passwd.njk"))
  commit("1.3.0")
  expect(await run("module", "update")).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^error A0241: "passwd\.njk" is a link/),
  })
  const hostile = await run("module", "add", "git+file:///tmp/x.git#--upload-pack=evil")
  expect(hostile).toMatchObject({ code: 1, err: expect.stringMatching(/^error A0241: "--upload-pack=evil" cannot be/) })
})

test("what its user has set up for git changes nothing in a module from a repository", async (context) => {
  const place = makePlace(context)
  const settings = join(place.folder, "settings")
  const ran = join(place.folder, "ran")
  writeFileSync(
    settings,
    `[core]\n\tautocrlf = true\n[filter "lfs"]\n\tsmudge = "touch ${ran}; cat"\n\trequired = true\n`,
  )
  const { run, project } = fresh(context, { GIT_CONFIG_GLOBAL: settings })
  const repository = join(place.folder, "kit.git")
  writeAll(repository, kitFiles("1.0.0", { ".gitattributes": "*.njk filter=lfs\n" }))
  git(repository, "init", "-q", "-b", "main")
  git(repository, "add", "-A")
  git(repository, "commit", "-qm", "1.0.0")
  expect(await run("module", "add", `git+file://${repository}`)).toMatchObject({ code: 0, err: "" })
  expect(existsSync(ran)).toBe(false)
  const { sha256 } = json(project, "appl.lock").modules["web-kit"]
  const files = Object.entries(kitFiles()).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    executable: false,
  }))
  expect(sha256).toBe(contentHash(files))
})

test("modules from a registry: the newest in the range, those that they use, moved only by update, offline afterwards", async (context) => {
  const { place, run, project, registry } = await withRegistry(context)
  const lib = (version: string) => library("lib", version)
  registry.put("lib", "1.0.0", lib("1.0.0"))
  registry.put("lib", "1.1.0", lib("1.1.0"))
  registry.put("lib", "2.0.0-rc.1", lib("2.0.0-rc.1"))
  registry.put("web-kit", "1.0.0", using("lib", "^1.0.0"))

  expect(await run("module", "add", "web-kit")).toMatchObject({
    code: 0,
    out: "+ lib 1.1.0\n+ web-kit 1.0.0\n",
    err: "",
  })
  expect(json(project, "appl.json")).toEqual({ dependencies: { "web-kit": "^1.0.0" } })
  registry.put("lib", "1.2.0", lib("1.2.0"))
  const before = readFileSync(join(project, "appl.lock"), "utf8")
  await run("module", "install")
  expect(readFileSync(join(project, "appl.lock"), "utf8")).toBe(before)
  expect(await run("module", "update")).toMatchObject({ out: "~ lib 1.1.0 → 1.2.0\n" })

  registry.fall()
  const asked = registry.asked()
  expect(await run("check", "main.appl")).toMatchObject({ code: 0, err: "" })
  expect(await run("module", "install")).toMatchObject({ code: 0, out: "2 modules: 0 fetched, 2 already here.\n" })
  expect(registry.asked()).toBe(asked)
  const unreachable = await run("module", "update")
  expect(unreachable).toMatchObject({ code: 1, err: expect.stringMatching(/^error A0240: .*\n.*appl\.json:3/) })

  const applied = await run("apply", "main.appl", "--simulated", "--yes")
  expect(applied).toMatchObject({ code: 0 })
  expect(json(project, "appl.lock").modules).toHaveProperty("web-kit")
  expect(await run("module", "remove", "web-kit")).toMatchObject({ code: 0, out: "- lib 1.2.0\n- web-kit 1.0.0\n" })
  expect(json(project, "appl.lock").modules).toEqual({})
  expect(existsSync(join(place.folder, "ran"))).toBe(false)
})

test("two modules that want versions of which none is the same are both named", async (context) => {
  const { run, registry } = await withRegistry(context)
  registry.put("lib", "1.0.0", library("lib", "1.0.0"))
  registry.put("lib", "2.0.0", library("lib", "2.0.0"))
  registry.put("web-kit", "1.0.0", using("lib", "^1.0.0"))
  registry.put("other", "1.0.0", tgzOf(packed({ ...described("other", "1.0.0", { lib: "^2.0.0" }) })))
  await run("module", "add", "web-kit")
  const { code, err } = await run("module", "add", "other")
  expect(code).toBe(1)
  expect(err).toMatch(/^error A0238: (web-kit|other) wants lib \^\d\.0\.0, and (web-kit|other) wants \^\d\.0\.0/)
  expect(err).toMatch(/web-kit\/module\.json/)
  expect(err).toMatch(/other\/module\.json/)
})

test("a module cannot take the place of another, nor name a path of its user's disk", async (context) => {
  const { run, registry, project } = await withRegistry(context)
  registry.put("web-kit", "1.0.0", library("wbe-kit", "1.0.0"))
  expect((await run("module", "add", "web-kit")).err).toMatch(/^error A0242: this is the module wbe-kit, not web-kit/)
  registry.put("lib", "1.0.0", library("lib", "1.0.1"))
  expect((await run("module", "add", "lib")).err).toMatch(/^error A0242: the registry calls this lib 1\.0\.0/)
  registry.put("bad", "1.0.0", tgzOf(packed(described("bad", "1.0.0", { secrets: "file:/etc" }))))
  expect((await run("module", "add", "bad")).err).toMatch(
    /^error A0243: bad asks for secrets at file:\/etc\n.*bad\/module\.json/,
  )
  for (const [index, spec] of ["File:../x", ".kit", "kit.tgz", "a/b/c", "git+file:///etc", "~/x"].entries()) {
    registry.put(`bad-${index}`, "1.0.0", tgzOf(packed(described(`bad-${index}`, "1.0.0", { secrets: spec }))))
    expect((await run("module", "add", `bad-${index}`)).err).toMatch(/^error A0243: bad-\d asks for secrets at /)
  }
  registry.put("thief", "1.0.0", tgzOf(packed(described("thief", "1.0.0", { lib: "https://127.0.0.1:1/lib.tgz" }))))
  registry.put("lib", "1.1.0", library("lib", "1.1.0"))
  await run("module", "add", "lib@1.1.0")
  expect(await run("module", "add", "thief")).toMatchObject({ code: 0, out: "+ thief 1.0.0\n" })
  expect(json(project, "appl.lock").modules.lib.resolved).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/lib/)
})

test("a module from the address of a tarball, and from another name in the registry", async (context) => {
  const { run, registry, project } = await withRegistry(context)
  registry.put("lib", "1.0.0", library("lib", "1.0.0"))
  const address = `${registry.url}/lib/-/1.0.0.tgz`
  expect(await run("module", "add", address)).toMatchObject({ code: 0, out: "+ lib 1.0.0\n", err: "" })
  expect(json(project, "appl.json")).toEqual({ dependencies: { lib: address } })
  registry.put("@acme/other", "1.1.0", library("lib", "1.1.0"))
  expect(await run("module", "add", "lib@npm:@acme/other@^1.0.0")).toMatchObject({
    code: 0,
    out: "~ lib 1.0.0 → 1.1.0\n",
  })
  expect(await run("module", "install")).toMatchObject({ code: 0, out: "1 module: 0 fetched, 1 already here.\n" })
})

test("what cannot be had says so, and changes nothing", async (context) => {
  const { run, project } = await withRegistry(context)
  const cases: [string, RegExp][] = [
    ["nowhere", /^error A0240: there is no nowhere in http/],
    ["./nothing.tgz", /^error A0240: there is no \.\/nothing\.tgz/],
    ["std/nginx", /standard modules are there without being added/],
    ["Web Kit", /no name of a module/],
    ["./main.appl", /^error A0241: the archive is damaged/],
  ]
  for (const [request, why] of cases)
    expect(await run("module", "add", request)).toMatchObject({ code: 1, err: expect.stringMatching(why) })
  expect(readdirSync(project)).toEqual(["main.appl"])
  for (const word of ["install", "update", "ls"])
    expect((await run("module", word)).err).toMatch(/there is no appl\.json here/)
  const asJson = await run("module", "add", "nowhere", "--json")
  expect(JSON.parse(asJson.out)).toMatchObject({ diagnostics: [{ code: "A0240", severity: "error" }] })
})

test("the lock stays behind appl.json only until install, and never with --locked", async (context) => {
  const { run, project, registry } = await withRegistry(context)
  registry.put("lib", "1.0.0", library("lib", "1.0.0"))
  writeFileSync(join(project, "appl.json"), '{\n  "dependencies": { "lib": "^1.0.0" }\n}\n')
  expect((await run("module", "install", "--locked")).err).toMatch(/the lock does not fit: lib/)
  expect(existsSync(join(project, "appl.lock"))).toBe(false)
  expect(await run("module", "install")).toMatchObject({
    code: 0,
    out: "+ lib 1.0.0\n1 module: 1 fetched, 0 already here.\n",
  })
  writeFileSync(join(project, "appl.json"), '{\n  "dependencies": { "lib": "^3.0.0" }\n}\n')
  expect((await run("module", "install")).err).toMatch(/^error A0240: no version of lib is \^3\.0\.0/)
})

test("a token is shown to the registry that its owner named, and to none that a project names", async (context) => {
  const { run, registry, project, place, cache } = await withRegistry(context, { APPL_REGISTRY_TOKEN: "canary" })
  registry.put("lib", "1.0.0", library("lib", "1.0.0"))
  expect(await run("module", "add", "lib")).toMatchObject({ code: 0 })
  expect([...registry.tokens]).toEqual(["Bearer canary"])
  registry.tokens.clear()
  const theirs = JSON.stringify({ registry: registry.url, dependencies: { lib: "^1.0.0" } })
  writeFileSync(join(project, "appl.json"), theirs)
  rmSync(join(project, "appl.lock"))
  rmSync(cache, { recursive: true })
  const environment = { APPL_CACHE: cache, APPL_REGISTRY_TOKEN: "canary" }
  expect(await place.start(["module", "install"], environment, project).ended).toMatchObject({ code: 0 })
  expect([...registry.tokens]).toEqual([])
})

test("a lock cannot name more than an address, nor a module in the cache lead out of it by a link", async (context) => {
  const { run, registry, project, cache, place } = await withRegistry(context)
  registry.put("web-kit", "1.0.0", tgzOf(packed(kitFiles())))
  await run("module", "add", "web-kit")
  const lock = readFileSync(join(project, "appl.lock"), "utf8")
  const blog = join(cache, "modules", json(project, "appl.lock").modules["web-kit"].sha256, "blog.appl")
  writeFileSync(join(place.folder, "outside.appl"), readFileSync(blog))
  rmSync(blog)
  symlinkSync(join(place.folder, "outside.appl"), blog)
  expect(await run("check", "main.appl")).toMatchObject({ code: 1, err: expect.stringMatching(/^error A02/) })
  rmSync(cache, { recursive: true })
  for (const resolved of ["git+https://127.0.0.1:1/x.git", "file:/etc/passwd", "/etc/passwd", "ext::sh -c evil"]) {
    writeFileSync(join(project, "appl.lock"), lock.replace(/"resolved": "[^"]*"/, `"resolved": "${resolved}"`))
    expect(await run("module", "install")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/is no address of a tarball/),
    })
  }
})

type Fresh = {
  readonly place: Place
  readonly project: string
  readonly cache: string
  readonly run: (...words: string[]) => Promise<{ code: number | null; out: string; err: string }>
}

function fresh(context: TestContext, environment: Readonly<Record<string, string>> = {}): Fresh {
  const place = makePlace(context)
  const project = join(place.folder, "project")
  const cache = join(place.folder, "cache")
  mkdirSync(project)
  writeFileSync(join(project, "main.appl"), main)
  const run: Fresh["run"] = (...words) =>
    place.start(words, { APPL_CACHE: cache, APPL_REGISTRY: "http://127.0.0.1:1", ...environment }, project).ended
  return { place, project, cache, run }
}

async function withRegistry(
  context: TestContext,
  environment: Readonly<Record<string, string>> = {},
): Promise<Fresh & { registry: Registry }> {
  const registry = await startRegistry()
  context.onTestFinished(() => registry.close())
  return { ...fresh(context, { APPL_REGISTRY: registry.url, ...environment }), registry }
}

function described(name: string, version: string, dependencies: Record<string, string> = {}): Record<string, string> {
  const exports = { answer: "./answer.appl" }
  const json = { name, version, edition: "2026", licence: "MIT", exports, dependencies }
  return { "module.json": `${JSON.stringify(json, null, 2)}\n`, "answer.appl": "/// An answer.\nlet answer = 42\n" }
}

function library(name: string, version: string): Buffer {
  const trap = JSON.stringify({ name, version, scripts: { install: "touch ../ran", postinstall: "touch ../ran" } })
  return tgzOf(packed({ ...described(name, version), "package.json": trap }))
}

/** The kit as a module that uses another one. */
function using(name: string, range: string): Buffer {
  const files = kitFiles()
  const json = JSON.parse(files["module.json"]!)
  const dependencies = { ...json.dependencies, [name]: range }
  const blog = files["blog.appl"]!.replace(
    '"std/nginx"\n',
    `"std/nginx"\nuse { answer } from "${name}"\nlet same = answer\n`,
  )
  return tgzOf(packed({ ...files, "module.json": JSON.stringify({ ...json, dependencies }), "blog.appl": blog }))
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

function json(folder: string, name: string) {
  return JSON.parse(readFileSync(join(folder, name), "utf8"))
}

function git(folder: string, ...words: string[]): void {
  const who = ["-c", "user.name=Test", "-c", "user.email=test@a.test", "-c", "commit.gpgsign=false"]
  execFileSync("git", ["-C", folder, ...who, ...words], {
    stdio: "pipe",
    env: { PATH: process.env.PATH, HOME: folder },
  })
}
