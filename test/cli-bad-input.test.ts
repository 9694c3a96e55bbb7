import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { makePlace } from "./cli/command.ts"

/** What somebody may type or leave lying about, and what must be said of it: the mistake, and the remedy. */
const mistakes: readonly { words: string[]; says: RegExp; remedy?: RegExp; file?: [string, string] }[] = [
  { words: ["aply"], says: /unknown command 'aply'/, remedy: /did you mean apply\?/ },
  {
    words: ["check", "--jsno", "01-hello/hello.appl"],
    says: /unknown option '--jsno'/,
    remedy: /did you mean --json\?/,
  },
  { words: ["check"], says: /missing required argument 'file'/ },
  { words: ["check", "01-hello/helo.appl"], says: /no file 01-hello\/helo\.appl/, remedy: /01-hello\/hello\.appl/ },
  { words: ["check", "01-hello"], says: /is a folder/, remedy: /01-hello\/hello\.appl/ },
  { words: ["check", "notes.txt"], file: ["notes.txt", "hello"], says: /is not an \.appl file/ },
  { words: ["check", "nowhere/a.appl"], says: /no file/, remedy: /no folder nowhere/ },
  { words: ["check", "01-hello/hello.appl", "--set", "title"], says: /--set title/, remedy: /name=value/ },
  { words: ["check", "01-hello/hello.appl", "--set", "titel=Hi"], says: /titel/, remedy: /title/ },
  { words: ["check", "01-hello/hello.appl", "--set", "web-port=eighty"], says: /eighty/ },
  { words: ["check", "01-hello/hello.appl", "--cluster", "helo"], says: /helo/, remedy: /hello/ },
  { words: ["check", "01-hello/hello.appl", "--limit", "none"], says: /--limit/ },
  { words: ["check", "01-hello/hello.appl", "--params", "none.json"], says: /none\.json cannot be read/ },
  { words: ["check", "01-hello/hello.appl", "--params", "p.json"], file: ["p.json", "{"], says: /p\.json is not JSON/ },
  { words: ["check", "01-hello/hello.appl", "--params", "p.json"], file: ["p.json", "[]"], says: /is not an object/ },
  {
    words: ["check", "01-hello/hello.appl", "--lock", "l.lock"],
    file: ["l.lock", "{"],
    says: /l\.lock/,
    remedy: /version control/,
  },
  { words: ["check", "01-hello/hello.appl", "--lock", "l.lock"], file: ["l.lock", '{"version":7}'], says: /l\.lock/ },
  { words: ["apply", "01-hello/hello.appl", "--simulated"], says: /no terminal to ask/, remedy: /--yes/ },
  { words: ["destroy", "01-hello/hello.appl", "--simulated"], says: /no terminal to ask/, remedy: /--yes/ },
  { words: ["apply", "01-hello/hello.appl", "--yes", "--out", "p.json"], says: /--out/, remedy: /--dry-run/ },
  { words: ["apply", "plan.json", "--yes"], says: /plan\.json cannot be read/, remedy: /--out plan\.json/ },
  { words: ["apply", "plan.json", "--yes"], file: ["plan.json", '{"version":1}'], says: /saved by an older version/ },
  { words: ["apply", "plan.json", "--yes"], file: ["plan.json", '{"version":2}'], says: /is not a plan/ },
  { words: ["apply", "plan.json", "--yes"], file: ["plan.json", "[]"], says: /is not a plan/ },
  { words: ["graph", "01-hello/hello.appl", "--format", "png"], says: /text, dot, svg/ },
  { words: ["output", "01-hello/hello.appl", "ulr"], says: /no output ulr/, remedy: /did you mean url\?/ },
  { words: ["explain", "A9999"], says: /no diagnostic A9999/, remedy: /lists all codes/ },
  { words: ["fmt", "none.appl"], says: /no file none\.appl/ },
  { words: ["repl", "01-hello"], says: /is a folder/, remedy: /name a file/ },
  { words: ["module", "new", ""], says: /no name of a module/, remedy: /such as web-kit/ },
]

test.concurrent.for(mistakes)("appl $words", async ({ words, file, says, remedy }, context) => {
  const place = makePlace(context)
  if (file !== undefined) place.write(...file)
  const ended = await place.appl(...words)
  expect(ended.err).toMatch(says)
  if (remedy !== undefined) expect(ended.err).toMatch(remedy)
  expect(ended.err).not.toMatch(/at .*\.ts:\d+/)
  expect(ended.out).toBe("")
  expect(ended.code).toBe(1)
})

