import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { compile, render } from "../lang/index.ts"
import { asked } from "./asked.ts"

// Programs that are nearly right: a name for another name, a number for another number, a word too many. Whatever comes out is a
// diagnostic or a desired state, never an exception and never neither. APPL_RUNS and APPL_SEED set how many, and which.
const { count, seed } = asked(200)
const path = "test/cases/evaluation/everything.appl"
const word = /([A-Za-z][A-Za-z0-9-]*|\d[\w./]*|"[^"\n]*"|[^\s\w])/

test(`${count} mutants of a program end in a diagnostic or in a desired state`, () => {
  const text = readFileSync(path, "utf8")
  const random = randomFrom(seed)
  let compiled = 0
  for (let number = 0; number < count; number++) {
    const mutant = mutate(text, random)
    const files = { ...diskFiles, read: (file: string) => (file === path ? Buffer.from(mutant) : diskFiles.read(file)) }
    const input = { cluster: null, deployed: null, params: [], lock: null, limit: 10_000 }
    const { desired, diagnostics } = compile({ entry: path, files, standard: "modules", ...input })
    const failed = diagnostics.some((diagnostic) => diagnostic.severity === "error")
    expect(desired === null, `${mutant}\n${render(diagnostics, { color: "never", width: 120 })}`).toBe(failed)
    if (desired !== null) compiled++
  }
  // A mutation that always breaks the syntax would prove nothing about what comes after it.
  expect(compiled).toBeGreaterThan(count / 100)
})

function mutate(text: string, random: (below: number) => number): string {
  const parts = text.split(word)
  const words = parts.filter((_, index) => index % 2 === 1)
  for (let change = random(2); change >= 0; change--) {
    const at = 1 + 2 * random(words.length)
    const same = words.filter((other) => kindOf(other) === kindOf(parts[at]!))
    const choice = random(8)
    if (choice === 0) parts[at] = ""
    else if (choice === 1) parts[at] += ` ${words[random(words.length)]}`
    else parts[at] = same[random(same.length)] ?? ""
  }
  return parts.join("")
}

function kindOf(part: string): string {
  if (/^[a-z]/.test(part)) return "name"
  if (/^[A-Z]/.test(part)) return "type"
  return /^\d/.test(part) ? "number" : part.startsWith('"') ? "text" : part
}

/** Numbers below a bound, the same ones for a seed: Mulberry32 by T. Ettinger. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
