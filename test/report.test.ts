import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { codes } from "../lang/report/codes.ts"
import type { Details } from "../lang/report/diagnostic.ts"
import { nearest } from "../lang/report/nearest.ts"
import { render, toJson } from "../lang/report/render.ts"
import { makeReport } from "../lang/report/report.ts"
import type { Source, Span } from "../lang/text/source.ts"

/** The stretch of `source` that reads `words`. */
function at(source: Source, words: string): Span {
  const start = source.text.indexOf(words)
  expect(start).toBeGreaterThanOrEqual(0)
  return { source, start, end: start + words.length }
}

function shown(source: Source, words: string, details: Details, width = 100): string {
  const report = makeReport()
  report.add("A0123", at(source, words), "what is wrong", details)
  return render(report.diagnostics, { color: "never", width })
}

const web: Source = { path: "web.appl", text: `${"\n".repeat(13)}  on = nic(lan, address = 10.20.3.7)\n` }
const networks: Source = { path: "networks.appl", text: "\n\n  network lan { cidr = 10.20.2.0/24 }\n" }

describe("rendering", () => {
  test("the sample of the language reference", () => {
    const report = makeReport()
    report.add("A0123", at(web, "10.20.3.7"), "this address is outside its network", {
      label: "10.20.3.7",
      related: [{ message: "ends at 10.20.2.255", span: at(networks, "10.20.2.0/24") }],
      hint: "leave the address out and lan gives the next free one, 10.20.2.11",
    })
    expect(render(report.diagnostics, { color: "never", width: 100 })).toBe(
      [
        "error A0123: this address is outside its network",
        "   ┌─ web.appl:14:27",
        "14 │   on = nic(lan, address = 10.20.3.7)",
        "   │                           ^^^^^^^^^ 10.20.3.7",
        "   ┌─ networks.appl:3:24",
        " 3 │   network lan { cidr = 10.20.2.0/24 }",
        "   │                        ------------ ends at 10.20.2.255",
        "   = hint: leave the address out and lan gives the next free one, 10.20.2.11",
        "",
      ].join("\n"),
    )
  })

  test("values, a table and a hint that is too long for the line", () => {
    const details: Details = {
      values: [{ expression: "a.length", value: "5" }],
      table: [
        ["host", "wanted", "free"],
        ["rack", "64GiB", "3GiB"],
      ],
      hint: "a hint that goes on and on until it does not fit any more",
    }
    expect(shown(networks, "lan", details, 40).split("\n").slice(4)).toEqual([
      "   = `a.length` is 5",
      "     host  wanted  free",
      "     rack  64GiB   3GiB",
      "   = hint: a hint that goes on and on",
      "     until it does not fit any more",
      "",
    ])
  })

  test("marks on one line share its frame", () => {
    const details: Details = { related: [{ message: "declared here", span: at(networks, "lan") }] }
    expect(shown(networks, "cidr", details).split("\n").slice(1)).toEqual([
      "   ┌─ networks.appl:3:17",
      " 3 │   network lan { cidr = 10.20.2.0/24 }",
      "   │                 ^^^^",
      "   │           --- declared here",
      "",
    ])
  })

  test("tabs, wide characters and spans over several lines", () => {
    const source: Source = { path: "x.appl", text: '\tx = \t{\n\t  a = "日本" + b\n\n}\n' }
    expect(shown(source, "b", { label: "here" }).split("\n").slice(2, 4)).toEqual([
      ' 2 │       a = "日本" + b',
      "   │                    ^ here",
    ])
    expect(shown(source, '{\n\t  a = "日本" + b\n\n}', { label: "all of it" }).split("\n").slice(2, 7)).toEqual([
      " 1 │     x =     {",
      "   │             ^",
      "   ⋮",
      " 4 │ }",
      "   │ ^ all of it",
    ])
  })

  test("a line that is too long is cut around what is marked", () => {
    const source: Source = { path: "x.appl", text: `a = "${"x".repeat(500)}" + here + "${"y".repeat(500)}"` }
    const lines = shown(source, "here", {}, 60).split("\n")
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60)
    const mark = lines[3]!.indexOf("^^^^")
    expect(lines[2]!.slice(mark, mark + 4)).toBe("here")
  })

  test("colour says what is an error, and control characters of a source never reach the terminal", () => {
    const source: Source = { path: "x.appl", text: "a = \u001b[31mred\n" }
    const report = makeReport()
    report.add("A0108", at(source, "\u001b"), "`\u001b` means nothing here")
    const text = render(report.diagnostics, { color: "always", width: 80 })
    expect(text).toContain("\u001b[1;31merror A0108\u001b[0m")
    expect(text.replaceAll(/\u001b\[(0|1|34|1;31)m/g, "")).not.toContain("\u001b")
    expect(render(report.diagnostics, { color: "never", width: 80 })).not.toContain("\u001b")
  })

  test("any span of any text can be shown", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", " ", "\t", "\n", "\r\n", "日", "🦊", "é", "\u0301"),
      maxLength: 60,
    })
    fc.assert(
      fc.property(text, fc.nat(80), fc.nat(80), fc.integer({ min: 10, max: 80 }), (words, from, to, width) => {
        const report = makeReport()
        const source: Source = { path: "x.appl", text: words }
        const start = Math.min(from, to, words.length)
        report.add("A0101", { source, start, end: Math.min(Math.max(from, to), words.length) }, "x", { label: "y" })
        const lines = render(report.diagnostics, { color: "never", width }).split("\n")
        expect(lines.filter((line) => line.includes("^")).length).toBeGreaterThan(0)
        expect(lines.at(-2)).toMatch(/\^ y$/)
      }),
    )
  })
})

