import type { Unit } from "../names/symbol.ts"
import type * as tree from "../syntax/tree.ts"
import { eachChild } from "../syntax/walk.ts"
import type { Find, Subject } from "./rule.ts"

/**
 * A1004: an IPv4 address in a text or as a literal, within what an appliance is made of. The address that a nic asks for, networks and
 * the functions of addresses are the plan itself.
 */
export function hardCodedAddresses(subject: Subject, find: Find): void {
  eachAppliance(subject, (unit, body) => {
    const visit = (node: tree.Node): void => {
      if (node.kind === "param" || (node.kind === "call" && isPlanning(node))) return
      if (node.kind === "allow" || (node.kind === "field" && node.name.text === "on")) return
      if (node.kind === "ip") report(unit, node, unit.source.text.slice(node.start, node.end), find)
      if (node.kind === "text") reportText(unit, node, find)
      eachChild(node, visit)
    }
    eachChild(body, visit)
  })
}

/** A1006: a text under a name such as `password`, a private key, or one that is too random to be meant for people. */
export function secretLookingTexts(subject: Subject, find: Find): void {
  for (const unit of subject.units) {
    const visit = (node: tree.Node, name: string): void => {
      if (node.kind === "text") {
        const why = secretIn(node, name)
        if (why !== null) find({ source: unit.source, start: node.start, end: node.end }, why, { hint: remedy })
        return
      }
      eachChild(node, (child) => visit(child, nameOf(node, name)))
    }
    visit(unit.tree, "")
  }
}

const remedy = 'keep it in the store, `appl secret set name`, and write `secret("name")`'

function eachAppliance({ units }: Subject, visit: (unit: Unit, body: tree.Body) => void): void {
  for (const unit of units) {
    const look = (node: tree.Node): void => {
      if ((node.kind === "appliance-class" || node.kind === "instance") && node.body !== undefined)
        visit(unit, node.body)
      else eachChild(node, look)
    }
    look(unit.tree)
  }
}

function isPlanning(call: tree.Call): boolean {
  return call.callee.kind === "name" && ["nic", "subnet", "address"].includes(call.callee.text)
}

function reportText(unit: Unit, text: tree.Text, find: Find): void {
  for (const part of text.parts) {
    if (typeof part !== "string") continue
    for (const [address] of part.matchAll(addressPattern)) report(unit, text, address, find)
  }
}

function report(unit: Unit, node: tree.Spanned, address: string, find: Find): void {
  const parts = address.split(".").map(Number)
  if (parts.some((part) => part > 255) || ownNetworks.has(parts[0]!)) return
  find({ source: unit.source, start: node.start, end: node.end }, `${address} is written by hand`, {
    hint: "read it from what has it: `dns.address` of a need, or the address of a thing",
  })
}

const addressPattern = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g
/** 0.0.0.0 is any address, 127 this machine, 255 a mask or a broadcast. */
const ownNetworks = new Set([0, 127, 255])

/** The name that a text is given: of a field, an entry, a param, a let or an argument. */
function nameOf(node: tree.Node, around: string): string {
  switch (node.kind) {
    case "field":
    case "param":
    case "let":
    case "argument":
    case "record-field":
      return node.name?.text ?? around
    case "entry":
      return node.key.parts.filter((part) => typeof part === "string").join("")
    case "body":
    case "record":
    case "call":
      return ""
    default:
      return around
  }
}

function secretIn(text: tree.Text, name: string): string | null {
  if (text.parts.length !== 1 || typeof text.parts[0] !== "string") return null
  const written = text.parts[0]
  if (written.includes("PRIVATE KEY-----")) return "this is a private key"
  if (secretName.test(name) && written.length >= 6 && !pathLike.test(written))
    return `${name} has a value that all can read`
  return /^[A-Za-z0-9+/_=-]{20,}$/.test(written) && entropyOf(written) > random_bits
    ? "this looks like a key or token"
    : null
}

const secretName = /(^|[-_])(pass(word|wd|phrase)?|secret|token|api-?key|private-?key|credential)s?$/i
const pathLike = /^[./]|\s|^[a-z-]+$/
/** Bits per character: words have 3 to 4, base64 of random bytes nearly 6, and both cases with digits are asked for as well. */
const random_bits = 4

/** Shannon's entropy of the characters of a text, in bits per character; 0 when it lacks digits, or letters of both cases. */
function entropyOf(text: string): number {
  if (!/\d/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return 0
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0)
}
