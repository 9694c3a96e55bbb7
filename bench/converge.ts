import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { appl, inFolder, manyServers, measure, measurePair, type Run } from "./measure.ts"

/**
 * What does it cost to find out that nothing is to do? And how long is it from nothing to the first page, by phase? On a prepared
 * Linux host as root with real parts; otherwise on a simulated host, which it says.
 */
export async function benchConverge(): Promise<void> {
  await inFolder(async (folder) => {
    await emptyPlan(folder, 1_000)
    await demo(folder)
  })
}

/** A plan with nothing to do over one simulated host, beside compiling the same file. */
async function emptyPlan(folder: string, count: number): Promise<void> {
  const file = join(folder, "many.appl")
  writeFileSync(file, manyServers(count))
  process.env.XDG_STATE_HOME = join(folder, "state")
  // Hosts that take no time: what is left is our own cost.
  process.env.APPL_SIMULATED_SPEED = "1000000"
  const first = await measure([appl, "apply", "--yes", file])
  expectCode(first, 0)
  const { left, right, ratio } = await measurePair([appl, "apply", "--dry-run", file], [appl, "check", file], 3)
  expectCode(left, 0)
  console.log(
    `${count} appliances, simulated: applied in ${first.seconds.toFixed(2)} s (${(count / first.seconds).toFixed(0)} a second)`,
  )
  console.log(
    `nothing to do: ${left.seconds.toFixed(2)} s, check alone: ${right.seconds.toFixed(2)} s, ratio ${ratio.toFixed(2)}`,
  )
}

/** The office from nothing to its first page, then a plan with nothing to do, then gone. The image cache stays as it is, and is said. */
async function demo(folder: string): Promise<void> {
  const real = process.platform === "linux" && process.getuid?.() === 0 && existsSync("/usr/bin/lxc-start")
  const cached = existsSync("/var/lib/appl/images/layers")
  const office = new URL("../examples/02-office/office.appl", import.meta.url).pathname
  const common = [
    "--as",
    "bench",
    "--set",
    "net=10.203.77.0/24",
    "--set",
    "web-port=18089/tcp",
    "--lock",
    join(folder, "appl.lock"),
  ]
  const where = real ? [] : ["--simulated"]
  try {
    const began_ms = Date.now()
    const applied = await measure([appl, "apply", office, "--yes", "--json", ...common, ...where])
    expectCode(applied, 0)
    if (real) await firstPage("http://127.0.0.1:18089/")
    const page_ms = Date.now() - began_ms
    console.log(
      `\n02-office on ${real ? `this machine, image cache ${cached ? "warm" : "cold"}` : "a simulated host"}: first page after ${(page_ms / 1000).toFixed(2)} s`,
    )
    phases(applied, began_ms)
    const { left, right, ratio } = await measurePair(
      [appl, "apply", office, "--dry-run", ...common, ...where],
      [appl, "check", office],
      5,
    )
    expectCode(left, 0)
    console.log(
      `nothing to do: ${left.seconds.toFixed(2)} s, check alone: ${right.seconds.toFixed(2)} s, ratio ${ratio.toFixed(1)}`,
    )
  } finally {
    await measure([appl, "destroy", office, "--yes", ...common, ...where])
  }
}

/** When each phase began and each step ended, from the events that `--json` prints. */
function phases(run: Run, began_ms: number): void {
  for (const line of run.output.split("\n")) {
    if (!line.startsWith("{")) continue
    const event = JSON.parse(line) as { kind?: string; at_ms?: number; phase?: string; step?: string; took_ms?: number }
    if (event.at_ms === undefined) continue
    const at = `${((event.at_ms - began_ms) / 1000).toFixed(2).padStart(7)} s`
    if (event.kind === "phase") console.log(`${at}  ${event.phase}`)
    if (event.kind === "step-finished")
      console.log(`${at}    ${event.step}, took ${((event.took_ms ?? 0) / 1000).toFixed(2)} s`)
  }
}

async function firstPage(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  if (!answer.ok || !(await answer.text()).includes("web-1"))
    throw new Error(`${url} did not give the page: ${answer.status}`)
}

function expectCode(run: Run, code: number): void {
  if (run.code !== code) throw new Error(`exit code ${run.code}, not ${code}: ${run.output.slice(-2_000)}`)
}
