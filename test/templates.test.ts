import nunjucks from "nunjucks"
import { describe, expect, test } from "vitest"
import { makeReport } from "../lang/report/report.ts"
import { memoryFiles } from "../lang/text/files.ts"
import type { Source } from "../lang/text/source.ts"
import { intType, listOf, mapOf, portType, recordOf, textType } from "../lang/types/build.ts"
import type { Type } from "../lang/types/type.ts"
import { makeLibrary } from "../lang/values/content.ts"
import { plainMember } from "../lang/values/members.ts"
import { renderTemplate } from "../lang/values/templates/render.ts"
import { checkTemplateVariables } from "../lang/values/templates/variables.ts"
import type { Value } from "../lang/values/value.ts"

const source: Source = { path: "project/site.appl", text: 'template("t.njk", { title, pages })' }
const span = { source, start: 0, end: 8 }
const unit = { source, path: source.path, module: { name: "project", root: "project", exports: null } } as never

/** Parses and renders; the problems are what was reported or went wrong while rendering. */
function render(text: string, variables: Record<string, Value> = {}, files: Record<string, string> = {}) {
  const report = makeReport()
  const library = makeLibrary(memoryFiles({ "project/t.njk": text, ...files }), report)
  const template = library.template(unit, "t.njk", span)
  if (template === null) return { text: null, codes: report.diagnostics.map((found) => found.code), report }
  const rendered = renderTemplate(template, new Map(Object.entries(variables)), plainMember)
  if ("text" in rendered) return { text: rendered.text, codes: [], report }
  return { text: null, codes: [rendered.problem?.code], report }
}

/** Values of the language from plain data. */
function value(plain: unknown): Value {
  if (Array.isArray(plain)) return plain.map(value)
  if (typeof plain !== "object" || plain === null) return plain as Value
  const fields = new Map(Object.entries(plain).map(([key, inner]) => [key, value(inner)]))
  return { kind: "record", tag: null, fields }
}

describe("renders what Nunjucks renders", () => {
  const data = {
    title: "Hello <you> & 'them'",
    count: 3,
    none: null,
    yes: true,
    names: ["web", "Db", "edge"],
    numbers: [3, 1, 2, 2],
    hosts: [
      { name: "web", port: 80 },
      { name: "db", port: 5432 },
    ],
    flow: { from: "a", to: { host: "b", port: 53 } },
  }
  const variables = Object.fromEntries(Object.entries(data).map(([key, plain]) => [key, value(plain)]))
  const texts = [
    "plain text\n  with lines\n",
    "{{ title }} {{ count + 1 }} {{ count * 2 - 1 }} {{ 7 / 2 }} {{ 7 // 2 }} {{ 7 % 4 }} {{ -count }}",
    "{{ 'a' ~ count ~ 'b' }} {{ 'x' + 1 }}",
    "{% for name in names %}{{ loop.index }}/{{ loop.length }} {{ name }}{% if not loop.last %}, {% endif %}{% endfor %}",
    "{% for host in hosts %}{{ loop.index0 }}:{{ host.name }}={{ host['port'] }};{% else %}none{% endfor %}",
    "{% for x in [] %}x{% else %}none{% endfor %}",
    "{% for key, inner in flow.to %}{{ key }}={{ inner }} {% endfor %}",
    "{% if count > 2 and yes %}many{% elif count == 1 %}one{% else %}few{% endif %}",
    "{% if none %}a{% else %}b{% endif %}{% if [] %}c{% endif %}{% if '' %}d{% endif %}{% if 0 %}e{% endif %}",
    "{{ 'a' if count == 3 else 'b' }}{{ 'a' if count == 4 }}",
    "{% set total = count + 4 %}{{ total }}{% for n in numbers %}{% set total = total + n %}{% endfor %}{{ total }}",
    "{% set block %}<{{ title }}>{% endset %}{{ block }}",
    "{% raw %}{{ not.this }}{% endraw %}{# a comment #}",
    "a  {%- if yes -%}  b  {%- endif -%}  c",
    "{{ title | upper }} {{ title | lower }} {{ 'heLLo wORLD' | capitalize }} {{ 'heLLo wORLD' | title }}",
    "{{ title | escape }} {{ '  a ' | trim }}| {{ 'a-b-c' | replace('-', '+') }}",
    "{{ names | join(', ') }} {{ names | first }} {{ names | last }} {{ names | length }} {{ title | length }}",
    "{{ names | sort | join }} {{ numbers | sort | join }} {{ numbers | sort(true) | join }} {{ numbers | reverse | join }}",
    "{{ numbers | sum }} {{ -5 | abs }} {{ 2.567 | round(1) }} {{ 2.5 | round }}",
    "{{ '12abc' | int }} {{ '1.5' | float }} {{ 'x' | int(7) }} {{ 'a b/ö' | urlencode }} {{ 'ab' | reverse }}",
    "{{ 'a\nb' | indent(2) }} {{ 'a\nb' | indent(2, true) }}",
    "{{ flow | dump }} {{ names | dump }}",
    "{{ 'b' in 'abc' }} {{ 'web' in names }} {{ not ('x' in names) }} {{ 3 is odd }} {{ count is even }} {{ none is none }}",
    "{{ missing is defined }} {{ missing | default('other') }} {{ count is defined }}",
    "{{ flow.to.host }}:{{ flow.to.port }} {{ names[1] }} {{ hosts[0].name }}",
    "{{ (count + 1) * 2 }} {{ 1 == 1 }} {{ 1 != 2 }} {{ 'a' < 'b' }} {{ yes or none }} {{ yes and count }}",
  ]
  const real = new nunjucks.Environment(null, { autoescape: false })
  test.each(texts)("%s", (text) => {
    expect(render(text, variables).text).toBe(real.renderString(text, structuredClone(data)))
  })
})

