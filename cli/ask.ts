import { createInterface } from "node:readline/promises"

/** Asks a question that is answered with yes or no, on the terminal. Anything but yes, also the end of input, is no. */
export async function ask(question: string, stop: AbortSignal): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: stop })
    return /^y(es)?$/i.test(answer.trim())
  } catch {
    process.stderr.write("\n")
    return false
  } finally {
    lines.close()
  }
}
