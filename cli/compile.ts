import { readdirSync } from "node:fs"
import { dirname, extname, join, relative } from "node:path"
import {
  type Compiled,
  compile,
  type DesiredHost,
  type DesiredState,
  emptyLock,
  type Input,
  type Lock,
  lockSection,
  readLock,
  render,
  type Surveyed,
  toJson,
  vet,
} from "../lang/index.ts"
import { diskFiles, isFile, lookAt } from "./files.ts"
import { givenParams, paramsOption } from "./inputs.ts"
import { standardModules } from "./installation.ts"
import { lockPath, readLockFile } from "./lock-file.ts"
import { fail, type Result, refuse } from "./problem.ts"
import { modulesFolder } from "./state.ts"
import type { Terminal } from "./terminal.ts"

/** The options of every command that compiles, as commander gives them. */
export type CompileOptions = {
  readonly set: readonly string[]
  readonly params?: string
  readonly cluster?: string
  readonly as?: string
  readonly lock?: string
  readonly simulated?: boolean
  readonly limit?: number
  readonly json?: boolean
  /** The store of secrets, and the key to it. */
  readonly secrets?: string
  readonly key?: string
  /** What the lock says for this run, made of what stands on disk: set by commands, never by an option. */
  readonly amendLock?: (lock: Lock) => Lock
}

/** A file that compiled: what shall be, and the lock as apply shall write it. */
export type Loaded = {
  readonly desired: DesiredState
  readonly lock: Lock
  readonly lockPath: string
  /** Where each appliance was placed the last time. */
  readonly last: Readonly<Record<string, string>>
  /** The secrets that were given for params, by the names that stand for them. */
  readonly secrets: ReadonlyMap<string, string>
}

/**
 * Compiles a file for a command that needs its desired state. Prints what is wrong with it (warnings too) and gives null when there
 * is an error: then the exit code is 1.
 */
export function load(file: string, options: CompileOptions, terminal: Terminal): Loaded | null {
  const input = inputOf(file, options)
  if (!input.ok) {
    fail(terminal, options, input.problem)
    return null
  }
  const compiled = { value: compile(input.value) }
  const { desired, lock, diagnostics, model } = compiled.value
  if (desired === null || lock === null) {
    if (options.json === true) terminal.out(`${JSON.stringify(toJson(diagnostics))}\n`)
    else showDiagnostics(diagnostics, terminal)
    return null
  }
  showDiagnostics(diagnostics, terminal)
  const simulated = options.simulated === true ? simulate(desired) : desired
  const last = lockSection(input.value.lock, desired.cluster)?.placement ?? {}
  return { desired: simulated, lock, lockPath: lockPath(file, options), last, secrets: model?.secrets ?? new Map() }
}

/** Looks for everything that is wrong with a file, without making its desired state. */
export function vetFile(file: string, options: CompileOptions): Result<Surveyed> {
  const input = inputOf(file, options)
  return input.ok ? { ok: true, value: vet(input.value) } : input
}

/** Everything that a compilation of a file starts from. */
export function inputOf(file: string, options: CompileOptions): Result<Input> {
  const named = nameFile(file)
  if (!named.ok) return named
  const { set, file: values } = paramsOption(options.params)
  const params = givenParams({ set: options.set, environment: process.env, file: values })
  if (!params.ok) return params
  const path = lockPath(file, options)
  const text = readLockFile(path)
  if (!text.ok) return text
  const lock = text.value === null ? null : readLock(text.value)
  if (lock !== null && !lock.ok) return refuse(`the lock file ${path} is not one: ${lock.why}`, lockRemedy(path))
  return {
    ok: true,
    value: {
      entry: named.value,
      files: diskFiles,
      standard: standardModules(),
      modules: modulesFolder(),
      cluster: options.cluster ?? null,
      deployed: options.as ?? null,
      params: params.value,
      set,
      lock: options.amendLock?.(lock?.value ?? emptyLock) ?? lock?.value ?? null,
      limit: options.limit ?? 1_000_000,
    },
  }
}

/** Prints diagnostics for people. */
export function showDiagnostics(diagnostics: Compiled["diagnostics"], terminal: Terminal): void {
  if (diagnostics.length === 0) return
  terminal.err(`${render(diagnostics, { color: terminal.colors.err, width: terminal.width }).trimEnd()}\n`)
}

/** The same cluster with every real host replaced by a simulated one of the same name. */
export function simulate(desired: DesiredState): DesiredState {
  const simulated = (host: DesiredHost): DesiredHost => ({ ...host, connection: { kind: "simulated" } })
  const former = desired.former === undefined ? {} : { former: desired.former.map(simulated) }
  return { ...desired, hosts: desired.hosts.map(simulated), ...former }
}

/** Checks that `file` is a source, before anything is said about its content; gives its path from the working folder. */
function nameFile(file: string): Result<string> {
  const found = lookAt(file)
  if (!found.ok) return found
  if (found.value === "nothing") return refuse(`there is no file ${file}`, nearby(dirname(file)))
  if (found.value === "folder") return refuse(`${file} is a folder, not a file`, nearby(file))
  if (extname(file) !== ".appl") return refuse(`${file} is not an .appl file`, nearby(dirname(file)))
  const path = relative(process.cwd(), file)
  return { ok: true, value: path.startsWith("..") ? file : path }
}

function nearby(folder: string): string | null {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".appl") && isFile(join(folder, name)))
    if (names.length === 0) return "name a file that ends in .appl"
    return `did you mean ${names
      .slice(0, 5)
      .map((name) => join(folder, name))
      .join(" or ")}?`
  } catch {
    return `there is no folder ${folder} either`
  }
}

function lockRemedy(path: string): string {
  return `take it back from version control, or delete ${path}: apply writes a new one, with addresses that may differ`
}
