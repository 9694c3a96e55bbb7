import type { Value } from "../values/value.ts"
import {
  anyService,
  boolType,
  cidrType,
  connectionType,
  either,
  fileType,
  floatType,
  folderType,
  formed,
  imageType,
  intBetween,
  intType,
  ipType,
  lateInt,
  listOf,
  networkType,
  nicType,
  oneOf,
  optional,
  percentBetween,
  portType,
  probeType,
  templateType,
  textType,
  unknownType,
} from "./build.ts"
import { capacityRecord, measureRecord } from "./schema.ts"
import type { Type } from "./type.ts"

/** One parameter of a built-in function. Arguments are given in the order of the table or by name. */
export type BuiltinParameter = {
  readonly name: string
  readonly type: Type
  /** What it is when the call leaves it out; `undefined`: it must be given. */
  readonly default: Value | undefined
  /** It must be a text without `${}`: it names a file that is read while compiling. */
  readonly literal?: true
}

export type Builtin = {
  readonly parameters: readonly BuiltinParameter[]
  readonly result: Type
  readonly doc: string
}

/** Where it may lead is looked at when the file is read (A0802), so it is any text here. */
const path: BuiltinParameter = { name: "path", type: textType, default: undefined, literal: true }
/** Each call says where its secret comes from. */
const secretText: Type = { kind: "secret", of: textType, from: null }
const target = either(anyService, portType)
const sha256Type: Type = { kind: "text", form: null, pattern: "[0-9a-f]{64}", bounds: { least: null, most: null } }

/** Every function of the language itself. */
export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [
    "debian",
    call([needed("suite", oneOf("bookworm", "trixie"))], imageType, "An image of Debian, to be amended with packages."),
  ],
  ["file", call([path], fileType, "The content of a file, its path relative to the file that says so.")],
  ["folder", call([path], folderType, "All files below a folder, its path relative to the file that says so.")],
  [
    "template",
    call(
      [path, { name: "variables", type: unknownType, default: { kind: "record", tag: null, fields: new Map() } }],
      templateType,
      "A Nunjucks template, rendered with the fields of a record.",
    ),
  ],
  [
    "http-get",
    call(
      [needed("at", target), given("path", formed("Path"), "/"), given("status", intBetween(100, 599), 200)],
      probeType,
      "A check that fetches a page and compares the status.",
    ),
  ],
  ["tcp-open", call([needed("at", target)], probeType, "A check that opens a connection.")],
  [
    "exec",
    call(
      [needed("command", listOf(textType))],
      probeType,
      "A check that runs a program inside; it passes when the program ends with 0.",
    ),
  ],
  [
    "nic",
    call(
      [needed("network", networkType), given("address", optional(ipType), null)],
      nicType,
      "A nic on a network, with an address of its own choice when one is given.",
    ),
  ],
  ["local", call([], connectionType, "This machine as a host.")],
  [
    "simulated",
    call(
      [{ name: "capacity", type: capacityRecord, default: { kind: "record", tag: null, fields: new Map() } }],
      connectionType,
      "A host in memory, for trying out and for tests.",
    ),
  ],
  [
    "port",
    call(
      [needed("number", intBetween(1, 65_535)), needed("protocol", oneOf("tcp", "udp"))],
      portType,
      "A port from its parts.",
    ),
  ],
  [
    "mod",
    call([needed("dividend", lateInt), needed("divisor", lateInt)], intType, "What is left of a whole division."),
  ],
  ["div", call([needed("dividend", lateInt), needed("divisor", lateInt)], intType, "A whole division, rounded down.")],
  [
    "read",
    call(
      [path],
      unknownType,
      "Data from a CSV, JSON, YAML or TOML file, checked against the type that is declared for it.",
    ),
  ],
  [
    "subnet",
    call(
      [needed("network", cidrType), needed("prefix", intBetween(0, 32)), needed("index", intType)],
      cidrType,
      "The part of a network that has a longer prefix, by its index from 0; -1 is the last one.",
    ),
  ],
  [
    "address",
    call(
      [needed("network", cidrType), needed("number", intType)],
      ipType,
      "An address of a network by its number: 1 follows the network's own address; -1 is the last one.",
    ),
  ],
  [
    "replace",
    call(
      [needed("text", textType), needed("old", textType), needed("by", textType)],
      textType,
      "A text with another in place of every `old`.",
    ),
  ],
  [
    "split",
    call([needed("text", textType), needed("at", textType)], listOf(textType), "What stands between every `at`."),
  ],
  ["join", call([needed("texts", listOf(textType)), given("between", textType, "")], textType, "One text of many.")],
  ["lower", call([needed("text", textType)], textType, "A text in small letters.")],
  ["upper", call([needed("text", textType)], textType, "A text in capital letters.")],
  ["secret", call([needed("name", textType)], secretText, "A secret out of the encrypted store, by its name there.")],
  [
    "generated",
    call(
      [needed("name", textType), given("length", intBetween(8, 1024), 32)],
      secretText,
      "A secret that is made once, of letters and digits, and kept in the encrypted store by its name.",
    ),
  ],
  [
    "ssh",
    call(
      [needed("destination", textType)],
      connectionType,
      'A host that is reached over SSH: `ssh("root@10.0.0.11")`.',
    ),
  ],
  [
    "incus",
    call(
      [needed("url", textType)],
      connectionType,
      'An Incus server or cluster as a host: `incus("https://10.0.0.12:8443")`.',
    ),
  ],
  [
    "libvirt",
    call(
      [needed("uri", textType)],
      connectionType,
      'A host that libvirt manages: `libvirt("qemu+ssh://root@10.0.0.13/system")`.',
    ),
  ],
  [
    "qcow2",
    call(
      [path, given("sha256", optional(sha256Type), null)],
      imageType,
      "A disk image made elsewhere, a file or a URL.",
    ),
  ],
  [
    "iso",
    call(
      [path, given("sha256", optional(sha256Type), null)],
      imageType,
      "An installation image made elsewhere, a file or a URL.",
    ),
  ],
  [
    "cpu",
    call(
      [needed("above", percentBetween(1, 100))],
      measureRecord,
      "The share of its cpus that an instance uses, to scale by.",
    ),
  ],
  [
    "fails",
    call(
      [needed("cluster", unknownType), given("code", optional(textType), null)],
      boolType,
      "In a test: whether a cluster does not compile, or gives the diagnostic of a code.",
    ),
  ],
])