test("values are printed as the language prints them", () => {
  const variables: Record<string, Value> = {
    port: { kind: "port", from: 80, to: 80, protocol: "tcp" },
    memory: { kind: "quantity", of: "size", amount: 96 * 2 ** 20 },
    net: { kind: "cidr", address: 0x0a1e0000, prefix: 24 },
    map: { kind: "map", entries: new Map([["a b", 1]]) },
  }
  const text = "{{ port }} {{ port.protocol }} {{ memory }} {{ net }} {{ net.first }} {{ net.mask }} {{ map['a b'] }}"
  expect(render(text, variables).text).toBe("80 tcp 96MiB 10.30.0.0/24 10.30.0.1 255.255.255.0 1")
})

describe("no code runs", () => {
  const globals = globalThis as { reached?: boolean }
  const attacks: readonly (readonly [text: string, code: string])[] = [
    ["{{ range.constructor('globalThis.reached = true')() }}", "A0811"],
    ["{{ title.constructor }}", "A0817"],
    ['{{ title["constructor"] }}', "A0817"],
    ["{{ title['__proto__'] }}", "A0817"],
    ["{{ constructor }}", "A0817"],
    ["{{ title['con' ~ 'structor'] }}", "A0816"],
    ["{% set k = 'constructor' %}{{ title[k] }}", "A0816"],
    ["{{ numbers['con' ~ 'structor'] }}", "A0816"],
    ["{{ record['__pro' ~ 'to__'] }}", "A0816"],
    ["{{ record.toString }}", "A0816"],
    ["{{ title.at }}", "A0816"],
    ["{{ title | constructor }}", "A0812"],
    ["{{ numbers | map('constructor') }}", "A0812"],
    ["{{ title.replace('a', 'b') }}", "A0811"],
    ["{{ cycler('a') }}", "A0811"],
    ["{{ joiner() }}", "A0811"],
    ["{% macro m() %}x{% endmacro %}", "A0811"],
    ["{% import 'x.njk' as x %}", "A0811"],
    ["{% from 'x.njk' import y %}", "A0811"],
    ["{% extends 'x.njk' %}", "A0811"],
    ["{% block b %}{% endblock %}", "A0811"],
    ["{% call x() %}{% endcall %}", "A0811"],
    ["{% switch title %}{% case 1 %}{% endswitch %}", "A0811"],
    ["{{ r/(a+)+$/ }}", "A0811"],
    ["{{ {a: 1} }}", "A0811"],
    ["{% include title %}", "A0803"],
    ["{% include '/etc/passwd' %}", "A0802"],
    ["{% include '../secret.njk' %}", "A0802"],
    ["{% include 'none.njk' %}", "A0801"],
    ["{% include 't.njk' %}", "A0820"],
  ]
  const variables = { title: "title", numbers: [1], record: value({ a: 1 }) }
  test.each(attacks)("%s", (text, code) => {
    expect(render(text, variables, { "secret.njk": "secret" }).codes[0]).toBe(code)
    expect(globals.reached).toBeUndefined()
  })

  const endless: readonly (readonly [text: string, code: string])[] = [
    ["{% for a in big %}{% for b in big %}{% for c in big %}{{ a }}{% endfor %}{% endfor %}{% endfor %}", "A0818"],
    [`{% set t = "${"x".repeat(1000)}" %}{% for a in big %}{% set t = t ~ t %}{% endfor %}`, "A0818"],
    [`{% set t = "${"x".repeat(1000)}" %}{% for a in big %}{% set t = t | replace("x", "xx") %}{% endfor %}`, "A0819"],
    ["{% for a in huge %}x{% endfor %}", "A0819"],
    [`{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`, "A0818"],
    [`{{ 1${" + 1".repeat(5000)} }}`, "A0818"],
    [`${"{% if 1 %}".repeat(5000)}${"{% endif %}".repeat(5000)}`, "A0818"],
  ]
  const big = Array.from({ length: 200 }, (_, index) => index)
  test.each(endless.map(([text, code]) => [text.slice(0, 40), text, code] as const))("%s…", (_, text, code) => {
    const huge: Value = { kind: "range", from: 1, to: 2 ** 50, of: "int" }
    expect(render(text, { big, huge }).codes).toEqual([code])
  })

  test("a link that leaves the module", () => {
    const report = makeReport()
    const files = memoryFiles({ "project/t.njk": "{% include 'link.njk' %}", "project/link.njk": "secret" })
    const resolve = (path: string) => (path === "project/link.njk" ? "etc/secret" : files.resolve(path))
    expect(makeLibrary({ ...files, resolve }, report).template(unit, "t.njk", span)).toBeNull()
    expect(report.diagnostics.map((found) => found.code)).toEqual(["A0802"])
  })
})

