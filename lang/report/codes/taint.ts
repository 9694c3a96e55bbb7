import type { CodeTable } from "../codes.ts"

const box = 'appliance Box {\n  param password: Secret<Text>\n  image = debian("bookworm")\n  start = ["box"]\n'
const withTemplate = `${box}  files = { "/etc/box" = template("box.njk", { password }) }
}
cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { password = secret("box/password") }
}
`
const host = "host rack = simulated({ cpus = 4 })\n"

/** Secrets and late values: parts of A03 (types), A07 (evaluation) and A08 (templates). */
export const taintCodes = {
  A0350: {
    title: "a secret may not go here",
    explain:
      "A secret, and every text with one in it, goes only where nobody sees it but the appliance: into files, environment variables, and what is declared as `Secret<…>`. Names, keys, tags, outputs, arguments of programs, messages and plans are seen by others. It has no `==`, length or index either, since what depends on it would tell what it is.",
    wrong: `${box}  tags = ["\${password}"]\n}\n`,
    right: `${box}  env = { PASSWORD = password }\n}\n`,
  },
  A0351: {
    title: "this is known too late for here",
    explain:
      "A late value, such as a fact of a host, is known only while applying. How many things there are, what they are called, which addresses they have and what they are made of is decided before. It may go into files, environment variables and outputs.",
    wrong: `${host}cluster office {\n  assert rack.facts.cpus > 2\n}\n`,
    right: `${host}cluster office {\n  output cpus = rack.facts.cpus\n}\n`,
  },
  A0352: {
    title: "a secret does not stand in a source",
    explain:
      'A source is shared, copied and kept; whoever reads it knows what stands in it. Put the value into the store with `appl secret set name` and write `secret("name")`, or let one be made with `generated("name")`.',
    wrong: `${box}}\ncluster office {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance box: Box { password = "hunter2" }\n}\n`,
    right: `${box}}\ncluster office {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance box: Box { password = secret("box/password") }\n}\n`,
  },
  A0730: {
    title: "this is no name of a secret",
    explain:
      "Names in the store are made of letters, digits and `.`, `_`, `@`, `-`, in parts that `/` divides, such as `db/password`.",
    wrong: `${box}}\ncluster office {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance box: Box { password = secret("../password") }\n}\n`,
    right: `${box}}\ncluster office {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance box: Box { password = secret("box/password") }\n}\n`,
  },
  A0731: {
    title: "one secret is generated in two lengths",
    explain: "A secret is made once, by the first apply that needs it, so all calls that name it say the same length.",
    wrong: `${box}}\ncluster office {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance a: Box { password = generated("a", length = 16) }\n  appliance b: Box { password = generated("a", length = 20) }\n}\n`,
    right: `${box}}\ncluster office {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance a: Box { password = generated("a", length = 16) }\n  appliance b: Box { password = generated("a", length = 16) }\n}\n`,
  },
  A0821: {
    title: "a template decides by what is not known",
    explain:
      "A secret or late value is put into the text when it is applied. A template may print it, also through `dump`, `escape`, `lower`, `string`, `trim`, `upper` and `urlencode`, but not ask, compare, count or calculate with it.",
    wrong: { files: { "office.appl": withTemplate, "box.njk": "{% if password == 'x' %}open{% endif %}\n" } },
    right: { files: { "office.appl": withTemplate, "box.njk": "password = {{ password }}\n" } },
  },
} as const satisfies CodeTable
