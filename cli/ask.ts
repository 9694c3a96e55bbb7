import { createInterface } from "node:readline/promises"

/** Asks a question that is answered with yes or no, on the terminal. Anything but yes, also Ctrl-C and the end of input, is no. */
export async function ask(question: string, stop: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new AbortController()
  // Without these the question would stay open for ever: readline takes Ctrl-C for itself, and the end of input answers nothing.
  lines.on("SIGINT", () => ended.abort())
  lines.on("close", () => ended.abort())
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: AbortSignal.any([stop, ended.signal]) })
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    process.stderr.write("\n")
    return false
  } finally {
    lines.close()
  }
}
