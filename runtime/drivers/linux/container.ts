import { type Call, printCalls, quote } from "../../hosts/shell.ts"
import type { ApplianceFields } from "../../model/fields.ts"
import type { Address } from "../../model/object.ts"
import { bridgeName, fileName, generationName, idOf, linkAlias, portName } from "./names.ts"

/** One generation of an appliance on one host. */
export type Generation = {
  readonly cluster: string
  readonly address: Address
  readonly generation: number
  readonly fields: ApplianceFields
}

/** One line of LXC's configuration (lxc.container.conf(5)). */
export type Setting = readonly [key: string, value: string]

/**
 * The configuration of a container, without its root, which the host adds, for it knows where the image's layers are. `folder` is where
 * this generation lives on the host, `cluster_folder` that of the cluster.
 */
export function containerSettings(of: Generation, cluster_folder: string): readonly Setting[] {
  const folder = `${cluster_folder}/containers/${generationName(of.address, of.generation)}`
  return [
    ["lxc.uts.name", of.fields.name],
    ["lxc.init.cmd", "/appl/start"],
    ["lxc.environment", "container=lxc"],
    ["lxc.signal.halt", "SIGTERM"],
    ["lxc.autodev", "1"],
    ["lxc.tty.max", "0"],
    ["lxc.pty.max", "64"],
    ["lxc.mount.auto", "proc:mixed sys:ro"],
    ["lxc.mount.entry", `${folder}/appl appl none bind,ro,create=dir 0 0`],
    ["lxc.mount.entry", "/bin/busybox appl/busybox none bind,ro 0 0"],
    ["lxc.mount.entry", `${cluster_folder}/names appl/names none bind,ro 0 0`],
    ["lxc.mount.entry", "tmpfs dev/shm tmpfs nosuid,nodev,create=dir 0 0"],
    ...of.fields.volumes.map((volume): Setting => {
      const inside = mountWord(volume.path.replace(/^\/+/, ""))
      return [
        "lxc.mount.entry",
        `${cluster_folder}/volumes/${volumeName(of.address, volume.name)} ${inside} none bind,create=dir 0 0`,
      ]
    }),
    ["lxc.console.logfile", `${folder}/console.log`],
    ["lxc.console.size", "1MB"],
    ["lxc.console.rotate", "1"],
    ["lxc.hook.start-host", `${folder}/hook`],
    ["lxc.cap.keep", capabilities.join(" ")],
    ["lxc.seccomp.profile", `${folder}/seccomp`],
    ["lxc.cgroup.dir.container", `appl/${of.cluster}/${generationName(of.address, of.generation)}/inside`],
    ["lxc.cgroup.dir.monitor", `appl/${of.cluster}/${generationName(of.address, of.generation)}/monitor`],
    ...groupSettings(of.fields),
    ...deviceSettings(),
    // An uplink makes it a gateway, which forwards what it gets; the setting is that of its own network.
    ...(of.fields.nics.some((nic) => nic.network === null) ? [forwards] : []),
    ...of.fields.nics.flatMap((nic, index) => nicSettings(of, nic, index, folder)),
  ]
}

/** The values of a container's control groups, in both versions; a host uses those of the version that it has. */
export function groupLimits(fields: ApplianceFields): readonly { v1: Setting; v2: Setting }[] {
  const quota_us = Math.round(fields.cpus * period_us)
  const limits: { v1: Setting; v2: Setting }[] = [
    {
      v1: ["memory.limit_in_bytes", `${fields.memory_bytes}`],
      v2: ["memory.max", `${fields.memory_bytes}`],
    },
    { v1: ["cpu.cfs_quota_us", `${quota_us}`], v2: ["cpu.max", `${quota_us} ${period_us}`] },
  ]
  const processes = `${fields.limits.processes ?? defaultProcesses}`
  limits.push({ v1: ["pids.max", processes], v2: ["pids.max", processes] })
  return limits
}

/** Prints settings as LXC reads them. A value never holds a line's end. */
export function printSettings(settings: readonly Setting[]): string {
  return settings
    .map(([key, value]) => {
      if (/[\n\0]/.test(value)) throw new Error(`a setting of LXC is one line: ${key}`)
      return `${key} = ${value}\n`
    })
    .join("")
}

/** The folder of a volume under `volumes/`; it is that of the appliance, whatever its generation. */
export function volumeName(address: Address, volume: string): string {
  return `${fileName(idOf(address))}/${fileName(volume)}`
}

/** Calls that mount the volumes and make sure that no link leads a mount out of the container; they run before each start. */
export function mountCalls(of: Generation): readonly Call[] {
  const name = generationName(of.address, of.generation)
  const paths = ["/appl", ...of.fields.volumes.map((volume) => volume.path)]
  return [
    ...of.fields.volumes.map((volume) => [
      "appl_volume_open",
      volumeName(of.address, volume.name),
      `${volume.size_bytes}`,
    ]),
    ...paths.map((path) => ["appl_container_mount", name, path]),
  ]
}

