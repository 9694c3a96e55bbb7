import type { CodeTable } from "../codes.ts"

export const addressCodes = {} as const satisfies CodeTable
