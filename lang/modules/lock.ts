import { jsonSchemas } from "../text/libraries.ts"
import { lockedModulesSchema } from "./schemas.ts"

/** What `appl.lock` keeps of one module of a project. */
export type LockedModule = {
  readonly version: string
  /** What was asked for, as `appl.json` said it: a range, a git URL, a tarball or a folder. */
  readonly spec: string
  /** Where exactly it came from: the URL of a tarball, a commit, a path relative to the project. */
  readonly resolved: string
  /** The hash of its content (`contentHash`). */
  readonly sha256: string
}

/** By name. */
export type LockedModules = Readonly<Record<string, LockedModule>>

/** The section `modules` in the text of an `appl.lock`; null when the text is no lock, or its section none. */
export function readLockedModules(text: string): LockedModules | null {
  let lock: unknown
  try {
    lock = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof lock !== "object" || lock === null) return null
  if (!("modules" in lock)) return {}
  const { Ajv } = jsonSchemas()
  return new Ajv().validate(lockedModulesSchema, lock.modules) ? (lock.modules as LockedModules) : null
}
