import type { CodeTable } from "../codes.ts"

export const syntaxCodes = {
  A0101: {
    title: "something else was expected here",
    explain:
      "The text does not go on as the language asks for at this place. The message names what was expected, and the mark shows where.",
    wrong: "let size 64MiB\n",
    right: "let size = 64MiB\n",
  },
  A0102: {
    title: "a value is missing",
    explain:
      "Something should be set, compared or passed here, and there is no value. A value is a literal, a name, a list, a record, or an operation on those.",
    wrong: "let size =\n",
    right: "let size = 64MiB\n",
  },
  A0103: {
    title: "a `}` is missing",
    explain:
      "There are more `{` than `}`. By the indentation of the lines, this is where the one that is missing belongs.",
    wrong: "cluster office {\n  network lan {\n    cidr = 10.0.0.0/24\n\n  network dmz { cidr = 10.0.1.0/24 }\n}\n",
    right: "cluster office {\n  network lan {\n    cidr = 10.0.0.0/24\n  }\n  network dmz { cidr = 10.0.1.0/24 }\n}\n",
  },
  A0104: {
    title: "a bracket closes nothing",
    explain: "There are more `}` than `{`. Remove this one, or add the `{` that it was meant to close.",
    wrong: "cluster office {\n  network lan { cidr = 10.0.0.0/24 }\n}\n}\n",
    right: "cluster office {\n  network lan { cidr = 10.0.0.0/24 }\n}\n",
  },
  A0105: {
    title: "a bracket is not closed",
    explain: "A list, an index or a call goes on until its `]` or `)`. Here the text goes on without it.",
    wrong: "let ports = [80/tcp, 443/tcp\nlet size = 64MiB\n",
    right: "let ports = [80/tcp, 443/tcp]\nlet size = 64MiB\n",
  },
  A0106: {
    title: "a text is not closed",
    explain:
      'A text ends with `"` on its line, and an insertion into it, `${…}`, with `}`. A text of several lines stands between `"""`.',
    wrong: 'let site = "www.example.test\n',
    right: 'let site = "www.example.test"\n',
  },
  A0107: {
    title: "this escape is not known",
    explain:
      'After `\\` in a text stands one of `n` (line end), `t` (tab), `"`, `\\`, `${`, or `u{…}` with the hexadecimal number of a character.',
    wrong: 'let path = "C:\\data"\n',
    right: 'let path = "C:\\\\data"\n',
  },
  A0108: {
    title: "this character means nothing here",
    explain:
      "Outside of texts and comments only ASCII letters, digits and the signs of the language stand. Put anything else into a text.",
    wrong: "let size = @64MiB\n",
    right: "let size = 64MiB\n",
  },
  A0109: {
    title: "a comment starts with `#`",
    explain:
      "A comment goes from `#` to the line's end. Three slashes, `///`, document the declaration below; there are no other comments.",
    wrong: "// how much\nlet size = 64MiB\n",
    right: "# how much\nlet size = 64MiB\n",
  },
  A0110: {
    title: "a text stands in double quotes",
    explain: 'Texts are written `"so"`. Single quotes have no meaning outside of texts.',
    wrong: "let site = 'www.example.test'\n",
    right: 'let site = "www.example.test"\n',
  },
  A0111: {
    title: "nothing ends with `;`",
    explain: "A line's end separates two fields or declarations. Two of them on one line have a comma between.",
    wrong: "let size = 64MiB;\n",
    right: "let size = 64MiB\n",
  },
  A0112: {
    title: "a field is set with `=`",
    explain: "`name: Type` declares, and `name = value` sets. In a body, in arguments and in maps it is always `=`.",
    wrong: 'let record = { name: "web" }\n',
    right: 'let record = { name = "web" }\n',
  },
  A0113: {
    title: "this operator is written differently",
    explain: "`&&`, `||` and `!` are written `and`, `or` and `not`; an arm of `match` has `->`.",
    wrong: "let both = true && false\n",
    right: "let both = true and false\n",
  },
  A0114: {
    title: "nothing separates these two",
    explain: "Fields and declarations of a body are separated by a line's end or a comma.",
    wrong: "let record = { a = 1 b = 2 }\n",
    right: "let record = { a = 1, b = 2 }\n",
  },
  A0115: {
    title: "a comma is missing",
    explain: "The elements of a list and the arguments of a call are separated by commas, on several lines too.",
    wrong: "let ports = [80/tcp 443/tcp]\n",
    right: "let ports = [80/tcp, 443/tcp]\n",
  },
  A0116: {
    title: "this word is no keyword",
    explain: "A declaration starts with one of the keywords of the language. A field has `=` after its name.",
    wrong: "clustre office { }\n",
    right: "cluster office { }\n",
  },
  A0117: {
    title: "this word is reserved",
    explain:
      "`if then else for in match and or is not true false null assert` are never names. All other keywords may be names and fields.",
    wrong: "let record = { in = 1 }\n",
    right: "let record = { inside = 1 }\n",
  },
  A0118: {
    title: "a name is in kebab-case",
    explain:
      "Values, fields, instances and clusters are named in small letters, digits and single dashes, so that a name is also a host name. A field may be in ALL_CAPS, as variables of the environment are; any other key of a map stands in quotes.",
    wrong: "let webPort = 80/tcp\n",
    right: "let web-port = 80/tcp\n",
  },
  A0119: {
    title: "a type's name is in PascalCase",
    explain: "Types, appliance classes and services start with a capital letter, and each further word does too.",
    wrong: 'type log-level = "debug" | "info"\n',
    right: 'type LogLevel = "debug" | "info"\n',
  },
  A0120: {
    title: "a name cannot end in `-`",
    explain: "A name is also a host name, and those end in a letter or a digit.",
    wrong: "let web- = 1\n",
    right: "let web = 1\n",
  },
  A0121: {
    title: "an operator needs its spaces",
    explain:
      "`-` may stand in a name and before a number, and `/` in a port. Between two values both have white space on both sides.",
    wrong: "let a = 3\nlet b = a -1\n",
    right: "let a = 3\nlet b = a - 1\n",
  },
  A0122: {
    title: "this unit is not known",
    explain:
      "Sizes have B, kB, MB, GB, TB, KiB, MiB, GiB or TiB; durations ms, s, min, h or d; rates bps, kbps, Mbps or Gbps; parts of a whole have %.",
    wrong: "let size = 64MiX\n",
    right: "let size = 64MiB\n",
  },
  A0123: {
    title: "this number is out of range",
    explain:
      "Ports go from 1 to 65535 and are tcp or udp, the four parts of an address from 0 to 255, the prefix of a network from 0 to 32, and whole numbers up to 2^53 - 1.",
    wrong: "let port = 70000/tcp\n",
    right: "let port = 7000/tcp\n",
  },
  A0124: {
    title: "a bracket must touch its value",
    explain:
      "The `(` of a call and the `[` of an index follow their value without white space; a `(` or `[` apart starts a value.",
    wrong: "let four = mod (14, 5)\n",
    right: "let four = mod(14, 5)\n",
  },
  A0125: {
    title: "this does not belong here",
    explain:
      "Each declaration has its places: a file, a cluster, a class, or any body. The message says where this one may stand.",
    wrong: "param size: Size = 64MiB\n",
    right: "cluster office {\n  param size: Size = 64MiB\n}\n",
  },
  A0126: {
    title: "comparisons do not chain",
    explain: "A comparison gives true or false, which is not compared again. Join two comparisons with `and`.",
    wrong: "let n = 3\nlet small = 1 < n < 5\n",
    right: "let n = 3\nlet small = 1 < n and n < 5\n",
  },
  A0127: {
    title: "this is nested too deeply",
    explain: "Brackets, bodies and conditions nest at most 100 levels deep. Give the inner parts names with `let`.",
    wrong: `let x = ${"[".repeat(101)}${"]".repeat(101)}\n`,
    right: "let x = [[1], [2]]\n",
  },
  A0128: {
    title: "these alternatives do not go together",
    explain:
      "A type with alternatives is either a choice of texts, or a choice of names with fields, `{}` when there are none. Use `T?` for a value that may be missing.",
    wrong: 'type Level = "debug" | Int\n',
    right: 'type Level = "debug" | "info"\n',
  },
  A0129: {
    title: "a name is missing",
    explain: "What is declared or referred to here has a name, and it is not there.",
    wrong: "network { cidr = 10.0.0.0/24 }\n",
    right: "network lan { cidr = 10.0.0.0/24 }\n",
  },
  A0130: {
    title: "a type is missing",
    explain: "After `:` stands a type, such as `Text`, `Int(1..20)` or `Hostname[]`.",
    wrong: "let size: = 64MiB\n",
    right: "let size: Size = 64MiB\n",
  },
  A0131: {
    title: "this file is no text",
    explain:
      "A source is a text in UTF-8. What has NUL characters is a program, a picture, or a text in UTF-16, as some editors save it. Nothing else is said of such a file.",
    wrong: "let x = 1\0\n",
    right: "let x = 1\n",
  },
} as const satisfies CodeTable
