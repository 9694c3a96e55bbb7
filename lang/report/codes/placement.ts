import type { CodeTable } from "../codes.ts"

export const placementCodes = {} as const satisfies CodeTable
