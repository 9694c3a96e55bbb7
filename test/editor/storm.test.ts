import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, expect, test } from "vitest"
import { asked } from "../asked.ts"
import { makeRandom, mutate, type } from "../syntax-mutants.ts"
import { type Client, startClient } from "./client.ts"
import { readMarked } from "./marked.ts"

// Whatever is typed into a real server, and whatever is asked meanwhile, it answers, complains of nothing, and ends up saying of the
// files what a fresh server says of them. APPL_RUNS says how many edits, APPL_SEED where to begin.
const { count, seed } = asked(150)

const { files } = readMarked(readFileSync(join(import.meta.dirname, "workspace.txt"), "utf8"))
const paths = Object.keys(files)
const running: Client[] = []

afterEach(async () => {
  for (const client of running.splice(0)) expect(await client.stop()).toBe(0)
})

const questions = [
  ...["hover", "completion", "definition", "typeDefinition", "implementation", "documentHighlight", "prepareRename"],
  ...["documentSymbol", "foldingRange", "semanticTokens/full", "inlayHint", "signatureHelp", "prepareCallHierarchy"],
  ...["selectionRange", "references", "rename", "codeAction", "formatting", "onTypeFormatting", "rangeFormatting"],
]

test(`${count} edits from seed ${seed} on`, { timeout: 60_000 + count * 500 }, async () => {
  const random = makeRandom(seed)
  const pick = <Kind>(of: readonly Kind[]): Kind => of[Math.floor(random() * of.length)]!
  const client = await start(files)
  for (const path of paths) await client.open(path, files[path]!)
  const answers: Promise<unknown>[] = []
  for (let step = 0; step < count; step++) {
    const path = pick(paths)
    const before = client.text(path)
    const chance = random()
    const after =
      chance < 0.6 ? type(before, random) : chance < 0.8 ? mutate(before, random, [files[pick(paths)]!]) : files[path]!
    await client.type(path, ...stretch(before, after))
    if (random() < 0.5) {
      const mark = { path, offset: Math.floor(random() * (after.length + 1)) }
      const { textDocument, position } = client.place(mark)
      const range = { start: position, end: position }
      const more = {
        ch: "\n",
        options: { tabSize: 2, insertSpaces: true },
        newName: "other",
        range,
        positions: [position],
      }
      const context = { diagnostics: [], includeDeclaration: true }
      const asking = client.request(`textDocument/${pick(questions)}`, { textDocument, position, context, ...more })
      // That nothing can be renamed there is an answer too.
      answers.push(asking.catch((error: Error) => expect(error.message).not.toContain("this is a bug")))
    }
    if (random() < 0.1) await client.diagnostics(path)
  }
  await Promise.all(answers)
  expect(client.complaints, `APPL_SEED=${seed}`).toEqual([])
  const texts = Object.fromEntries(paths.map((path) => [path, client.text(path)]))
  const fresh = await start(texts)
  for (const path of paths) {
    const told = (await client.diagnostics(path)).map(({ code, range, message }) => ({ code, range, message }))
    const anew = (await fresh.diagnostics(path)).map(({ code, range, message }) => ({ code, range, message }))
    expect(sorted(told), `APPL_SEED=${seed} ${path}`).toEqual(sorted(anew))
  }
})

async function start(texts: Readonly<Record<string, string>>): Promise<Client> {
  const client = await startClient(texts)
  running.push(client)
  return client
}

/** The stretch that was changed, and what it became. */
function stretch(before: string, after: string): [start: number, end: number, text: string] {
  let start = 0
  while (start < before.length && before[start] === after[start]) start++
  let same = 0
  const most = Math.min(before.length, after.length) - start
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same++
  return [start, before.length - same, after.slice(start, after.length - same)]
}

function sorted(all: readonly object[]): readonly string[] {
  return all.map((one) => JSON.stringify(one)).sort()
}
