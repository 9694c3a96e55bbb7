import type { IToken, TokenType } from "chevrotain"
import type { Findings } from "./findings.ts"
import { chain_limit } from "./landmarks.ts"
import * as T from "./tokens.ts"
import type { Binary, BinaryOperator, Expression, Name, NamedType } from "./tree.ts"

/** An operand, or the token of an operator. */
export type Part = Expression | IToken

/** From loose to tight. */
const precedence: ReadonlyMap<TokenType, number> = new Map([
  [T.Coalesce, 1],
  [T.Or, 2],
  [T.And, 3],
  ...[T.Equal, T.NotEqual, T.Less, T.AtMost, T.Greater, T.AtLeast, T.In, T.Is].map((type) => [type, 5] as const),
  [T.Range, 6],
  [T.Plus, 7],
  [T.Minus, 7],
  [T.Times, 8],
  [T.Divide, 8],
])
const not_precedence = 4
const comparison_precedence = 5

/**
 * Makes a tree of operands and operators in the order of the text, by precedence climbing (Martin Richards and Colin
 * Whitby-Strevens, "BCPL, the language and its compiler", 1979).
 */
export function climb(parts: readonly Part[], findings: Findings): Expression {
  let index = 0
  const operand = (): Expression => {
    const part = parts[index++]!
    if ("kind" in part) return part
    const not = part.tokenType === T.Not
    const value = not ? operation(not_precedence) : operand()
    return { kind: "unary", operator: not ? "not" : "-", operand: value, start: part.startOffset, end: value.end }
  }
  const operation = (lowest: number): Expression => {
    let left = operand()
    let compared: Expression | undefined
    while (index < parts.length) {
      const operator = parts[index] as IToken
      const level = precedence.get(operator.tokenType)!
      if (level < lowest) break
      index++
      const right = operation(level + 1)
      if (level === comparison_precedence && compared === left) reportChain(operator, findings)
      left = join(operator, left, right, findings)
      compared = level === comparison_precedence ? left : undefined
    }
    return left
  }
  if (parts.length <= 2 * chain_limit) return operation(0)
  const first = parts[0]!
  const start = "kind" in first ? first.start : first.startOffset
  const end = (parts.at(-1) as Expression).end
  findings.mistake("A0127", start, end, `this value has more than ${chain_limit} operators`)
  return { kind: "missing", start, end }
}

function join(operator: IToken, left: Expression, right: Expression, findings: Findings): Expression {
  const { start } = left
  const { end } = right
  if (operator.tokenType === T.Is) {
    const path = namePath(right)
    if (path !== null) {
      const type: NamedType = { kind: "named-type", path, arguments: [], start: right.start, end }
      return { kind: "is", value: left, type, start, end }
    }
    if (right.kind !== "missing") {
      const message = "expected the name of a class, a service or a variant after `is`"
      findings.mistake("A0129", right.start, end, message)
    }
    return { kind: "missing", start, end }
  }
  // The label, not the image: `&&` was read as `and`.
  const sign = operator.tokenType.LABEL!.slice(1, -1) as BinaryOperator
  return { kind: "binary", operator: sign, left, right, start, end } satisfies Binary
}

/** The names of `a.b.C`, or null for anything else. */
function namePath(value: Expression): Name[] | null {
  if (value.kind === "name") return [value]
  if (value.kind !== "member") return null
  const path = namePath(value.of)
  return path === null ? null : [...path, value.name]
}

function reportChain(operator: IToken, findings: Findings): void {
  const end = operator.startOffset + operator.image.length
  findings.mistake("A0126", operator.startOffset, end, "comparisons do not chain", {
    hint: "join two of them with `and`: `a < b and b < c`",
  })
}
