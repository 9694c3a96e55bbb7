import { execFileSync, spawn, spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Destination, Settings } from "../../runtime/hosts/ssh/configuration.ts"
import { openPool, type Pool } from "../../runtime/hosts/ssh/pool.ts"

/** A real sshd in a network namespace of its own, with a folder for all that belongs to it. Ended by `end`. */
export type TestSshd = {
  readonly folder: string
  readonly namespace: string
  /** Where it listens, on port 22. */
  readonly address: string
  /** A private key that it accepts for every user. */
  readonly key: string
  /** The lines of its log. */
  readonly log: () => string
  /** The host key, as a line of known_hosts for `name`. */
  readonly known: (name: string) => string
  readonly end: () => void
}

/** `number` makes the namespace `ssht-NUMBER` and the network `10.121.(200 + NUMBER).0/30`; `from` is the namespace that reaches it. */
export function startSshd(number: number, lines: readonly string[] = [], from: string | null = null): TestSshd {
  const folder = mkdtempSync(join(tmpdir(), "ssht-"))
  const namespace = `ssht-${number}`
  const [near, address] = [`10.121.${200 + number}.1`, `10.121.${200 + number}.2`]
  const log = join(folder, "log")
  endNamespace(namespace)
  const inside = (words: readonly string[]) => execFileSync("ip", ["netns", "exec", namespace, ...words])
  const outside = (...words: string[]) =>
    from === null ? execFileSync("ip", words) : execFileSync("ip", ["-n", from, ...words])
  execFileSync("ip", ["netns", "add", namespace])
  outside("link", "add", `ssht${number}`, "type", "veth", "peer", "name", "up0", "netns", namespace)
  outside("addr", "add", `${near}/30`, "dev", `ssht${number}`)
  outside("link", "set", `ssht${number}`, "up")
  inside(["ip", "addr", "add", `${address}/30`, "dev", "up0"])
  inside(["ip", "link", "set", "up0", "up"])
  inside(["ip", "link", "set", "lo", "up"])
  for (const name of ["host_key", "key"]) {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, name)])
  }
  chmodSync(folder, 0o755)
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 })
  const configuration = [
    ...lines,
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/key.pub`,
    "StrictModes no",
    "UsePAM no",
    "PermitRootLogin prohibit-password",
    "PidFile none",
    "LogLevel VERBOSE",
  ]
  writeFileSync(join(folder, "sshd_config"), configuration.map((line) => `${line}\n`).join(""))
  inside(["/usr/sbin/sshd", "-f", join(folder, "sshd_config"), "-E", log])
  return {
    folder,
    namespace,
    address,
    key: join(folder, "key"),
    log: () => readFileSync(log, "utf8"),
    known: (name) => `${name} ${readFileSync(join(folder, "host_key.pub"), "utf8").split(" ").slice(0, 2).join(" ")}\n`,
    end: () => {
      endNamespace(namespace)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What runs in it ends with it. */
function endNamespace(namespace: string): void {
  const found = spawnSync("ip", ["netns", "pids", namespace], { encoding: "utf8" })
  for (const id of (found.stdout ?? "").split("\n").filter((line) => line !== "")) process.kill(Number(id), "SIGKILL")
  spawnSync("ip", ["netns", "delete", namespace])
}

/** A pool whose ssh_config(5) has these lines, besides the key and the known hosts of `sshd`. */
export function poolFor(
  sshd: TestSshd,
  lines: readonly string[] = [],
  known: string = sshd.known(sshd.address),
  agent: string | null = null,
): Pool {
  return openPool(settingsFor(sshd, lines, known, agent))
}

export function settingsFor(sshd: TestSshd, lines: readonly string[], known: string, agent: string | null): Settings {
  const file = join(mkdtempSync(join(sshd.folder, "client-")), "config")
  writeFileSync(`${file}-known`, known)
  const usual = [`UserKnownHostsFile ${file}-known`, "GlobalKnownHostsFile none", `IdentityFile ${sshd.key}`]
  writeFileSync(file, [...lines, "Match all", ...usual].join("\n"))
  return { home: sshd.folder, user: "root", agent, file }
}

export function rootAt(host: string, port: number | null = null): Destination {
  return { user: "root", host, port }
}

/** A relay to a TCP port that can be cut and frozen. Each connection is cut after `limit_bytes` from the far side. */
export type Relay = {
  readonly port: number
  readonly connections: () => number
  /** What came from the far side over all connections, in bytes. */
  readonly received: () => number
  readonly cut: () => void
  readonly freeze: () => void
  readonly end: () => Promise<void>
}

export async function openRelay(address: string, port: number, limit_bytes = Number.POSITIVE_INFINITY): Promise<Relay> {
  const sockets = new Set<Socket>()
  let connections = 0
  let received = 0
  const server = createServer((near) => {
    connections += 1
    const far = connect({ host: address, port })
    let passed = 0
    const drop = () => {
      near.destroy()
      far.destroy()
    }
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on("error", drop)
      socket.on("close", drop)
    }
    if (limit_bytes === 0) return drop()
    near.on("data", (bytes) => far.write(bytes))
    far.on("data", (bytes) => {
      received += bytes.length
      near.write(bytes.subarray(0, limit_bytes - passed))
      passed += bytes.length
      if (passed >= limit_bytes) near.end(() => drop())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address_here = server.address()
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: typeof address_here === "object" && address_here !== null ? address_here.port : 0,
    connections: () => connections,
    received: () => received,
    cut,
    freeze: () => {
      for (const socket of sockets) socket.pause()
    },
    end: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}

/** A user of this machine without rights, with a login shell and lines for sudo. Removed by what is given back. */
export function addUser(name: string, shell: string, sudoers: string | null): () => void {
  const remove = () => {
    spawnSync("userdel", ["-f", "-r", name], { stdio: "ignore" })
    rmSync(`/etc/sudoers.d/${name}`, { force: true })
  }
  remove()
  execFileSync("useradd", ["-m", "-p", "*", "-s", shell, name])
  if (sudoers !== null) writeFileSync(`/etc/sudoers.d/${name}`, `${sudoers}\n`, { mode: 0o440 })
  return remove
}

/** An agent with these keys. */
export function startAgent(
  folder: string,
  keys: readonly string[],
): { readonly socket: string; readonly end: () => void } {
  const socket = join(mkdtempSync(join(folder, "agent-")), "socket")
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" })
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  const deadline = Date.now() + 10_000
  while (spawnSync("ssh-add", ["-l"], { env }).status === 2 && Date.now() < deadline) spawnSync("sleep", ["0.05"])
  for (const key of keys) execFileSync("ssh-add", ["-q", key], { env })
  return { socket, end: () => void agent.kill() }
}
