import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { pathToFileURL } from "node:url"
import { chromium, type Page } from "playwright-core"
import { describe, expect, type TestContext, test } from "vitest"
import { makeSite } from "../cli/docs/site.ts"
import { diskFiles } from "../cli/files.ts"
import { checkModule, type Files, memoryFiles, render, surfaceOfModule } from "../lang/index.ts"
import { makePlace } from "./cli/command.ts"
import { find, lacks } from "./programs.ts"

const root = dirname(import.meta.dirname)
const browser_path = find("chromium") ?? ""

// A module whose every text would like to be more than a text.
const evil = `<script>window.evil = 1</script><img src=x onerror="window.evil = 1">"' onmouseover=evil() &lt;`
const hostile = {
  "module.json": JSON.stringify({
    name: "kit",
    version: "1.0.0",
    edition: "2026",
    licence: evil,
    description: evil,
    exports: {
      Blog: "./kit.appl",
      Feed: "./kit.appl",
      feed: "./kit.appl",
      greet: "./kit.appl",
      Way: "./kit.appl",
      tls: { Key: "./kit.appl" },
    },
  }),
  "README.md": `# Kit ${evil}\n\n${evil}\n\n[go](javascript:evil()) [data](data:text/html,evil) ![x](https://evil.test/x.png) <a href="javascript:evil()">x</a>\n\n\`\`\`appl\n# ${evil}\n\`\`\`\n\n\`\`\`"><script>evil()</script>\nx\n\`\`\`\n`,
  "kit.appl": `use { Http, Dns } from "std/services"

/// ${evil} [go](javascript:evil())
appliance Blog {
  /// ${evil} \`</code><script>evil()</script>\`
  param title: Text = "</script><script>evil()</script>\${1}"
  param kind: "<b>" | "\\">" = "<b>"
  image = debian("bookworm")
  start = ["<script>evil()</script>"]
  provides http: Http { port = 80/tcp }
  needs dns: Dns?
  /// The feed that it has.
  provides news: Feed {}
  check "<script>evil()</script>" = http-get(http, path = "/<b>")
}

/// A contract of its own.
service Feed { port: Port = 81/tcp, path: Path = "/feed" }
let feed = "<i>"
/// Greets.
fn greet(name: Text = "<u>"): Text = name
type Way = Tcp { port: Port } | Unix { path: Path }
type Key = { name: Text(/<[a-z]+>/) }
`,
}

