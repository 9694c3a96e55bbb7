import { units } from "../lang/syntax/units.ts"
import { declarationWords, joiningWords, reservedWords } from "../lang/syntax/words.ts"
import { builtins } from "../lang/types/functions.ts"
import { typeWords } from "../lang/types/named.ts"

// The TextMate grammar of the language, made from the tables of the lexer, the parser and the checker. What grammar alone cannot tell
// (a class from a service) the language server's semantic tokens add. `test/vscode.test.ts` holds the file to this.

type Rule = Readonly<Record<string, unknown>>

/** `syntaxes/appl.tmLanguage.json`, as text. */
export function grammarFile(): string {
  const grammar = {
    name: "appl",
    scopeName: "source.appl",
    fileTypes: ["appl"],
    patterns: [{ include: "#all" }],
    repository: {
      all: {
        patterns: ["comments", "texts", "numbers", "declarations", "words", "names", "operators"].map((name) => ({
          include: `#${name}`,
        })),
      },
      comments: {
        patterns: [
          { name: "comment.line.documentation.appl", match: "///.*$" },
          { name: "comment.line.number-sign.appl", match: "#.*$" },
        ],
      },
      texts: { patterns: texts() },
      numbers: { patterns: numbers() },
      declarations: { patterns: declarations() },
      words: { patterns: words() },
      names: { patterns: names() },
      operators: { patterns: operators() },
    },
  }
  return `${JSON.stringify(grammar, null, 2)}\n`
}

function texts(): readonly Rule[] {
  const inside = [
    { name: "constant.character.escape.appl", match: String.raw`\\(?:[nt"\\]|\$\{|u\{[0-9A-Fa-f]+\})` },
    { name: "invalid.illegal.escape.appl", match: String.raw`\\.` },
    {
      name: "meta.interpolation.appl",
      begin: String.raw`\$\{`,
      beginCaptures: { 0: { name: "punctuation.section.interpolation.begin.appl" } },
      end: String.raw`\}|$`,
      endCaptures: { 0: { name: "punctuation.section.interpolation.end.appl" } },
      patterns: [{ include: "#all" }],
    },
  ]
  return [
    { name: "string.quoted.triple.appl", begin: '"""', end: '"""', patterns: inside },
    // A text ends at its line at the latest.
    { name: "string.quoted.double.appl", begin: '"', end: '"|$', patterns: inside },
    { name: "string.regexp.appl", match: String.raw`(?<=\()/(?:\\.|[^/\\\n])+/(?=\))` },
  ]
}

function numbers(): readonly Rule[] {
  const unit = alternatives(Object.keys(units))
  const octets = String.raw`\d{1,3}(?:\.\d{1,3}){3}`
  const before = "(?<![A-Za-z0-9_.-])"
  const after = "(?![A-Za-z0-9_])"
  return [
    { name: "constant.numeric.network.appl", match: `${before}${octets}/\\d{1,2}${after}` },
    { name: "constant.numeric.address.appl", match: `${before}${octets}${after}` },
    { name: "constant.numeric.port.appl", match: `${before}\\d+(?:\\.\\.\\d+)?/(?:tcp|udp)${after}` },
    {
      match: String.raw`(?<![A-Za-z0-9_-])(\d[\d_]*(?:\.\d[\d_]*)?)(${unit})(?![A-Za-z0-9_])`,
      captures: { 1: { name: "constant.numeric.quantity.appl" }, 2: { name: "keyword.other.unit.appl" } },
    },
    { name: "constant.numeric.float.appl", match: String.raw`(?<![A-Za-z0-9_-])\d[\d_]*\.\d[\d_]*` },
    { name: "constant.numeric.integer.appl", match: String.raw`(?<![A-Za-z0-9_-])\d[\d_]*` },
  ]
}

