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
  { words: ["apply", "plan.json", "--yes"], file: ["plan.json", '{"version":1}'], says: /is not a plan/ },
  { words: ["graph", "01-hello/hello.appl", "--format", "png"], says: /text, dot, svg/ },
  { words: ["output", "01-hello/hello.appl", "ulr"], says: /no output ulr/, remedy: /did you mean url\?/ },
  { words: ["explain", "A9999"], says: /no diagnostic A9999/, remedy: /lists all codes/ },
  { words: ["fmt", "none.appl"], says: /no file none\.appl/ },
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
