import type { Comment } from "./tree.ts"

/** The doc comment of what starts at an offset. Offsets must be asked for in rising order. */
export type DocFinder = (start: number) => string | undefined

/** Finds the block of `///` lines that stands directly above, with no empty line between and nothing else on its lines. */
export function makeDocFinder(text: string, comments: readonly Comment[]): DocFinder {
  let next = 0
  return (start) => {
    while (next < comments.length && comments[next]!.start < start) next++
    let lines: string[] | undefined
    let below = start
    for (let index = next - 1; index >= 0; index--) {
      const comment = comments[index]!
      if (!comment.doc || !isLineEnd(text.slice(comment.end, below)) || !isAlone(text, comment.start)) break
      lines ??= []
      lines.unshift(
        text
          .slice(comment.start + 3, comment.end)
          .replace(/^ /, "")
          .trimEnd(),
      )
      below = comment.start
    }
    return lines?.join("\n")
  }
}

function isLineEnd(between: string): boolean {
  return /^(?:[ \t\r]*\n|[ \t]*\r)[ \t\r]*$/.test(between)
}

function isAlone(text: string, start: number): boolean {
  return text.slice(text.lastIndexOf("\n", start - 1) + 1, start).trim() === ""
}
