import { createHmac } from "node:crypto"
import { assert, base64String, constantFrom, oneof, property, string, tuple, uint8Array } from "fast-check"
import { expect, test } from "vitest"
import { fingerprint, judge, knownTypes, readKnownHosts, typeOfKey } from "../runtime/hosts/ssh/known-hosts.ts"

const runs = Number(process.env.APPL_RUNS ?? 300)
const seed = Number(process.env.APPL_SEED ?? 1)

const mine = key("ssh-ed25519", "mine")
const other = key("ssh-ed25519", "other")
const rsa = key("ssh-rsa", "mine")

function verdict(text: string, name: string, shown = mine): string {
  return judge(readKnownHosts("known", text), name, shown).kind
}

test("names, patterns, ports and hashes find their keys", () => {
  const line = (names: string, of = mine) => `${names} ${typeOfKey(of)} ${of.toString("base64")} a comment\n`
  expect(verdict(line("rack"), "rack")).toBe("trusted")
  expect(verdict(line("a,rack,10.0.0.1"), "10.0.0.1")).toBe("trusted")
  expect(verdict(line("RACK"), "rack")).toBe("trusted")
  expect(verdict(line("*.office.test"), "rack.office.test")).toBe("trusted")
  expect(verdict(line("*.office.test,!rack.office.test"), "rack.office.test")).toBe("unknown")
  expect(verdict(line("rack"), "[rack]:2222")).toBe("unknown")
  expect(verdict(line("[rack]:2222"), "[rack]:2222")).toBe("trusted")
  expect(verdict(line("r?ck"), "rack")).toBe("trusted")
  expect(verdict(line("[rack]:*"), "[rack]:7")).toBe("trusted")
  expect(verdict(line(hashed("rack")), "rack")).toBe("trusted")
  expect(verdict(line(hashed("rack")), "rock")).toBe("unknown")
})

test("another key is a change, unless one of several is the right one", () => {
  const text = `rack ssh-ed25519 ${other.toString("base64")}\n`
  expect(verdict(text, "rack")).toBe("changed")
  expect(verdict(`${text}rack ssh-ed25519 ${mine.toString("base64")}\n`, "rack")).toBe("trusted")
  // A host that shows a key of a type that was not there before is not the one that is known.
  expect(verdict(text, "rack", rsa)).toBe("changed")
  expect(knownTypes(readKnownHosts("known", text), "rack")).toEqual(["ssh-ed25519"])
})

test("markers: a revoked key is refused also where it is known, an authority is not a key", () => {
  const known = `rack ssh-ed25519 ${mine.toString("base64")}\n`
  expect(verdict(`${known}@revoked * ssh-ed25519 ${mine.toString("base64")}\n`, "rack")).toBe("revoked")
  expect(verdict(`@cert-authority * ssh-ed25519 ${mine.toString("base64")}\n`, "rack")).toBe("unknown")
  expect(verdict(`@something * ssh-ed25519 ${mine.toString("base64")}\n`, "rack")).toBe("unknown")
})

test("comments, empty and damaged lines are passed over, and places are counted from 1", () => {
  const text = `# rack ssh-ed25519 AAAA\n\nrack\nrack ssh-ed25519 %%%\r\n  rack ssh-ed25519 ${mine.toString("base64")}  \r\n`
  expect(readKnownHosts("known", text)).toEqual([
    { file: "known", line: 5, marker: null, names: "rack", type: "ssh-ed25519", key: mine.toString("base64") },
  ])
})

test("a fingerprint is the one that ssh-keygen shows", () => {
  const line = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
  expect(fingerprint(Buffer.from(line, "base64"))).toBe("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU")
})

test("no file and no key is a bug, and none takes long or is trusted by chance", () => {
  const word = oneof(
    constantFrom("*", "?", "!", ",", "|1|", "@revoked", "@cert-authority", "[", "]:", "rack", " ", "\n", "\t"),
    string(),
    base64String(),
  )
  assert(
    property(tuple(word, word, word, word, word, word), uint8Array({ maxLength: 80 }), (words, shown) => {
      const known = readKnownHosts("known", `${words.join("")}\n${"*a".repeat(20)} ssh-ed25519 AAAA\n`)
      const { kind } = judge(known, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", shown)
      if (kind === "trusted") expect(known.map((one) => one.key)).toContain(Buffer.from(shown).toString("base64"))
    }),
    { numRuns: runs, seed },
  )
})

function key(type: string, rest: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return Buffer.concat([length, Buffer.from(type), Buffer.from(rest)])
}

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 7)
  return `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`
}
