import { execFileSync, spawn } from "node:child_process"
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { endGroup, freezeGroup, joinGroups, removeGroups } from "./groups.ts"

/**
 * Hypervisor hosts on this machine: each has its own network, processes, mounts and control groups, an overlay of this machine's root, a
 * `/var/lib/appl` of its own on a real disk, and an sshd. They share the kernel, the clock, loop devices and `/dev`.
 */
export type Lab = {
  readonly hosts: readonly LabHost[]
  /** The hosts as declarations of the language. */
  readonly inventory: string
  /** What a command needs in its environment to reach them. */
  readonly environment: { readonly APPL_SSH_CONFIG: string }
  /** This machine's address on the lab's network. */
  readonly address: string
  close(): void
}

export type LabHost = {
  readonly name: string
  readonly address: string
  /** Its disk, seen from this machine: `appl` is its `/var/lib/appl`, `upper` all else that it wrote. */
  readonly folder: string
  /** Runs a script of the shell there, not over SSH, and gives what it printed, trimmed. Throws when it fails. */
  run(script: string): string
  /** Takes its link down, and up again. */
  cut(): void
  heal(): void
  /** Both directions of its link get this rate; null: as fast as it can. */
  slow(bits_per_second: number | null): void
  /** Everything on it ends at once, as when the power goes. Its disk stays. */
  kill(): void
  /** Up again with the same disk, after `kill` or in place of it. */
  reboot(): Promise<void>
  /** Nothing on it runs any more, but nothing ends. */
  freeze(): void
  thaw(): void
}

export type LabOptions = {
  /** Of all names of this lab on the machine: 8 letters and digits at most. What an earlier lab of that name left is removed first. */
  readonly prefix: string
  /** The first three parts of the lab's network: `10.122.0`. */
  readonly net: string
  /** Bytes of the disk that each host's `/var/lib/appl` gets; a folder of this machine when absent. */
  readonly disk_bytes?: number
  /** False: images are built by each host for itself. Else all labs of this machine share a store of them. */
  readonly own_images?: boolean
}

/** Brings up `count` hosts; they answer over SSH when it resolves. */
export async function openHosts(count: number, options: LabOptions): Promise<Lab> {
  const { prefix, net } = options
  const folder = join(labs, prefix)
  closeLab(prefix, folder)
  mkdirSync(join(folder, "keys"), { recursive: true })
  chmodSync(folder, 0o700)
  sh(`ssh-keygen -q -t ed25519 -N '' -C lab -f ${folder}/keys/key
      ip link add ${prefix}br type bridge
      ip addr add ${net}.254/24 dev ${prefix}br
      ip link set ${prefix}br up
      sysctl -qw net.ipv4.ip_forward=1
      nft -f - <<'EOF'
table ip ${prefix}-lab {
  chain postrouting {
    type nat hook postrouting priority 100
    ip saddr ${net}.0/24 ip daddr != ${net}.0/24 masquerade
  }
}
EOF`)
  const hosts: LabHost[] = []
  for (let number = 1; number <= count; number += 1) hosts.push(await bringUp(number, folder, options))
  const config = join(folder, "ssh_config")
  writeFileSync(
    config,
    `Host ${net}.*\n  User root\n  IdentityFile ${folder}/keys/key\n  IdentitiesOnly yes\n  UserKnownHostsFile ${folder}/known_hosts\n  GlobalKnownHostsFile none\n`,
  )
  return {
    hosts,
    inventory: hosts.map(({ name, address }) => `host ${name} = ssh("root@${address}")\n`).join(""),
    environment: { APPL_SSH_CONFIG: config },
    address: `${net}.254`,
    close: () => closeLab(prefix, folder),
  }
}

