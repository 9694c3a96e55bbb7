import type { Quantity, Value } from "../values/value.ts"
import {
  anyAppliance,
  boolType,
  cidrType,
  cpusType,
  deliveredText,
  durationType,
  either,
  fileType,
  folderType,
  formed,
  hostType,
  imageType,
  intBetween,
  intType,
  ipRangeType,
  ipType,
  late,
  listOf,
  mapOf,
  networkType,
  nicType,
  oneOf,
  optional,
  percentBetween,
  rateType,
  recordOf,
  sizeType,
  templateType,
  textType,
} from "./build.ts"
import type { RecordTypeOf, Type } from "./type.ts"

/** One built-in field: what the checker, the evaluator, the editor and the generated documents know of it. */
export type SchemaField = {
  readonly type: Type
  /** What it is when nobody says; `undefined`: it must be said, unless its type is optional, then it is null. */
  readonly default: Value | undefined
  readonly doc: string
  /** Who may write it: a class, an instance, both, or nobody (it is read through `self` or the thing's name). */
  readonly set: "class" | "instance" | "both" | "never"
  /** `early`: known before wires and addresses; `wired`: known only after them, so no count, name or key may read it. */
  readonly known: "early" | "wired"
}

export type Schema = ReadonlyMap<string, SchemaField>

/** The shape of a volume: `volumes = { data = { path = "/var/lib/data", size = 1GiB } }`. */
export const volumeRecord = recordOf({
  path: [formed("Path"), "Where it is mounted."],
  size: [sizeType, "How much it holds."],
  backup: [optional(oneOf("hourly", "nightly", "weekly")), "How often it is backed up."],
})

/** What `cpu(above = 60%)` gives: a reason for one more instance. */
export const measureRecord: RecordTypeOf = {
  ...recordOf({
    of: [oneOf("cpu"), "What is measured."],
    above: [percentBetween(1, 100), "From where on there are too few instances."],
  }),
  name: "Measure",
}

/** How many instances there are: `{ min = 1, max = 8, when = cpu(above = 60%) }`. */
export const scaleRecord = recordOf({
  min: [
    optional(intBetween(0, 1000)),
    "How many there are at least; 1 when nobody says. With 0 a connection starts the first.",
  ],
  max: [intBetween(1, 1000), "How many there are at most."],
  when: [optional(measureRecord), "When one more is started."],
  idle: [optional(durationType), "After how long without work one of them is ended."],
})

/** How a change reaches the instances of a class: `{ at-once = 2, canary = 1, healthy = 1min }`. */
export const updateRecord = recordOf({
  "at-once": [optional(intBetween(1, 1000)), "How many are changed at the same time; 1 when nobody says."],
  canary: [optional(intBetween(0, 1000)), "How many are changed first, and watched; 0 when nobody says."],
  healthy: [optional(durationType), "How long their checks must pass before the next ones are changed."],
  "turn-back": [
    optional(boolType),
    "Whether what was changed is changed back when a check fails; so when nobody says.",
  ],
})

/** What an appliance may use at most. */
export const limitsRecord = recordOf({
  disk: [optional(sizeType), "Bytes that it may write to its root."],
  network: [optional(rateType), "Bits per second on each of its nics."],
  processes: [optional(intBetween(1, null)), "How many processes may run in it."],
})

/** What a host gives to appliances; what is not said is not limited. */
export const capacityRecord = recordOf({
  cpus: [optional(cpusType), "How many cpus."],
  memory: [optional(sizeType), "How much memory."],
  disk: [optional(sizeType), "How much room on its disks."],
})