/** What may lie about in a folder: each command says what is wrong with it, and none hangs or calls it a bug. */
test.for(["check", "fmt", "lint", "test", "graph", "repl", "why url"])(
  "appl %s and what is no file",
  async (words, context) => {
    const place = makePlace(context)
    symlinkSync("loop.appl", join(place.folder, "loop.appl"))
    symlinkSync("nowhere", join(place.folder, "dangling.appl"))
    execFileSync("sh", ["-c", "mkfifo pipe.appl"], { cwd: place.folder })
    const told = await Promise.all(
      ["loop.appl", "dangling.appl", "pipe.appl"].map((name) => place.appl(...words.split(" "), name)),
    )
    expect(told.map(({ code }) => code)).toEqual([1, 1, 1])
    expect(told.map(({ err }) => err.split("\n")[0]!.replace("file or folder", "file"))).toEqual([
      "error: loop.appl is a link that leads back to itself",
      "error: there is no file dangling.appl",
      "error: pipe.appl is neither a file nor a folder",
    ])
  },
)

test("what is below a folder and is no file is passed by", async (context) => {
  const place = makePlace(context)
  mkdirSync(join(place.folder, "01-hello/folder.appl"))
  symlinkSync("loop.appl", join(place.folder, "01-hello/loop.appl"))
  const [style, lint] = await Promise.all([place.appl("fmt", "--check", "01-hello"), place.appl("lint", "01-hello")])
  expect(style).toEqual({ code: 0, out: "", err: "" })
  expect(lint.code).toBe(0)
})

test("a disk without room below the output is no bug", async (context) => {
  const place = makePlace(context)
  const command = `${process.cwd()}/bin/appl`
  const { status, stderr } = spawnSync("sh", ["-c", '"$1" explain > /dev/full', "sh", command], {
    encoding: "utf8",
    cwd: place.folder,
  })
  expect(stderr).toBe("error: the standard output cannot be written: no space left on device\n")
  expect(status).toBe(1)
})

test("what has to be written and cannot be is said, with what to do", async (context) => {
  const place = makePlace(context)
  place.write("taken", "")
  const [site, below, skeleton, simulated] = await Promise.all([
    place.appl("docs", "--all", "--out", "taken"),
    place.appl("docs", "--all", "--out", "/proc/appl/site"),
    place.appl("module", "new", "taken/web-kit"),
    place.start(["apply", "01-hello/hello.appl", "--simulated", "--yes"], { XDG_STATE_HOME: "/dev/full" }).ended,
  ])
  expect(site.err).toMatch(/taken is a file, not a folder\n.*--out/)
  expect(below.err).toMatch(/cannot be written: no such file or directory\n.*writable/)
  expect(skeleton.err).toMatch(/cannot be written: not a directory\n/)
  expect(simulated.err).not.toMatch(/this is a bug/)
  expect([site.code, below.code, skeleton.code, simulated.code]).toEqual([1, 1, 1, 1])
})

test("explain and lint --rules have their lists as JSON", async (context) => {
  const place = makePlace(context)
  const [all, one, rules] = await Promise.all([
    place.appl("explain", "--json"),
    place.appl("explain", "a0301", "--json"),
    place.appl("lint", "--rules", "--json"),
  ])
  expect(JSON.parse(all.out).codes.length).toBeGreaterThan(200)
  expect(JSON.parse(one.out).codes).toMatchObject([{ code: "A0301", severity: "error", title: expect.any(String) }])
  expect(JSON.parse(rules.out).rules).toContainEqual(expect.objectContaining({ rule: "unused-param", here: "warning" }))
})

test("with --json a problem is one JSON object on the standard output", async (context) => {
  const ended = await makePlace(context).appl("check", "none.appl", "--json")
  expect(JSON.parse(ended.out)).toMatchObject({ error: { message: "there is no file none.appl" } })
  expect(ended).toMatchObject({ code: 1, err: "" })
})

test("help is no mistake", async (context) => {
  const place = makePlace(context)
  const [all, one] = await Promise.all([place.appl("--help"), place.appl("apply", "--help")])
  expect(all).toMatchObject({ code: 0, err: "" })
  expect(all.out).toMatch(/Examples:\n {2}\$ appl check/)
  expect(one.out).toMatch(/--dry-run/)
  expect(one.code).toBe(0)
})
