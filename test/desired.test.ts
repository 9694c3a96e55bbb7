import { describe, expect, test } from "vitest"
import { emptyLock, type Lock, readDesiredState, readLock, showLock } from "../lang/index.ts"

describe("the lock", () => {
  const lock: Lock = {
    version: 1,
    deployed: {
      two: {
        addresses: { "web[10]/dmz": "10.30.0.4", "web[2]/dmz": "10.30.0.3", "edge/": "100.64.3.4/30" },
        placement: {},
        images: {},
      },
      one: { addresses: {}, placement: { web: "local" }, images: {} },
    },
  }

  test("is read as it was written, in the order of keys, with a line's end at the end", () => {
    const text = showLock(lock)
    expect(readLock(text)).toEqual({ ok: true, value: lock })
    expect(text.endsWith("}\n")).toBe(true)
    expect(text.indexOf('"one"')).toBeLessThan(text.indexOf('"two"'))
    expect(text.indexOf("web[2]")).toBeLessThan(text.indexOf("web[10]"))
    expect(showLock(emptyLock)).toBe('{\n  "version": 1,\n  "deployed": {}\n}\n')
  })

  test.each([
    ["no JSON", "{", /JSON/],
    ["another version", '{ "version": 2, "deployed": {} }', /version/],
    ["an unknown field", '{ "version": 1, "deployed": {}, "more": 1 }', /additional properties.*more/],
    [
      "an address that is none",
      '{ "version": 1, "deployed": { "c": { "addresses": { "a/b": "ten" }, "placement": {}, "images": {} } } }',
      /\/deployed\/c\/addresses/,
    ],
    ["a list", "[]", /object/],
  ])("with %s is refused, and why", (_, text, why) => {
    const read = readLock(text)
    expect(read.ok).toBe(false)
    if (!read.ok) expect(read.why).toMatch(why)
  })
})

test("a desired state that is none is refused, and why", () => {
  const read = readDesiredState({ version: 1 })
  expect(read.ok).toBe(false)
  if (!read.ok) expect(read.why).toMatch(/required property/)
})
