import type { CodeTable } from "../codes.ts"

/** Clusters inside one another, from c0 on. */
function nested(levels: number): string {
  return Array.from({ length: levels }, (_, at) => `cluster c${at} { cluster inner: c${at + 1} {} }\n`).join("")
}

/** A text that is twice as long with each line. */
function doubled(times: number): string {
  const lines = Array.from({ length: times }, (_, at) => `let t${at + 1} = "\${t${at}}\${t${at}}"\n`).join("")
  return `let t0 = "ab"\n${lines}cluster office {\n  output noise = t${times}\n}\n`
}

/** What can only be seen while values are worked out. */
export const evaluationCodes = {
  A0701: {
    title: "this assertion does not hold",
    explain:
      "The condition after `assert` is false. The values of what it compares are shown. Change one of them, or the assertion.",
    wrong: `cluster one {
  param web-servers: Int = 3
  assert web-servers < 3, "this network has room for two"
}
`,
    right: `cluster one {
  param web-servers: Int = 2
  assert web-servers < 3, "this network has room for two"
}
`,
  },
  A0702: {
    title: "this number is too large",
    explain:
      "Numbers, bytes and milliseconds are exact up to 2^53 (9,007,199,254,740,992). A result beyond that is an error instead of a wrong number.",
    wrong: `cluster one {
  let large = 9_000_000_000_000_000
  output twice = large * 2
}
`,
    right: `cluster one {
  let large = 4_000_000_000_000_000
  output twice = large * 2
}
`,
  },
  A0703: {
    title: "this divides by zero",
    explain: "The right side of `/`, or the second argument of `div` or `mod`, is zero.",
    wrong: `cluster one {
  let parts = 0
  output share = 10 / parts
}
`,
    right: `cluster one {
  let parts = 2
  output share = 10 / parts
}
`,
  },
  A0704: {
    title: "this is less than nothing",
    explain: "Sizes, durations and rates cannot be negative. The right side of a `-` is larger than its left.",
    wrong: `cluster one {
  let room = 64MiB
  output left = room - 1GiB
}
`,
    right: `cluster one {
  let room = 64MiB
  output left = room - 1MiB
}
`,
  },
  A0705: {
    title: "this text does not have the form that its place asks for",
    explain:
      "A `Hostname` has parts of letters, digits and `-`, joined by dots; a `Path` starts with `/` and has no `..`, or is relative; a `Url` has a scheme and a host; an `Email` one `@`; a `Mac` six pairs of hexadecimal digits; a `Version` is `1.2.3`. A text is checked when its value is known.",
    wrong: `cluster one {
  param name: Text = "my office"
  let host: Hostname = "www.\${name}.test"
  output host = host
}
`,
    right: `cluster one {
  param name: Text = "my-office"
  let host: Hostname = "www.\${name}.test"
  output host = host
}
`,
  },
  A0706: {
    title: "this text does not match its pattern",
    explain:
      "A type such as `Text(/[a-z]+/)` takes texts that match the regular expression from their first to their last character.",
    wrong: `cluster one {
  param name: Text = "My office"
  let short: Text(/[a-z-]+/) = "\${name}"
  output short = short
}
`,
    right: `cluster one {
  param name: Text = "my-office"
  let short: Text(/[a-z-]+/) = "\${name}"
  output short = short
}
`,
  },
  A0707: {
    title: "this pattern is not a regular expression of the linear-time kind",
    explain:
      "Patterns are those of RE2, which are matched in linear time: no back-references (`\\1`) and no looking ahead or behind (`(?=…)`). Anything else that is broken in a pattern is reported here too.",
    wrong: `cluster one {
  param name: Text(/(a)\\1/) = "aa"
  output name = name
}
`,
    right: `cluster one {
  param name: Text(/aa/) = "aa"
  output name = name
}
`,
  },
  A0708: {
    title: "this key is not there",
    explain:
      "A keyed family such as `web[1]` and a map have certain keys, and a list certain positions from 0. The ones that there are stand in the hint.",
    wrong: `cluster one {
  let sizes = [1, 2, 3]
  output size = sizes[3]
}
`,
    right: `cluster one {
  let sizes = [1, 2, 3]
  output size = sizes[2]
}
`,
  },
  A0709: {
    title: "these values need each other",
    explain:
      "Working out a value came back to the value itself. The loop is printed with the place of each read. References to things are no reads (`gateway = edge` and `on = dmz` may meet); only reading a field of a thing is.",
    wrong: `cluster one {
  param first: Int = second + 1
  param second: Int = first + 1
  output sum = first
}
`,
    right: `cluster one {
  param first: Int = 1
  param second: Int = first + 1
  output sum = second
}
`,
  },
  A0710: {
    title: "this is not known yet",
    explain:
      "Counts, names, keys, conditions around things and addresses are worked out first, wires next, then the address plan, then all other fields. What comes early cannot read what comes late: no count depends on an address.",
    wrong: `use { Dns } from "std/services"
appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  needs dns: Dns?
  if dns != null {
    tags = ["named"]
  }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
    right: `use { Dns } from "std/services"
appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  needs dns: Dns?
  tags = [if dns != null: "named"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
  },
  A0711: {
    title: "this cannot be the key of a thing",
    explain:
      "A key becomes part of a host name, so it is a whole number that is not negative, or a text of `a-z`, `0-9` and `-` without a `-` at either end.",
    wrong: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for name in ["klein", "Groß"] {
    appliance web[name]: Nginx { on = lan, site = "www.test" }
  }
}
`,
    right: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for name in ["klein", "gross"] {
    appliance web[name]: Nginx { on = lan, site = "www.test" }
  }
}
`,
  },
  A0712: {
    title: "two appliances have one host name",
    explain:
      "The host name of `web[1]` is `web-1`, and so is that of an appliance `web-1`. Each appliance is known by its name to all others, so names are told apart.",
    wrong: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance web-1: Nginx { on = lan, site = "www.test" }
  for i in 1..2 {
    appliance web[i]: Nginx { on = lan, site = "www.test" }
  }
}
`,
    right: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance front: Nginx { on = lan, site = "www.test" }
  for i in 1..2 {
    appliance web[i]: Nginx { on = lan, site = "www.test" }
  }
}
`,
  },
  A0713: {
    title: "this host name is too long",
    explain: "A host name, made of a thing's name and key, has at most 63 characters (RFC 1123).",
    wrong: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for name in ["a-customer-with-a-name-that-is-longer-than-anybody-would-ever-type"] {
    appliance web[name]: Nginx { on = lan, site = "www.test" }
  }
}
`,
    right: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for name in ["a-customer"] {
    appliance web[name]: Nginx { on = lan, site = "www.test" }
  }
}
`,
  },
  A0714: {
    title: "this is there twice",
    explain:
      "Two things of one family have the same key, a map has a key twice, or a field is given twice in one body by a `for` or `if`. Nothing is taken silently.",
    wrong: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for i in [1, 2, 1] {
    appliance web[i]: Nginx { on = lan, site = "www.test" }
  }
}
`,
    right: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for i in [1, 2, 3] {
    appliance web[i]: Nginx { on = lan, site = "www.test" }
  }
}
`,
  },
  A0715: {
    title: "this makes too much",
    explain:
      "Evaluation has a budget of things, elements and steps, so that it always ends soon. A loop over a very long range is the usual reason. `--limit` moves the budget when a cluster is really that large.",
    wrong: `cluster one {
  output numbers = [for i in 1..2_000_000_000: i]
}
`,
    right: `cluster one {
  output numbers = [for i in 1..20: i]
}
`,
  },
  A0716: {
    title: "this is nested too deeply",
    explain:
      "An expression, a chain of values that need each other, or one of clusters inside one another, is far deeper than anyone writes by hand. Clusters nest at most 32 deep.",
    wrong: `${nested(33)}cluster c33 {\n}\n`,
    right: `${nested(2)}cluster c2 {\n}\n`,
  },
  A0717: {
    title: "this text is too long",
    explain: "One text has at most 16 Mi characters. Large content belongs into a file: `file(…)` or `folder(…)`.",
    wrong: doubled(24),
    right: doubled(3),
  },
  A0718: {
    title: "these values do not go together",
    explain: "An operation was given values that it does not work on, such as a range from a number to an address.",
    elsewhere:
      "No source is known that gives this: types are checked before, and such an operation is A0302 or A0314 then.",
  },
  A0719: {
    title: "this check asks no appliance",
    explain:
      "A check in a cluster belongs to the appliance that it asks, so it names one of its services: `http-get(web[1].http)`. A bare port or a program says nothing about where; such a check stands in a class.",
    wrong: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Nginx { on = lan, site = "www.test" }
  check "page" = tcp-open(80/tcp)
}
`,
    right: `use { Nginx } from "std/nginx"
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Nginx { on = lan, site = "www.test" }
  check "page" = tcp-open(web.http)
}
`,
  },
  A0720: {
    title: "this is no path inside an appliance",
    explain:
      "Files and volumes have an absolute path, without `.` or `..`, empty parts, a `/` at the end or control characters: it says where they are, and nothing else.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { files = { "etc/motd" = "hello" } }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { files = { "/etc/motd" = "hello" } }
}
`,
  },
  A0721: {
    title: "this cannot be a name there",
    explain:
      "Variables, users, volumes and packages are named to programs of the host or the appliance, which take some characters for something else. The hint says which ones such a name is made of.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { env = { "LOG LEVEL" = "debug" } }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { env = { "LOG_LEVEL" = "debug" } }
}
`,
  },
  A0722: {
    title: "this starts nothing",
    explain:
      "`start` is the program that an appliance runs, followed by its arguments, so it has at least one element.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { start = [] }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { start = ["true"] }
}
`,
  },
  A0727: {
    title: "this test checks nothing",
    explain:
      "A test without an assertion, which compiles no cluster, would pass for ever. Say with `assert` what shall hold, or name a cluster: then the test is that it compiles.",
    elsewhere: "`appl test` says this of a `test` whose braces hold no `assert` and no cluster.",
  },
} as const satisfies CodeTable
