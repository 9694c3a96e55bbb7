import type { CodeTable } from "../codes.ts"

const head = 'use { Http } from "std/services"\n'
const made = `appliance Web {
  param site: Hostname
  image = debian("bookworm")
  start = ["web", "--name", site]
`
const cluster = `cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web { site = "www.test" }
}
`
const web = `${made}}\n`

/** Web servers beside one more appliance, and what each says of a service. */
function pair(service: string, web: string, other: string): string {
  const said = (line: string) => (line === "" ? "" : `  ${line}\n`)
  return `use { ${service} } from "std/services"
appliance Web {
  image = debian("bookworm")
  start = ["web"]
  check "runs" = exec(["pidof", "web"])
${said(web)}}
appliance Helper {
  image = debian("bookworm")
  start = ["helper"]
  check "runs" = exec(["pidof", "helper"])
${said(other)}}
cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Web {}
  appliance helper: Helper {}
}
`
}
const foreign = `host rack = simulated()
appliance Old {
  image = qcow2("https://images.example/old.img")
  start = []
  forms = ["vm"]
}
cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance old: Old {}
}
`
const exported = `{
  "name": "web",
  "version": "1.0.0",
  "edition": "2026",
  "licence": "MIT",
  "exports": { "Web": "./web.appl" },
  "dependencies": {}
}
`

