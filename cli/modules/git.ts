import { execFile } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { maxSatisfying } from "semver"
import { type Fetching, limits, refused, unreachable } from "./fetching.ts"

/** What of a repository is wanted: a branch, a tag, a whole commit, or the newest tag in a range of versions; and a folder in it. */
export type GitRequest = {
  readonly urls: readonly string[]
  /** Null: what the repository itself calls its head. */
  readonly ref: string | null
  readonly range: string | null
  readonly folder: string | null
}

export type FromGit = { readonly tar: Uint8Array; readonly commit: string; readonly url: string }

/**
 * Fetches one commit and gives its files as a tar archive. Nothing is checked out, so that no hook, filter or submodule of the
 * repository has a part in it; git asks nobody for a password.
 */
export async function fetchFromGit(request: GitRequest): Promise<Fetching<FromGit>> {
  const folder = mkdtempSync(join(tmpdir(), "appl-git-"))
  try {
    await git(["init", "--quiet", "--bare", folder])
    let last: Fetching<FromGit> = unreachable("there is no address to fetch it from")
    for (const url of request.urls) {
      last = await fetchFrom(url, request, folder)
      if (last.ok) break
    }
    return last
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function fetchFrom(url: string, request: GitRequest, folder: string): Promise<Fetching<FromGit>> {
  const ref = request.range === null ? (request.ref ?? "HEAD") : await newestTag(url, request.range)
  if (ref === null) return unreachable(`${url} has no tag of a version in ${request.range}`)
  if (/^[-+]|[\s:~^?*[\\]|\.\./.test(ref)) return refused(`"${ref}" cannot be a branch, tag or commit`)
  try {
    try {
      await git(["-C", folder, "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", url, ref])
    } catch (error) {
      // Not every server gives a commit that no branch or tag names.
      if (!isCommit(ref)) throw error
      await git(["-C", folder, "fetch", "--quiet", "--no-recurse-submodules", "--", url, "+refs/*:refs/*"])
    }
    const wanted = isCommit(ref) ? ref : "FETCH_HEAD"
    const commit = (await git(["-C", folder, "rev-parse", "--verify", `${wanted}^{commit}`])).toString().trim()
    const tree = request.folder === null ? commit : `${commit}:${request.folder}`
    // The attributes of a repository choose filters and line ends among those that its user has set up: here there are none.
    const tar = await git(["-C", folder, "archive", "--format=tar", tree], {
      GIT_CONFIG_GLOBAL: nowhere,
      ...no_settings,
    })
    return { ok: true, value: { tar, commit, url } }
  } catch (error) {
    return failed(url, error)
  }
}

async function newestTag(url: string, range: string): Promise<string | null> {
  let listed: string
  try {
    listed = (await git(["ls-remote", "--tags", "--refs", "--", url])).toString()
  } catch {
    return null
  }
  const tags = new Map<string, string>()
  for (const [, tag] of listed.matchAll(/\trefs\/tags\/(v?\d+\.\d+\.\d+\S*)$/gm)) tags.set(tag!.replace(/^v/, ""), tag!)
  const newest = maxSatisfying([...tags.keys()], range)
  return newest === null ? null : `refs/tags/${tags.get(newest)}`
}

function failed(url: string, error: unknown): Fetching<never> {
  const { code, stderr } = error as { code?: string | number; stderr?: Buffer | string }
  if (code === "ENOENT")
    return unreachable("git is not on this machine", "install git: a module in a repository is fetched with it")
  if (code === "ERR_CHILD_PROCESS_STDIO_MAXBUFFER") return refused("it is too large for a module")
  const said = String(stderr ?? "")
    .split("\n")
    .map((line) => line.replace(/^(?:fatal|error|remote): /, "").trim())
    .filter((line) => line !== "")
  return unreachable(
    `git gets nothing from ${withoutPassword(url)}${said.length === 0 ? "" : `: ${withoutPassword(said[0]!)}`}`,
  )
}

function isCommit(ref: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)
}

/** An address as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]+@/g, (whole, scheme: string) =>
    whole.includes(":", scheme.length) ? `${scheme}***@` : whole,
  )
}

const nowhere = process.platform === "win32" ? "NUL" : "/dev/null"
/** What else of a user's settings and attributes of files git would look at. */
const no_settings = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_ATTR_NOSYSTEM: "1",
  GIT_CONFIG_COUNT: "0",
  XDG_CONFIG_HOME: nowhere,
}

async function git(words: readonly string[], settings: NodeJS.ProcessEnv = {}): Promise<Buffer> {
  const environment: NodeJS.ProcessEnv = { ...process.env }
  // A hook of the user's own repository may have started us: nothing of that repository is meant. And git
  // starts helpers of others, to whom our own variables, which may be secrets, say nothing.
  for (const name of Object.keys(environment)) if (unwanted_variables.test(name)) delete environment[name]
  const { stdout } = await promisify(execFile)("git", [...words], {
    encoding: "buffer",
    maxBuffer: limits.unpacked_bytes,
    timeout: 300_000,
    env: {
      ...environment,
      LC_ALL: "C",
      GIT_TERMINAL_PROMPT: "0",
      GIT_ASKPASS: environment.GIT_ASKPASS ?? "true",
      GIT_SSH_COMMAND: environment.GIT_SSH_COMMAND ?? "ssh -oBatchMode=yes",
      // Of all that git can fetch by, these run no program that an address names.
      GIT_ALLOW_PROTOCOL: "file:git:http:https:ssh",
      ...settings,
    },
  })
  return stdout
}

const unwanted_variables =
  /^APPL_|^GIT_(?:DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX)$/
