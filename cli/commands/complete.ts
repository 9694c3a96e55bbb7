import type { Command } from "commander"
import { clustersIn, codes, compile } from "../../lang/index.ts"
import { inputOf } from "../compile.ts"
import { diskFiles } from "../files.ts"
import { completeWords, type Known, type Word } from "../shell/complete.ts"
import type { Terminal } from "../terminal.ts"

/** `appl complete -- words`: what the scripts of the shells ask. One line for each word, and at the end how to go on. */
export function complete(program: Command, words: readonly string[], terminal: Terminal): number {
  const completed = completeWords(program, words, known)
  const lines = completed.words.map(({ value, says }) => (says === "" ? value : `${value}\t${firstLine(says)}`))
  const end = completed.files !== null ? [":files", ...completed.files].join(" ") : completed.open ? ":open" : ":words"
  terminal.out(`${[...lines, end].join("\n")}\n`)
  return 0
}

const known: Known = {
  clusters: (file) => clustersOf(file).map(({ name, doc }) => ({ value: name, says: doc ?? "" })),
  params: (file) =>
    clustersOf(file)
      .flatMap(({ params }) => params)
      .map(({ name, doc }): Word => ({ value: `${name}=`, says: doc ?? "" })),
  appliances: (file) => {
    const input = inputOf(file, { set: [] })
    const desired = input.ok ? compile(input.value).desired : null
    return (desired?.appliances ?? []).map(({ id, form }) => ({ value: id, says: form }))
  },
  codes: () => Object.entries(codes).map(([value, { title }]) => ({ value, says: title })),
}

function clustersOf(file: string) {
  const bytes = diskFiles.read(file)
  return bytes === null ? [] : clustersIn(new TextDecoder().decode(bytes))
}

/** A tab or a line's end in a doc comment is not one of the answer. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0]!.replaceAll("\t", " ")
}
