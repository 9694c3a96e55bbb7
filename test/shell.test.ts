import { execFileSync, spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { makeProgram } from "../cli/program.ts"
import { completeWords, type Known } from "../cli/shell/complete.ts"
import { manualPages } from "../cli/shell/man.ts"
import { type Shell, scriptFor } from "../cli/shell/scripts.ts"
import { lacks } from "./programs.ts"

const root = join(import.meta.dirname, "..")
const silent = {
  out: () => {},
  err: () => {},
  asks: false,
  live: false,
  colors: { out: "never", err: "never" },
  width: 80,
} as const
const program = makeProgram(silent, () => {})
const known: Known = {
  clusters: (file) => [{ value: "office", says: file }],
  params: () => [{ value: "count=", says: "how many" }],
  appliances: () => [
    { value: "web[1]", says: "container" },
    { value: "db", says: "microvm" },
  ],
  codes: () => [{ value: "A0301", says: "out of range" }],
}
const words = (line: string) =>
  completeWords(program, line.split(" "), known)
    .words.map(({ value }) => value)
    .join(" ")

describe("the word at the cursor", () => {
  test("is a command, or one below it", () => {
    expect(words("ap")).toBe("apply")
    expect(words("image ")).toBe("ls gc help")
    expect(words("com")).toBe("completion")
  })

  test("is an option that was not given, or one that may be given again", () => {
    expect(words("apply a.appl --dry")).toBe("--dry-run")
    expect(words("apply a.appl --dry-run --dry")).toBe("")
    expect(words("apply --set a=1 --se")).toBe("--set --secrets")
    expect(words("apply -- --dry")).toBe("")
  })

  test("is a value that the option or argument takes", () => {
    expect(words("graph --format ")).toBe("text dot svg")
    expect(words("graph --format=s")).toBe("--format=svg")
    expect(words("completion z")).toBe("zsh")
    expect(words("explain A03")).toBe("A0301")
    expect(words("exec a.appl w")).toBe("web[1]")
    expect(words("logs a.appl db ")).toBe("web[1] db")
    expect(words("cp a.appl d")).toBe("db:")
    expect(words("apply a.appl --cluster ")).toBe("office")
    expect(words("apply --cluster ")).toBe("")
    expect(completeWords(program, ["apply", "a.appl", "--set", "c"], known)).toEqual({
      words: [{ value: "count=", says: "how many" }],
      files: null,
      open: true,
    })
  })

  test("is a file of the kind that is read there", () => {
    expect(completeWords(program, ["apply", ""], known).files).toEqual([".appl", ".json"])
    expect(completeWords(program, ["check", ""], known).files).toEqual([".appl"])
    expect(completeWords(program, ["check", "a.appl", "--lock", ""], known).files).toEqual([])
    expect(completeWords(program, ["check", "a.appl", ""], known).files).toBeNull()
  })
})

describe("in a real shell", () => {
  const folder = mkdtempSync(join(tmpdir(), "appl-shell-"))
  afterAll(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, "one.appl"), "cluster office {\n  /// How many.\n  param count: Int = 1\n}\n")
  writeFileSync(join(folder, "other.txt"), "")
  writeFileSync(join(folder, "$(touch gone).appl"), "")
  const asked: Readonly<Record<Shell, (line: string) => readonly string[]>> = {
    bash: (line) => run("bash", ["--norc", "-c", `${scriptFor("bash")}\n${ask_bash}`, "bash", line]),
    zsh: (line) => run("zsh", ["-f", "-c", `${stub_zsh}\n${scriptFor("zsh")}\n${ask_zsh}`, "zsh", ...line.split(" ")]),
    fish: (line) =>
      run("fish", ["--no-config", "-c", `${scriptFor("fish")}\ncomplete -C $argv[1]`, line]).map(
        (one) => one.split("\t", 1)[0]!,
      ),
  }
  for (const shell of ["bash", "zsh", "fish"] as const) {
    describe.skipIf(lacks(shell))(shell, () => {
      test("commands, options and what a file declares", () => {
        expect(asked[shell]("appl expl")).toEqual(["explain"])
        expect(asked[shell]("appl apply one.appl --dry")).toEqual(["--dry-run"])
        expect(asked[shell]("appl apply one.appl --set c")).toEqual(["count="])
        expect(asked[shell]("appl apply one.appl --cluster ")).toEqual(["office"])
      })

      // The completion of files in zsh is its own, at a prompt.
      if (shell === "zsh") return
      test("files of the kind, whose names are not run", () => {
        const found = asked[shell]("appl check ")
        expect(found.some((one) => one.endsWith("one.appl"))).toBe(true)
        expect(found.some((one) => one.includes("other.txt"))).toBe(false)
        expect(run("ls", [])).toEqual(["$(touch gone).appl", "one.appl", "other.txt"])
      })
    })
  }

  function run(program: string, parameters: readonly string[]): readonly string[] {
    const env = { ...process.env, PATH: `${join(root, "bin")}:${process.env.PATH}`, LC_ALL: "C.UTF-8" }
    const printed = execFileSync(program, parameters, { cwd: folder, env, encoding: "utf8" })
    return printed.split("\n").filter((line) => line !== "")
  }
})

describe("the manual", () => {
  const pages = manualPages(program, "1.0.0")

  test("has a page for each command, with each of its options", () => {
    expect(pages.get("appl-apply.1")).toContain("\\-\\-dry\\-run")
    expect(pages.get("appl-graph.1")).toContain("one of text, dot, svg")
    expect(pages.get("appl.1")).toContain("\\fBapply\\fR")
    expect([...pages.keys()]).not.toContain("appl-complete.1")
    expect(pages.size).toBeGreaterThan(20)
  })

  test.skipIf(lacks("groff"))("is understood by groff without a warning", () => {
    for (const [name, page] of pages) {
      const { stderr } = spawnSync("groff", ["-man", "-ww", "-Tutf8", "-z"], { input: page, encoding: "utf8" })
      expect(stderr, name).toBe("")
    }
  })
})

const ask_bash = `COMP_LINE=$1 COMP_POINT=\${#1}
_appl
printf '%s\\n' "\${COMPREPLY[@]}"`

// The completion system of zsh works at a prompt only: what the script hands to it is printed instead.
const stub_zsh = `compdef() { :; }
compadd() { local name=\${@[-1]}; print -l -- "\${(@P)name}"; }`
const ask_zsh = `words=("$@")
CURRENT=$#
_appl`
