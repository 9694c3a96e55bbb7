import { execFileSync } from "node:child_process"
import { array, assert, nat, property, string } from "fast-check"
import { expect, test } from "vitest"
import { loginCommand, readFrame, scriptBytes } from "../runtime/hosts/ssh/bootstrap.ts"
import { lacks } from "./programs.ts"

const runs = Number(process.env.APPL_RUNS ?? 300)
const seed = Number(process.env.APPL_SEED ?? 1)
const mark = "appl-0123456789abcdef"

test("a frame gives what is between its marks, however the stream is cut into parts", () => {
  assert(
    property(string(), string(), array(nat({ max: 20 }), { minLength: 1 }), (noise, content, sizes) => {
      // The beginning of a mark in the content is content.
      const inside = `${content}${mark.slice(0, content.length % mark.length)}`
      const stream = Buffer.from(`${noise}${mark} begin 4711\n${inside}${mark} end 3\nmore`)
      const parts: Buffer[] = []
      const frame = readFrame(mark, (bytes) => parts.push(Buffer.from(bytes)))
      for (let at = 0, turn = 0; at < stream.length; turn += 1) {
        const size = 1 + sizes[turn % sizes.length]!
        frame.take(stream.subarray(at, at + size))
        at += size
      }
      expect(Buffer.concat(parts).toString()).toBe(Buffer.from(inside).toString())
      expect([frame.begun(), frame.ended()]).toEqual([["begin", "4711"], "3"])
    }),
    { numRuns: runs, seed },
  )
})

test("a frame without an end has none", () => {
  const frame = readFrame(mark, () => {})
  frame.take(Buffer.from(`${mark} begin 7\nsome${mark} en`))
  expect([frame.begun(), frame.ended()]).toEqual([["begin", "7"], null])
})

test.each(["dash", "bash", "zsh", "fish"] as const)(
  "%s understands what a login shell is given, and half a script is not run",
  (shell) => {
    if (shell !== "dash" && lacks(shell)) return
    const bytes = scriptBytes("echo 'a b' \"$HOME\" \\\\ >/dev/null; echo ran; exit 7", mark)
    // As root it goes on; as another user sudo would be asked, which is a matter of the lab.
    if (process.getuid?.() !== 0) return
    const run = (input: Buffer) => {
      const words = ["-c", `${loginCommand("framed", mark, bytes.length)}`]
      try {
        return execFileSync(shell, words, { input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] })
      } catch (error) {
        return (error as { stdout: string }).stdout
      }
    }
    expect(run(bytes)).toMatch(new RegExp(`^${mark} begin \\d+\nran\n${mark} end 7\n$`))
    for (const length of [0, 10, bytes.length - 1]) expect(run(bytes.subarray(0, length))).not.toContain("ran\n")
  },
)
