import type { CodeTable } from "../codes.ts"

export const fileCodes = {} as const satisfies CodeTable
