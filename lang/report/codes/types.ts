import type { CodeTable } from "../codes.ts"

const web = 'appliance Web {\n  param site: Hostname\n  image = debian("bookworm")\n  start = ["web"]\n}\n'
const lan = "  network lan { cidr = 10.0.0.0/24 }\n"

/** A03: types and ranges. */
const provider = `service Site { port: Port = 80/tcp }
appliance Web {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides site: Site { }
}
`

export const typeCodes = {
  A0301: {
    title: "outside the range of its type",
    explain:
      "A range belongs to its type: `Int(1..20)` takes no other numbers. Declared ranges are compared when the file is checked, without running anything. Numbers that are computed are compared when they are known, and so are params that are given from outside.",
    wrong: "cluster office {\n  param web-servers: Int(1..20) = 99\n}\n",
    right: "cluster office {\n  param web-servers: Int(1..20) = 9\n}\n",
  },
  A0302: {
    title: "wrong type",
    explain:
      "Every place has a type, and a value of another type does not fit. Nothing is converted but Int to Float, and text to a text with a form, which is looked at. In a text, `${…}` shows a value.",
    wrong: 'cluster office {\n  param count: Int = "3"\n}\n',
    right: "cluster office {\n  param count: Int = 3\n}\n",
  },
  A0303: {
    title: "a unit is missing",
    explain:
      "Sizes, durations and rates have units, and ports have a protocol, so that 64 is never taken for bytes by one and for megabytes by another.",
    wrong: "cluster office {\n  param cache: Size = 64\n}\n",
    right: "cluster office {\n  param cache: Size = 64MiB\n}\n",
  },
  A0304: {
    title: "units do not mix",
    explain:
      "A size is no duration. Quantities of one measure can be added and compared; a quantity can be multiplied by a number.",
    wrong: "cluster office {\n  param wait: Duration = 64MiB\n}\n",
    right: "cluster office {\n  param wait: Duration = 64s\n}\n",
  },
  A0305: {
    title: "may be null",
    explain:
      "A value of type `T?` may be null, and what needs a `T` cannot take it. `x ?? other` says what it is then; inside `if x != null { … }` it is a `T`. What is declared under an `if` may be absent outside of it.",
    wrong: "cluster office {\n  param spare: Int?\n  output twice = spare * 2\n}\n",
    right: "cluster office {\n  param spare: Int?\n  output twice = (spare ?? 0) * 2\n}\n",
  },
  A0306: {
    title: "not one of the texts",
    explain: "The type lists the texts that are allowed.",
    wrong: 'cluster office {\n  param tier: "gold" | "silver" = "glod"\n}\n',
    right: 'cluster office {\n  param tier: "gold" | "silver" = "gold"\n}\n',
  },
  A0307: {
    title: "unknown field",
    explain:
      "Records and things are closed: they have the fields that are declared for them, and the built-in ones, and no others.",
    wrong: "cluster office {\n  network lan { cdir = 10.0.0.0/24, cidr = 10.0.0.0/24 }\n}\n",
    right: "cluster office {\n  network lan { cidr = 10.0.0.0/24 }\n}\n",
  },
  A0308: {
    title: "something must be said",
    explain: "A field or param without a default, whose type has no `?`, must be given.",
    wrong: `${web}cluster office {\n${lan}  appliance front: Web {}\n}\n`,
    right: `${web}cluster office {\n${lan}  appliance front: Web { site = "www.office.test" }\n}\n`,
  },
  A0309: {
    title: "given twice",
    explain: "A body gives each field, key or check once. The branches of an `if` may each give it.",
    wrong: "cluster office {\n  network lan { cidr = 10.0.0.0/24, cidr = 10.0.1.0/24 }\n}\n",
    right: "cluster office {\n  network lan { cidr = 10.0.0.0/24 }\n}\n",
  },
  A0310: {
    title: "nothing to add to",
    explain: "`+=` adds to the list or map that is inherited or amended. Everything else is replaced with `=`.",
    wrong: "cluster office {\n  network lan { cidr += 10.0.0.0/24 }\n}\n",
    right: "cluster office {\n  network lan { cidr = 10.0.0.0/24 }\n}\n",
  },
  A0311: {
    title: "no such member",
    explain:
      "After the `.` stands a field of a record, a property of a value such as `port.number`, or what a thing has: its params, services, outputs and built-in fields.",
    wrong: "cluster office {\n  param door: Port = 80/tcp\n  output number = door.nummer\n}\n",
    right: "cluster office {\n  param door: Port = 80/tcp\n  output number = door.number\n}\n",
  },
  A0312: {
    title: "the arguments do not fit",
    explain: "A call gives every parameter without a default once, in their order or by name, and nothing else.",
    wrong: "cluster office {\n  output rest = mod(7)\n}\n",
    right: "cluster office {\n  output rest = mod(7, 2)\n}\n",
  },
  A0313: {
    title: "not a function",
    explain: "Only functions are called. An appliance is made by declaring it, a variant by `Name { … }`.",
    wrong: "cluster office {\n  param count: Int = 1\n  output more = count(2)\n}\n",
    right: "cluster office {\n  param count: Int = 1\n  output more = count * 2\n}\n",
  },
  A0314: {
    title: "the operator does not work on these",
    explain:
      'Arithmetic is for numbers and quantities, `+` joins lists as well. Texts are put together as `"${a}${b}"`.',
    wrong: 'cluster office {\n  param name: Text = "a"\n  output long = name + "b"\n}\n',
    right: 'cluster office {\n  param name: Text = "a"\n  output long = "${name}b"\n}\n',
  },
  A0315: {
    title: "never equal",
    explain: "Values of these types are never equal, so the comparison always has the same answer.",
    wrong: 'cluster office {\n  param count: Int = 1\n  assert count == "1"\n}\n',
    right: "cluster office {\n  param count: Int = 1\n  assert count == 1\n}\n",
  },
  A0316: {
    title: "has no keys",
    explain:
      "`[…]` reads an element of a list by its number, from 0, or an entry of a map by its key. Things that are declared with a key are a map.",
    wrong: "cluster office {\n  param count: Int = 1\n  output first = count[0]\n}\n",
    right: "cluster office {\n  param counts: Int[] = [1]\n  output first = counts[0]\n}\n",
  },
  A0317: {
    title: "nothing to loop over",
    explain:
      "`for` takes the elements of a list, the numbers of a range or the values of a map; `for key, value in map` takes both.",
    wrong: "cluster office {\n  param count: Int = 3\n  output all = [for i in count: i]\n}\n",
    right: "cluster office {\n  param count: Int = 3\n  output all = [for i in 1..count: i]\n}\n",
  },
  A0318: {
    title: "not a value",
    explain: "Classes, services, types, functions and clusters have names, but are no values themselves.",
    wrong: "service Web { port: Port = 80/tcp }\ncluster office {\n  output web = Web\n}\n",
    right: 'cluster office {\n  output web = "Web"\n}\n',
  },
  A0319: {
    title: "does not stand in a text",
    explain:
      "Texts, numbers, quantities, ports and addresses have a form in a text. Things, lists, records and what may be null have none: say which part is meant.",
    wrong: 'cluster office {\n  param names: Text[] = ["a"]\n  output all = "${names}"\n}\n',
    right: 'cluster office {\n  param names: Text[] = ["a"]\n  output all = "${names[0]}"\n}\n',
  },
  A0321: {
    title: "different types",
    explain: "The elements of a list, the branches of a choice and all things of one name have one type.",
    wrong: 'cluster office {\n  output all = [1, "two"]\n}\n',
    right: 'cluster office {\n  output all = ["1", "two"]\n}\n',
  },
  A0322: {
    title: "made of itself",
    explain: "A value, type or function that leads back to itself has no end, and evaluation always ends.",
    wrong: "let first = second + 1\nlet second = first + 1\n",
    right: "let first = 1\nlet second = first + 1\n",
  },
  A0323: {
    title: "not every case is covered",
    explain: "A `match` has an arm for every text of an enum or every variant of a union, or an `else`.",
    wrong:
      'cluster office {\n  param tier: "gold" | "silver" = "gold"\n  output price = match tier { "gold" -> 2 }\n}\n',
    right:
      'cluster office {\n  param tier: "gold" | "silver" = "gold"\n  output price = match tier { "gold" -> 2, "silver" -> 1 }\n}\n',
  },
  A0324: {
    title: "this is no type",
    explain:
      "The parts of a type do not fit together: a range that the type does not have, a range that ends before it starts, alternatives that are neither all texts nor all `Name { … }`, or a need of something that is no service.",
    wrong: "cluster office {\n  param open: Bool(1..2) = true\n}\n",
    right: "cluster office {\n  param open: Bool = true\n}\n",
  },
  A0325: {
    title: "a param may only be narrowed",
    explain:
      "A class that specialises another may declare one of its params again with a type that takes less, so that what is given to it still fits.",
    wrong: `${web}appliance Shop: Web {\n  param site: Int\n}\n`,
    right: `${web}appliance Shop: Web {\n  param site: Hostname = "shop.test"\n}\n`,
  },
  A0326: {
    title: "cannot be set here",
    explain:
      "Some fields are only read, such as `name` and `address`. Some are said at the appliance of a cluster and not in its class, such as `host`. A class gives its own params a default where it declares them.",
    wrong: 'appliance Web {\n  image = debian("bookworm")\n  start = ["web"]\n  address = 10.0.0.5\n}\n',
    right: 'appliance Web {\n  image = debian("bookworm")\n  start = ["web"]\n}\n',
  },
  A0327: {
    title: "never the case",
    explain:
      "`is` asks an appliance for its class, a service for its contract, and a value of a union for its variant.",
    wrong: "service Web { port: Port = 80/tcp }\ncluster office {\n  param count: Int = 1\n  assert count is Web\n}\n",
    right: "cluster office {\n  param count: Int = 1\n  assert count > 0\n}\n",
  },
  A0328: {
    title: "never null",
    severity: "warning",
    explain: "What stands left of `??` is never null, so what stands right of it is never taken.",
    wrong: "cluster office {\n  param count: Int = 1\n  output all = count ?? 2\n}\n",
    right: "cluster office {\n  param count: Int?\n  output all = count ?? 2\n}\n",
  },
  A0329: {
    title: "a plain text is needed",
    explain: "Files are read while compiling, so their names stand where they are read, as texts without `${}`.",
    wrong:
      'appliance Web {\n  param page: Path = "/index.html"\n  image = debian("bookworm")\n  start = ["web"]\n  files = { "/srv/index.html" = file(page) }\n}\n',
    right:
      'appliance Web {\n  image = debian("bookworm")\n  start = ["web"]\n  files = { "/srv/index.html" = "hello" }\n}\n',
  },
  A0330: {
    title: "has no fields to change",
    explain:
      "`value { … }` copies a record, a map, an image, a check or a host with changes. Things are changed where they are declared.",
    wrong: "cluster office {\n  param count: Int = 1\n  output more = count { by = 1 }\n}\n",
    right: 'cluster office {\n  param site: { name: Text } = { name = "a" }\n  output more = site { name = "b" }\n}\n',
  },
  A0331: {
    title: "a record has no quoted keys",
    explain:
      "The fields of a record are declared, so their names are words. Quoted and computed keys are those of a map.",
    wrong: 'cluster office {\n  param site: { name: Text } = { "name" = "a" }\n}\n',
    right: 'cluster office {\n  param site: { name: Text } = { name = "a" }\n}\n',
  },
  A0332: {
    title: "what is read has no type",
    explain:
      "A data file is checked against the type that is declared where it is read: of the `let`, field or parameter that takes the whole of it. Things (networks, appliances, services), files and images cannot stand in a data file.",
    wrong: 'let customers = read("./customers.csv")\n',
    right: `type Customer = { name: Text, seats: Int = 10 }
fn total(customers: Customer[]): Int = customers.length
let answer: Int = total([])
assert answer == 0
`,
  },
  A0333: {
    title: "this is asked in a test only",
    explain:
      "Only a test compiles clusters and looks at what became of them, so only a test can ask whether one fails. What a cluster takes is said by the types and ranges of its params, and by `assert`.",
    wrong: `cluster one {
  param size: Int(1..3) = 1
  output failed = fails(1)
}
`,
    right: `cluster one {
  param size: Int(1..3) = 1
}
test "it has a limit" {
  assert fails(one { size = 4 }, "A0301")
}
`,
  },
  A0340: {
    title: "this is not how it is provided here",
    explain:
      "An appliance provides a service itself, with the fields of its contract in braces. A cluster hands on one that something inside of it provides: `provides site: Http = web.http`, or without a value the only one there is.",
    wrong: `${provider}cluster shop {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web { on = lan }
  provides site: Site { port = 81/tcp }
}
`,
    right: `${provider}cluster shop {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web { on = lan }
  provides site: Site = web.site
}
`,
  },
  A0341: {
    title: "`every` only adds",
    explain:
      "What an appliance is stands in its class and where it is declared; `every` adds needs, services, checks, and with `+=` elements of lists and entries of maps. It replaces nothing, so that a reader of the declaration is not deceived from afar.",
    wrong: `${provider}cluster shop {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web { on = lan }
  every appliance { tags = ["shop"] }
}
`,
    right: `${provider}cluster shop {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web { on = lan }
  every appliance { tags += ["shop"] }
}
`,
  },
  A0342: {
    title: "this cannot have moved",
    explain:
      "`moved old -> new` says what a thing is called now, so that it is kept. Both are paths of names and keys that are written out, and the new one leads to an appliance, a network, a host or a cluster.",
    wrong: `${provider}cluster shop {
  param number: Int = 1
  network lan { cidr = 10.0.0.0/24 }
  appliance web[1]: Web { on = lan }
  moved shop-web -> web[number]
}
`,
    right: `${provider}cluster shop {
  network lan { cidr = 10.0.0.0/24 }
  appliance web[1]: Web { on = lan }
  moved shop-web -> web[1]
}
`,
  },
  A0343: {
    title: "a set of params without a cluster",
    explain:
      "`params production { … }` gives values to the params of a cluster that is declared in the same file, and is checked by their types.",
    wrong: "params production { count = 3 }\n",
    right: "cluster shop {\n  param count: Int = 1\n}\nparams production { count = 3 }\n",
  },
} as const satisfies CodeTable
