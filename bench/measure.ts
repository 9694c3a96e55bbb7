import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

/** One run of a whole process. */
export type Run = {
  readonly seconds: number
  readonly peak_megabytes: number
  readonly code: number
  readonly output: string
}

/** The command as a user starts it. */
export const appl = fileURLToPath(new URL("../bin/appl", import.meta.url))

/**
 * Runs a command to its end and measures it from outside: wall time, and the largest resident memory of its first process
 * (`VmHWM` of proc(5), asked every 10 ms, since a finished process keeps none).
 */
export async function measure(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  const began = process.hrtime.bigint()
  const child = spawn(command[0]!, command.slice(1), { ...options, stdio: ["ignore", "pipe", "pipe"] })
  let peak_kilobytes = 0
  const watch = setInterval(() => {
    peak_kilobytes = Math.max(peak_kilobytes, residentPeak(child.pid))
  }, 10)
  const chunks: Buffer[] = []
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (status) => resolve(status ?? -1))
  })
  clearInterval(watch)
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  return { seconds, peak_megabytes: peak_kilobytes / 1024, code, output: Buffer.concat(chunks).toString() }
}

/** Runs two commands in turn, `count` times each, so that a machine whose speed drifts does so for both; the medians. */
export async function measurePair(
  left: readonly string[],
  right: readonly string[],
  count: number,
): Promise<{ left: Run; right: Run; ratio: number }> {
  const lefts: Run[] = []
  const rights: Run[] = []
  for (let turn = 0; turn < count; turn++) {
    lefts.push(await measure(left))
    rights.push(await measure(right))
  }
  const ratio = median(lefts.map((run, index) => run.seconds / rights[index]!.seconds))
  return { left: middle(lefts), right: middle(rights), ratio }
}

/** The run whose time is the median. */
export function middle(runs: readonly Run[]): Run {
  return [...runs].sort((a, b) => a.seconds - b.seconds)[runs.length >> 1]!
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}

/** Gives `work` a folder of its own and removes it afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "appl-bench-"))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The text of a cluster with a name server and `count` wired web servers from one loop. */
export function manyServers(count: number): string {
  return readFileSync(new URL("./many.appl", import.meta.url), "utf8").replace("COUNT", String(count))
}

/** Prints rows as columns; the first row is the header. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
}

function residentPeak(process_id: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process_id}/status`, "utf8"))?.[1] ?? 0)
  } catch {
    return 0
  }
}
