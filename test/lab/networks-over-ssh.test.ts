import { execFile } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { type Lab, openHosts } from "./hosts/hosts.ts"
import { keepAsking } from "./reach.ts"

// A network over three hosts as a user has it: hosts over SSH, containers, and a gateway in a microVM.

let lab: Lab
let folder: string
const net = "10.123.40"
const published = 18_340

beforeAll(async () => {
  lab = await openHosts(3, { prefix: "nettssh", net: "10.123.1" })
  folder = mkdtempSync(join(tmpdir(), "nettssh-"))
})
afterAll(async () => {
  await appl("destroy", "--yes", file()).catch(() => {})
  lab?.close()
  rmSync(folder, { recursive: true, force: true })
})

test("a cluster over three hosts comes up, and the next plan is empty", async () => {
  write(2)
  const first = await appl("apply", "--yes", file())
  expect(first, first.out).toMatchObject({ code: 0 })
  expect(await appl("apply", "--dry-run", file())).toMatchObject({ code: 0 })
})

test("the page comes through each host, also through its own loopback", () => {
  for (const host of lab.hosts) {
    expect(page(host.address)).toContain("nett page")
    expect(host.run(`curl -s -m 5 http://127.0.0.1:${published}/`)).toContain("nett page")
  }
})

test("names are known everywhere, what is wired passes, and nothing else does", async () => {
  const [first, second] = lab.hosts
  const inside = (script: string) =>
    first!.run(`lxc-attach ${lxc(first!, "client")} -- sh -c '{ ${script}; } 2>&1 || echo failed'`)
  expect(inside("getent hosts web-1")).toContain(`${net}.`)
  expect(inside('timeout 3 bash -c "exec 3<>/dev/tcp/web-1/80" && echo yes')).toContain("yes")
  expect(inside('timeout 2 bash -c "exec 3<>/dev/tcp/web-1/81" && echo yes')).not.toContain("yes")
  expect(inside("cat /sys/class/net/eth0/mtu")).toContain("1450")
  expect(second!.run("true")).toBe("")
})

test("one more appliance does not disturb those that are there", async () => {
  const stop = keepAsking(lab.hosts[2]!.address, published)
  write(3)
  const more = await appl("apply", "--yes", file())
  expect(more, more.out).toMatchObject({ code: 0 })
  write(2)
  const less = await appl("apply", "--yes", file())
  expect(less, less.out).toMatchObject({ code: 0 })
  const codes = stop()
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => code !== "200")).toEqual([])
})

function lxc(host: Lab["hosts"][number], name: string): string {
  return host.run(
    `ls -d /var/lib/appl/nettssh/containers/${name}.* | sed 's|.*/||' | tail -n 1 | sed 's|^|-P /var/lib/appl/nettssh/containers -n |'`,
  )
}

function page(address: string): string {
  return lab.hosts[0]!.run(`curl -s -m 5 http://${address}:${published}/ || :`)
}

function file(): string {
  return join(folder, "spread.appl")
}

/** `webs` web servers on the second and third host; the client is on the first. */
function write(webs: number): void {
  const [one, two, three] = lab.hosts.map(({ name }) => name)
  const servers = Array.from(
    { length: webs },
    (_, index) =>
      `  appliance web-${index + 1}: Nginx { site = "nett.test", title = "nett page", host = ${[two, three][index % 2]} }\n`,
  )
  writeFileSync(
    file(),
    `${lab.inventory}
use { Nginx } from "std/nginx"
use { Http } from "std/services"

appliance Client {
  image = debian("bookworm")
  needs web: Http
  start = ["sleep", "infinity"]
}
cluster nettssh {
  network lan { cidr = ${net}.0/24 }
${servers.join("")}  appliance client: Client { host = ${one}, web = web-1.http }
  publish ${published}/tcp = web-1.http
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