/** A10: what `appl lint` finds in a program that compiles. `rule` is the name that settings and comments use. */
export const lintCodes = {
  A1001: {
    title: "a declaration that nobody uses",
    rule: "unused-declaration",
    severity: "warning",
    explain:
      "Nothing in the files that were looked at uses this type, function, class, service or value, and `module.json` does not export it. Take it away, or use it.",
    wrong: `fn twice(n: Int): Int = n * 2\n${web}${cluster}`,
    right: `fn twice(n: Int): Int = n * 2\n${web}${cluster.replace("}\n}", "}\n  output four = twice(2)\n}")}`,
  },
  A1002: {
    title: "a param that nobody reads",
    rule: "unused-param",
    severity: "warning",
    explain:
      "Whoever gives this param a value expects it to change something, and nothing reads it. Take it away, or use it in a field, a file or a template.",
    wrong: `${made}  param workers: Int = 2\n}\n${cluster}`,
    right: `${made}  param workers: Int = 2\n  env = { WORKERS = "\${workers}" }\n}\n${cluster}`,
  },
  A1003: {
    title: "a parameter that its function does not read",
    rule: "unused-parameter",
    severity: "warning",
    explain:
      "The result of the function does not depend on this parameter. Take it away, here and where the function is called.",
    wrong: `fn twice(n: Int, m: Int): Int = n * 2\n${web}${cluster.replace("}\n}", "}\n  output four = twice(2, 3)\n}")}`,
    right: `fn twice(n: Int): Int = n * 2\n${web}${cluster.replace("}\n}", "}\n  output four = twice(2)\n}")}`,
  },
  A1004: {
    title: "an address that is written by hand",
    rule: "hard-coded-address",
    severity: "warning",
    explain:
      "An address in a file, the environment or a command is true until the plan of addresses changes, and nobody is told then. Read it from the thing that has it: `names.address`, or the `address` of a service that the appliance needs. Addresses of this machine itself, such as 127.0.0.1, are fine.",
    wrong: `${made}  env = { RESOLVER = "10.0.0.2" }\n}\n${cluster}`,
    right: `${made}  env = { RESOLVER = "127.0.0.1" }\n}\n${cluster}`,
  },
  A1005: {
    title: "a service without a check",
    rule: "no-check",
    severity: "warning",
    explain:
      'Who needs this service starts when the checks of its provider pass. Without one it starts as soon as the process runs, also when that never answers. Add a check, such as `check "answers" = tcp-open(http)`.',
    wrong: `${head}${made}  provides http: Http\n}\n${cluster}`,
    right: `${head}${made}  provides http: Http\n  check "answers" = tcp-open(http)\n}\n${cluster}`,
  },
  A1006: {
    title: "this looks like a secret",
    rule: "secret-looking-text",
    severity: "warning",
    explain:
      'Whoever reads the file, its history or a copy of it reads the secret. Keep it in the encrypted store, and write `secret("name")` here; its value then never reaches plans, logs and records.',
    wrong: `${made}  env = { DB_PASSWORD = "tr0ub4dor&3" }\n}\n${cluster}`,
    right: `${made}  env = { DB_USER = "web" }\n}\n${cluster}`,
  },
  A1007: {
    title: "the image is not pinned",
    rule: "unpinned-image",
    severity: "hint",
    explain:
      "The lock does not know which versions of its packages this image has, so the next apply takes those of that day. `appl apply` writes them to `appl.lock`: keep that file beside the source, under version control. An image that was made elsewhere, `qcow2(…)` or `iso(…)`, is pinned by its `sha256`.",
    wrong: foreign,
    right: foreign.replace('.img")', `.img", sha256 = "${"0123456789abcdef".repeat(4)}")`),
  },
  A1008: {
    title: "appliances without a name server",
    rule: "no-names",
    severity: "hint",
    explain:
      "Appliances know one another by name, but these ask no name server for anything else. Add one that provides `Dns`, such as `Dnsmasq` of std/dnsmasq, and let their classes say `needs dns: Dns`.",
    wrong: pair("Dns", "", 'provides dns: Dns { zone = "office.test" }'),
    right: pair("Dns", "needs dns: Dns", 'provides dns: Dns { zone = "office.test" }'),
  },
  A1009: {
    title: "appliances that log to nobody",
    rule: "no-logs",
    severity: "hint",
    explain:
      "What these appliances log is gone with them. Let their classes say `uses log: Syslog?`, and add an appliance that provides `Syslog`.",
    wrong: pair("Syslog", "", "provides log: Syslog"),
    right: pair("Syslog", "uses log: Syslog?", "provides log: Syslog"),
  },
  A1010: {
    title: "appliances that nobody watches",
    rule: "no-monitoring",
    severity: "hint",
    explain:
      "Nothing collects figures of these appliances. Let their classes provide `Metrics`, and add one that needs `metrics: Metrics[]`.",
    wrong: pair("Metrics", "provides figures: Metrics", ""),
    right: pair("Metrics", "provides figures: Metrics", "needs figures: Metrics[]"),
  },
  A1011: {
    title: "a volume without a backup",
    rule: "no-backup",
    severity: "hint",
    explain: 'What is on this volume exists once. Say how often it is backed up, as in `backup = "nightly"`.',
    wrong: `${made}  volumes = { data = { path = "/data", size = 1GiB } }\n}\n${cluster}`,
    right: `${made}  volumes = { data = { path = "/data", size = 1GiB, backup = "nightly" } }\n}\n${cluster}`,
  },
  A1012: {
    title: "a port for administration is open to the outside",
    rule: "public-administration",
    severity: "warning",
    explain:
      "Remote shells, databases and caches are what is attacked first. Open them to a network that you trust instead: `allow office -> server on 22/tcp`.",
    wrong: `${web}${cluster.replace("}\n}", "}\n  allow outside -> web on 22/tcp\n}")}`,
    right: `${web}${cluster.replace("}\n}", "}\n  allow 10.9.0.0/24 -> web on 22/tcp\n}")}`,
  },
  A1013: {
    title: "an exported name without a description",
    rule: "undocumented",
    severity: "warning",
    explain:
      "Others read what this is in their editor and in the documents that `appl docs` makes. Write a `///` comment directly above it.",
    wrong: { files: { "module.json": exported, "web.appl": `${web}` } },
    right: {
      files: {
        "module.json": exported,
        "web.appl": `/// A web server.\n${web.replace("  param", "  /// The name that it answers to.\n  param")}`,
      },
    },
  },
  A1014: {
    title: "an allowance that does not fit",
    rule: "allowance",
    severity: "warning",
    explain:
      "`# lint: allow rule-name because …` stands on the line of a finding or the line above it, names a rule, and says why. This one names no rule, gives no reason, or allows what is not found here any more.",
    wrong: `# lint: allow hard-coded-address because the resolver is fixed by law\n${web}${cluster}`,
    right: `${made}  # lint: allow hard-coded-address because the resolver is fixed by law\n  env = { RESOLVER = "10.0.0.2" }\n}\n${cluster}`,
  },
} as const satisfies CodeTable
