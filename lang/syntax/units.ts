/** What a unit measures, and how much one of it is in the measure's base: bytes, milliseconds, percent, bits per second. */
export type UnitEntry = { readonly measure: "size" | "duration" | "percent" | "rate"; readonly factor: number }

/** All units that a number may carry, spelt exactly so. */
export const units = {
  B: { measure: "size", factor: 1 },
  kB: { measure: "size", factor: 1e3 },
  MB: { measure: "size", factor: 1e6 },
  GB: { measure: "size", factor: 1e9 },
  TB: { measure: "size", factor: 1e12 },
  KiB: { measure: "size", factor: 2 ** 10 },
  MiB: { measure: "size", factor: 2 ** 20 },
  GiB: { measure: "size", factor: 2 ** 30 },
  TiB: { measure: "size", factor: 2 ** 40 },
  ms: { measure: "duration", factor: 1 },
  s: { measure: "duration", factor: 1e3 },
  min: { measure: "duration", factor: 60e3 },
  h: { measure: "duration", factor: 3_600e3 },
  d: { measure: "duration", factor: 86_400e3 },
  "%": { measure: "percent", factor: 1 },
  bps: { measure: "rate", factor: 1 },
  kbps: { measure: "rate", factor: 1e3 },
  Mbps: { measure: "rate", factor: 1e6 },
  Gbps: { measure: "rate", factor: 1e9 },
} as const satisfies Record<string, UnitEntry>

export type Unit = keyof typeof units
