import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type Lab, openHosts } from "./hosts/hosts.ts"
import { leftovers } from "./linux-subject.ts"
import { keepAsking } from "./reach.ts"

// A host is drained, returned, killed, fenced, and comes back: by nothing but the command, on three hosts over SSH.

let lab: Lab
let folder: string
const cluster = "cartdrain"
const net = "10.135.40"
const [page_port, vault_port] = [19540, 19541]

beforeAll(async () => {
  lab = await openHosts(3, { prefix: "cartd", net: "10.135.1" })
  folder = mkdtempSync(join(tmpdir(), "cartd-"))
})
afterAll(async () => {
  await appl("destroy", file(), "--yes", "--delete-volumes").catch(() => {})
  lab?.close()
  rmSync(folder, { recursive: true, force: true })
})

test("a host has a container with a volume, and a microVM", async () => {
  write("h2")
  await done("apply", file(), "--yes")
  expect(on("h2")).toEqual(["page", "store", "vault"])
  keep("echo kept >/srv/data/file; head -c 20000000 /dev/urandom >/srv/data/large; sync")
  write(null)
  await nothingToDo()
})

test("drained, it holds nothing, and what was on the volume is on another host", async () => {
  const before = keep("cat /srv/data/file; sha256sum </srv/data/large; stat -c %U:%a:%Y /srv/data/large")
  const asking = [page_port, vault_port].map((port) => [port, keepAsking(host("h1").address, port)] as const)
  await done("host", "drain", file(), "h2", "--yes")
  for (const [port, stop] of asking) {
    const codes = stop()
    console.log(`port ${port}: ${codes.filter((code) => code !== "200").length} of ${codes.length} without an answer`)
  }
  expect(on("h2")).toEqual([])
  expect(leftovers(cluster, host("h2").run)).toEqual([])
  expect([...on("h1"), ...on("h3")].sort()).toEqual(["client", "page", "store", "vault"])
  expect(keep("cat /srv/data/file; sha256sum </srv/data/large; stat -c %U:%a:%Y /srv/data/large")).toBe(before)
  answers()
  await nothingToDo()
})

test("returned, it is used again, and nothing moves for that", async () => {
  const before = lab.hosts.map(({ name }) => on(name))
  await done("host", "return", file(), "h2")
  await nothingToDo()
  expect(lab.hosts.map(({ name }) => on(name))).toEqual(before)
})

test("killed, nothing of it is started elsewhere until it is fenced; then the plan says what starts where", async () => {
  write("h2", "no volumes")
  await done("apply", file(), "--yes")
  expect(on("h2")).toEqual(["page", "store", "vault"])
  write(null, "no volumes")
  host("h2").kill()
  const refused = await appl("apply", file(), "--yes")
  expect(refused.code, refused.out).toBe(1)
  expect(refused.out).toContain("h2")
  await appl("apply", file(), "--yes", "--without", "h2")
  expect([...on("h1"), ...on("h3")]).toEqual(["client"])

  await done("host", "fence", file(), "h2", "--yes")
  const planned = await appl("apply", file(), "--dry-run")
  expect(planned.code, planned.out).toBe(2)
  for (const name of ["page", "store", "vault"]) expect(planned.out).toMatch(new RegExp(`\\+ ${name} .* on h[13]`))
  await done("apply", file(), "--yes")
  expect([...on("h1"), ...on("h3")].sort()).toEqual(["client", "page", "store", "vault"])
  answers()
})

test("come back, its old copies go before anything else", async () => {
  await host("h2").reboot()
  host("h2").run("sh /var/lib/appl/.program/boot")
  expect(on("h2")).toEqual(["page", "store", "vault"])
  await done("apply", file(), "--yes")
  expect(on("h2")).toEqual([])
  answers()
  await nothingToDo()
  await done("host", "return", file(), "h2")
})

test("a destroy leaves nothing on any host", async () => {
  await done("destroy", file(), "--yes", "--delete-volumes")
  for (const { run } of lab.hosts) expect(leftovers(cluster, run)).toEqual([])
})

function host(name: string): Lab["hosts"][number] {
  return lab.hosts.find((one) => one.name === name)!
}

/** The appliances that a host has, running or not. */
function on(name: string): string[] {
  const seen = host(name).run(
    `cd /var/lib/appl/${cluster} 2>/dev/null && ls -d containers/*.* microvms/*.* 2>/dev/null || :`,
  )
  const names = seen.split("\n").flatMap((line) => /\/(.*)\.\d+$/.exec(line)?.[1] ?? [])
  return [...new Set(names)].sort()
}

/** Runs a script in the container that has the volume, wherever it is. */
function keep(script: string): string {
  const at = lab.hosts.find(({ name }) => on(name).includes("store"))!
  const containers = `/var/lib/appl/${cluster}/containers`
  return at.run(`lxc-attach -P ${containers} -n $(ls ${containers} | grep '^store\\.') -- sh -c '${script}'`)
}

/** The pages answer on each host that has a part of the cluster. */
function answers(): void {
  for (const port of [page_port, vault_port])
    for (const { address, run } of [host("h1"), host("h3")])
      expect(run(`curl -s -m 5 http://${address}:${port}/ || :`)).toContain("cart page")
}

async function done(...words: readonly string[]): Promise<void> {
  const ended = await appl(...words)
  expect(ended.code, ended.out.slice(-4000)).toBe(0)
}

async function nothingToDo(): Promise<void> {
  const ended = await appl("apply", file(), "--dry-run")
  expect(ended.code, ended.out.slice(-4000)).toBe(0)
}

function file(): string {
  return join(folder, "drain.appl")
}

/** All but the client on that host, or where they are. */
function write(tied: string | null, volumes: "volumes" | "no volumes" = "volumes"): void {
  const tie = tied === null ? "" : `, host = ${tied}`
  const kept = volumes === "volumes" ? `  volumes = { data = { path = "/srv/data", size = 64MiB } }\n` : ""
  writeFileSync(
    file(),
    `${lab.inventory}
use { Nginx } from "std/nginx"
use { Http } from "std/services"

appliance Client {
  image = debian("bookworm")
  needs page: Http
  start = ["sleep", "infinity"]
}
appliance Store {
  image = debian("bookworm")
${kept}  start = ["sleep", "infinity"]
}
appliance Vault: Nginx { forms = ["microvm"], memory = 96MiB }
cluster ${cluster} {
  network lan { cidr = ${net}.0/24 }
  appliance page: Nginx { site = "cart.test", title = "cart page"${tie} }
  appliance vault: Vault { site = "vault.test", title = "cart page"${tie} }
  appliance store: Store { ${tied === null ? "" : `host = ${tied}`} }
  appliance client: Client { host = h1, page = page.http }
  publish ${page_port}/tcp = page.http
  publish ${vault_port}/tcp = vault.http
}
`,
  )
}

function appl(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...lab.environment, SSH_AUTH_SOCK: "" }, cwd: folder, timeout: 600_000 }
    execFile(join(import.meta.dirname, "../../bin/appl"), words, options, (error, out, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: `${out}${errors}` }),
    )
  })
}
