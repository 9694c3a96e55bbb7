import { type Result, refuse } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/**
 * Takes a secret: from a person twice, without showing it, else all of standard input without the line's end at its end. Never from
 * the command line, which other users of the machine and the shell's history see.
 */
export async function takeSecret(name: string, terminal: Terminal): Promise<Result<string>> {
  if (!terminal.asks) {
    const text = await readInput()
    if (text === null) return refuse("standard input is no UTF-8 text", "a secret is a text")
    return checked(text.replace(/\r?\n$/, ""))
  }
  const lines = await typed([`${name}: `, `${name} again: `], terminal)
  if (lines === null) return refuse("nothing was entered", null)
  const [first = "", second] = lines
  if (first !== second) return refuse("the two are not the same", "run the command again")
  return checked(first)
}

function checked(value: string): Result<string> {
  if (value === "") return refuse("a secret is not empty", null)
  if (value.includes("\0")) return refuse("a secret has no zero character", "no file and no variable takes one")
  return value.length > longest ? refuse(`a secret has at most ${longest} characters`, null) : { ok: true, value }
}

async function readInput(): Promise<string | null> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer)
    length += (chunk as Buffer).length
    if (length > 4 * longest) break
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks))
  } catch {
    return null
  }
}

/**
 * The answers to questions, not shown; null when they were given up. The terminal shows nothing from before the first question to after
 * the last answer, so that what is typed ahead stays hidden too, and is put back in any case.
 */
function typed(questions: readonly string[], terminal: Terminal): Promise<readonly string[] | null> {
  const { stdin } = process
  stdin.setRawMode(true)
  return new Promise((resolve) => {
    const lines: string[] = []
    let line = ""
    const end = (answers: readonly string[] | null) => {
      stdin.off("data", take)
      stdin.off("end", giveUp)
      stdin.setRawMode(false)
      stdin.pause()
      terminal.err("\n")
      resolve(answers)
    }
    const giveUp = () => end(null)
    const take = (chunk: Buffer) => {
      for (const sign of chunk.toString()) {
        if (sign === "\r" || sign === "\n") {
          lines.push(line)
          line = ""
          if (lines.length === questions.length) return end(lines)
          terminal.err(`\n${questions[lines.length]}`)
        } else if (sign === "\u0003" || sign === "\u0004") return end(null)
        else if (sign === "\u007f" || sign === "\b") line = [...line].slice(0, -1).join("")
        else line += sign
      }
    }
    stdin.on("data", take)
    stdin.on("end", giveUp)
    stdin.resume()
    terminal.err(questions[0] ?? "")
  })
}

const longest = 64 * 1024
