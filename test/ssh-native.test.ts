import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { expect, test } from "vitest"
import { ssh2 } from "../runtime/hosts/ssh/library.ts"

test("SSH is spoken without native code, which nobody here has read or built", () => {
  const { allowScripts } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
  expect(allowScripts).toMatchObject({ ssh2: false, "cpu-features": false })
  expect(typeof ssh2().Client).toBe("function")
  const loaded = Object.keys(createRequire(import.meta.url).cache)
  expect(loaded.some((file) => file.includes("/ssh2/lib/"))).toBe(true)
  expect(loaded.filter((file) => file.endsWith(".node"))).toEqual([])
})
