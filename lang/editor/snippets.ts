import type { Shape } from "./shapes.ts"

/** A declaration to start from. `$1`, `${1:name}` and `$0` are where the cursor goes, as in the snippets of editors. */
export type Snippet = {
  /** What is typed to get it. */
  readonly word: string
  readonly says: string
  readonly lines: readonly string[]
  /** The bodies that it may stand in. */
  readonly in: readonly Shape["of"][]
}

/** In a record or map there are no names of its own. */
const bodies: readonly Shape["of"][] = ["file", "class", "cluster", "instance", "test"]
const repeating: readonly Shape["of"][] = ["class", "cluster", "instance", "map", "test"]
const both: readonly Shape["of"][] = ["class", "cluster"]

/** Every declaration that a snippet makes, in the order of a file. */
export const snippets: readonly Snippet[] = [
  snippet("use", "take names from a module or a file", ["file"], 'use { ${2:Name} } from "${1:std/nginx}"'),
  snippet(
    "cluster",
    "a system, applied and destroyed as a whole",
    ["file"],
    "cluster ${1:name} {",
    "  network ${2:lan} { cidr = ${3:10.30.0.0/24} }",
    "",
    "  $0",
    "}",
  ),
  snippet(
    "appliance",
    "a class: what an appliance of this kind is",
    ["file"],
    "appliance ${1:Name} {",
    '  image = debian("bookworm") { packages = ["${2:package}"] }',
    '  start = ["${3:program}"]',
    "",
    "  $0",
    "}",
  ),
  snippet("appliance", "an appliance of the cluster", ["cluster"], "appliance ${1:name}: ${2:Class} {", "  $0", "}"),
  snippet(
    "appliances",
    "a family of appliances, told apart by a key",
    ["cluster"],
    "for ${1:i} in ${2:1..3} {",
    "  appliance ${3:web}[${1:i}]: ${4:Class} {",
    "    $0",
    "  }",
    "}",
  ),
  snippet("network", "a network of the cluster", ["file", "cluster"], "network ${1:lan} { cidr = ${2:10.30.0.0/24} }"),
  snippet("host", "a machine that appliances stand on", ["file", "cluster"], "host ${1:name} = ${2:local()}"),
  snippet("param", "an input", both, 'param ${1:name}: ${2:Text} = ${3:""}'),
  snippet("output", "an answer, printed after apply", both, "output ${1:name} = ${2:value}"),
  snippet("provides", "a service that it offers", both, "provides ${1:http}: ${2:Http} { port = ${3:80/tcp} }"),
  snippet("needs", "a service that it waits for", both, "needs ${1:dns}: ${2:Dns}"),
  snippet("uses", "a service that it does not wait for", both, "uses ${1:log}: ${2:Syslog}?"),
  snippet("check", "a health check", both, 'check "${1:front page}" = ${2:http-get(http)}'),
  snippet("publish", "reachable from outside", ["cluster"], "publish ${1:8080/tcp} = ${2:web.http}"),
  snippet("allow", "a flow that no wire opens", both, "allow ${1:self} -> ${2:outside} on ${3:53/udp}"),
  snippet("let", "a value with a name", bodies, "let ${1:name} = ${2:value}"),
  snippet("fn", "a function", ["file"], "fn ${1:name}(${2:value}: ${3:Text}): ${4:Text} = ${5:value}"),
  snippet("type", "a type", ["file"], "type ${1:Name} = { ${2:field}: ${3:Text} }"),
  snippet(
    "service",
    "a contract: what a provider promises",
    ["file"],
    "service ${1:Name} {",
    "  port: Port = ${2:80/tcp}",
    "}",
  ),
  snippet("for", "repeat what is inside", repeating, "for ${1:i} in ${2:1..3} {", "  $0", "}"),
  snippet("if", "leave out what is inside", [...repeating, "fields"], "if ${1:condition} {", "  $0", "}"),
  snippet("assert", "what must be true", ["file", "class", "cluster", "test"], 'assert ${1:condition}, "${2:message}"'),
]

/** The text of a snippet without the marks of its cursor places. */
export function plainText(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, "$1")
    .replace(/\$\d+/g, "")
}

function snippet(word: string, says: string, places: readonly Shape["of"][], ...lines: readonly string[]): Snippet {
  return { word, says, lines, in: places }
}
