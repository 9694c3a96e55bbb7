import { createInterface } from "node:readline"
import { type LabHost, openHosts } from "./hosts.ts"

/**
 * `npm run lab [-- COUNT]`: hypervisor hosts on this machine to try things on by hand. Prints them as `.appl`, and how to reach them; then
 * takes words such as `cut h2` until Ctrl-C or the end of its input, when all of it goes.
 */
async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? "3")
  if (!Number.isInteger(count) || count < 1 || count > 200 || process.getuid?.() !== 0) {
    console.error("usage, as root: npm run lab [-- COUNT]")
    process.exitCode = 1
    return
  }
  const lab = await openHosts(count, { prefix: "lab", net: "10.99.0" })
  console.log(`${lab.inventory}\nexport APPL_SSH_CONFIG=${lab.environment.APPL_SSH_CONFIG}\n`)
  console.log(
    `Now say, for one of them or all: ${Object.keys(verbs).join(", ")}; as in \`cut h2\`, \`slow h2 1000000\`. Ctrl-C ends it.`,
  )
  const lines = createInterface({ input: process.stdin })
  process.on("SIGINT", () => lines.close())
  process.on("SIGTERM", () => lines.close())
  try {
    for await (const line of lines) await obey(line.trim().split(/\s+/), lab.hosts)
  } finally {
    lab.close()
  }
}

/** What can be done to a host, by the word for it. */
const verbs: Readonly<Record<string, (host: LabHost, more: string | undefined) => unknown>> = {
  cut: (host) => host.cut(),
  heal: (host) => host.heal(),
  slow: (host, rate) => host.slow(rate === undefined ? null : Number(rate)),
  kill: (host) => host.kill(),
  reboot: (host) => host.reboot(),
  freeze: (host) => host.freeze(),
  thaw: (host) => host.thaw(),
}

async function obey([verb = "", name, more]: readonly string[], hosts: readonly LabHost[]): Promise<void> {
  const meant = hosts.filter((host) => name === "all" || host.name === name)
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined
  if (act === undefined || meant.length === 0) {
    if (verb !== "")
      console.log(
        `say one of ${Object.keys(verbs).join(", ")}, and one of ${hosts.map((host) => host.name).join(", ")}, all`,
      )
    return
  }
  for (const host of meant) {
    try {
      await act(host, more)
      console.log(`${verb} ${host.name}: done`)
    } catch (error) {
      console.log(`${verb} ${host.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

await main()
