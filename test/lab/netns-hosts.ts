import { execFileSync, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Host, Program, Ran } from "../../runtime/hosts/host.ts"

/** Hosts that are network namespaces on one switch, each with its own /var/lib/appl: all that the link layer of networks needs. */
export type NetnsHosts = {
  readonly hosts: Readonly<Record<string, Host>>
  /** Runs a script in a namespace: `host-a`, or whatever `namespace` made. Gives what it printed, and `failed` when it fails. */
  run(namespace: string, script: string): string
  /** One more namespace. */
  namespace(name: string): void
  close(): void
}

/** `prefix` begins the names of all namespaces; hosts get the addresses `net`.1, `net`.2, … */
export function openNetnsHosts(prefix: string, names: readonly string[], net: string): NetnsHosts {
  const folder = mkdtempSync(join(tmpdir(), `${prefix}-`))
  mkdirSync("/var/lib/appl", { recursive: true })
  const made: string[] = []
  const namespace = (name: string): void => {
    sh(
      `ip netns del ${prefix}-${name} 2>/dev/null; ip netns add ${prefix}-${name} && ip -n ${prefix}-${name} link set lo up`,
    )
    made.push(`${prefix}-${name}`)
  }
  namespace("switch")
  sh(`ip -n ${prefix}-switch link add switch type bridge && ip -n ${prefix}-switch link set switch up`)
  names.forEach((name, index) => {
    namespace(name)
    mkdirSync(join(folder, name))
    sh(`set -e
      ip -n ${prefix}-${name} link add up0 type veth peer name to-${name} netns ${prefix}-switch
      ip -n ${prefix}-switch link set to-${name} master switch up
      ip -n ${prefix}-${name} addr add ${net}.${index + 1}/24 dev up0
      ip -n ${prefix}-${name} link set up0 up`)
  })
  const hosts = names.map((name): [string, Host] => [name, hostIn(`${prefix}-${name}`, name, join(folder, name))])
  return {
    hosts: Object.fromEntries(hosts),
    run: (name, script) =>
      sh(`ip netns exec ${prefix}-${name} bash -c ${quoted(`{ ${script}\n} 2>&1 || echo failed`)}`),
    namespace,
    close: () => {
      for (const name of made) sh(`ip netns pids ${name} | xargs -r kill -9; ip netns del ${name}; :`)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function hostIn(namespace: string, name: string, folder: string): Host {
  const enter = `mount --bind ${folder} /var/lib/appl && exec sh -c "$0"`
  return {
    name,
    run: ({ script, input, timeout_ms }: Program) =>
      new Promise<Ran>((resolve) => {
        const words = ["netns", "exec", namespace, "unshare", "-m", "sh", "-c", enter, script]
        const child = spawn("ip", words, { timeout: timeout_ms })
        let [output, errors] = ["", ""]
        child.stdout.on("data", (data) => {
          output += data
        })
        child.stderr.on("data", (data) => {
          errors += data
        })
        child.stdin.on("error", () => {})
        child.stdin.end(input ?? "")
        child.on("close", (code) => resolve({ kind: "exited", code: code ?? 128, output, errors }))
      }),
    close: async () => {},
  } as unknown as Host
}

function sh(script: string): string {
  return execFileSync("sh", ["-c", script], { encoding: "utf8" })
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
