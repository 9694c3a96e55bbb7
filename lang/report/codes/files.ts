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
} as const satisfies CodeTable