test("no text of a module becomes anything but text in its pages", () => {
  const site = siteOf(hostile)
  for (const [path, page] of site) {
    if (!path.endsWith(".html")) continue
    const tags = [...page.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
    expect(
      tags.filter((tag) => /^<script/i.test(tag)),
      path,
    ).toHaveLength(2)
    expect(
      tags.filter((tag) => /^<(?:img|iframe|object|embed|base|style|form|svg)/i.test(tag)),
      path,
    ).toEqual([])
    expect(
      tags.filter((tag) => /\son\w+\s*=/i.test(tag.replace(/"[^"]*"/g, '""'))),
      path,
    ).toEqual([])
    expect(
      tags.filter((tag) => /(?:href|src)="?\s*(?:javascript|data|vbscript|file):/i.test(tag)),
      path,
    ).toEqual([])
    expect(
      tags.filter((tag) => /^<(?:script|link)/.test(tag) && /"(?:https?:)?\/\//.test(tag)),
      path,
    ).toEqual([])
  }
})

test("names that differ in capitals only have pages of their own, and every link leads to a page", () => {
  const site = siteOf(hostile)
  expect([...site.keys()]).toEqual(expect.arrayContaining(["service/Feed.html", "let/feed.html", "type/tls.Key.html"]))
  expect(new Set([...site.keys()].map((path) => path.toLowerCase())).size).toBe(site.size)
  const linked = [...site].flatMap(([path, page]) =>
    [...page.matchAll(/href="([^"#]+)/g)]
      .map(([, target]) => target!)
      .filter((target) => path.endsWith(".html") && !/^\w+:|&#/.test(target))
      .map((target) => join(dirname(path), decodeURIComponent(target))),
  )
  expect(linked.length).toBeGreaterThan(20)
  expect(linked.filter((target) => !site.has(target))).toEqual([])
})

test("the page of a class says what it takes, needs and gives, with links", async () => {
  await expect(siteOf(hostile).get("service/Feed.html")).toMatchFileSnapshot("docs-site/Feed.html")
})

describe("the command", () => {
  test("makes a site of a module and those that it uses, again in its own place, and of nothing else", async (context) => {
    const { place, folder } = await newModule(context)
    const docs = (...words: string[]) => place.start(["docs", ...words], {}, folder).ended
    expect(await docs()).toMatchObject({ code: 0, out: expect.stringMatching(/open site\/index\.html/), err: "" })
    expect(readFileSync(join(folder, "site/class/WebKit.html"), "utf8")).toContain(
      'href="../std/services/service/Http.html"',
    )
    writeFileSync(join(folder, "site/own.txt"), "mine")
    expect(await docs()).toMatchObject({ code: 0 })
    expect(existsSync(join(folder, "site/own.txt"))).toBe(true)
    mkdirSync(join(folder, "full"))
    writeFileSync(join(folder, "full/own.txt"), "mine")
    expect(await docs("--out", "full")).toMatchObject({ code: 1, err: expect.stringMatching(/full is not empty/) })
    mkdirSync(join(folder, "elsewhere"))
    writeFileSync(join(folder, "elsewhere/own.txt"), "mine")
    mkdirSync(join(folder, "trap"))
    symlinkSync("../elsewhere", join(folder, "trap/link"))
    writeFileSync(join(folder, "trap/.appl-docs"), "link/own.txt\n")
    expect(await docs("--out", "trap")).toMatchObject({ code: 1, err: expect.stringMatching(/trap\/link is a link/) })
    expect(existsSync(join(folder, "elsewhere/own.txt"))).toBe(true)
    writeFileSync(join(folder, "README.md"), "```appl check\ncluster c { appliance a: Nowhere {} }\n```\n")
    expect(await docs()).toMatchObject({ code: 1, err: expect.stringMatching(/^error A0202.*\n.*README\.md:2/) })
  })

  test("documents the standard modules", async (context) => {
    const place = makePlace(context)
    expect(await place.appl("docs", "--all", "--out", "std-site")).toMatchObject({ code: 0, err: "" })
    expect(readFileSync(join(place.folder, "std-site/std/services/service/Http.html"), "utf8")).toContain(
      "../../../std/nginx/class/Nginx.html",
    )
    expect(await place.appl("docs")).toMatchObject({ code: 1, err: expect.stringMatching(/is no module/) })
  })
})

describe.skipIf(lacks("chromium"))("in a browser, from file://", () => {
  test("the search finds what is typed and goes there, nothing is asked of the network, and nothing of the module runs", async (context) => {
    const place = makePlace(context)
    for (const [path, text] of siteOf(hostile)) {
      mkdirSync(dirname(join(place.folder, "site", path)), { recursive: true })
      writeFileSync(join(place.folder, "site", path), text)
    }
    const browser = await chromium.launch({ executablePath: browser_path, args: ["--no-sandbox"] })
    context.onTestFinished(() => browser.close())
    const page = await browser.newPage()
    const asked: string[] = []
    const said: string[] = []
    page.on("request", (request) => asked.push(request.url()))
    page.on("console", (message) => said.push(message.text()))
    page.on("pageerror", (error) => said.push(String(error)))
    await page.goto(pathToFileURL(join(place.folder, "site/index.html")).href)
    await page.keyboard.press("/")
    await page.keyboard.type("gret")
    expect(await foundBy(page)).toEqual(["greet"])
    await page.fill(".search input", "titl")
    expect(await foundBy(page)).toContain("title")
    await page.fill(".search input", "<script>")
    await page.fill(".search input", "feed")
    expect(await foundBy(page)).toEqual(expect.arrayContaining(["Feed", "feed"]))
    await page.fill(".search input", "contract")
    await page.keyboard.press("Enter")
    await page.waitForURL(/service\/Feed\.html/)
    expect(await page.textContent("h1")).toBe("Feed")
    await page.goto(pathToFileURL(join(place.folder, "site/class/Blog.html")).href)
    await page.hover("table.members")
    expect(await page.evaluate("window.evil")).toBeUndefined()
    expect(asked.filter((url) => !url.startsWith("file:"))).toEqual([])
    expect(said).toEqual([])
  })
})

async function foundBy(page: Page): Promise<(string | null)[]> {
  await page.waitForSelector(".search li a")
  return page.$$eval(".search li .found", (found) => found.map((one) => one.textContent))
}

function siteOf(texts: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const own = memoryFiles(Object.fromEntries(Object.entries(texts).map(([path, text]) => [`kit/${path}`, text])))
  const files: Files = {
    read: (path) => own.read(path) ?? diskFiles.read(path),
    list: (path) => own.list(path) ?? diskFiles.list(path),
    resolve: (path) => own.resolve(path) ?? diskFiles.resolve(path),
  }
  const { module, diagnostics } = checkModule({ root: "kit", files, standard: `${root}/modules`, modules: null })
  expect(render(diagnostics, { color: "never", width: 100 })).toBe("")
  const surface = surfaceOfModule(module!)
  return makeSite([{ surface, readme: texts["README.md"] ?? null }], "first is home")
}

async function newModule(context: TestContext) {
  const place = makePlace(context)
  await place.appl("module", "new", "web-kit")
  return { place, folder: join(place.folder, "web-kit") }
}
