/** What is expected to go wrong while planning or applying. Not an exception: returned, shown with its remedy. */
export type Failure = {
  readonly kind: FailureKind
  /** One sentence with the names at hand. */
  readonly message: string
  /** What the reader can do, if possible a command. */
  readonly remedy: string | null
  /** The last lines of what the host printed. */
  readonly output: readonly string[]
}

export type FailureKind = (typeof failure_kinds)[number]

export const failure_kinds = [
  "host-unreachable",
  "host-unsuitable",
  /** Its key is not one that the user has accepted. */
  "host-untrusted",
  /** It does not let us in, or not become root. */
  "host-refused",
  "package-missing",
  "secret-missing",
  "pin-gone",
  "lease-held",
  "lease-lost",
  "plan-stale",
  "plan-invalid",
  "target-unknown",
  "conflict",
  "no-space",
  "protected",
  "not-ready",
  "interrupted",
  "operation-failed",
] as const

/** Either a value or what kept it from being. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure }
