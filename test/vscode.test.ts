import { readdirSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { unzipSync } from "fflate"
import { describe, expect, test } from "vitest"
import oniguruma from "vscode-oniguruma"
import textmate from "vscode-textmate"
import { plainText, snippets } from "../lang/editor/snippets.ts"
import { format, makeReport } from "../lang/index.ts"
import { parse } from "../lang/syntax/parse.ts"
import { generatedFiles, packExtension } from "../scripts/vscode.ts"

const root = join(import.meta.dirname, "..")
const folder = join(root, "editors", "vscode")
const require = createRequire(import.meta.url)

test("what is made from the tables of the language is up to date", async () => {
  for (const [path, content] of generatedFiles()) await expect(content).toMatchFileSnapshot(join(folder, path))
})

describe("the grammar", async () => {
  const grammar = await loadGrammar()
  const examples = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".appl"))
    .sort()
  for (const name of [...examples.map((one) => join("examples", one)), "test/vscode/every-word.appl"]) {
    test(`colours ${name}`, async () => {
      const golden = join(import.meta.dirname, "vscode", "grammar", `${name.replaceAll("/", "-")}.txt`)
      await expect(draw(grammar, readFileSync(join(root, name), "utf8"))).toMatchFileSnapshot(golden)
    })
  }

  test("colours a word of the language as one only where it is one", () => {
    const scopes = (line: string, word: string) => scopeOf(grammar, line, word)
    expect(scopes("  host rack = local()", "host")).toBe("keyword.declaration")
    expect(scopes("  host = rack", "host")).toBe("variable.other.property")
    expect(scopes("appliance web: Nginx { on = dmz }", "on")).toBe("variable.other.property")
    expect(scopes("  allow a -> b on 22/tcp", "on")).toBe("keyword.other.joining")
    expect(scopes('  let x = "a ${if b then c else d}"', "then")).toBe("keyword.control")
    expect(scopes("  output x = a.test", "test")).toBe("variable.other.member")
    expect(scopes("  a = 10 # for nothing", "for")).toBe("comment.line.number-sign")
    expect(scopes("  a = 64MiB", "MiB")).toBe("keyword.other.unit")
    expect(scopes("  a = web-for-all", "web-for-all")).toBe("variable.other")
  })

  test("a text that is not closed ends with its line", () => {
    const lines = tokens(grammar, 'let a = "open\nlet b = 1\n')
    expect(lines[1]!.find(({ text }) => text === "let")!.scopes.join(" ")).not.toContain("string")
  })
})

test("every snippet is a whole piece of the language, in its style", () => {
  for (const snippet of snippets) {
    for (const place of snippet.in) {
      const inside = place === "map" || place === "fields" ? "some-value = 1" : "let some-value = 1"
      const text = wrapped(place, plainText(snippet.lines.map((line) => line.replace("$0", inside))))
      const report = makeReport()
      parse({ path: "snippet.appl", text }, report)
      expect(report.diagnostics, `${snippet.word} in ${place}:\n${text}`).toEqual([])
      expect(formatted(text), `${snippet.word} in ${place}`).toBe(text)
    }
  }
})

