import type { BinaryOperator } from "../syntax/tree.ts"
import type { Span } from "../text/source.ts"
import type { QuantityKind } from "../types/type.ts"
import type { CompiledCluster, Deployable } from "./compiled.ts"
import type { ParamInput } from "./inputs.ts"
import type { ApplianceThing, ClusterThing, HostThing, NetworkThing, Provided } from "./model.ts"

/** A value of the language. Immutable. Numbers, texts and booleans are those of the host language; the rest says what it is. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly Value[]
  | RecordValue
  | MapValue
  | Quantity
  | PortValue
  | IpValue
  | CidrValue
  | RangeValue
  | Content
  | ImageValue
  | NicValue
  | ProbeValue
  | ConnectionValue
  | Reference
  | Outside
  | Deferred
  | CompiledValue
  | Invalid

/** A closed record, or the variant of a tagged union when `tag` is not null. */
export type RecordValue = {
  readonly kind: "record"
  readonly tag: string | null
  readonly fields: ReadonlyMap<string, Value>
}
export type MapValue = { readonly kind: "map"; readonly entries: ReadonlyMap<string | number, Value> }
/** Bytes, milliseconds, percent, bits per second or cpus. */
export type Quantity = { readonly kind: "quantity"; readonly of: QuantityKind; readonly amount: number }
/** `from` equals `to` for a single port. */
export type PortValue = {
  readonly kind: "port"
  readonly from: number
  readonly to: number
  readonly protocol: "tcp" | "udp"
}
/** An unsigned number of 32 bits. */
export type IpValue = { readonly kind: "ip"; readonly address: number }
export type CidrValue = { readonly kind: "cidr"; readonly address: number; readonly prefix: number }
/** Inclusive; empty when `to` is less than `from`. Both ends are Int, or both are Ip. */
export type RangeValue = {
  readonly kind: "range"
  readonly from: number
  readonly to: number
  readonly of: "int" | "ip"
}

/** The content of a file inside an appliance. */
export type Content =
  | {
      readonly kind: "file"
      readonly path: string
      readonly root: string
      readonly bytes: Uint8Array
      readonly span: Span
    }
  | {
      readonly kind: "folder"
      readonly path: string
      readonly root: string
      readonly files: readonly FolderFile[]
      readonly span: Span
    }
  | {
      readonly kind: "template"
      readonly path: string
      readonly text: string | Deferred
      readonly causes: readonly TracedValue[]
      readonly span: Span
    }
export type FolderFile = { readonly path: string; readonly bytes: Uint8Array; readonly executable: boolean }

/** A value with where it came from: the place that gave it, and the reads on the way, nearest first. */
export type TracedValue = {
  readonly name: string
  readonly value: Value
  readonly through: readonly string[]
  readonly span: Span
}

export type ImageValue = {
  readonly kind: "image"
  readonly source:
    | { readonly kind: "debian"; readonly suite: string }
    /** `from` is a URL, or the path of a file as `Files` knows it. */
    | { readonly kind: "qcow2" | "iso"; readonly from: string; readonly sha256: string | null }
  readonly packages: readonly string[]
  readonly span: Span
}
export type NicValue = {
  readonly kind: "nic"
  readonly network: NetworkThing
  readonly address: IpValue | null
  /** Where the address is written; the call when there is none. */
  readonly addressSpan: Span
  readonly span: Span
}
/** The call of a check: its name and arguments as written; ports and addresses are filled in from the provided service. */
export type ProbeValue = {
  readonly kind: "probe"
  readonly call: "http-get" | "tcp-open" | "exec"
  readonly arguments: ReadonlyMap<string, Value>
  /** Milliseconds. */
  readonly times: { readonly every_ms: number; readonly timeout_ms: number; readonly within_ms: number }
  readonly span: Span
}
export type ConnectionValue = {
  readonly kind: "connection"
  readonly to: "local" | "simulated" | "ssh" | "incus" | "libvirt"
  /** As it was written, and checked; null where there is nothing to say. */
  readonly destination: string | null
  readonly capacity: ReadonlyMap<string, Value>
  readonly labels: ReadonlyMap<string, Value>
}

/** A reference to a thing: its identity, never a copy. A family that is indexed by key is a map of these. */
export type Reference =
  | { readonly kind: "reference"; readonly to: ApplianceThing | NetworkThing | HostThing | ClusterThing }
  | { readonly kind: "provided"; readonly provided: Provided }
/** A cluster in a test, with the params that it is given; compiled when something of it is first asked. */
export type CompiledValue = {
  readonly kind: "compiled"
  readonly of: Deployable
  readonly given: ReadonlyMap<string, ParamInput>
  readonly result: () => CompiledCluster
}
export type Outside = { readonly kind: "outside" }

/**
 * A value that is known only while applying: a secret, a host's fact, and what is made of them. `secret`: it holds a secret, so it
 * is shown as `•••` wherever it is shown.
 */
export type Deferred = { readonly kind: "deferred"; readonly secret: boolean; readonly of: DeferredOf }
type DeferredOf =
  /** `length`: how long it is when it has to be made; null: it must be in the store. */
  | { readonly kind: "secret"; readonly name: string; readonly length: number | null }
  /** Of an appliance: that of its host, which placement chooses. */
  | { readonly kind: "fact"; readonly fact: FactName; readonly thing: HostThing | ApplianceThing }
  | { readonly kind: "text"; readonly parts: readonly (string | Deferred)[] }
  | { readonly kind: "filter"; readonly filter: string; readonly value: Deferred }
  | { readonly kind: "call"; readonly call: DeferredCall; readonly operands: readonly Value[] }
export type FactName = "kernel" | "cpus" | "memory" | "acceleration"
/** `.bytes` reads a member; the others are operators and functions of the language, `negate` the `-` before a number. */
export type DeferredCall = BinaryOperator | "not" | "negate" | "mod" | "div" | `.${string}`

/** Stands where evaluation failed and was reported; whatever uses it is invalid too, in silence. */
export type Invalid = { readonly kind: "invalid" }
export const invalid: Invalid = { kind: "invalid" }
