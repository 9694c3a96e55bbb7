import type { CodeTable } from "../codes.ts"

export const syntaxCodes = {} as const satisfies CodeTable
