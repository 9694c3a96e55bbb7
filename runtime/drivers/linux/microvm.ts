import { createHash } from "node:crypto"
import type { Nic } from "../../../lang/index.ts"
import { type Call, printCalls } from "../../hosts/shell.ts"
import type { ApplianceFields } from "../../model/fields.ts"
import type { PlainFields } from "../../model/secrets.ts"
import { checkCalls } from "./checks.ts"
import { configurationMembers, runScript, startScript } from "./configuration.ts"
import { type Generation, joinCalls, leaveCalls, volumeName } from "./container.ts"
import { generationName, idOf, linkAlias, portName } from "./names.ts"
import { type Member, tar } from "./tar.ts"

/**
 * The arguments of QEMU for a microVM that lives in `folder` on its host. The host puts before them what only it knows, its accelerator
 * and the kernel of the image, and after them one drive for each layer, lowest first (`appl_microvm_start`). Every machine has the
 * same devices in the same order: configuration disk, layers, nics, port of the agent. Source: qemu(1).
 */
export function microvmArguments(of: Generation, folder: string): readonly string[] {
  const { fields } = of
  return [
    ...["-name", `guest=${escaped(`appl:${of.cluster}/${of.address}/${of.generation}`)},debug-threads=on`],
    ...["-uuid", uuid(`${of.cluster}/${of.address}/${of.generation}`)],
    ...["-nodefaults", "-no-user-config", "-no-reboot"],
    ...["-display", "none"],
    ...["-sandbox", "on,obsolete=deny,resourcecontrol=deny"],
    ...["-machine", "q35,usb=off,smbus=off,sata=off,vmport=off"],
    ...["-m", `${mebibytes(fields.memory_bytes)}M`],
    ...["-smp", `${Math.max(1, Math.ceil(fields.cpus))}`],
    ...["-append", kernelWords.join(" ")],
    ...["-chardev", `file,id=console,path=${escaped(`${folder}/console`)}`],
    ...["-serial", "chardev:console"],
    ...drive("configuration", `${folder}/disk.tar`),
    ...fields.volumes.flatMap((volume, index) =>
      disk(`volume${index}`, `${folder}/../../volumes/${volumeName(of.address, volume.name)}.img`),
    ),
    ...fields.nics.flatMap((nic, index) => [
      "-netdev",
      `tap,id=nic${index},ifname=${link(of, nic)},script=no,downscript=no`,
      "-device",
      `virtio-net-pci,netdev=nic${index},mac=${nic.mac},romfile=`,
    ]),
    ...["-device", "virtio-serial-pci"],
    ...["-chardev", `pipe,id=agent,path=${escaped(`${folder}/agent`)}`],
    ...["-device", "virtserialport,chardev=agent,name=appl.agent"],
  ]
}

/** What the first program of the guest reads: its name, nics, and whether it forwards and starts its program again. */
export function machineSettings(fields: ApplianceFields): string {
  const lines = [
    ["name", fields.name],
    ...fields.nics.map((nic) => [
      "nic",
      nic.device,
      nic.mac,
      `${nic.address}/${nic.prefix}`,
      nic.gateway ?? "-",
      nic.mtu ?? "-",
    ]),
    ...(fields.nics.some((nic) => nic.network === null) ? [["forward", "yes"]] : []),
    // Its size is here so that a guest whose volume grew boots again, and sees it.
    ...fields.volumes.map(({ path, size_bytes }, index) => ["volume", `volume${index}`, size_bytes, oneWord(path)]),
    ["restart", fields.restart],
  ]
  return lines.map((words) => `${words.join(" ")}\n`).join("")
}

/** All files of a generation of a microVM, as `appl_microvm_create` and `appl_microvm_place` take them. */
export function microvmMembers(of: Generation, cluster_folder: string, plain: PlainFields): readonly Member[] {
  const name = generationName(of.address, of.generation)
  const folder = `${cluster_folder}/microvms/${name}`
  const script = (path: string, content: string | Uint8Array): Member => ({ path, mode: 0o600, content })
  return [
    script("arguments", microvmArguments(of, folder).join("\n").concat("\n")),
    script("quota", `${Math.round(of.fields.cpus * quotaPeriod_us)}\n`),
    ...(of.fields.restart === "always" ? [script("always", "")] : []),
    script("links", of.fields.nics.map((nic) => `${link(of, nic)}\n`).join("")),
    script("taps", printCalls(tapCalls(of))),
    script("disks", printCalls(diskCalls(of))),
    script("join", printCalls(joinCalls(of).flat())),
    script("leave", printCalls(leaveCalls(of))),
    script("checks", printCalls(checkCalls(of.address, name, of.fields.checks))),
    script("machine", machineSettings(of.fields)),
    script("start", startScript(of.fields)),
    script("run", runScript(plain)),
    script("config.tar", tar(configurationMembers(plain))),
  ]
}

/** Calls that make the host's end of every nic, joined to nothing. */
function tapCalls(of: Generation): readonly Call[] {
  return of.fields.nics.map((nic) => [
    "appl_tap",
    link(of, nic),
    linkAlias(of.cluster, `${of.address}/${of.generation}/${nic.device}`),
  ])
}

/** Calls that make each volume ready to be a disk; they run before each start. */
function diskCalls(of: Generation): readonly Call[] {
  return of.fields.volumes.map((volume) => [
    "appl_volume_disk",
    volumeName(of.address, volume.name),
    `${volume.size_bytes}`,
  ])
}

function link(of: Generation, nic: Nic): string {
  return portName(of.cluster, idOf(of.address), of.generation, nic)
}

function drive(id: string, file: string): readonly string[] {
  return [
    "-drive",
    `if=none,id=${id},file=${escaped(file)},format=raw,readonly=on,file.locking=off`,
    "-device",
    `virtio-blk-pci,drive=${id}`,
  ]
}

/** A disk that is written to; the guest knows it by its serial number. */
function disk(id: string, file: string): readonly string[] {
  return [
    "-drive",
    `if=none,id=${id},file=${escaped(file)},format=raw,discard=unmap`,
    "-device",
    `virtio-blk-pci,drive=${id},serial=${id}`,
  ]
}

/** A path without white space: `printf %b` gives it back. */
function oneWord(path: string): string {
  return path.replaceAll(/[\s\\]/g, (character) => `\\0${character.charCodeAt(0).toString(8).padStart(3, "0")}`)
}

/** In QEMU's lists a comma ends a value unless it is doubled. */
function escaped(text: string): string {
  return text.replaceAll(",", ",,")
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024)
}

/** A name-based identity in the form of RFC 9562, version 8. */
function uuid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/**
 * A guest that panics ends; names of nics are ours; the kernel spends no time on testing its ciphers; and on a busy host, where an
 * emulated timer comes late, it does not give up on the timer (Linux, kernel-parameters.txt).
 */
const kernelWords = ["console=ttyS0", "quiet", "panic=-1", "net.ifnames=0", "random.trust_cpu=on", "cryptomgr.notests"]
const quotaPeriod_us = 100_000
