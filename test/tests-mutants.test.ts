import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { completions, enter, render, runTests, why } from "../lang/index.ts"
import { asked } from "./asked.ts"
import { makeRandom, mutate } from "./syntax-mutants.ts"

// Broken tests: whatever a mutation makes of a file with tests, running it, asking why and typing its lines end with diagnostics or
// results that can be shown, and nothing is thrown. APPL_RUNS says how many, APPL_SEED where to begin; a failure names its seed.
const { count, seed: first_seed } = asked(120)
const limit = 2_000
const paths = ["tests", "why"].flatMap((area) =>
  readdirSync(`test/cases/${area}`)
    .filter((name) => name.endsWith(".appl"))
    .map((name) => `test/cases/${area}/${name}`),
)
const text_of_another = readFileSync("examples/02-office/office.appl", "utf8")
const addresses = [
  "web[1].address",
  "url",
  'web[1].files["/srv/www/index.html"]',
  "c.size",
  "names -> *",
  "{",
  "",
  "}\nlet x = 1",
]

test(`${count} mutants from seed ${first_seed} on`, () => {
  let ran = 0
  for (let seed = first_seed; seed < first_seed + count; seed++) {
    const random = makeRandom(seed)
    const path = paths[seed % paths.length]!
    const text = mutate(readFileSync(path, "utf8"), random, [text_of_another])
    try {
      ran += run(path, text)
      if (seed % 4 === 0) ask(path, text, addresses[seed % addresses.length]!)
      if (seed % 4 === 1) typeIn(text.split("\n"), random)
    } catch (error) {
      throw new Error(`APPL_SEED=${seed} APPL_RUNS=1 (${path}):\n${text}`, { cause: error })
    }
  }
  // Where none runs, the mutants prove nothing.
  if (count >= 100) expect(ran).toBeGreaterThan(0)
})

function over(path: string, text: string) {
  return {
    ...diskFiles,
    read: (name: string) => (name === path ? new TextEncoder().encode(text) : diskFiles.read(name)),
  }
}

function run(path: string, text: string): number {
  const input = { entry: path, files: over(path, text), standard: "modules", modules: null, limit, wants: () => true }
  const { diagnostics, results } = runTests(input)
  render(diagnostics, { color: "never", width: 100 })
  let cases = 0
  for (const result of results) {
    cases++
    render(result.diagnostics, { color: "never", width: 100 })
  }
  return cases
}

function ask(path: string, text: string, address: string): void {
  const shared = {
    files: over(path, text),
    standard: "modules",
    cluster: null,
    deployed: null,
    params: [],
    lock: null,
    limit,
  }
  const { reasons, diagnostics } = why({ entry: path, ...shared }, address)
  render(diagnostics, { color: "never", width: 100 })
  JSON.stringify(reasons)
}

function typeIn(lines: readonly string[], random: () => number): void {
  const input = { file: null, files: diskFiles, standard: "modules", modules: null, limit }
  const line = lines[Math.floor(random() * lines.length)]!
  const { diagnostics } = enter(input, enter(input, [], "let n = 1", 1).session, line, 2)
  render(diagnostics, { color: "never", width: 100 })
  completions(input, [], line)
}
