import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { fieldsOf, type Plan } from "../runtime/index.ts"

/**
 * From nothing to a page in a browser: applies the office example to this machine, fetches the page through the published port, and says
 * how to go on. Where this machine cannot be a host (no Linux, no root), the same on a simulated one, and it says so.
 */
const root = fileURLToPath(new URL("..", import.meta.url))
const command = join(root, "bin", "appl")
const office = "examples/02-office/office.appl"
const url = "http://localhost:8080/"
const words = process.argv.slice(2)
const real = process.platform === "linux" && process.getuid?.() === 0 && !words.includes("--simulated")

process.exitCode = real ? await onThisMachine() : onASimulatedHost()

async function onThisMachine(): Promise<number> {
  if (appl("host", "prepare") !== 0) return 1
  if (appl("apply", office, "--yes") !== 0) return 1
  const page = await fetchPage()
  if (page === null) return 1
  say(`\n$ curl ${url}\n${page}`)
  appl("status", office)
  sayHowToGoOn("")
  return 0
}

function onASimulatedHost(): number {
  say(
    "This machine is not used as a host: that takes Linux and root. The same on a simulated host, which only remembers:",
  )
  const page = plannedPage()
  if (appl("apply", office, "--yes", "--simulated") !== 0) return 1
  appl("status", office, "--simulated")
  say(`\nNo web server runs here, so this is the page as its template gives it:\n\n${page}`)
  sayHowToGoOn(" --simulated")
  return 0
}

/** The front page of the first web server, as it stands in a plan from nothing. */
function plannedPage(): string {
  const state = mkdtempSync(join(tmpdir(), "appl-demo-"))
  const words = ["apply", office, "--simulated", "--dry-run", "--json"]
  const env = { ...process.env, XDG_STATE_HOME: state }
  const planned = spawnSync(command, words, { cwd: root, env, encoding: "utf8" })
  rmSync(state, { recursive: true, force: true })
  const { plan } = JSON.parse(planned.stdout) as { plan: Plan }
  const web = plan.steps.find((step) => step.address === "appliance/web[1]")?.object
  const page = web && fieldsOf(web, "appliance").files.find((file) => file.path === "/srv/www/index.html")
  return page && "text" in page.content ? page.content.text : "(the plan has no front page)"
}

/** The page through the published port. Null, with the reason printed, when it does not come. */
async function fetchPage(): Promise<string | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(10_000) })
    const text = await answer.text()
    if (answer.ok) return text
    say(`${url} answered with status ${answer.status}.`)
  } catch (error) {
    say(`${url} did not answer: ${error instanceof Error ? error.message : error}`)
  }
  return null
}

/** Runs the command as its user would, and shows what was typed. */
function appl(...words: readonly string[]): number {
  say(`\n$ bin/appl ${words.join(" ")}`)
  return spawnSync(command, words, { cwd: root, stdio: "inherit" }).status ?? 1
}

function sayHowToGoOn(host: string): void {
  say(`
To change it, edit ${office} or give a param another value; the plan says what will happen:
  bin/appl apply ${office}${host} --set web-servers=3 --dry-run
  bin/appl apply ${office}${host} --set web-servers=3
What may pass, and why:
  bin/appl flows ${office}
To remove all of it (the images stay until bin/appl image gc):
  bin/appl destroy ${office}${host}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