/** What a gateway knows of the traffic that crosses it; templates of firewalls are rendered from this. */
export const gatewayRecord = recordOf({
  uplink: [
    recordOf({
      device: [textType, "The nic that leads out, such as `eth1`."],
      address: [ipType, "The gateway's own address on it."],
      peer: [ipType, "The host's end of it."],
    }),
    "The nic that leads to the host's outside.",
  ],
  networks: [
    listOf(
      recordOf({
        name: [textType, "The network's name."],
        device: [textType, "The gateway's nic in it."],
        cidr: [cidrType, "Its addresses."],
        address: [ipType, "The gateway's own address in it."],
      }),
    ),
    "The networks that it routes.",
  ],
  forwards: [
    listOf(
      recordOf({
        protocol: [textType, "`tcp` or `udp`."],
        port: [intType, "The port on the uplink."],
        to: [ipType, "The address it goes to."],
        "to-port": [intType, "The port there."],
        cause: [textType, "What opened it, in the reader's words."],
      }),
    ),
    "What is published through it.",
  ],
  flows: [
    listOf(
      recordOf({
        from: [textType, "Addresses that may open it; `0.0.0.0/0` is outside."],
        to: [textType, "Addresses that it goes to; `0.0.0.0/0` is outside."],
        protocol: [textType, "`tcp` or `udp`."],
        "from-port": [intType, "The first port."],
        "to-port": [intType, "The last port."],
        cause: [textType, "What opened it, in the reader's words."],
      }),
    ),
    "What may cross it: between networks, and between a network and outside.",
  ],
})

/** What is true of a host, and known when it is looked at. */
export const factsRecord = recordOf({
  kernel: [late(textType), "The version of its kernel, such as 6.1.0-37-amd64."],
  cpus: [late(intBetween(1, null)), "How many cpus it has."],
  memory: [late(sizeType), "How much memory it has."],
  acceleration: [late(oneOf("kvm", "tcg", "none")), "What its microVMs run under: kvm, or an emulator that is slower."],
})

const facts: SchemaField = {
  type: factsRecord,
  default: undefined,
  doc: "What is true of the host: late, known when it is looked at.",
  set: "never",
  known: "early",
}

const oneNetwork = either(networkType, nicType)
const formType = oneOf("container", "microvm", "vm")

/** Every built-in field of an appliance. */
export const applianceSchema: Schema = new Map<string, SchemaField>([
  [
    "forms",
    both(
      listOf(formType),
      ["container", "microvm"],
      "The forms that it can take; the first one that its host can run is taken.",
    ),
  ],
  ["form", early(optional(formType), null, "instance", "The form that this instance takes.")],
  [
    "cpus",
    both(cpusType, { kind: "quantity", of: "cpus", amount: 1 }, "How many cpus it may use; 0.5 is half of one."),
  ],
  ["memory", both(sizeType, size(64 * 2 ** 20), "How much memory it has.")],
  ["disk", both(optional(sizeType), null, "How much room its root has; without it, as much as the host has.")],
  [
    "on",
    early(
      either(networkType, nicType, listOf(oneNetwork)),
      undefined,
      "both",
      "Its network, networks or nics, in the order of its devices; by default the only network of the cluster.",
    ),
  ],
  ["host", early(optional(hostType), null, "instance", "The host that it must stand on.")],
  ["spread", both(boolType, false, "Instances of its class stand on different hosts, as far as there are.")],
  ["image", early(imageType, undefined, "both", "What it is made of; a change replaces it.")],
  [
    "files",
    both(
      mapOf(either(deliveredText, fileType, folderType, templateType)),
      emptyMap(),
      "Its files by absolute path; a change reloads or restarts it.",
    ),
  ],
  ["env", both(mapOf(deliveredText), emptyMap(), "The environment of the program that it runs.")],
  ["start", early(listOf(textType), undefined, "both", "The program that it runs, and its arguments.")],
  [
    "reload",
    both(optional(listOf(textType)), null, "The program that makes a change of files take effect without a restart."),
  ],
  ["user", both(optional(textType), null, "The user that the program runs as; root without it.")],
  ["volumes", both(mapOf(volumeRecord), emptyMap(), "Room that is kept when it is replaced, by name.")],
  ["limits", both(limitsRecord, { kind: "record", tag: null, fields: new Map() }, "What it may use at most.")],
  ["restart", both(oneOf("no", "always"), "no", "Whether its host starts it again when its program ends.")],
  ["protect", both(boolType, false, "Refuses to be destroyed, also when its line is deleted.")],
  ["tags", both(listOf(textType), [], "Words to select it by.")],
  ["scale", both(optional(scaleRecord), null, "How many of it there are, and when; they are one provider.")],
  ["fork", both(boolType, false, "Makes further instances as copies of a running one; needs the form microvm.")],
  ["slim", both(boolType, false, "Leaves out of its image what it is not seen to open.")],
  ["update", both(optional(updateRecord), null, "How a change is rolled out.")],
  ["name", early(formed("Hostname"), undefined, "never", "Its host name: `web-1` for `web[1]`.")],
  ["facts", { ...facts, doc: "What is true of the host that it stands on: late, known when that is looked at." }],
  ["id", early(textType, undefined, "never", "Its name with its key: `web[1]`.")],
  [
    "address",
    { type: ipType, default: undefined, doc: "Its address on its first network.", set: "never", known: "wired" },
  ],
  [
    "gateway",
    {
      type: optional(gatewayRecord),
      default: undefined,
      doc: "What it routes, when it is a network's gateway; else null.",
      set: "never",
      known: "wired",
    },
  ],
])

