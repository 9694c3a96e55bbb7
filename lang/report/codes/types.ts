import type { CodeTable } from "../codes.ts"

export const typeCodes = {} as const satisfies CodeTable
