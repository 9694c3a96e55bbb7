/**
 * How many random cases a test tries, and from which seed: what `APPL_RUNS` and `APPL_SEED` ask for, else `runs` and 1. A value that is no
 * number throws, for a test that tries nothing would pass.
 */
export function asked(runs: number): { readonly count: number; readonly seed: number } {
  return { count: number("APPL_RUNS") ?? runs, seed: number("APPL_SEED") ?? 1 }
}

function number(name: string): number | null {
  const text = process.env[name]
  if (text === undefined) return null
  if (!/^-?[0-9]+$/.test(text)) throw new Error(`${name} is not a whole number: ${text}`)
  return Number(text)
}
