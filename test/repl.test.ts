import { spawn } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { completions, enter, isUnfinished, type ReplInput, type Session } from "../lang/index.ts"

const root = dirname(import.meta.dirname)
const office = "examples/02-office/office.appl"

// Each `cases/repl/<name>.in` is piped into `appl repl`, with the office; what is printed stands beside it in `<name>.txt`.
describe("what is piped in", () => {
  const folder = join(import.meta.dirname, "cases/repl")
  test.for(readdirSync(folder).filter((name) => name.endsWith(".in")))("%s", async (name) => {
    const { text, code } = await piped(readFileSync(join(folder, name), "utf8"), [office])
    expect(code).toBe(1)
    await expect(text).toMatchFileSnapshot(join(folder, name.replace(/\.in$/, ".txt")))
  })

  test("without a file, and without a mistake, the code is 0", async () => {
    expect(await piped("64MiB * 3\n\n1..3\n", [])).toEqual({
      text: "192MiB : Size\n1..3 : range of Int(1..3)\n",
      code: 0,
    })
    expect(await piped("", [])).toEqual({ text: "", code: 0 })
  })
})

describe("a session", () => {
  const input: ReplInput = { file: office, files: diskFiles, standard: "modules", modules: null, limit: 1_000_000 }

  test("remembers what had no error, and the later of two of one name", () => {
    let session: Session = []
    for (const [index, text] of ["let a = 1", "let a = 2", "let b = a + nothing", "a"].entries()) {
      session = enter(input, session, text, index).session
    }
    expect(session.map(({ source }) => source.text)).toEqual(["let a = 2"])
    expect(enter(input, session, "a", 9).value).toMatchObject({ shown: "2", type: "Int" })
  })

  test("completes names that are known, and members by type", () => {
    const { session } = enter(input, [], "let mine = office { web-servers = 3 }", 1)
    expect(completions(input, session, "1 + m")).toEqual(expect.arrayContaining(["mine", "office"]))
    expect(completions(input, session, "mine.web[1].")).toEqual(expect.arrayContaining(["site", "address", "http"]))
    expect(completions(input, session, "(office.")).toEqual(expect.arrayContaining(["flows", "url", "names"]))
    expect(completions(input, session, "nothing.")).toEqual([])
    expect(completions(input, session, '"${')).toEqual(expect.arrayContaining(["mine"]))
  })

  test.for(["[1,", "fn f(): Int = {", '"""\nhello', "1 +", "let x =", "if true then", "a and"])(
    "%j goes on",
    (text) => {
      expect(isUnfinished(text)).toBe(true)
    },
  )

  test.for(["1", "[1]", '"a', "office { web-servers = 3 }", "]", "# a comment ="])("%j is whole", (text) => {
    expect(isUnfinished(text)).toBe(false)
  })

  test("whatever is typed, nothing is thrown", () => {
    for (const text of [
      "}",
      "{",
      "let",
      "let =",
      "use",
      "use {",
      "fn",
      "type T",
      '"${',
      "1 2",
      "a.b.c[",
      "test",
      "\u0000",
      "}\n}",
    ]) {
      expect(enter(input, [], text, 1).value, text).toBe(null)
      expect(completions(input, [], text)).toBeInstanceOf(Array)
    }
  })
})

function piped(text: string, words: readonly string[]): Promise<{ text: string; code: number | null }> {
  // One pipe for both outputs, so that they come in the order in which they were printed.
  const command = 'exec bin/appl repl "$@" 2>&1'
  const child = spawn("sh", ["-c", command, "sh", ...words], { cwd: root, stdio: ["pipe", "pipe", "inherit"] })
  let printed = ""
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString()
  })
  child.stdin.end(text)
  return new Promise((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve({ text: printed, code }))
  })
}
