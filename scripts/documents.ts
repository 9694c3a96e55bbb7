import type { ISerializedGast, TokenType } from "chevrotain"
import { type CodeEntry, codes, type Example, exampleParts } from "../lang/index.ts"
import { Grammar } from "../lang/syntax/grammar.ts"
import * as tokens from "../lang/syntax/tokens.ts"

// The pages of `docs/` that are made from the code. `test/documents.test.ts` holds them together; `npm run update` writes them.

/** `docs/grammar.md`: the grammar as the parser has it, in the notation of the W3C (EBNF), from the file down to the words. */
export function grammarPage(): string {
  const rules = new Map(new Grammar().getSerializedGastProductions().map((rule) => [nameOf(rule), partsOf(rule)]))
  const ordered: string[] = []
  const reach = (name: string): void => {
    if (ordered.includes(name) || hidden.has(name)) return
    ordered.push(name)
    for (const part of rules.get(name) ?? []) for (const used of rulesIn(part)) reach(used)
  }
  reach("file")
  const lines = ordered.map((name) => `${kebab(name)} ::= ${sequence(rules.get(name)!)}`)
  const words = lexical.map(([name, pattern]) => `${name} ::= ${pattern}`)
  return `# The grammar

Made from the parser by \`npm run update\`; what the words mean is in [the reference of the language](language.md).

The notation is that of the W3C's EBNF: \`a?\` at most once, \`a*\` any number of times, \`a+\` at least once, \`a | b\` one of both.
White space and comments may stand between any two words, and end nothing, with these exceptions:

- In a body, items are separated by a line's end or a comma; in lists, arguments and arms by a comma or a line's end.
- \`(\` of a call, \`[\` of an index and \`{\` of an amendment stand on the line of what they follow; \`(\` and \`[\` touch it.
- In the header of \`for\`, \`if\`, \`match\` and \`every\` a \`{\` opens the body. Inside brackets it may amend.
- A \`}\` at the top of a file, and \`:\` before the value of an entry or argument, are read only to say what is wrong with them.
- The words of declarations are names wherever no declaration can stand. Only ${reserved} are reserved.

\`\`\`ebnf
${lines.join("\n")}
\`\`\`

## Words

\`\`\`ebnf
${words.join("\n")}
\`\`\`

Operators, from loose to tight: \`??\`, \`or\`, \`and\`, \`not\`, then \`== != < <= > >= in is\`, which do not chain, \`..\`, \`+ -\`, \`* /\`, and the
signs of a number. \`+ -\` and \`* /\` group from the left; \`-\` and \`/\` between two values have a space on both sides.
`
}

/** \`docs/diagnostics/\`: a page for each phase, by file name, and the list of all in \`README.md\`. */
export function diagnosticPages(): ReadonlyMap<string, string> {
  const all = Object.entries<CodeEntry>(codes).sort(([left], [right]) => (left < right ? -1 : 1))
  const pages = new Map<string, string>()
  let list = "# Diagnostics\n\nMade from the table of codes by `npm run update`. `appl explain CODE` prints the same.\n"
  for (const [prefix, { file, title }] of Object.entries(phases)) {
    const own = all.filter(([code]) => code.startsWith(prefix))
    pages.set(`${file}.md`, `# ${title}\n\n${own.map(([code, entry]) => diagnosticText(code, entry)).join("\n")}`)
    const rows = own.map(
      ([code, entry]) =>
        `| [${code}](${file}.md#${code.toLowerCase()}) | ${entry.severity ?? "error"} | ${cell(entry.title)} |`,
    )
    list += `\n## ${title}\n\n| code | severity | what |\n| --- | --- | --- |\n${rows.join("\n")}\n`
  }
  return pages.set("README.md", list)
}

const phases: Readonly<Record<string, { readonly file: string; readonly title: string }>> = {
  A01: { file: "syntax", title: "Syntax" },
  A02: { file: "names", title: "Names, files and modules" },
  A03: { file: "types", title: "Types and ranges" },
  A04: { file: "addresses", title: "Addresses" },
  A05: { file: "wiring", title: "Wiring and flows" },
  A06: { file: "placement", title: "Placement" },
  A07: { file: "evaluation", title: "Evaluation" },
  A08: { file: "files", title: "Files and templates" },
  A09: { file: "inputs", title: "Parameters, lock and command line" },
  A10: { file: "lint", title: "Lint" },
}