test("JSON has the shape of the language reference, places from 1", () => {
  const report = makeReport()
  const edits = [{ span: at(web, "10.20.3.7"), text: "10.20.2.11" }]
  report.add("A0123", at(web, "10.20.3.7"), "outside", {
    related: [{ message: "ends here", span: at(networks, "10.20.2.0/24") }],
    hint: "leave it out",
    fix: { title: "Use 10.20.2.11", edits },
  })
  const range = { start: { line: 14, column: 27 }, end: { line: 14, column: 36 } }
  expect(toJson(report.diagnostics)).toEqual({
    diagnostics: [
      {
        code: "A0123",
        severity: "error",
        message: "outside",
        file: "web.appl",
        range,
        related: [
          {
            message: "ends here",
            file: "networks.appl",
            range: { start: { line: 3, column: 24 }, end: { line: 3, column: 36 } },
          },
        ],
        hint: "leave it out",
        fix: { title: "Use 10.20.2.11", edits: [{ file: "web.appl", range, text: "10.20.2.11" }] },
      },
    ],
  })
})

test("a report has failed when it has an error, not when it has a warning", () => {
  const report = makeReport()
  report.add("A0101", at(web, "lan"), "x", { severity: "warning" })
  expect(report.failed).toBe(false)
  report.add("A0101", at(web, "lan"), "x")
  expect(report.failed).toBe(true)
})

describe("the nearest name", () => {
  const names = ["appliance", "cluster", "memory", "web", "webs", "on", "Nginx"]
  test.each([
    ["aplliance", "appliance"],
    ["memroy", "memory"],
    ["wbe", "web"],
    ["nginx", "Nginx"],
    ["no", "on"],
    ["x", null],
    ["storage", null],
    ["web", "webs"],
  ])("%s is near %s", (wanted, found) => expect(nearest(wanted, names)).toBe(found))
})

test("every code says what it is, and in which phase", () => {
  for (const [code, entry] of Object.entries(codes)) {
    expect(code).toMatch(/^A(0[1-9]|10)\d\d$/)
    expect(entry.title.length).toBeGreaterThan(8)
    expect(entry.explain).toMatch(/\.$/)
  }
})
