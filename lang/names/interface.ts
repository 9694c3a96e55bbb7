import type * as tree from "../syntax/tree.ts"
import type { Unit } from "./symbol.ts"

/**
 * All of a unit that others can notice: what its declarations are called and what they are, not how they do it. While this text is the
 * same, nothing that was found out about the files that use it changes. More than is needed may be in it, never less.
 */
export function interfaceOf(unit: Unit): string {
  return unit.tree.items.map((item) => textOfItem(item, unit.source.text)).join("\n")
}

const known = new WeakMap<tree.Item, string>()

/** Remembered for each item, since it depends on nothing but the item's text. */
function textOfItem(item: tree.Item, text: string): string {
  let found = known.get(item)
  if (found === undefined) {
    const parts: string[] = []
    addItem(item, text, parts)
    found = parts.join("\n")
    known.set(item, found)
  }
  return found
}

function addItem(item: tree.Item, text: string, parts: string[]): void {
  const upTo = (end: number) => parts.push(text.slice(item.start, end))
  switch (item.kind) {
    case "field":
      upTo(item.value.start)
      return
    case "check":
    case "publish":
    case "allow":
    case "assert":
    case "every":
    case "test":
      return
    case "function":
      upTo(item.value.start)
      return
    case "let":
    case "output":
      upTo(item.type === undefined ? item.end : (item.value?.start ?? item.end))
      return
    case "appliance-class":
    case "cluster":
      upTo(item.body.start)
      addBody(item.body, text, parts)
      return
    case "instance":
    case "cluster-instance":
    case "insert":
      upTo(item.body?.start ?? item.end)
      return
    case "for":
      upTo(item.body.start)
      addBody(item.body, text, parts)
      return
    case "if":
      upTo(item.then.start)
      addBody(item.then, text, parts)
      if (item.else?.kind === "if") addItem(item.else, text, parts)
      else if (item.else) addBody(item.else, text, parts)
      return
    case "match":
      upTo(item.value.end)
      for (const arm of item.arms) {
        parts.push(text.slice(arm.start, arm.body.start))
        addBody(arm.body, text, parts)
      }
      return
    default:
      upTo(item.end)
  }
}

function addBody(body: tree.Body, text: string, parts: string[]): void {
  parts.push("{")
  for (const item of body.items) addItem(item, text, parts)
  parts.push("}")
}