describe("the package", async () => {
  const packed = await packExtension()
  const parts = unzipSync(packed)
  const textOf = (path: string) => new TextDecoder().decode(parts[path])

  test("is the same bytes for the same sources", async () => {
    expect(Buffer.compare(await packExtension(), packed)).toBe(0)
  })

  test("has the parts of a VSIX, each with a type of content", () => {
    const types = [...textOf("[Content_Types].xml").matchAll(/Extension="([^"]+)"/g)].map((match) => match[1]!)
    const untyped = Object.keys(parts).filter(
      (path) => path !== "[Content_Types].xml" && !types.some((type) => path.endsWith(type)),
    )
    expect(untyped).toEqual([])
    const assets = [...textOf("extension.vsixmanifest").matchAll(/Path="([^"]+)"/g)].map((match) => match[1]!)
    expect(assets.length).toBeGreaterThan(3)
    expect(assets.filter((path) => parts[path] === undefined)).toEqual([])
    expect(textOf("extension.vsixmanifest")).toContain('Id="appl" Version="0.1.0" Publisher="appl"')
  })

  test("holds every file that its description names", () => {
    const about = JSON.parse(textOf("extension/package.json"))
    const { languages, grammars, snippets: lists } = about.contributes
    const named = [
      about.main,
      about.icon,
      languages[0].configuration,
      ...[...grammars, ...lists].map(({ path }) => path),
    ].map((path: string) => join("extension", path))
    expect(named.filter((path) => parts[path] === undefined)).toEqual([])
    expect([...parts["extension/icon.png"]!.subarray(1, 4)]).toEqual([...Buffer.from("PNG")])
    expect(about.version).toBe(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version)
    JSON.parse(textOf("extension/language-configuration.json"))
  })

  test("has a client that an editor can load", () => {
    const module = { exports: {} as Record<string, unknown> }
    const run = new Function("module", "exports", "require", textOf("extension/dist/extension.cjs"))
    run(module, module.exports, (name: string) => (name === "vscode" ? anything : require(name)))
    expect(Object.keys(module.exports).sort()).toEqual(["activate", "deactivate"])
  })
})

type Drawn = { readonly text: string; readonly scopes: readonly string[] }

async function loadGrammar(): Promise<textmate.IGrammar> {
  await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")).buffer as ArrayBuffer)
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (sources) => new oniguruma.OnigScanner(sources),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => {
      const content = generatedFiles().get("syntaxes/appl.tmLanguage.json")!
      return textmate.parseRawGrammar(content, "appl.tmLanguage.json")
    },
  })
  return (await registry.loadGrammar("source.appl"))!
}

function tokens(grammar: textmate.IGrammar, text: string): readonly (readonly Drawn[])[] {
  let state = textmate.INITIAL
  return text.split("\n").map((line) => {
    const result = grammar.tokenizeLine(line, state)
    state = result.ruleStack
    return result.tokens.map(({ startIndex, endIndex, scopes }) => ({
      text: line.slice(startIndex, endIndex),
      scopes: scopes.slice(1),
    }))
  })
}

/** Each line, and below it its words with their innermost scope. */
function draw(grammar: textmate.IGrammar, text: string): string {
  const lines = text.split("\n")
  return tokens(grammar, text)
    .map((line, index) => {
      const words = line.filter((one) => one.text.trim() !== "" && one.scopes.length > 0)
      return [lines[index], ...words.map((one) => `    ${one.text.trim()} ${shortOf(one.scopes.at(-1)!)}`)].join("\n")
    })
    .join("\n")
}

function scopeOf(grammar: textmate.IGrammar, line: string, word: string): string | undefined {
  const found = tokens(grammar, line)[0]!.find(({ text }) => text.trim() === word || text.includes(` ${word} `))
  return found && shortOf(found.scopes.at(-1)!)
}

function shortOf(scope: string): string {
  return scope.replace(/\.appl$/, "")
}

function wrapped(place: string, text: string): string {
  const inner = `  ${text.replaceAll("\n", "\n  ")}`.replace(/ +$/gm, "")
  switch (place) {
    case "file":
      return `${text.replace(/ +$/gm, "")}\n`
    case "class":
      return `appliance Some {\n${inner}\n}\n`
    case "instance":
      return `cluster some {\n  appliance one: Some {\n  ${inner.replaceAll("\n", "\n  ")}\n  }\n}\n`.replace(
        / +$/gm,
        "",
      )
    case "params":
      return `params some {\n${inner}\n}\n`
    case "test":
      return `test "some" {\n${inner}\n}\n`
    case "map":
    case "fields":
      return `let some = {\n${inner}\n}\n`
    default:
      return `cluster some {\n${inner}\n}\n`
  }
}

function formatted(text: string): string {
  return format({ path: "snippet.appl", text }, makeReport()) ?? ""
}

/** Stands for the editor's interface: has every name, can be called, made and read from. */
const anything: unknown = new Proxy(class {}, {
  get: (target, name) =>
    name === "prototype" ? Reflect.get(target, name) : name === Symbol.toPrimitive ? () => "" : anything,
  apply: () => anything,
})
