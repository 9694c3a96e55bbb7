import type { CodeTable } from "../codes.ts"

export const nameCodes = {} as const satisfies CodeTable
