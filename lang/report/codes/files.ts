import type { CodeTable } from "../codes.ts"

/** Files, folders and templates that a source names. Most need a second file, so they have no example of one source. */
export const fileCodes = {
  A0801: {
    title: "this file is not there",
    explain:
      "`file`, `folder` and `template` take a path relative to the file that they stand in. Nothing was found there, or it is a folder where a file is wanted. Paths tell upper and lower case apart.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = file("motd.txt") }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = "Welcome" }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
  },
  A0802: {
    title: "this path leaves its module",
    explain:
      "A module reads only its own folder: no absolute path, no `..` beyond the folder, and no link that leads out of it. To hand a module something from outside, give it a param of type `File` or `Folder`; it carries its own root.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = file("../../motd.txt") }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = "Welcome" }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
  },
  A0803: {
    title: "this path is not a plain text",
    explain:
      'Which files a source reads is known before anything is evaluated, so the path is a text without `${…}`. Choose between two files with `if`: `if tls then file("a.conf") else file("b.conf")`.',
  },
  A0804: {
    title: "this template is not text",
    explain: "A template is UTF-8 text. For other content use `file`, which takes the bytes as they are.",
  },
  A0805: {
    title: "this data file cannot be read",
    explain:
      "`read(…)` takes CSV, JSON, YAML and TOML, told apart by the file's ending, as text in UTF-8. The place is where the file stops being what its ending says. JSON is the strict kind, without comments; a YAML file holds one document; a CSV file names its columns in its first line, and each row has as many cells.",
  },
  A0806: {
    title: "this value of a data file is not of the declared type",
    explain:
      "What is read has the type that is declared for it, down to each cell. Numbers and truths are written as they are, and what the file's format has no word for (sizes, ports, addresses) as a text like in the language: `64MiB`, `80/tcp`. A text that the format puts in quotes is never taken for a number.",
  },
  A0807: {
    title: "this name in a data file is no field of the declared type",
    explain:
      "Records are closed: every column, and every key of an object or table, is a field of the type that is declared for what is read. Rename it in the file, or add a field to the type.",
  },
  A0808: {
    title: "a data file lacks a value",
    explain:
      'A field without a default, and without a `?` in its type, must be in the file: as a column with no empty cell, or as a key. In a CSV file an empty text is written in quotes, `""`.',
  },
  A0809: {
    title: "a name stands twice in a data file",
    explain: "The same column, or the same key in one object or table, is there twice. Only one of them can be meant.",
  },
  A0810: {
    title: "this template cannot be read",
    explain:
      "The template is not well formed: a block is not closed, a tag is misspelt, or an expression is broken. The place is where Nunjucks noticed, which may be later than where the mistake is.",
  },
  A0811: {
    title: "this is not possible in a template",
    explain:
      "Templates are data only: text, `{{ value | filter }}`, `if`, `for`, `set`, `include`, `raw` and comments. They call nothing, define nothing and inherit from nothing, so that a template from anywhere is safe to render. Work values out in the appliance and pass them.",
  },
  A0812: {
    title: "there is no such filter or test",
    explain:
      "Templates have the filters of Nunjucks that work on data alone, and the tests defined, undefined, none, odd and even. Each takes a fixed number of arguments.",
  },
  A0813: {
    title: "a variable of this template is missing",
    explain:
      'The template uses a variable that the record passed to `template("…", { … })` does not have. Add it to the record. A `-` in a name is written `_` in the template. Where it may be left out, the template says `{{ name | default("…") }}`.',
  },
  A0814: {
    title: "this variable of a template is probably misspelt",
    explain:
      "The template uses a name that is not passed, but nearly the same as one that is. One of the two is misspelt.",
  },
  A0815: {
    title: "the template does not use this variable",
    severity: "warning",
    explain:
      "The record passed to the template has a field that the template never uses. Leave it out, or use it; often the template was changed and its call was not.",
  },
  A0816: {
    title: "there is no such member",
    explain:
      "The template asks a value for a member that values of its type do not have. Members are the fields of records, the properties of values such as `port.number`, and `length` of texts, lists and maps; a `-` in a name is written `_`.",
  },
  A0817: {
    title: "a template cannot reach a constructor or prototype",
    explain:
      "In plain Nunjucks `constructor`, `prototype` and `__proto__` lead from a value to the program that renders it, and so to running any code. Here values are data, and a template that asks for these is refused.",
  },
  A0818: {
    title: "this template does too much",
    explain:
      "Rendering has limits on steps, on the length of what is printed and on nesting, so that no template hangs a compilation. Look for a loop inside a loop over long lists.",
  },
  A0819: {
    title: "a template cannot use this value so",
    explain:
      "The template prints a value that is null or not there, loops over something that is no list or map, or calculates with something that is no number. Guard it with `{% if %}` or `default`, or pass another value.",
  },
  A0820: {
    title: "these templates include each other",
    explain: "A template that includes itself, directly or through others, would never end.",
  },
  A0822: {
    title: "this data file is too large or too deep",
    explain:
      "A data file has at most 16MiB and a hundred levels of lists and records inside of one another. How many values it may have in all is the limit of evaluation (A0715), which `--limit` moves.",
  },
} as const satisfies CodeTable
