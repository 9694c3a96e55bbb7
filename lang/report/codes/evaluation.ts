import type { CodeTable } from "../codes.ts"

export const evaluationCodes = {} as const satisfies CodeTable
