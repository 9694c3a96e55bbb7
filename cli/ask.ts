import { createInterface } from "node:readline/promises"

/** Asks a question that is answered with yes or no, on the terminal. Anything but yes, also Ctrl-C and the end of input, is no. */
export async function ask(question: string, stop: AbortSignal): Promise<boolean> {
  return /^y(es)?$/i.test(await answerTo(`${question} [y/N] `, stop))
}

/** Asks for a name to be typed, for what cannot be taken back. `warning` says what that is. Anything but the name is no. */
export async function askFor(name: string, warning: string, stop: AbortSignal): Promise<boolean> {
  return (await answerTo(`${warning} Type ${name} to go on: `, stop)) === name
}

/** What was typed; nothing after Ctrl-C and at the end of input. */
async function answerTo(question: string, stop: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new AbortController()
  // Without these the question would stay open for ever: readline takes Ctrl-C for itself, and the end of input answers nothing.
  lines.on("SIGINT", () => ended.abort())
  lines.on("close", () => ended.abort())
  try {
    const answer = await lines.question(question, { signal: AbortSignal.any([stop, ended.signal]) })
    return answer.trim()
  } catch {
    process.stderr.write("\n")
    return ""
  } finally {
    lines.close()
  }
}
