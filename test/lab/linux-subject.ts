import { execFileSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import type { Driver } from "../../runtime/drivers/driver.ts"
import { openLinux } from "../../runtime/drivers/linux/driver.ts"
import { fileName, linkPrefix, recordName } from "../../runtime/drivers/linux/names.ts"
import { prepare } from "../../runtime/drivers/linux/prepare.ts"
import { openSession } from "../../runtime/drivers/linux/session.ts"
import { systemClock } from "../../runtime/hosts/clock.ts"
import type { Host } from "../../runtime/hosts/host.ts"
import { localHolder, localHost } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import { quote } from "../../runtime/hosts/shell.ts"
import type { Subject } from "../drivers.contract.ts"

/**
 * This very machine as the subject of the contract suite. Clusters get names of their own on it, so that what somebody runs here is not
 * touched; a port or network that is taken shows as a conflict.
 */
export async function linuxSubject(): Promise<Subject> {
  const prepared = await prepare(localHost("local"), () => {})
  if (!prepared.ok) throw new Error([prepared.failure.message, ...prepared.failure.output].join("\n"))
  const alive = localHolder()
  return {
    open: () => opened(localHost("local")),
    openDying: (operation) => opened(dyingHost(operation)),
    connection: "local",
    clock: systemClock(),
    holders: {
      alive,
      dead: { ...alive, started: "1" },
      elsewhere: { ...alive, machine: "elsewhere", boot_id: "another machine's" },
    },
    breakProcess: async (cluster, appliance) => {
      process.kill(firstProcess(labName(cluster), appliance), "SIGKILL")
      await systemClock().sleep(500)
    },
    breakCheck: async (cluster, appliance) => {
      inside(labName(cluster), appliance, ["rm", "/srv/www/index.html"])
    },
    damageRecord: async (cluster, address, how) => {
      const file = `/var/lib/appl/${labName(cluster)}/records/${recordName(address)}.json`
      if (how === "gone") rmSync(file)
      else writeFileSync(file, '{"version":1,')
    },
    reboot: async (cluster) => {
      switchOff(labName(cluster))
      returned(labName(cluster))
    },
    volumes: volumesOn(thisMachine),
    leftovers: async (cluster) => leftovers(labName(cluster)),
    takePort,
    close: async () => {},
  }
}

/** A file on volumes of a machine: through the folder on which a container has it, or out of an image that nobody has. */
export function volumesOn(machine: Machine): Subject["volumes"] {
  const at = (cluster: string, appliance: string, volume: string) =>
    quote(`/var/lib/appl/${labName(cluster)}/volumes/${fileName(appliance)}/${volume}`)
  return {
    write: async (cluster, appliance, volume, content) => {
      machine(`printf %s ${quote(content)} >${at(cluster, appliance, volume)}/file`)
    },
    read: async (...given) => {
      const folder = at(...given)
      const said = machine(`if mountpoint -q ${folder}; then cat ${folder}/file
        elif [ -f ${folder}.img ]; then debugfs -R 'cat file' ${folder}.img 2>/dev/null
        else echo there is none; fi`)
      return said.trim() === "there is none" ? undefined : said.trim()
    },
  }
}

/** What a cluster of the suite is called on this machine. */
export function labName(cluster: string): string {
  return `lab-${cluster}`
}

/** Runs a script of the shell on a machine and gives what it printed. Throws when it fails. */
export type Machine = (script: string) => string

const thisMachine: Machine = (script) =>
  execFileSync("sh", ["-c", script], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })

/** Everything on a machine that belongs to a cluster, in words. */
export function leftovers(cluster: string, machine: Machine = thisMachine): string[] {
  const marks = [`/var/lib/appl/${cluster}/`, `/var/lib/appl/${cluster} `]
  const shell = (script: string): string[] =>
    machine(script)
      .split("\n")
      .filter((line) => line !== "")
  return [
    ...shell("ip -o link").filter((line) => line.includes(` ${linkPrefix(cluster)}`)),
    ...shell("nft list tables").filter((line) => line.includes(` appl-${cluster}`)),
    ...shell(`ls -d /var/lib/appl/${cluster} 2>/dev/null || :`),
    ...shell(`ls -d /sys/fs/cgroup/appl/${cluster} /sys/fs/cgroup/*/appl/${cluster} 2>/dev/null || :`),
    ...shell("cat /proc/self/mounts").filter((line) => marks.some((mark) => line.includes(mark))),
    ...shell("ps -eo args").filter((line) => marks.some((mark) => line.includes(mark))),
  ]
}

