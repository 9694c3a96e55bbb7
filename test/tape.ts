/** Choices out of a list of numbers. Beyond its end every choice is the first, so what is made of it always ends. */
export type Tape = {
  /** A whole number from 0 up to, and without, `limit`. */
  upTo(limit: number): number
  pick<T>(choices: readonly T[]): T
}

export function makeTape(numbers: readonly number[]): Tape {
  let at = 0
  const upTo = (limit: number) => (numbers[at++] ?? 0) % limit
  return { upTo, pick: (choices) => choices[upTo(choices.length)]! }
}
