/** The right to change a cluster on one host. Kept on that host; every changing operation shows the token. */
export type Lease = {
  /** Counts takings: a host refuses an operation whose token is lower than the lease's. */
  readonly token: number
  readonly holder: Holder
  /** `apply`, `destroy`. */
  readonly operation: string
  readonly since_ms: number
  readonly until_ms: number
}

/** Who holds it: enough to tell a person, and to see on the same machine that the process is dead. */
export type Holder = {
  readonly user: string
  readonly machine: string
  readonly boot_id: string
  readonly process_id: number
  readonly started: string
  /** The run that it was taken for; absent for what only looks after leases. */
  readonly run?: string
}

export type LeaseAnswer =
  | { readonly kind: "taken"; readonly lease: Lease }
  | { readonly kind: "held"; readonly by: Lease }
