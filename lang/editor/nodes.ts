import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"

/**
 * The nodes around an offset, the file first and the innermost last. A node holds its end too, so that a cursor behind a word is at
 * the word; where two nodes meet, the one that begins there is taken. Comments are left out.
 */
export function nodesAt(file: tree.File, offset: number): readonly tree.Node[] {
  const chain: tree.Node[] = [file]
  for (let next: tree.Node | null = file; next !== null; ) {
    next = childAt(next, offset)
    if (next !== null) chain.push(next)
  }
  return chain
}

/** The node of a kind with just this span, in a tree that may be another one of nearly the same text. */
export function nodeWith(file: tree.File, node: tree.Spanned & { readonly kind: string }): tree.Node | null {
  for (let at: tree.Node | null = file; at !== null; at = containing(at, node)) {
    if (at.kind === node.kind && at.start === node.start && at.end === node.end) return at
  }
  return null
}

/** Calls `visit` with every node below `node`, each before what is in it, with its parent. */
export function eachNode(node: tree.Node, visit: (node: tree.Node, parent: tree.Node) => void): void {
  eachChild(node, (child) => {
    visit(child, node)
    eachNode(child, visit)
  })
}

/** The word that an offset is in or behind: letters, digits, `_`, and `-` between them. */
export function wordAt(text: string, offset: number): { readonly start: number; readonly end: number } {
  let start = offset
  let end = offset
  while (start > 0 && isWordPart(text, start - 1)) start--
  while (end < text.length && isWordPart(text, end)) end++
  return { start, end }
}

/** The items of a body and of the `for`, `if` and `match` in it: what a class or cluster declares wherever it stands. */
export function* allItems(items: readonly tree.Item[]): Generator<tree.Item> {
  for (const item of items) {
    yield item
    switch (item.kind) {
      case "for":
        yield* allItems(item.body.items)
        break
      case "if":
        yield* allItems(item.then.items)
        if (item.else) yield* allItems(item.else.kind === "if" ? [item.else] : item.else.items)
        break
      case "match":
        for (const arm of item.arms) yield* allItems(arm.body.items)
    }
  }
}

function childAt(node: tree.Node, offset: number): tree.Node | null {
  let found: tree.Node | null = null
  eachChild(node, (child) => {
    if (child.kind === "comment" || child.start > offset || child.end < offset) return
    if (found === null || found.end === offset) found = child
  })
  return found
}

function containing(node: tree.Node, span: tree.Spanned): tree.Node | null {
  let found: tree.Node | null = null
  eachChild(node, (child) => {
    if (child.kind !== "comment" && child.start <= span.start && child.end >= span.end) found ??= child
  })
  return found
}

function isWordPart(text: string, at: number): boolean {
  const code = text[at]!
  if (/[A-Za-z0-9_]/.test(code)) return true
  return code === "-" && /[A-Za-z0-9]/.test(text[at - 1] ?? "")
}