/** Runs a program inside of a container. */
export function inside(cluster: string, appliance: string, command: readonly string[], machine = thisMachine): string {
  const generation = generationOf(cluster, appliance, machine)
  const words = ["-P", `/var/lib/appl/${cluster}/containers`, "-n", generation, "--clear-env", "--", "/appl/run"]
  return machine(["lxc-attach", ...words, ...command].map(quote).join(" "))
}

export function firstProcess(cluster: string, appliance: string, machine = thisMachine): number {
  const folder = `/var/lib/appl/${cluster}/containers/${generationOf(cluster, appliance, machine)}`
  return Number(machine(`cat ${quote(`${folder}/process`)}`).split(" ")[0])
}

/** The folder of the generation that is joined. */
function generationOf(cluster: string, appliance: string, machine: Machine): string {
  const name = appliance.replace("[", "_").replace("]", "")
  const found = machine(`ls -d /var/lib/appl/${cluster}/containers/${name}.*/joined`)
  return found.trim().split("/").at(-2)!
}

/** Takes from a cluster what a reboot takes: its processes, links and rules. Its files stay. */
export function switchOff(cluster: string): void {
  const folder = `/var/lib/appl/${cluster}`
  const script = `
    for pid in $(ps -eo pid,args | grep -F -e '${folder}/' -e 'appl-guard ${cluster} ' | grep -v grep | awk '{ print $1 }'); do
      kill -9 $pid || :
    done
    for process in ${folder}/*/*/process; do read -r pid rest <$process && kill -9 $pid || :; done
    sleep 1
    for link in $(ip -o link | grep -o ' ${linkPrefix(cluster)}[a-z0-9]*' | sort -u); do ip link del $link || :; done
    nft list tables | grep ' appl-${cluster}' | while read -r word family name; do nft delete table $family $name; done`
  execFileSync("sh", ["-c", script], { stdio: "ignore" })
  writeFileSync(`${folder}/booted`, "another boot\n")
}

/** What the host's program for its start does with one cluster; what it said. */
export function returned(cluster: string): string {
  // The one that lies on this machine: those who start again what ends read it later.
  const program = openSession(localHost("local"), hostProgram()).program_file
  const script = `exec 2>&1; APPL_PROGRAM=${program}; . ${program}; appl_return_piece ${cluster} appl_return_cluster || echo failed`
  return execFileSync("sh", ["-c", script], { encoding: "utf8" }).trim()
}

/** Opens the driver on a host, for clusters of the suite. */
export async function opened(host: Host): Promise<Driver> {
  const driver = await openLinux(host, hostProgram())
  if (!driver.ok) throw new Error(driver.failure.message)
  return renamed(driver.value)
}

/** The driver, with the suite's names of clusters exchanged for those on this machine. */
function renamed(driver: Driver): Driver {
  return {
    ...driver,
    observe: (cluster) => driver.observe(labName(cluster)),
    acquire: (cluster, ...given) => driver.acquire(labName(cluster), ...given),
    renew: (cluster, ...given) => driver.renew(labName(cluster), ...given),
    release: (cluster, ...given) => driver.release(labName(cluster), ...given),
    check: (cluster, ...given) => driver.check(labName(cluster), ...given),
    enter: (cluster, ...given) => driver.enter(labName(cluster), ...given),
    forget: (cluster, ...given) => driver.forget(labName(cluster), ...given),
    history: (cluster) => driver.history(labName(cluster)),
    perform: (work) => driver.perform({ ...work, cluster: labName(work.cluster) }),
  }
}

/** A host that is killed, with the controller, inside the n-th operation: its effects are there, its record and its end are not. */
export function dyingHost(operation: number, host: Host = localHost("local")): Host {
  let count = 0
  return {
    ...host,
    run: async (program) => {
      if (count >= operation) throw new Error("the controller was killed")
      if (!program.script.includes("\nappl_work ")) return host.run(program)
      count += 1
      if (count < operation) return host.run(program)
      await host.run({ ...program, script: program.script.replace(/\nappl_(record|done)\b/, () => "\nkill -9 $$\n") })
      throw new Error("the controller was killed")
    },
  }
}

async function takePort(port: number): Promise<() => Promise<void>> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, "0.0.0.0", resolve))
  return () => new Promise((resolve) => server.close(() => resolve()))
}
