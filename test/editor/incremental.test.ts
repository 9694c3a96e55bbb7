import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import type { Snapshot } from "../../lang/editor/snapshot.ts"
import { toJson } from "../../lang/index.ts"
import type { AnySymbol, Unit } from "../../lang/names/symbol.ts"
import type * as tree from "../../lang/syntax/tree.ts"
import { eachChild } from "../../lang/syntax/walk.ts"
import { showType } from "../../lang/types/show.ts"
import { asked } from "../asked.ts"
import { makeRandom, mutate, type } from "../syntax-mutants.ts"
import { analyse, readMarked } from "./marked.ts"

// However the files of a workspace were changed, an analysis that was kept while they were knows the same as one that is made of them
// anew: diagnostics, what each name stands for, and the type of each expression. APPL_RUNS says how many chains of edits, APPL_SEED
// where to begin.
const { count, seed: first_seed } = asked(60)

const { files } = readMarked(readFileSync(join(import.meta.dirname, "workspace.txt"), "utf8"))
const paths = Object.keys(files)

test("the workspace that is edited has no mistakes", () => {
  expect(knownOf(analyse(files).snapshot()).problems).toEqual([])
})

test(`${count} chains of edits from seed ${first_seed} on`, { timeout: 60_000 + count * 2_000 }, () => {
  for (let seed = first_seed; seed < first_seed + count; seed++) {
    const random = makeRandom(seed)
    const texts = { ...files }
    const analysis = analyse(texts)
    for (let step = 0; step < 8; step++) {
      const path = paths[Math.floor(random() * paths.length)]!
      const before = texts[path]!
      const other = paths[Math.floor(random() * paths.length)]!
      const chance = random()
      // Some texts are as they were at first again, so that few mistakes are in most.
      texts[path] =
        chance < 0.6 ? type(before, random) : chance < 0.75 ? mutate(before, random, [texts[other]!]) : files[path]!
      analysis.change(path, texts[path])
      // Some changes come in together.
      if (random() < 0.2) continue
      const kept = knownOf(analysis.snapshot())
      const anew = knownOf(analyse(texts).snapshot())
      const replay = `APPL_SEED=${seed} APPL_RUNS=1, step ${step}, ${path}:\n${texts[path]}`
      expect(kept.problems, replay).toEqual(anew.problems)
      expect(kept.names, replay).toEqual(anew.names)
      expect(kept.types, replay).toEqual(anew.types)
    }
  }
})

function knownOf(snapshot: Snapshot) {
  const names: string[] = []
  const types: string[] = []
  for (const unit of [...snapshot.units.values()].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const visit = (node: tree.Node) => {
      const place = `${unit.path}:${node.start}`
      if (node.kind === "name") names.push(`${place} ${node.text}: ${show(snapshot.symbolOf(node))}`)
      const type = snapshot.typeOf(node as tree.Expression) ?? snapshot.declaredType(node)
      if (type !== null) types.push(`${place} ${node.kind}: ${showType(type)}`)
      eachChild(node, visit)
    }
    visit(unit.tree)
  }
  const problems = toJson([...snapshot.problems.values()].flat()).diagnostics
  return { names, types, problems: problems.map((one) => JSON.stringify(one)).sort() }
}

function show(symbol: AnySymbol | null): string {
  if (symbol === null) return "nothing"
  if (!("unit" in symbol)) return `${symbol.kind} ${symbol.name}`
  const declaration = "declaration" in symbol ? symbol.declaration : null
  return `${symbol.kind} ${symbol.name} of ${(symbol.unit as Unit).path}:${declaration?.start}`
}