async function bringUp(number: number, lab: string, options: LabOptions): Promise<LabHost> {
  const name = `h${number}`
  const folder = join(lab, name)
  const [address, link, group] = [
    `${options.net}.${number}`,
    `${options.prefix}h${number}`,
    `${options.prefix}-${name}`,
  ]
  mkdirSync(join(folder, "upper", "etc", "lab"), { recursive: true })
  mkdirSync(join(folder, "upper", "root", ".ssh"), { recursive: true })
  sh(`ssh-keygen -q -t ed25519 -N '' -C ${name} -f ${folder}/upper/etc/lab/host_key
      cp ${lab}/keys/key.pub ${folder}/upper/root/.ssh/authorized_keys
      printf '%s %s\\n' ${address} "$(cut -d ' ' -f 1,2 ${folder}/upper/etc/lab/host_key.pub)" >>${lab}/known_hosts`)
  writeFileSync(join(folder, "upper", "etc", "lab", "sshd_config"), sshd_config)
  if (options.disk_bytes !== undefined)
    sh(`truncate -s ${options.disk_bytes} ${folder}/disk && mkfs.ext4 -q -F ${folder}/disk`)
  const images = options.own_images === true ? "" : shared_images
  if (images !== "") mkdirSync(images, { recursive: true })
  let first = 0

  async function start(): Promise<void> {
    const joining = joinGroups(group).map((file) => `echo $$ >${file}\n`)
    const starting = `${joining.join("")}exec unshare --fork --kill-child --pid --mount --uts --ipc --net --cgroup --propagation private "$@"`
    const log = openSync(join(folder, "log"), "a")
    const words = ["-c", starting, "lab", "sh", init, name, folder, images]
    const child = spawn("sh", words, { stdio: ["ignore", log, log], detached: true })
    closeSync(log)
    child.unref()
    first = await firstChild(child.pid!)
    sh(`ip link add ${link} type veth peer name up0 netns ${first}
        ip link set ${link} master ${options.prefix}br up
        nsenter -t ${first} -n sh -ec 'ip link set lo up; ip addr add ${address}/24 brd + dev up0; ip link set up0 up; ip route add default via ${options.net}.254; sysctl -qw net.ipv4.ip_forward=1'`)
    for (let tries = 0; !answers(address); tries += 1) {
      if (tries === 400) throw new Error(`lab host ${name} does not come up`)
      await sleep(25)
    }
  }
  function kill(): void {
    if (first === 0) return
    freezeGroup(group, false)
    try {
      process.kill(first, "SIGKILL")
    } catch {
      // It is gone already.
    }
    waitFor(`[ ! -e /proc/${first}/ns/net ] || grep -q '^State:.Z' /proc/${first}/status`)
    endGroup(group)
    sh(`ip link del ${link} 2>/dev/null || :`)
    first = 0
  }
  await start()
  return {
    name,
    address,
    folder,
    run: (script) =>
      execFileSync("nsenter", ["-t", `${first}`, "-a", "sh", "-c", script], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }).trim(),
    cut: () => sh(`ip link set ${link} down`),
    heal: () => sh(`ip link set ${link} up`),
    slow: (rate) => {
      const shape = rate === null ? "del" : "replace"
      const kind = rate === null ? "" : `tbf rate ${rate}bit burst 64kb latency 50ms`
      sh(`tc qdisc ${shape} dev ${link} root ${kind} || :
          nsenter -t ${first} -n tc qdisc ${shape} dev up0 root ${kind} || :`)
    },
    kill,
    reboot: async () => {
      kill()
      await start()
    },
    freeze: () => freezeGroup(group, true),
    thaw: () => freezeGroup(group, false),
  }
}

/** Ends what a lab of this name runs, also one that was left by a test that was killed. */
function closeLab(prefix: string, folder: string): void {
  for (const name of removeGroups(`${prefix}-h`)) endGroup(name)
  sh(`for link in $(ip -o link show | sed -n 's/^[0-9]*: \\(${prefix}h[0-9]*\\)[@:].*/\\1/p'); do ip link del "$link" || :; done
      ip link del ${prefix}br 2>/dev/null || :
      nft delete table ip ${prefix}-lab 2>/dev/null || :`)
  // What still holds a mount below ends with its namespace; nothing of it is mounted here.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  removeGroups(`${prefix}-h`)
}

async function firstChild(parent: number): Promise<number> {
  for (let tries = 0; tries < 400; tries += 1) {
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim()
    if (children !== "") return Number(children.split(" ")[0])
    await sleep(10)
  }
  throw new Error("a lab host does not start")
}

function answers(address: string): boolean {
  try {
    execFileSync("timeout", ["1", "bash", "-c", `exec 3<>/dev/tcp/${address}/22`], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

function waitFor(condition: string): void {
  sh(`for try in $(seq 200); do { ${condition}; } 2>/dev/null && exit 0; sleep 0.02; done; exit 1`)
}

function sh(script: string): string {
  return execFileSync("sh", ["-ec", script], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
}

const init = fileURLToPath(new URL("./init.sh", import.meta.url))
const labs = "/var/lib/appl-lab"
const shared_images = "/var/lib/appl-lab/images"
const sshd_config = `HostKey /etc/lab/host_key
PidFile /run/sshd.pid
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
UseDNS no
Subsystem sftp internal-sftp
`
