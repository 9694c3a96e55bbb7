import MarkdownIt from "markdown-it"
import { compile, type Diagnostic, type Files, type Surface } from "../../lang/index.ts"
import { diskFiles } from "../files.ts"
import { standardModules } from "../installation.ts"
import { modulesFolder } from "../state.ts"

/** A fenced block of a document that is marked `appl`, or `appl check` when it has to compile as it stands. */
export type Block = { readonly text: string; readonly line: number; readonly checked: boolean }

/** The blocks of a Markdown text, with the lines before them, from 0. */
export function blocksOf(markdown: string): Block[] {
  return new MarkdownIt("commonmark").parse(markdown, {}).flatMap((token) => {
    const [language, ...words] = token.info.trim().split(/\s+/)
    if (token.type !== "fence" || language !== "appl" || token.map === null) return []
    return [{ text: token.content, line: token.map[0] + 1, checked: words.includes("check") }]
  })
}

/** What is wrong with the blocks of a document that have to compile, at their lines in it. `path` is that of the document. */
export function checkBlocks(path: string, markdown: string, files: Files = diskFiles): Diagnostic[] {
  return blocksOf(markdown)
    .filter((block) => block.checked)
    .flatMap(({ text, line }) => {
      const padded = new TextEncoder().encode(`${"\n".repeat(line)}${text}`)
      const { diagnostics } = compile({
        entry: path,
        files: {
          ...files,
          read: (name) => (name === path ? padded : files.read(name)),
        },
        standard: standardModules(),
        modules: modulesFolder(),
        cluster: null,
        deployed: null,
        params: [],
        lock: null,
        limit: 100_000,
      })
      // A block without a cluster gets a hint that says so, which is not its fault.
      return diagnostics.filter((one) => one.severity !== "hint")
    })
}

/** What is wrong with the examples in the doc comments of a module, at their lines in its files. */
export function checkDocComments(surface: Surface): Diagnostic[] {
  return surface.entries.flatMap((entry) =>
    [entry, ...entry.members.filter((member) => member.inherited === null)].flatMap(({ doc, span }) => {
      if (!doc.includes("```")) return []
      const { path, text } = span.source
      const slash = path.lastIndexOf("/") + 1
      // A file of its own beside the real one: the example may use the module by its name.
      const own = `${path.slice(0, slash)}doc of ${path.slice(slash)}`
      const first = text.slice(0, span.start).split("\n").length - 1 - doc.split("\n").length
      return checkBlocks(own, `${"\n".repeat(Math.max(0, first))}${doc}`)
    }),
  )
}