/** Calls that join every nic of a generation to its network, or its uplink to this host, at its rate: one list per nic. */
export function joinCalls(of: Generation): readonly (readonly Call[])[] {
  return of.fields.nics.map((nic) => {
    const link = portName(of.cluster, idOf(of.address), of.generation, nic)
    const join =
      nic.network === null
        ? ["appl_uplink_join", link, `${nic.peer}/${nic.prefix}`]
        : ["appl_port_join", link, bridgeName(of.cluster, nic.network), nic.mac]
    return [join, ...rateCalls(of, link)]
  })
}

/** Calls that take every nic of a generation off its network. */
export function leaveCalls(of: Generation): readonly Call[] {
  return of.fields.nics.flatMap((nic) => {
    const link = portName(of.cluster, idOf(of.address), of.generation, nic)
    return [
      ["appl_port_unlimit", link],
      [nic.network === null ? "appl_uplink_leave" : "appl_port_leave", link],
    ]
  })
}

/** A rate holds in both directions, on each nic. */
export function rateCalls(of: Generation, link: string): readonly Call[] {
  const rate = of.fields.limits.network_bits_per_second
  return rate === null || rate === undefined ? [] : [["appl_port_limit", link, `${rate}`]]
}

/**
 * The script that LXC calls on the host: when the first process is there (`start-host`), and for each nic when the host's end of it
 * exists (`up`); then the nic is joined before anything runs inside.
 */
export function hookScript(of: Generation, program_file: string, cluster_folder: string): string {
  const folder = `${cluster_folder}/containers/${generationName(of.address, of.generation)}`
  const joining = joinCalls(of)
  const cases = of.fields.nics.map((nic, index) => {
    const link = portName(of.cluster, idOf(of.address), of.generation, nic)
    const alias = linkAlias(of.cluster, `${of.address}/${of.generation}/${nic.device}`)
    const always = printCalls([["ip", "link", "set", link, "alias", alias]])
    const joined = printCalls(joining[index]!)
    return `${link})\n${always}if [ -f ${quote(`${folder}/joined`)} ]; then\n${joined}fi\n;;\n`
  })
  return [
    "#!/bin/sh\n",
    printCalls([
      [".", program_file],
      ["appl_cluster", of.cluster],
    ]),
    `case "$2 $3" in\n"lxc start-host") appl_container_started "$LXC_PID" ${quote(folder)} ;;\nesac\n`,
    `case "$2 $3 ${"$"}{5:-}" in\n${cases.map((one) => `"net up "${one}`).join("")}esac\n`,
  ].join("")
}

function nicSettings(
  of: Generation,
  nic: ApplianceFields["nics"][number],
  index: number,
  folder: string,
): readonly Setting[] {
  const key = `lxc.net.${index}`
  const gateway: readonly Setting[] = nic.gateway === null ? [] : [[`${key}.ipv4.gateway`, nic.gateway]]
  return [
    [`${key}.type`, "veth"],
    [`${key}.veth.pair`, portName(of.cluster, idOf(of.address), of.generation, nic)],
    [`${key}.name`, nic.device],
    [`${key}.hwaddr`, nic.mac],
    ...(nic.mtu === null ? [] : [[`${key}.mtu`, `${nic.mtu}`] as const]),
    [`${key}.flags`, "up"],
    [`${key}.ipv4.address`, `${nic.address}/${nic.prefix}`],
    ...gateway,
    [`${key}.script.up`, `${folder}/hook`],
  ]
}

function groupSettings(fields: ApplianceFields): readonly Setting[] {
  return groupLimits(fields).flatMap(({ v1, v2 }): Setting[] => [
    [`lxc.cgroup.${v1[0]}`, v1[1]],
    [`lxc.cgroup2.${v2[0]}`, v2[1]],
  ])
}

/** No device but those that every program may expect. */
function deviceSettings(): readonly Setting[] {
  return ["lxc.cgroup.devices", "lxc.cgroup2.devices"].flatMap((key): Setting[] => [
    [`${key}.deny`, "a"],
    ...devices.map((device): Setting => [`${key}.allow`, device]),
  ])
}

/** fstab(5) writes white space in a word as an octal escape. */
function mountWord(text: string): string {
  return text.replaceAll(/[\s\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`)
}

const forwards: Setting = ["lxc.sysctl.net.ipv4.ip_forward", "1"]
const period_us = 100_000
const defaultProcesses = 4096

/**
 * What a server needs, as container runtimes give it, and the network of its own: who it may be there, the ports of the bridge decide. None
 * that reaches out of the container: no mounting, no modules, no raw devices, no files by handle.
 */
const capabilities = [
  "audit_write",
  "chown",
  "dac_override",
  "fowner",
  "fsetid",
  "kill",
  "net_admin",
  "net_bind_service",
  "net_raw",
  "setfcap",
  "setgid",
  "setpcap",
  "setuid",
  "sys_chroot",
]

/** null, zero, full, random, urandom, tty, console, ptmx, pseudo terminals. */
const devices = [
  "c 1:3 rwm",
  "c 1:5 rwm",
  "c 1:7 rwm",
  "c 1:8 rwm",
  "c 1:9 rwm",
  "c 5:0 rwm",
  "c 5:1 rwm",
  "c 5:2 rwm",
  "c 136:* rwm",
]
