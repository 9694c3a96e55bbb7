import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { drawings } from "./drawings.ts"
import { snapshotOf } from "./marked.ts"

// A folder below `cases/` is a feature, a `.txt` in it a text with marks, and `.golden` beside it the answer as it is drawn.

const root = join(import.meta.dirname, "cases")

for (const feature of readdirSync(root).sort()) {
  describe(feature, () => {
    const draw = drawings[feature]
    test("has a drawing", () => expect(draw).toBeDefined())
    const names = readdirSync(join(root, feature)).filter((name) => name.endsWith(".txt"))
    for (const name of names) {
      test(name.slice(0, -".txt".length), async () => {
        const { snapshot, marked } = snapshotOf(readFileSync(join(root, feature, name), "utf8"))
        const golden = join(root, feature, name.replace(/\.txt$/, ".golden"))
        if (process.env.CI === "1") expect(existsSync(golden)).toBe(true)
        await expect(`${draw!(snapshot, marked).trimEnd()}\n`).toMatchFileSnapshot(golden)
      })
    }
  })
}
