/**
 * The candidate that `wanted` was probably meant to be, or null when none is near: at most a third of its letters may
 * differ. The distance is the restricted one of Damerau and Levenshtein (an insertion, deletion, change or swap of two
 * neighbours counts one), as in F. J. Damerau, "A technique for computer detection and correction of spelling errors",
 * 1964. Equal distances go to the candidate that stands first.
 */
export function nearest(wanted: string, candidates: Iterable<string>): string | null {
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: string | null = null
  let best_distance = limit + 1
  for (const candidate of candidates) {
    if (candidate === wanted || Math.abs(candidate.length - wanted.length) >= best_distance) continue
    const distance = distanceWithin(wanted.toLowerCase(), candidate.toLowerCase(), best_distance - 1)
    if (distance < best_distance && distance < Math.max(wanted.length, candidate.length)) {
      best = candidate
      best_distance = distance
    }
  }
  return best
}

/** The distance between two words, or any number above `limit` as soon as it is known to be larger. */
function distanceWithin(left: string, right: string, limit: number): number {
  let before: number[] = []
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let i = 1; i <= left.length; i++) {
    const next = [i]
    let smallest = i
    for (let j = 1; j <= right.length; j++) {
      const change = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      let cost = Math.min(change, row[j]! + 1, next[j - 1]! + 1)
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1)
      next.push(cost)
      smallest = Math.min(smallest, cost)
    }
    if (smallest > limit) return smallest
    before = row
    row = next
  }
  return row[right.length]!
}