/** A word that starts a declaration stands at the start of an item, and no `=`, `.`, `:` or end of the item follows it. */
function declarations(): readonly Rule[] {
  const start = String.raw`(?:^\s*|(?<=[{,;])\s*)`
  const name = "([a-z][A-Za-z0-9-]*)"
  const type = "([A-Z][A-Za-z0-9]*)"
  const value = [
    "let",
    "param",
    "output",
    "provides",
    "needs",
    "uses",
    "host",
    "network",
    "cluster",
    "params",
    "insert",
  ]
  const given = [...declarationWords.keys()]
  const plain = String.raw`${start}(${alternatives(given)})(?=\s+["{\[A-Za-z0-9(-])(?!\s+(?:=|\+=))`
  return [
    captured(String.raw`${start}(fn)\s+${name}`, "keyword.declaration.appl", "entity.name.function.appl"),
    captured(
      String.raw`${start}(type|service|appliance)\s+${type}`,
      "keyword.declaration.appl",
      "entity.name.type.appl",
    ),
    captured(String.raw`${start}(appliance)\s+${name}`, "keyword.declaration.appl", "entity.name.appliance.appl"),
    captured(
      String.raw`${start}(${alternatives(value)})\s+${name}`,
      "keyword.declaration.appl",
      "variable.other.declared.appl",
    ),
    captured(String.raw`${start}(every)\s+(appliance)\b`, "keyword.declaration.appl", "keyword.declaration.appl"),
    captured(plain, "keyword.declaration.appl"),
    // The words that join the parts of a declaration stand between two of them.
    {
      name: "keyword.other.joining.appl",
      match: String.raw`(?<=[\w\])}"] )(?:${alternatives([...joiningWords.keys()])})(?=\s+["\w(\[])`,
    },
  ]
}

function words(): readonly Rule[] {
  const operators = ["and", "or", "not", "in", "is"]
  const constants = ["true", "false", "null"]
  const control = [...reservedWords.keys()].filter((word) => !operators.includes(word) && !constants.includes(word))
  return [
    { name: "keyword.control.appl", match: word(control) },
    { name: "keyword.operator.word.appl", match: word(operators) },
    { name: "constant.language.appl", match: word(constants) },
    { name: "storage.modifier.appl", match: String.raw`(?<=[:<|,] ?)late(?=\s+[A-Z])` },
  ]
}

function names(): readonly Rule[] {
  const name = "(?<![A-Za-z0-9_-])[a-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*"
  return [
    { name: "variable.other.property.appl", match: String.raw`(?:${name}|\b[A-Z][A-Z0-9_]*)(?=\s*\+?=(?!=))` },
    { name: "variable.other.property.appl", match: String.raw`${name}(?=:\s+(?:late\s+)?[A-Z"{])` },
    {
      name: "support.function.appl",
      match: String.raw`(?<![A-Za-z0-9_.-])(?:${alternatives([...builtins.keys()])})(?=\()`,
    },
    { name: "entity.name.function.call.appl", match: String.raw`${name}(?=\()` },
    { name: "variable.language.appl", match: "(?<![A-Za-z0-9_.-])(?:self|outside)(?![A-Za-z0-9_-])" },
    { name: "variable.other.member.appl", match: String.raw`(?<=\.)[a-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*` },
    { name: "support.type.appl", match: String.raw`\b(?:${alternatives([...typeWords])})\b` },
    { name: "entity.name.type.appl", match: String.raw`\b[A-Z][A-Za-z0-9]*\b` },
    { name: "variable.other.appl", match: name },
  ]
}

function operators(): readonly Rule[] {
  return [
    { name: "keyword.operator.arrow.appl", match: "->" },
    { name: "keyword.operator.assignment.appl", match: String.raw`\+=|=(?!=)` },
    { name: "keyword.operator.appl", match: String.raw`\?\?|==|!=|<=|>=|\.\.|[<>+*/?|-]` },
    { name: "punctuation.separator.appl", match: "[,:]" },
    { name: "punctuation.accessor.appl", match: String.raw`\.` },
    { name: "punctuation.bracket.appl", match: String.raw`[{}()\[\]]` },
  ]
}

function captured(match: string, ...scopes: readonly string[]): Rule {
  return { match, captures: Object.fromEntries(scopes.map((name, index) => [index + 1, { name }])) }
}

function word(list: readonly string[]): string {
  return `(?<![A-Za-z0-9_.-])(?:${alternatives(list)})(?![A-Za-z0-9_-])`
}

/** The longest first, so that none hides another that it begins. */
function alternatives(list: readonly string[]): string {
  const escaped = list.map((one) => one.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
  return escaped.sort((left, right) => right.length - left.length || (left < right ? -1 : 1)).join("|")
}
