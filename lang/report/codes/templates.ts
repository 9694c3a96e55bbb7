import type { CodeTable, ExampleFiles } from "../codes.ts"

/** A template, files beside it, and an appliance that has what it gives in a file. */
function page(template: string, beside: ExampleFiles["files"] = {}): ExampleFiles {
  return pageOf('title = "Welcome"', template, beside)
}

function pageOf(variables: string, template: string, beside: ExampleFiles["files"] = {}): ExampleFiles {
  const office = `appliance Web {
  image = debian("bookworm")
  start = ["web"]
  files = { "/srv/page.html" = template("./page.njk", { ${variables} }) }
}
cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web { on = lan }
}
`
  return { files: { "office.appl": office, "page.njk": template, ...beside } }
}

/** A0803, A0804 and A0810 to A0820: templates, and what is in them. */
export const templateCodes = {
  A0803: {
    title: "this path is not a plain text",
    explain:
      "Which files are read is known before anything is evaluated, so the path of an `include` is a text in quotes, and no variable. Choose between two files with `{% if %}`.",
    wrong: page("{% include title %}\n"),
    right: page("{% include './head.njk' %}\n", { "head.njk": "{{ title }}\n" }),
  },
  A0804: {
    title: "this template is not text",
    explain: "A template is UTF-8 text. For other content use `file`, which takes the bytes as they are.",
    elsewhere:
      "The file is there, and its bytes are no UTF-8, as in a picture, an archive, or a text that was saved in Latin-1.",
  },
  A0810: {
    title: "this template cannot be read",
    explain:
      "The template is not well formed: a block is not closed, a tag is misspelt, or an expression is broken. The place is where Nunjucks noticed, which may be later than where the mistake is.",
    wrong: page("{% if title %}{{ title }}\n"),
    right: page("{% if title %}{{ title }}{% endif %}\n"),
  },
  A0811: {
    title: "this is not possible in a template",
    explain:
      "Templates are data only: text, `{{ value | filter }}`, `if`, `for`, `set`, `include`, `raw` and comments. They call nothing, define nothing and inherit from nothing, so that a template from anywhere is safe to render. Work values out in the appliance and pass them.",
    wrong: page("{% macro headline() %}{{ title }}{% endmacro %}\n"),
    right: page("{% set headline = title %}{{ headline }}\n"),
  },
  A0812: {
    title: "there is no such filter or test",
    explain:
      "Templates have the filters of Nunjucks that work on data alone, and the tests defined, undefined, none, odd and even. Each takes a fixed number of arguments.",
    wrong: page("{{ title | uper }}\n"),
    right: page("{{ title | upper }}\n"),
  },
  A0813: {
    title: "a variable of this template is missing",
    explain:
      'The template uses a variable that the record passed to `template("…", { … })` does not have. Add it to the record. A `-` in a name is written `_` in the template. Where it may be left out, the template says `{{ name | default("…") }}`.',
    wrong: page("{{ title }} by {{ author }}\n"),
    right: pageOf('title = "Welcome", author = "Ada"', "{{ title }} by {{ author }}\n"),
  },
  A0814: {
    title: "this variable of a template is probably misspelt",
    explain:
      "The template uses a name that is not passed, but nearly the same as one that is. One of the two is misspelt.",
    wrong: page("{{ titel }}\n"),
    right: page("{{ title }}\n"),
  },
  A0815: {
    title: "the template does not use this variable",
    severity: "warning",
    explain:
      "The record passed to the template has a field that the template never uses. Leave it out, or use it; often the template was changed and its call was not.",
    wrong: page("Welcome\n"),
    right: page("{{ title }}\n"),
  },
  A0816: {
    title: "there is no such member",
    explain:
      "The template asks a value for a member that values of its type do not have. Members are the fields of records, the properties of values such as `port.number`, and `length` of texts, lists and maps; a `-` in a name is written `_`.",
    wrong: page("{{ title.lenght }}\n"),
    right: page("{{ title.length }}\n"),
  },
  A0817: {
    title: "a template cannot reach a constructor or prototype",
    explain:
      "In plain Nunjucks `constructor`, `prototype` and `__proto__` lead from a value to the program that renders it, and so to running any code. Here values are data, and a template that asks for these is refused.",
    wrong: page("{{ title.constructor }}\n"),
    right: page("{{ title }}\n"),
  },
  A0818: {
    title: "this template does too much",
    explain:
      "Rendering has limits on steps, on the length of what is printed and on nesting, so that no template hangs a compilation. Look for a loop inside a loop over long lists.",
    wrong: pageOf(
      "ids = [for i in 1..300: i]",
      "{% for a in ids %}{% for b in ids %}{% for c in ids %}{{ a }}{% endfor %}{% endfor %}{% endfor %}\n",
    ),
    right: pageOf("ids = [for i in 1..300: i]", "{% for a in ids %}{{ a }}{% endfor %}\n"),
  },
  A0819: {
    title: "a template cannot use this value so",
    explain:
      "The template prints a value that is null or not there, loops over something that is no list or map, or calculates with something that is no number. Guard it with `{% if %}` or `default`, or pass another value.",
    wrong: pageOf("note = null", "{{ note }}\n"),
    right: pageOf("note = null", '{{ note | default("nothing new") }}\n'),
  },
  A0820: {
    title: "these templates include each other",
    explain: "A template that includes itself, directly or through others, would never end.",
    wrong: page("{% include './page.njk' %}{{ title }}\n"),
    right: {
      files: { ...page("{% include './head.njk' %}\n").files, "head.njk": "{{ title }}\n" },
    },
  },
} as const satisfies CodeTable
