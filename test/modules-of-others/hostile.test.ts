import { gzipSync, zstdCompressSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { unpack } from "../../cli/modules/archive.ts"
import { collision, wrongPath } from "../../cli/modules/names.ts"
import { type Entry, kitFiles, packed, tarOf, tgzOf } from "./archives.ts"

const good = packed(kitFiles())
const bad = (path: string, more: Partial<Entry> = {}): Entry => ({ path, text: "evil\n", ...more })

test("a plain archive is unpacked, and only what belongs to a module", () => {
  const read = unpack(
    tgzOf([
      { path: "package/", type: "Directory" },
      ...good,
      bad("package/package.json"),
      bad("package/.npmrc"),
      bad("package/node_modules/x/index.appl"),
      { path: "package/run.sh", text: "#!/bin/sh\n", mode: 0o755 },
    ]),
    "one folder",
  )
  const files = read.ok ? read.value.map(({ path, executable }) => `${path}${executable ? "*" : ""}`) : read.message
  expect(files).toEqual(["module.json", "blog.appl", "author.njk", "run.sh*"])
})

// Each of these is refused as a whole: nothing of it is ever written.
const hostile: readonly (readonly [string, Uint8Array, RegExp])[] = [
  ["leads out", tgzOf([...good, bad("package/../../evil.appl")]), /leads out of the module/],
  ["leads out, first thing", tgzOf([bad("../evil.appl"), ...good]), /leads out of the module/],
  ["is absolute", tgzOf([...good, bad("/etc/cron.d/evil")]), /is an absolute path/],
  ["is absolute elsewhere", tgzOf([...good, bad("C:\\evil")]), /is an absolute path/],
  ["has back slashes", tgzOf([...good, bad("package\\..\\evil")]), /\\/],
  [
    "is a link",
    tgzOf([...good, bad("package/x.appl", { type: "SymbolicLink", link: "/etc/passwd", text: "" })]),
    /is a link/,
  ],
  [
    "is a link within",
    tgzOf([...good, bad("package/x.appl", { type: "SymbolicLink", link: "blog.appl", text: "" })]),
    /is a link/,
  ],
  [
    "is a hard link",
    tgzOf([...good, bad("package/x.appl", { type: "Link", link: "package/blog.appl", text: "" })]),
    /is a link/,
  ],
  [
    "writes through a link",
    tgzOf([bad("package/out", { type: "SymbolicLink", link: "/tmp", text: "" }), ...good, bad("package/out/evil")]),
    /is a link/,
  ],
  ["is a device", tgzOf([...good, bad("package/null", { type: "CharacterDevice", text: "" })]), /is a device/],
  ["is a pipe", tgzOf([...good, bad("package/pipe", { type: "FIFO", text: "" })]), /is a pipe/],
  ["is there twice", tgzOf([...good, bad("package/blog.appl")]), /"blog\.appl" is in it twice/],
  ["differs in capitals", tgzOf([...good, bad("package/BLOG.appl")]), /are the same on some machines/],
  [
    "differs in how an accent is written",
    tgzOf([...good, bad("package/\u00e9.njk"), bad("package/e\u0301.njk")]),
    /are the same on some machines/,
  ],
  [
    "differs in letters that have one capital",
    tgzOf([...good, bad("package/ß.njk"), bad("package/ss.njk")]),
    /same on/,
  ],
  ["is a file and a folder", tgzOf([...good, bad("package/Blog.appl/x")]), /are the same on some machines/],
  ["has the name of a device", tgzOf([...good, bad("package/aux.njk")]), /name of a device/],
  ["ends in a dot", tgzOf([...good, bad("package/x.")]), /ends in a dot/],
  ["has characters that cannot be seen", tgzOf([...good, bad("package/x\u202egpj.appl")]), /cannot be seen/],
  ["has a line's end in its name", tgzOf([...good, bad("package/x\ny")]), /cannot be seen/],
  ["is deep", tgzOf([...good, bad(`package/${"a/".repeat(30)}x`)]), /folders deep/],
  ["is a bomb", tgzOf([...good, bad("package/zeros", { text: "\0".repeat(30 * 2 ** 20) })]), /unpacks to more than/],
  [
    "is a bomb in a bomb",
    gzipSync(tgzOf([...good, bad("package/zeros", { text: "\0".repeat(2 ** 20) })])),
    /packed twice/,
  ],
  [
    "is many files",
    tgzOf([...good, ...Array.from({ length: 10_001 }, (_, index) => bad(`package/${index}`))]),
    /more than 5000 files/,
  ],
  ["is packed another way", zstdCompressSync(tarOf(good)), /not packed with gzip/],
  ["is cut", tgzOf(good).subarray(0, 200), /damaged/],
  ["is cut inside", gzipSync(tarOf(good).subarray(0, 700)), /damaged/],
  ["says a size that it has not", gzipSync(tarOf([...good, bad("package/x", { size: 10 ** 9 })])), /damaged/],
  ["is no archive", Buffer.from("<html>log in first</html>"), /damaged/],
  ["is nothing", Buffer.alloc(0), /damaged/],
  ["is in two folders", tgzOf([...good, bad("other/x.appl")]), /below "package" and "other"/],
  ["is at the top", tgzOf([...good, bad("x.appl")]), /at the top of the archive/],
  ["has no description", tgzOf(good.slice(1)), /no module\.json/],
]

test.each(hostile)("an archive that %s is refused", (_, archive, why) => {
  const read = unpack(archive, "one folder")
  expect(read.ok ? "it was taken" : read.message).toMatch(why)
  expect(read).toMatchObject({ ok: false, code: "A0241" })
})

describe("a path", () => {
  test.each(["a.appl", "parts/tls.appl", "pages/über uns.html", "a/..b", "a..b", "lpt", "console.appl", "auxiliary"])(
    "%s can be one of a module",
    (path) => {
      expect(wrongPath(path)).toBeNull()
    },
  )

  test.each([
    "",
    ".",
    "..",
    "a/../b",
    "/a",
    "a//b",
    "a/./b",
    "c:x",
    "a\u0000b",
    "NUL",
    "com1.txt",
    "a/LPT9",
    "a ",
    "a/b. ",
    "x".repeat(500),
  ])("%j cannot", (path) => {
    expect(wrongPath(path)).not.toBeNull()
  })
})

test("folders of one name in two files are no collision, and those in other capitals are", () => {
  expect(collision(["a/x", "a/y", "b"])).toBeNull()
  expect(collision(["a/x", "A/y"])).toEqual(["a/x", "A/y"])
  expect(collision(["a", "a/y"])).toEqual(["a", "a/y"])
})

test("whatever is done to an archive, it is refused or gives harmless files, and nothing throws", () => {
  const tar = tarOf([...good, { path: "package/parts/", type: "Directory" }, bad("package/parts/x.njk")])
  const change = fc.record({ at: fc.nat(tar.length - 1), byte: fc.nat(255) })
  const changes = fc.array(change, { minLength: 1, maxLength: 8 })
  const headers = fc.array(fc.record({ at: fc.nat(200), byte: fc.nat(255) }), { maxLength: 4 })
  const property = fc.property(changes, headers, fc.nat(tar.length), (anywhere, early, cut) => {
    const mutant = Buffer.from(tar)
    for (const { at, byte } of [...anywhere, ...early]) mutant[at] = byte
    for (let start = 0; start < mutant.length; start += 512) if (start % 1024 === 0) mendChecksum(mutant, start)
    for (const bytes of [mutant, gzipSync(mutant), mutant.subarray(0, cut), gzipSync(mutant).subarray(0, cut)]) {
      const read = unpack(bytes, "one folder")
      if (!read.ok) continue
      expect(read.value.filter(({ path }) => wrongPath(path) !== null)).toEqual([])
      expect(collision(read.value.map(({ path }) => path))).toBeNull()
    }
  })
  fc.assert(property, { numRuns: Number(process.env.APPL_RUNS ?? 200), seed: Number(process.env.APPL_SEED ?? 1) })
})

/** Makes a header count again after it was changed: the sum of its bytes, its own field read as spaces (POSIX ustar). */
function mendChecksum(tar: Buffer, start: number): void {
  const header = tar.subarray(start, start + 512)
  if (header.length < 512 || header[0] === 0) return
  header.fill(0x20, 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1")
}