/** A property that every value of a type has, such as `port.number`. */
export type Property = { readonly type: Type; readonly doc: string }

/** The properties of values that are no things and no records, by the `kind` of their type (`size`, `duration` … for quantities). */
export const properties: Readonly<Record<string, Readonly<Record<string, Property>>>> = {
  text: { length: { type: intBetween(0, null), doc: "How many characters it has." } },
  list: { length: { type: intBetween(0, null), doc: "How many elements it has." } },
  map: {
    length: { type: intBetween(0, null), doc: "How many entries it has." },
    keys: { type: listOf(textType), doc: "Its keys, in order." },
  },
  port: {
    number: { type: intBetween(0, 65_535), doc: "Its number." },
    protocol: { type: oneOf("tcp", "udp"), doc: "`tcp` or `udp`." },
  },
  "port-range": {
    first: { type: intBetween(0, 65_535), doc: "Its first number." },
    last: { type: intBetween(0, 65_535), doc: "Its last number." },
    protocol: { type: oneOf("tcp", "udp"), doc: "`tcp` or `udp`." },
  },
  cidr: {
    network: { type: ipType, doc: "Its lowest address, which names it." },
    prefix: { type: intBetween(0, 32), doc: "How many bits all its addresses share." },
    mask: { type: ipType, doc: "Its prefix as a mask, such as 255.255.255.0." },
    first: { type: ipType, doc: "The first address that a nic may have." },
    last: { type: ipType, doc: "The last address that a nic may have." },
  },
  "ip-range": {
    first: { type: ipType, doc: "Its first address." },
    last: { type: ipType, doc: "Its last address." },
  },
  size: { bytes: { type: intBetween(0, null), doc: "How many bytes it is." } },
  duration: {
    milliseconds: { type: intBetween(0, null), doc: "How many milliseconds it is." },
    seconds: { type: floatType, doc: "How many seconds it is." },
  },
  rate: { "bits-per-second": { type: intBetween(0, null), doc: "How many bits per second it is." } },
  percent: { percent: { type: floatType, doc: "How many hundredths it is." } },
  cpus: { count: { type: floatType, doc: "How many cpus it is." } },
}

function call(parameters: readonly BuiltinParameter[], result: Type, doc: string): Builtin {
  return { parameters, result, doc }
}

function needed(name: string, type: Type): BuiltinParameter {
  return { name, type, default: undefined }
}

function given(name: string, type: Type, value: Value): BuiltinParameter {
  return { name, type, default: value }
}