/** Every field of a network. */
export const networkSchema: Schema = new Map<string, SchemaField>([
  ["cidr", both(cidrType, undefined, "Its addresses, such as 10.30.0.0/24.")],
  ["gateway", both(optional(anyAppliance), null, "The appliance that routes it; without one its host routes.")],
  ["dhcp", both(optional(ipRangeType), null, "Addresses that are left to a DHCP server.")],
  [
    "mtu",
    both(
      optional(intBetween(1280, 9000)),
      null,
      "The largest packet, in bytes; the most that its links take when nobody says.",
    ),
  ],
  ["name", early(textType, undefined, "never", "Its name.")],
])

/** What a host's connection may be amended with: `local() { capacity = { cpus = 4 } }`. */
export const hostSchema: Schema = new Map<string, SchemaField>([
  ["capacity", both(capacityRecord, { kind: "record", tag: null, fields: new Map() }, "What it gives to appliances.")],
  ["labels", both(mapOf(textType), emptyMap(), "Words about it, by name.")],
  ["name", early(textType, undefined, "never", "Its name.")],
  ["facts", facts],
])

/** What a check may be amended with: `http-get(http) { every = 5s }`. */
export const checkSchema: Schema = new Map<string, SchemaField>([
  ["every", both(durationType, duration(10_000), "How often it is made.")],
  ["timeout", both(durationType, duration(2_000), "How long one may take.")],
  [
    "within",
    both(durationType, duration(30_000), "How long after a start it may take until it passes for the first time."),
  ],
])

/** What an image may be amended with: `debian("bookworm") { packages = ["nginx-light"] }`. */
export const imageSchema: Schema = new Map<string, SchemaField>([
  ["packages", both(listOf(textType), [], "The packages beyond the base system.")],
])

/** What every provided service has beside the fields of its contract. */
export const serviceSchema: Schema = new Map<string, SchemaField>([
  [
    "address",
    {
      type: ipType,
      default: undefined,
      doc: "The provider's address, as its consumer reaches it.",
      set: "never",
      known: "wired",
    },
  ],
  ["name", early(formed("Hostname"), undefined, "never", "The provider's host name.")],
  ["appliance", early(anyAppliance, undefined, "never", "The provider.")],
])

/** What a deployed cluster may be asked. */
export const clusterSchema: Schema = new Map<string, SchemaField>([
  ["name", early(textType, undefined, "never", "Its deployed name.")],
])

function early(type: Type, value: Value | undefined, set: SchemaField["set"], doc: string): SchemaField {
  return { type, default: value, doc, set, known: "early" }
}

function both(type: Type, value: Value | undefined, doc: string): SchemaField {
  return { type, default: value, doc, set: "both", known: "early" }
}

function size(amount: number): Quantity {
  return { kind: "quantity", of: "size", amount }
}

function duration(amount: number): Quantity {
  return { kind: "quantity", of: "duration", amount }
}

function emptyMap(): Value {
  return { kind: "map", entries: new Map() }
}

/** What a field is, as a hint has it: without a capital letter and a full stop around it. */
export function hintOf({ doc }: SchemaField): string {
  return doc.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()).replace(/\.$/, "")
}
