import { expect, test } from "vitest"
import { harmless } from "../cli/terminal.ts"

test.each([
  ["a title", "\u001b]0;evil\u0007"],
  ["a cleared screen", "\u001b[2J"],
  ["the eight bits form of the same", "\u009b2J"],
  ["a line over another", "delete 3 volumes\rnothing to do   "],
  ["colours that hide", "\u001b[8mdelete\u001b[0m"],
  ["colours that hide among others", "\u001b[1;08;31mdelete"],
  ["a backspace", "no\b\byes"],
  ["text in another order", "\u202e}live{ \u2066if"],
])("%s steers no terminal", (_, text) => {
  expect(harmless(text)).not.toMatch(
    /[\b\r\u0007\u007f-\u009f\u202a-\u202e\u2066-\u2069]|\u001b\](?:0|)|\u001b\[(?:2J|8m|1;08)/,
  )
})

test("colours, lines and tabs stay, and JSON says the same", () => {
  const text = "\u001b[1;31merror\u001b[0m: a\tb\r\nü → 日本\n"
  expect(harmless(text)).toBe(text)
  const value = { text: "a\u009bb\u202ec\u007f\r\u001b[2J" }
  expect(JSON.parse(harmless(JSON.stringify(value)))).toEqual(value)
})
