/** Every number that the runtime decides by itself, with its unit. */
export const limits = {
  /** How long a lease lasts without being renewed: longer than any pause that a healthy controller makes. */
  lease_duration_ms: 60_000,
  /** How often it is renewed: three attempts fit into its duration. */
  lease_renew_ms: 20_000,
  /** How long an apply waits for the lease of another, and how often it asks. */
  lease_wait_ms: 30_000,
  lease_poll_ms: 1_000,
  /** After how long without a word a step is called quiet, and how often that is looked at. */
  quiet_after_ms: 20_000,
  quiet_poll_ms: 5_000,
  /** The first pause between two looks at whether an appliance is ready; it grows up to `every` of its checks. */
  ready_first_ms: 100,
  ready_growth: 1.5,
  /** How often a step that sees whether its appliance stays healthy says how long it was. */
  healthy_told_ms: 10_000,
  /** The pause before the second try of what failed for a reason that goes away by itself; it doubles, and varies by half. */
  retry_first_ms: 2_000,
  /** After how long a host takes back a change of its links or rules that nobody has confirmed. */
  revert_after_ms: 30_000,
  /** For how long a new connection is tried after such a change, and again when the host has taken it back. */
  prove_within_ms: 20_000,
  prove_again_within_ms: 60_000,
  /** How many lines of output a failure keeps. */
  output_lines: 20,
} as const
