import { readdirSync, readFileSync } from "node:fs"
import { dirname } from "node:path"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import {
  compile,
  type Files,
  format,
  lintFiles,
  makeReport,
  memoryFiles,
  mend,
  readDesiredState,
  render,
} from "../lang/index.ts"
import { asked } from "./asked.ts"
import { makeRandom } from "./syntax-mutants.ts"

// Broken programs: whatever one mistake makes of a file that compiled, the compiler answers with diagnostics or with a desired state
// that fits its schema, and never throws. APPL_RUNS says how many, APPL_SEED where to begin; a failure names its seed.
const { count, seed: first_seed } = asked(400)
const limit = 2_000

const areas = readdirSync("test/cases").filter((area) => !["format", "syntax", "tree"].includes(area))
const sources = [
  "examples/02-office/office.appl",
  "test/lint/everything.appl",
  ...areas.flatMap((area) =>
    readdirSync(`test/cases/${area}`)
      .filter((name) => name.endsWith(".appl"))
      .map((name) => `test/cases/${area}/${name}`),
  ),
]

test(`${count} mutants from seed ${first_seed} on`, () => {
  let compiled = 0
  for (let seed = first_seed; seed < first_seed + count; seed++) {
    const path = sources[seed % sources.length]!
    const text = mutate(readFileSync(path, "utf8"), makeRandom(seed))
    const result = attempt(path, text, seed)
    if (result === "compiled") compiled++
  }
  // Where all or none compile, the mutants prove nothing.
  if (count >= 100) expect([0, count]).not.toContain(compiled)
})

function attempt(path: string, text: string, seed: number): "compiled" | "refused" {
  try {
    const { desired, lock, diagnostics } = compile({
      entry: path,
      files: over(path, text),
      standard: "modules",
      cluster: null,
      deployed: null,
      params: [],
      lock: null,
      limit,
    })
    expect(() => render(diagnostics, { color: "never", width: 100 })).not.toThrow()
    for (const { span } of diagnostics) expect(span.end <= span.source.text.length && span.start <= span.end).toBe(true)
    if (seed % 10 === 0) tryTools(path, text)
    if (desired === null) {
      expect(diagnostics.length, "a refusal has a reason").toBeGreaterThan(0)
      return "refused"
    }
    expect(readDesiredState(JSON.parse(JSON.stringify(desired)))).toMatchObject({ ok: true })
    expect(lock).not.toBeNull()
    return "compiled"
  } catch (error) {
    throw new Error(`APPL_SEED=${seed} APPL_RUNS=1 (${path}):\n${text}`, { cause: error })
  }
}

/** What else reads a source: the formatter, lint, and what mends mistakes. */
function tryTools(path: string, text: string): void {
  const files = over(path, text)
  const once = format({ path, text }, makeReport())
  expect(format({ path, text: once }, makeReport())).toBe(once)
  lintFiles({
    entries: [path],
    root: dirname(path),
    files,
    standard: "modules",
    modules: null,
    lockOf: () => null,
    limit,
  })
  const options = { cluster: null, deployed: null, params: [], lock: null, limit }
  mend({ entry: path, files, standard: "modules", ...options })
}

/** One to three changes: a word left out, doubled, swapped, or replaced by one of its own kind or by one that does not belong there. */
function mutate(text: string, random: () => number): string {
  const words = text.match(/\s+|[\w.\-/]+|"[^"\n]*"|./g) ?? []
  const pick = (below: number) => Math.floor(random() * below)
  for (let change = pick(3); change >= 0; change--) {
    const at = pick(words.length)
    const alike = words.filter((word) => shapeOf(word) === shapeOf(words[at]!))
    const kind = pick(8)
    if (kind === 0) words.splice(at, 1)
    else if (kind === 1) words.splice(at, 0, words[at]!)
    else if (kind === 2) words[at] = strangers[pick(strangers.length)]!
    else if (kind === 3) words[at] = numbered(words[at]!, pick(4))
    else words[at] = alike[pick(alike.length)]!
  }
  return words.join("")
}

function shapeOf(word: string): string {
  return /^\d/.test(word) ? "number" : /^[a-z]/.test(word) ? "name" : /^[A-Z]/.test(word) ? "type" : word[0]!
}

/** The same word with other numbers in it. */
function numbered(word: string, way: number): string {
  return word.replace(/\d+/g, (digits) => [`${Number(digits) + 1}`, "0", `${digits}0`, "255"][way]!)
}

const strangers = [
  ...'{ } ( ) [ ] = += , .. -> ? : " # null true self outside not if for in match'.split(" "),
  ...'0 -1 1..0 9_007_199_254_740_993 0.5 64MiB 5s 70% 80/tcp 53/udp 10.1.0.1 10.1.0.0/31 0.0.0.0/0 "" "${x}" []'.split(
    " ",
  ),
  ...'web[1] web edge names dns.address self.gateway self.address lan nic(lan) local() simulated({}) secret("x")'.split(
    " ",
  ),
]

function over(path: string, text: string): Files {
  const own = memoryFiles({ [path]: text })
  return { ...diskFiles, read: (name) => own.read(name) ?? diskFiles.read(name) }
}
