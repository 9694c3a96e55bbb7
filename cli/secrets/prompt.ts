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
  const first = await typed(`${name}: `, terminal)
  const second = first === null ? null : await typed(`${name} again: `, terminal)
  if (first === null || second === null) return refuse("nothing was entered", null)
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

/** One line that is not shown; null when it was given up. The terminal is put back in any case. */
function typed(question: string, terminal: Terminal): Promise<string | null> {
  const { stdin } = process
  terminal.err(question)
  return new Promise((resolve) => {
    let line = ""
    const end = (answer: string | null) => {
      stdin.off("data", take)
      stdin.off("end", giveUp)
      stdin.setRawMode(false)
      stdin.pause()
      terminal.err("\n")
      resolve(answer)
    }
    const giveUp = () => end(null)
    const take = (chunk: Buffer) => {
      for (const sign of chunk.toString()) {
        if (sign === "\r" || sign === "\n") return end(line)
        if (sign === "\u0003" || sign === "\u0004") return end(null)
        if (sign === "\u007f" || sign === "\b") line = [...line].slice(0, -1).join("")
        else line += sign
      }
    }
    stdin.setRawMode(true)
    stdin.on("data", take)
    stdin.on("end", giveUp)
    stdin.resume()
  })
}

const longest = 64 * 1024
