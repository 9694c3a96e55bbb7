import type { CodeTable, ExampleFiles } from "../codes.ts"

/** A data file of people, and the type that its rows have. */
function rows(csv: string): ExampleFiles {
  return {
    files: {
      "office.appl": `type Person = { name: Text, seats: Int }
let people: Person[] = read("./people.csv")
assert people.length > 0
`,
      "people.csv": csv,
    },
  }
}

/** A0805 to A0809 and A0822: what `read` finds in data files. */
export const dataCodes = {
  A0805: {
    title: "this data file cannot be read",
    explain:
      "`read(…)` takes CSV, JSON, YAML and TOML, told apart by the file's ending, as text in UTF-8. The place is where the file stops being what its ending says. JSON is the strict kind, without comments; a YAML file holds one document; a CSV file names its columns in its first line, and each row has as many cells.",
    wrong: rows("name,seats\nada\n"),
    right: rows("name,seats\nada,8\n"),
  },
  A0806: {
    title: "this value of a data file is not of the declared type",
    explain:
      "What is read has the type that is declared for it, down to each cell. Numbers and truths are written as they are, and what the file's format has no word for (sizes, ports, addresses) as a text like in the language: `64MiB`, `80/tcp`. A text that the format puts in quotes is never taken for a number.",
    wrong: rows("name,seats\nada,eight\n"),
    right: rows("name,seats\nada,8\n"),
  },
  A0807: {
    title: "this name in a data file is no field of the declared type",
    explain:
      "Records are closed: every column, and every key of an object or table, is a field of the type that is declared for what is read. Rename it in the file, or add a field to the type.",
    wrong: rows("name,seats,color\nada,8,red\n"),
    right: rows("name,seats\nada,8\n"),
  },
  A0808: {
    title: "a data file lacks a value",
    explain:
      'A field without a default, and without a `?` in its type, must be in the file: as a column with no empty cell, or as a key. In a CSV file an empty text is written in quotes, `""`.',
    wrong: rows("name,seats\n,8\n"),
    right: rows("name,seats\nada,8\n"),
  },
  A0809: {
    title: "a name stands twice in a data file",
    explain: "The same column, or the same key in one object or table, is there twice. Only one of them can be meant.",
    wrong: rows("name,seats,seats\nada,8,9\n"),
    right: rows("name,seats\nada,8\n"),
  },
  A0822: {
    title: "this data file is too large or too deep",
    explain:
      "A data file has at most 16MiB and a hundred levels of lists and records inside of one another. How many values it may have in all is the limit of evaluation (A0715), which `--limit` moves.",
    wrong: {
      files: {
        "office.appl": 'let rows: Map<Text, Text>[] = read("./rows.json")\nassert rows.length == 0\n',
        "rows.json": `${"[".repeat(101)}${"]".repeat(101)}\n`,
      },
    },
    right: {
      files: {
        "office.appl": 'let rows: Map<Text, Text>[] = read("./rows.json")\nassert rows.length == 0\n',
        "rows.json": "[]\n",
      },
    },
  },
} as const satisfies CodeTable
