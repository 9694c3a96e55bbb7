/** A source of numbers from 0 to below 1 that a seed decides (mulberry32, by Tommy Ettinger). */
export type Random = () => number

export function makeRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const pieces = [
  ...[
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    '"',
    '"""',
    "${",
    "'",
    ",",
    ":",
    "=",
    "+=",
    "->",
    ".",
    "..",
    "?",
    "|",
    "<",
    "-",
    "/",
  ],
  ...[
    "#",
    "///",
    "//",
    "/*",
    ";",
    "!",
    "&&",
    "\n",
    "\r\n",
    "\t",
    " ",
    "\\",
    "\u0000",
    "é",
    "🦊",
    "10.0.0.1",
    "80/tcp",
    "5m",
  ],
  ...[
    "appliance",
    "cluster",
    "let",
    "if",
    "else",
    "for",
    "in",
    "match",
    "then",
    "not",
    "late",
    "every",
    "where",
    "x",
    "Y",
  ],
]

/** `text` with one to three small damages: characters or words taken out, put in, doubled, swapped, or cut off. */
export function mutate(text: string, random: Random, others: readonly string[]): string {
  let mutant = text
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) mutant = damage(mutant, random, others)
  return mutant
}

function damage(text: string, random: Random, others: readonly string[]): string {
  const at = Math.floor(random() * (text.length + 1))
  const length = 1 + Math.floor(random() * 8)
  const piece = pieces[Math.floor(random() * pieces.length)]!
  switch (Math.floor(random() * 8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return text.slice(0, at) + text.slice(at + length)
    case 2:
    case 3:
      return text.slice(0, at) + piece + text.slice(at)
    case 4:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at)
    case 5:
      return text.slice(0, at) + piece + text.slice(at + length)
    case 6: {
      const other = others[Math.floor(random() * others.length)]!
      return text.slice(0, at) + other.slice(Math.floor(random() * other.length)).slice(0, 40) + text.slice(at)
    }
    default:
      return random() < 0.3 ? text.slice(0, at) : withoutLine(text, at)
  }
}

function withoutLine(text: string, at: number): string {
  const start = text.lastIndexOf("\n", at - 1) + 1
  const end = text.indexOf("\n", at)
  return end === -1 ? text.slice(0, start) : text.slice(0, start) + text.slice(end + 1)
}

const gaps = ["\n", "\n\n\n", "  ", "\t", " # remark\n", "\n# remark\n", "\n\n/// remark\n\n", "\r\n"]

/** `text` with white space and comments put in here and there; not all of what comes out is still right. */
export function respace(text: string, random: Random): string {
  let spaced = text
  for (let times = 1 + Math.floor(random() * 6); times > 0; times--) {
    const places = [...spaced.matchAll(/[ \n]|(?<=[{[(,])|(?=[}\])])/g)]
    const place = places[Math.floor(random() * places.length)]
    const gap = gaps[Math.floor(random() * gaps.length)]!
    if (place !== undefined) spaced = spaced.slice(0, place.index) + gap + spaced.slice(place.index + place[0].length)
  }
  return spaced
}

/** `text` with what typing does to it: a letter put into a word or taken out of it, a digit, a line or a comment more. Most stay right. */
export function type(text: string, random: Random): string {
  const words = [...text.matchAll(/[a-z0-9]+|\n/g)]
  const word = words[Math.floor(random() * words.length)]
  if (word === undefined) return `${text}\n`
  const at = word.index + Math.floor(random() * word[0].length)
  const lines = ["\n", "\n# remark\n", "\n/// doc\n", " # end"]
  const piece = word[0] === "\n" ? lines[Math.floor(random() * lines.length)]! : /[0-9]/.test(word[0]) ? "1" : "x"
  return random() < 0.5 ? text.slice(0, at) + piece + text.slice(at) : text.slice(0, at) + text.slice(at + 1)
}
