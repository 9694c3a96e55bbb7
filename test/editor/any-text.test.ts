import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { codeActions } from "../../lang/editor/actions.ts"
import { completion } from "../../lang/editor/completion.ts"
import { definition, implementation, typeDefinition } from "../../lang/editor/definition.ts"
import { inlayHints } from "../../lang/editor/hints.ts"
import { hover } from "../../lang/editor/hover.ts"
import { documentSymbols } from "../../lang/editor/outline.ts"
import { foldingRanges, selectionRanges } from "../../lang/editor/ranges.ts"
import { references } from "../../lang/editor/references.ts"
import { prepareRename, rename } from "../../lang/editor/rename.ts"
import { signatureHelp } from "../../lang/editor/signature.ts"
import type { Snapshot } from "../../lang/editor/snapshot.ts"
import { semanticTokens } from "../../lang/editor/tokens.ts"
import { consumersOf, prepareWires } from "../../lang/editor/wires.ts"
import { asked } from "../asked.ts"
import { makeRandom, mutate } from "../syntax-mutants.ts"
import { analyse } from "./marked.ts"

const cases = join(import.meta.dirname, "..", "cases")
const texts = ["language", "names", "types", "wiring"].flatMap((folder) =>
  readdirSync(join(cases, folder))
    .filter((name) => name.endsWith(".appl"))
    .map((name) => readFileSync(join(cases, folder, name), "utf8")),
)
const { count, seed } = asked(150)

test("every answer comes for any text, at any place, and lies inside of it", () => {
  const random = makeRandom(seed)
  let answered = 0
  for (let round = 0; round < count; round++) {
    const text = mutate(texts[round % texts.length]!, random, texts)
    const where = `APPL_SEED=${seed}, round ${round}:\n${text}`
    const snapshot = analyse({ "main.appl": text }).snapshot()
    for (let place = 0; place < 4; place++) {
      const offset = Math.floor(random() * (text.length + 1))
      const spans = spansAt(snapshot, offset, `${where}\nat ${offset}`)
      answered += spans.length
      const outside = spans.filter(
        ({ path, start, end }) => path === "main.appl" && !(0 <= start && start <= end && end <= text.length),
      )
      expect(outside, `${where}\nat ${offset}`).toEqual([])
    }
  }
  expect(answered).toBeGreaterThan(count * 20)
})

type Span = { readonly path?: string; readonly start: number; readonly end: number }

function spansAt(snapshot: Snapshot, offset: number, where: string): readonly Span[] {
  const at = [snapshot, "main.appl", offset] as const
  const own = (span: { readonly start: number; readonly end: number }): Span => ({ path: "main.appl", ...span })
  try {
    const prepared = prepareRename(...at)
    const renamed = rename(...at, "quite-new")
    const signature = signatureHelp(...at)
    const found = hover(...at)
    const items = prepareWires(...at)
    inlayHints(snapshot, "main.appl")
    documentSymbols(snapshot, "main.appl")
    foldingRanges(snapshot, "main.appl")
    for (const item of items) consumersOf(snapshot, item)
    if (signature !== null) expect(signature.parameters.every(({ end }) => end <= signature.label.length)).toBe(true)
    return [
      completion(...at),
      ...completion(...at).candidates.flatMap(({ more }) => more),
      ...definition(...at),
      ...typeDefinition(...at),
      ...implementation(...at),
      ...references(...at),
      ...selectionRanges(...at).map(own),
      ...semanticTokens(snapshot, "main.appl").map(own),
      ...codeActions(snapshot, "main.appl", offset, offset).flatMap(({ edits }) => edits),
      ...("refused" in prepared ? [] : [prepared.place]),
      ...("refused" in renamed ? [] : renamed.edits),
      ...(found === null ? [] : [found.place]),
    ]
  } catch (problem) {
    throw new Error(`${(problem as Error).stack}\n${where}`)
  }
}
