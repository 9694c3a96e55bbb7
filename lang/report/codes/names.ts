import type { CodeTable } from "../codes.ts"

const usesNginx = `use { Nginx } from "std/nginx"
cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance web: Nginx { on = lan, site = "www.test" }
}
`

/** A02: files, modules and names. */
export const nameCodes = {
  A0201: {
    title: "unknown name",
    explain:
      "A name means what is declared in the bodies around it, at the top of its file, or taken with `use`. The fields of the value that is being written are not in scope: `self.x` reads a field of the appliance itself. A name may contain `-`, so a minus needs spaces on both sides.",
    wrong: "cluster office {\n  param count: Int = 3\n  output fewer = count-1\n}\n",
    right: "cluster office {\n  param count: Int = 3\n  output fewer = count - 1\n}\n",
  },
  A0202: {
    title: "unknown type, class or service",
    explain:
      "Types, appliance classes and services are declared in the file or taken with `use`. Standard ones come from `std/…` modules; when one of these has the name, the hint says which.",
    wrong: "cluster office {\n  param port: Prot = 80/tcp\n  output port-number = port.number\n}\n",
    right: "cluster office {\n  param port: Port = 80/tcp\n  output port-number = port.number\n}\n",
  },
  A0203: {
    title: "declared twice",
    explain:
      "A name is declared once in its body. Several things may share a name when each has a key, as in `web[1]` and `web[2]`. A class that specialises another shares its names; only a param may be declared again, to narrow it.",
    wrong: "let size = 1\nlet size = 2\n",
    right: "let size = 1\nlet other-size = 2\n",
  },
  A0204: {
    title: "a name hides another",
    explain:
      "No name hides one of an outer body, so that what a name means never depends on how deep it stands. Take another name.",
    wrong: "let count = 1\ncluster office {\n  param count: Int = 2\n}\n",
    right: "let count = 1\ncluster office {\n  param many: Int = 2\n}\n",
  },
  A0205: {
    title: "no such file",
    explain: "A path in `use` is relative to the file that it stands in, and starts with `./` or `../`.",
    wrong: 'use { office } from "./offices.appl"\n',
    right: usesNginx,
  },
  A0206: {
    title: "no such module",
    explain:
      'A `use` takes names from a standard module, such as `"std/nginx"`, or from a file of the same project, such as `"./shared.appl"`.',
    wrong: 'use { Nginx } from "std/ngnix"\n',
    right: usesNginx,
  },
  A0207: {
    title: "not in this file or module",
    explain:
      "A file gives the names that are declared at its top, but none that it only uses itself. A module gives the names that its `module.json` exports.",
    wrong: 'use { Ngnix } from "std/nginx"\n',
    right: usesNginx,
  },
  A0208: {
    title: "outside of the module",
    explain:
      "A module reads only the files of its own folder, and standard modules. The folder of the file that was given to the command is the project; a link that leads out of it is outside.",
    wrong: 'use { other } from "../other.appl"\n',
    right: usesNginx,
  },
  A0209: {
    title: "a name of the language",
    explain:
      "`self`, `outside`, the types of the language and the built-in fields of appliances keep their names. A class has one namespace of params, needs, provides, outputs and built-in fields.",
    wrong: "appliance Web {\n  param memory: Size = 64MiB\n}\n",
    right: "appliance Web {\n  param cache: Size = 64MiB\n}\n",
  },
  A0210: {
    title: "declared in a `for` without a key",
    explain:
      "What a `for` declares exists once for each turn, so each needs a key of its own: `appliance web[i]: Web {}`. From outside, `web` is then a map from key to appliance.",
    wrong: "cluster office {\n  for i in 1..2 {\n    network lan { cidr = 10.0.0.0/24 }\n  }\n}\n",
    right: "cluster office {\n  for i in 1..1 {\n    network lan[i] { cidr = 10.0.0.0/24 }\n  }\n}\n",
  },
  A0211: {
    title: "unused import",
    severity: "warning",
    explain: "Nothing in this file uses the name. Take it out of the `use`.",
    wrong: `use { Dnsmasq } from "std/dnsmasq"\n${usesNginx}`,
    right: usesNginx,
  },
  A0212: {
    title: "unused value",
    severity: "warning",
    explain: "Nothing reads this `let`. Take it away, or use it.",
    wrong: "cluster office {\n  let unread = 1\n}\n",
    right: "cluster office {\n  let read = 1\n  output answer = read\n}\n",
  },
  A0213: {
    title: "`self` outside of an appliance",
    explain:
      "`self` is the appliance whose class or body it stands in. In a cluster or at the top of a file there is none.",
    wrong: "cluster office {\n  output own = self.name\n}\n",
    right: 'cluster office {\n  param own: Text = "office"\n  output answer = own\n}\n',
  },
  A0214: {
    title: "another kind of name is wanted here",
    explain:
      "After an appliance's `:` stands a class, after that of `provides` a service, and in a type a type, a class or a service.",
    wrong: "type Site = { name: Text }\nappliance Web {\n  provides site: Site {}\n}\n",
    right: "service Site { port: Port = 80/tcp }\nappliance Web {\n  provides site: Site {}\n}\n",
  },
  A0215: {
    title: "a class that specialises itself",
    explain: "The classes that a class specialises, one after the other, must end at one that specialises none.",
    wrong: "appliance A: B {}\nappliance B: A {}\n",
    right: "appliance A: B {}\nappliance B {}\n",
  },
  A0216: {
    title: "a cluster inside itself",
    explain:
      "A cluster may hold others, but the clusters in it, one inside the other, must end at some that hold none: what contains itself has no end.",
    wrong: "cluster room {\n  cluster annex: room {}\n}\n",
    right: "cluster annex {}\ncluster room {\n  cluster side: annex {}\n}\n",
  },
} as const satisfies CodeTable
