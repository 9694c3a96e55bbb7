import type { CodeTable } from "../codes.ts"

export const wiringCodes = {} as const satisfies CodeTable
