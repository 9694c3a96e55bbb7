import type { CodeTable } from "../codes.ts"

export const inputCodes = {} as const satisfies CodeTable
