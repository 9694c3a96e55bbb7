import { relative } from "node:path"
import { createInterface } from "node:readline"
import { completions, enter, isUnfinished, type ReplInput, type Session, typeOfEntered } from "../../lang/index.ts"
import { showDiagnostics } from "../compile.ts"
import { diskFiles, lookAt } from "../files.ts"
import { readHistory, writeHistory } from "../history.ts"
import { standardModules } from "../installation.ts"
import { fail, type Problem } from "../problem.ts"
import { modulesFolder } from "../state.ts"
import type { Terminal } from "../terminal.ts"
import { why } from "./why.ts"

type ReplOptions = { readonly limit?: number }

/** What a session in the terminal is at. */
type State = { session: Session; file: string | null; lines: string[]; number: number; failed: boolean }

/**
 * `appl repl`: works out what is entered, line by line, until the end of input. On a terminal with a prompt, a history and completion;
 * else only the values are printed, and the exit code is 1 when an input had an error.
 */
export async function repl(file: string | null, options: ReplOptions, terminal: Terminal): Promise<number> {
  const problem = file === null ? null : problemWith(file)
  if (problem !== null) return fail(terminal, {}, problem)
  const state: State = { session: [], file: file === null ? null : nameOf(file), lines: [], number: 1, failed: false }
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  const lines = createInterface({
    input: process.stdin,
    ...(interactive
      ? { output: process.stdout, history: readHistory(), completer: (line: string) => complete(line, state, options) }
      : {}),
    terminal: interactive,
  })
  const prompt = () => {
    if (!interactive) return
    lines.setPrompt(state.lines.length === 0 ? "appl> " : "  ... ")
    lines.prompt()
  }
  if (interactive)
    terminal.out(`${state.file === null ? "" : `${state.file}; `}:help says what there is, Ctrl-D ends\n`)
  // Ctrl-C takes back what was typed.
  lines.on("SIGINT", () => {
    state.lines = []
    terminal.out("\n")
    lines.write(null, { ctrl: true, name: "e" })
    lines.write(null, { ctrl: true, name: "u" })
    prompt()
  })
  lines.on("history", (history: string[]) => writeHistory(history))
  prompt()
  for await (const line of lines) {
    if (takeLine(line, state, options, terminal) === "end") break
    prompt()
  }
  if (state.lines.length > 0) answer(state, options, terminal)
  lines.close()
  if (interactive) terminal.out("\n")
  return state.failed && !interactive ? 1 : 0
}

function takeLine(line: string, state: State, options: ReplOptions, terminal: Terminal): "end" | "more" {
  const command = state.lines.length === 0 ? /^\s*:(\w+)\s*(.*)$/.exec(line) : null
  if (command !== null) return obey(command[1]!, command[2]!.trim(), state, options, terminal)
  state.lines.push(line)
  const text = state.lines.join("\n")
  if (state.lines.every((one) => /^\s*(#.*)?$/.test(one))) state.lines = []
  // An empty line ends what would go on for ever.
  else if (line.trim() === "" || !isUnfinished(text)) answer(state, options, terminal)
  return "more"
}

function answer(state: State, options: ReplOptions, terminal: Terminal): void {
  const text = state.lines.join("\n").trimEnd()
  state.lines = []
  const { session, value, diagnostics } = enter(inputOf(state, options), state.session, text, state.number++)
  state.session = session
  if (value !== null) {
    const { name, shown, type } = value
    terminal.out(`${name === null ? "" : `${name} = `}${shown}${quiet(` : ${type}`, terminal)}\n`)
  }
  if (diagnostics.some(({ severity }) => severity === "error")) state.failed = true
  showDiagnostics(diagnostics, terminal)
}

function obey(word: string, rest: string, state: State, options: ReplOptions, terminal: Terminal): "end" | "more" {
  switch (word) {
    case "quit":
    case "q":
      return "end"
    case "help":
      terminal.out(help)
      return "more"
    case "type": {
      if (rest === "") {
        complain(
          { message: "there is nothing to give the type of", remedy: "such as :type 64MiB * 3" },
          state,
          terminal,
        )
        return "more"
      }
      const { value, diagnostics } = typeOfEntered(inputOf(state, options), state.session, rest, state.number++)
      if (value !== null) terminal.out(`${value.type}\n`)
      if (value === null) state.failed = true
      showDiagnostics(diagnostics, terminal)
      return "more"
    }
    case "load": {
      const problem = problemWith(rest)
      if (problem === null) Object.assign(state, { file: nameOf(rest), session: [] })
      else complain(problem, state, terminal)
      return "more"
    }
    case "why":
      if (state.file === null)
        complain({ message: "no file is loaded", remedy: ":load FILE loads one" }, state, terminal)
      else if (why(rest, state.file, { set: [] }, terminal) !== 0) state.failed = true
      return "more"
    default:
      complain({ message: `there is no :${word}`, remedy: ":help says what there is" }, state, terminal)
      return "more"
  }
}

const help = `An expression is worked out; \`let\`, \`use\`, \`type\`, \`fn\` and other declarations are remembered.
A cluster of the file is a value, as in a test: office { web-servers = 3 }.web[1].address
  :type EXPRESSION  its type only
  :why ADDRESS      why a value of the file's cluster is what it is
  :load FILE        takes the names of another file, and forgets what was entered
  :quit             ends, as Ctrl-D does; Ctrl-C takes back what was typed
`

function complain(problem: Problem, state: State, terminal: Terminal): void {
  state.failed = true
  fail(terminal, {}, problem)
}

function complete(line: string, state: State, options: ReplOptions): [string[], string] {
  const start = /[\w-]*$/.exec(line)![0]
  const names = line.startsWith(":")
    ? ["type", "why", "load", "help", "quit"]
    : completions(inputOf(state, options), state.session, line)
  return [names.filter((name) => name.startsWith(start)), start]
}

function inputOf({ file }: State, options: ReplOptions): ReplInput {
  const limit = options.limit ?? 1_000_000
  return { file, files: diskFiles, standard: standardModules(), modules: modulesFolder(), limit }
}

function problemWith(file: string): Problem | null {
  const remedy = "name a file that ends in .appl"
  if (file === "") return { message: "no file is named", remedy: ":load FILE loads one" }
  const found = lookAt(file)
  if (!found.ok) return found.problem
  if (found.value === "nothing") return { message: `there is no file ${file}`, remedy }
  if (found.value === "folder") return { message: `${file} is a folder, not a file`, remedy }
  return file.endsWith(".appl") ? null : { message: `${file} is not an .appl file`, remedy }
}

function nameOf(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith("..") ? file : path
}

function quiet(text: string, terminal: Terminal): string {
  return terminal.colors.out === "always" ? `\u001b[2m${text}\u001b[0m` : text
}