function diagnosticText(code: string, entry: CodeEntry): string {
  const rule = entry.rule === undefined ? "" : ` Rule \`${entry.rule}\`.`
  const headline = `## ${code}\n\n**${cell(entry.title)}** (${entry.severity ?? "error"}).${rule}`
  const elsewhere = entry.elsewhere === undefined ? "" : `\n${cell(entry.elsewhere)}\n`
  return `${headline}\n\n${cell(entry.explain)}\n${elsewhere}${exampleText("Wrong", entry.wrong)}${exampleText("Right", entry.right)}`
}

function exampleText(title: string, example: Example | undefined): string {
  if (example === undefined) return ""
  const blocks = exampleParts(example).map(({ name, text }) => {
    const headline = name === null ? title : `${title}, ${name === "command" ? name : `\`${name}\``}`
    return `\n${headline}:\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`
  })
  return blocks.join("")
}

/** What stands between backquotes is as it was written; a bare \`<\` or \`|\` would be read as part of the page. */
function cell(text: string): string {
  return text
    .split("`")
    .map((part, at) => (at % 2 === 1 ? part : part.replace(/[<|]/g, "\\$&")))
    .join("`")
}

/** Rules that only read on after a mistake. */
const hidden = new Set(["stray", "bare"])
const reserved = "`if then else for in match and or not is true false null assert`"

const lexical: readonly (readonly [string, string])[] = [
  ["NAME", "[a-z_] [a-zA-Z0-9_]* ( '-' [a-zA-Z0-9_]+ )*"],
  ["TYPE-NAME", "[A-Z] [a-zA-Z0-9]*"],
  ["INT", sourceOf(tokens.Int)],
  ["FLOAT", sourceOf(tokens.Float)],
  ["QUANTITY", sourceOf(tokens.Quantity)],
  ["PORT", sourceOf(tokens.Port)],
  ["IP", sourceOf(tokens.Ip)],
  ["CIDR", sourceOf(tokens.Cidr)],
  ["TEXT", `${sourceOf(tokens.PlainText)}, or from """ to """ over several lines`],
  ["TEXT-PART", sourceOf(tokens.TextPart)],
  ["PATTERN", "/ … / after a bracket, with \\/ for a slash: a regular expression of RE2"],
  ["COMMENT", "# to the line's end; /// documents the declaration below"],
]

/** A terminal in the notation: its sign in quotes, or the name of a kind of word. */
const kinds: Readonly<Record<string, string>> = {
  Name: "NAME",
  TypeName: "TYPE-NAME",
  FieldName: "NAME",
  PlainText: "TEXT",
  TextPart: "TEXT-PART",
  TextOpen: `'"'`,
  TextPattern: "PATTERN",
  Literal: "( INT | FLOAT | QUANTITY | PORT | IP | CIDR | 'true' | 'false' | 'null' )",
  Prefix: "( 'not' | '-' )",
  BinaryOperator:
    "( '??' | 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'is' | '..' | '+' | '-' | '*' | '/' )",
}

function terminal(name: string, label: string): string {
  return kinds[name] ?? `'${label.replaceAll("`", "")}'`
}

function sequence(parts: readonly ISerializedGast[]): string {
  return parts
    .map(notation)
    .filter((part) => part !== "")
    .join(" ")
}

function notation(node: ISerializedGast): string {
  const parts = partsOf(node)
  switch (node.type) {
    case "NonTerminal":
      return hidden.has(nameOf(node)) ? "" : kebab(nameOf(node))
    case "Terminal":
      return terminal(nameOf(node), "label" in node ? String(node.label) : nameOf(node))
    case "Alternation":
      return alternatives(parts)
    case "Option":
      return `${grouped(parts)}?`
    case "Repetition":
      return `${grouped(parts)}*`
    case "RepetitionMandatory":
      return `${grouped(parts)}+`
    default:
      return sequence(parts)
  }
}

function alternatives(parts: readonly ISerializedGast[]): string {
  const texts = [...new Set(parts.map(notation))].filter((text) => text !== "")
  return texts.length === 1 ? texts[0]! : `( ${texts.join(" | ")} )`
}

function grouped(parts: readonly ISerializedGast[]): string {
  const text = sequence(parts)
  return /^\S+$/.test(text) || (text.startsWith("( ") && parts.length === 1) ? text : `( ${text} )`
}

function rulesIn(node: ISerializedGast): string[] {
  return node.type === "NonTerminal" ? [nameOf(node)] : partsOf(node).flatMap(rulesIn)
}

function partsOf(node: ISerializedGast): readonly ISerializedGast[] {
  return "definition" in node ? (node.definition as readonly ISerializedGast[]) : []
}

function nameOf(node: ISerializedGast): string {
  return "name" in node ? String(node.name) : ""
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function sourceOf(token: TokenType): string {
  return token.PATTERN instanceof RegExp ? token.PATTERN.source : String(token.PATTERN)
}
