import type { TokenType } from "chevrotain"
import * as T from "./tokens.ts"

/** The words that no name may be. */
export const reservedWords: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ["if", T.If],
  ["then", T.Then],
  ["else", T.Else],
  ["for", T.For],
  ["in", T.In],
  ["match", T.Match],
  ["and", T.And],
  ["or", T.Or],
  ["is", T.Is],
  ["not", T.Not],
  ["true", T.True],
  ["false", T.False],
  ["null", T.Null],
  ["assert", T.Assert],
])

/** The words that start a declaration where one may start, and are names everywhere else. */
export const declarationWords: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ["use", T.Use],
  ["let", T.Let],
  ["fn", T.Fn],
  ["type", T.Type],
  ["service", T.Service],
  ["appliance", T.Appliance],
  ["cluster", T.Cluster],
  ["params", T.Params],
  ["host", T.Host],
  ["network", T.Network],
  ["param", T.Param],
  ["output", T.Output],
  ["provides", T.Provides],
  ["needs", T.Needs],
  ["uses", T.Uses],
  ["check", T.Check],
  ["publish", T.Publish],
  ["allow", T.Allow],
  ["insert", T.Insert],
  ["every", T.Every],
  ["moved", T.Moved],
  ["test", T.Test],
])

/** The words that join the parts of a declaration, after a value on their line; names everywhere else. */
export const joiningWords: ReadonlyMap<string, TokenType> = new Map<string, TokenType>([
  ["from", T.From],
  ["as", T.As],
  ["on", T.On],
  ["before", T.Before],
  ["where", T.Where],
])

/** Keywords of other languages, and what is written instead of them here. */
export const foreignWords: ReadonlyMap<string, string> = new Map([
  ["import", "use"],
  ["include", "use"],
  ["require", "use"],
  ["const", "let"],
  ["var", "let"],
  ["def", "fn"],
  ["func", "fn"],
  ["function", "fn"],
  ["class", "appliance"],
  ["node", "appliance"],
  ["variable", "param"],
  ["elif", "else if"],
  ["elseif", "else if"],
])

const kebab = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/
const pascal = /^[A-Z][A-Za-z0-9]*$/
const capitals = /^[A-Z][A-Z0-9_]*$/

/** True for `web-front`, the form of the names of values, instances and clusters. */
export function isKebab(text: string): boolean {
  return kebab.test(text)
}

/** True for `WebServer`, the form of the names of types, classes and services. */
export function isPascal(text: string): boolean {
  return pascal.test(text)
}

/** True for what may stand as a key without quotes: `kebab-case` or `ALL_CAPS`. */
export function isBareKey(text: string): boolean {
  return kebab.test(text) || capitals.test(text)
}

/** `webFront` and `Web_front` become `web-front`. */
export function toKebab(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/[_-]+/g, "-")
    .replace(/^-|-$/g, "")
    .toLowerCase()
}

/** `web-front` and `web_front` become `WebFront`. */
export function toPascal(text: string): string {
  return text.replace(/(?:^|[_-]+)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/**
 * The two sides of a name such as `n-1`, which its writer meant as a subtraction: for the hint that a name which is not
 * declared gets. Null when no side before a `-` satisfies `known` with a number or a known name after it.
 */
export function asSubtraction(text: string, known: (name: string) => boolean): { left: string; right: string } | null {
  for (let at = text.lastIndexOf("-"); at > 0; at = text.lastIndexOf("-", at - 1)) {
    const left = text.slice(0, at)
    const right = text.slice(at + 1)
    if (known(left) && (/^\d+$/.test(right) || known(right))) return { left, right }
  }
  return null
}
