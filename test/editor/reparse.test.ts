import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { parseWhole, reparse } from "../../lang/syntax/reparse.ts"
import { asked } from "../asked.ts"
import { makeRandom, mutate, type } from "../syntax-mutants.ts"

// However a text was changed, reading the changed part again gives the tree that reading the whole gives. APPL_RUNS says how many
// chains of edits, APPL_SEED where to begin.
const { count, seed: first_seed } = asked(300)

const paths = ["modules/edge/edge.appl", "examples/02-office/office.appl", "test/editor/many-items.appl"]
const texts = paths.map((path) => readFileSync(path, "utf8"))

test(`${count} chains of edits from seed ${first_seed} on`, { timeout: 60_000 + count * 2_000 }, () => {
  let reused = 0
  for (let seed = first_seed; seed < first_seed + count; seed++) {
    const random = makeRandom(seed)
    let text = texts[seed % texts.length]!
    let parsed = parseWhole({ path: "x.appl", text })
    for (let step = 0; step < 6; step++) {
      const before = text
      const damaged = mutate(text, random, texts)
      // Half of the edits are taken back, so that most texts have few mistakes, as they have while they are written.
      text = random() < 0.5 ? damaged : type(text, random)
      const items = new Set(parsed.file.items)
      parsed = reparse(parsed, { path: "x.appl", text })
      if (parsed.file.items.some((item) => items.has(item))) reused++
      const whole = parseWhole({ path: "x.appl", text })
      const replay = `APPL_SEED=${seed} APPL_RUNS=1, step ${step}\n--- before\n${before}\n--- after\n${text}`
      expect(parsed.file, replay).toEqual(whole.file)
      expect(parsed.problems, replay).toEqual(whole.problems)
      if (parsed.problems.length > 0 && random() < 0.7) text = before
    }
  }
  // Where nothing was kept, nothing was proved.
  if (count >= 100) expect(reused).toBeGreaterThan(count / 2)
})
