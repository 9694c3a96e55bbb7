import type { Call } from "../../hosts/shell.ts"
import { printCalls, quote } from "../../hosts/shell.ts"
import type { PlainFields } from "../../model/secrets.ts"
import type { Member } from "./tar.ts"

/**
 * How an appliance is set up, whatever form it has: an archive that is unpacked over its root before every start, and two shell
 * scripts. Inside, `/appl` holds them, with the names of all appliances of the cluster in `/appl/names/hosts`.
 */

/** What is unpacked over the root: the appliance's files, and those that tell a system who it is. Its own files win. */
export function configurationMembers(fields: PlainFields): readonly Member[] {
  const own = new Set(fields.files.map((file) => file.path))
  const system: readonly Member[] = [
    { path: "etc/hostname", mode: 0o644, content: `${fields.name}\n` },
    { path: "etc/hosts", target: "/appl/names/hosts" },
    ...(fields.resolver === null
      ? []
      : [{ path: "etc/resolv.conf", mode: 0o644, content: `nameserver ${fields.resolver}\n` }]),
  ]
  const files = fields.files.map((file): Member => {
    const content = "text" in file.content ? file.content.text : Buffer.from(file.content.base64, "base64")
    // What only its owner may read belongs to who reads it.
    const owner = fields.user !== null && (file.mode & 0o077) === 0 ? { owner: fields.user } : {}
    return { path: inRoot(file.path), mode: file.mode, content, ...owner }
  })
  return [...system.filter((member) => !own.has(`/${member.path}`)), ...files]
}

/** The script that is the first process until the appliance's program takes its place. */
export function startScript(fields: Pick<PlainFields, "start" | "user">): string {
  const lines = [
    "#!/bin/sh",
    "umask 022",
    "[ ! -f /appl/remove ] || . /appl/remove",
    "/appl/busybox tar -x -f /appl/config.tar -C / || exit 126",
    `exec /appl/run ${asUser(fields.user)}${printCalls([fields.start])}`,
  ]
  return lines.join("\n")
}

/** The script that runs any program the way the appliance's own runs: with its environment, in its root folder. */
export function runScript(fields: Pick<PlainFields, "env">): string {
  const environment = { PATH: standardPath, HOME: "/root", ...fields.env }
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}\n`)
  return `#!/bin/sh\numask 022\n${exports.join("")}cd / && exec "$@"\n`
}

/** Lines that delete these files inside; they run before the files that shall be there are unpacked. */
export function removeScript(paths: readonly string[]): string {
  return printCalls(paths.map((path): Call => ["rm", "-f", "--", path]))
}

/** What `/appl/names/hosts` holds (hosts(5)). */
export function hostsFile(names: readonly { readonly name: string; readonly address: string }[]): string {
  const lines = [{ address: "127.0.0.1", name: "localhost" }, ...names]
  return lines.map((entry) => `${entry.address} ${entry.name}\n`).join("")
}

/** The group is the user's own one, whatever its name. */
function asUser(user: string | null): string {
  if (user === null) return ""
  return `setpriv --reuid=${quote(user)} --regid="$(id -g ${quote(user)})" --init-groups -- `
}

/** A path of a member: without its slash, and without a way up, which no path of an appliance has. */
function inRoot(path: string): string {
  const names = path.split("/").filter((name) => name !== "" && name !== ".")
  if (names.includes("..")) throw new Error(`a file of an appliance may not lead upwards: ${path}`)
  return names.join("/")
}

const standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