test("includes see the variables, and are read relative to the template that names them", () => {
  const files = { "project/parts/a.njk": "{% include 'b.njk' %}!", "project/parts/b.njk": "{{ title }}" }
  expect(render("[{% include 'parts/a.njk' %}]", { title: "x" }, files).text).toBe("[x!]")
})

test("a broken template is reported where it is broken, once for all calls", () => {
  const report = makeReport()
  const library = makeLibrary(memoryFiles({ "project/t.njk": "one\n{% if x %}\n{{ a b }}" }), report)
  expect(library.template(unit, "t.njk", span)).toBeNull()
  expect(library.template(unit, "t.njk", span)).toBeNull()
  expect(report.diagnostics).toHaveLength(1)
  expect(report.diagnostics[0]).toMatchObject({ code: "A0810", span: { start: 20 } })
})

describe("the variables of a template against those that are passed", () => {
  const pages = listOf(recordOf({ "to-port": [intType, ""] }))
  const types: Record<string, Type> = { title: textType, pages, env: mapOf(textType) }
  const check = (text: string, names: readonly string[]) => {
    const report = makeReport()
    const library = makeLibrary(memoryFiles({ "project/t.njk": text }), report)
    const passed = names.map((name) => ({ name, type: types[name] ?? portType, span: { source, start: 20, end: 25 } }))
    const members = (type: Type) =>
      type.kind === "record" ? new Map([...type.fields].map(([name, field]) => [name, field.type])) : null
    checkTemplateVariables(library.template(unit, "t.njk", span)!, passed, span, members, report)
    return report.diagnostics.map((found) => `${found.code} ${found.message}`)
  }
  test("all used", () => {
    const text = "{{ title }}{% for p in pages %}{{ p.to_port }}{{ loop.index }}{% endfor %}{{ web_port }}"
    expect(check(text, ["title", "pages", "web-port"])).toEqual([])
  })
  test("missing", () => {
    expect(check("{{ title }}{{ colour }}{{ colour }}", ["title"])).toEqual([
      "A0813 the template needs `colour`, and it is not passed",
    ])
  })
  test("misspelt, which is neither missing nor unused", () => {
    expect(check("{{ titel }}", ["title"])).toEqual(["A0814 there is no `titel` here"])
  })
  test("unused", () => {
    expect(check("{{ title }}", ["title", "pages"])).toEqual(["A0815 the template does not use `pages`"])
  })
  test("a member that is not there, at any depth", () => {
    expect(check("{% for p in pages %}{{ p.to_prot }}{% endfor %}", ["pages"])).toEqual([
      "A0816 there is no `to_prot` in this value",
    ])
  })
  test("one that may be left out", () => {
    expect(check("{{ colour | default('red') }}{% if size is defined %}{% endif %}", [])).toEqual([])
  })
  test("a variable of the template's own is not asked for", () => {
    expect(check("{% set own = 1 %}{{ own }}{% for a, b in env %}{{ a }}{{ b }}{% endfor %}", ["env"])).toEqual([])
  })
})
