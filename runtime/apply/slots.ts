/** A number of places that work can take, first come, first served. */
export type Slots = {
  /** Resolves with what gives the place back, once there is one. */
  take(): Promise<() => void>
}

export function slots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  const give = () => {
    const next = waiting.shift()
    if (next === undefined) free += 1
    else next()
  }
  return {
    take: () =>
      new Promise((resolve) => {
        if (free === 0) waiting.push(() => resolve(give))
        else {
          free -= 1
          resolve(give)
        }
      }),
  }
}
