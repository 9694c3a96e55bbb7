/** One call of a shell function or program: its name and arguments, not yet quoted. */
export type Call = readonly string[]

/**
 * Prints calls as lines of POSIX shell. Whatever stands in an argument reaches the called function as it is: this is the only
 * place where text becomes shell.
 */
export function printCalls(calls: readonly Call[]): string {
  return calls.map((call) => `${call.map(quote).join(" ")}\n`).join("")
}

/** One word of POSIX shell with exactly this value. A zero character cannot be part of any argument, and is a bug of the caller. */
export function quote(text: string): string {
  if (text.includes("\0")) throw new Error("an argument of a program cannot hold a zero character")
  return plain.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** What no shell gives a meaning, wherever it stands: `=` is left out because `a=b` in front of a command is an assignment. */
const plain = /^[A-Za-z0-9_/:.,@+-]+$/
