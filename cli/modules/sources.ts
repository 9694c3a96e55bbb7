import { readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"
import npa from "npm-package-arg"
import pacote from "pacote"
import { isPathSpec, isVersionRange, type ModuleFile } from "../../lang/index.ts"
import { cacheFolder } from "../state.ts"
import { unpack } from "./archive.ts"
import { type Fetching, limits, refused, unreachable } from "./fetching.ts"
import { readModuleFolder } from "./folder.ts"
import { fetchFromGit, type GitRequest, withoutPassword } from "./git.ts"

/** What a place gave: the files of a module, and where exactly they are from, so that the same can be fetched again. */
export type Gotten = { readonly files: ModuleFile[]; readonly resolved: string }

/** Where fetching looks for what is not said in full. */
export type Sources = {
  /** The folder of the project: paths are relative to it. */
  readonly project: string
  readonly registry: string
  /** What proves to the registry who asks; null: nothing does. */
  readonly token: string | null
}

/** The versions that a registry has of a module. */
export async function versionsOf(name: string, sources: Sources): Promise<Fetching<string[]>> {
  try {
    const { versions } = await pacote.packument(name, optionsOf(sources))
    return { ok: true, value: Object.keys(versions) }
  } catch (error) {
    return failed(`${name} in ${sources.registry}`, error)
  }
}

/** One version from the registry. */
export async function getVersion(name: string, version: string, sources: Sources): Promise<Fetching<Gotten>> {
  try {
    const manifest = await pacote.manifest(`${name}@${version}`, optionsOf(sources))
    const got = await getTarball(manifest._resolved, sources, manifest._integrity)
    return got.ok ? { ok: true, value: { ...got.value, resolved: manifest._resolved } } : got
  } catch (error) {
    return failed(`${name} ${version} in ${sources.registry}`, error)
  }
}

/**
 * What a dependency that names a place asks for: a git URL, a tarball's path or address, a folder, or another name in the registry
 * (`npm:name@range`). `resolved` of the result names the same content again, as far as its source keeps it.
 */
export async function getPlace(name: string, spec: string, sources: Sources): Promise<Fetching<Gotten>> {
  let place: npa.Result
  try {
    place = npa.resolve(name, spec, sources.project)
  } catch {
    return unreachable(`"${spec}" is nothing that can be fetched`, forms)
  }
  switch (place.type) {
    case "git":
      return getGit(place as npa.HostedGitResult)
    case "directory":
    case "file":
      return getPath(spec, sources)
    case "remote":
      return getTarball(String(place.fetchSpec), sources)
    case "alias": {
      const { subSpec } = place as npa.AliasResult
      const known = await versionsOf(subSpec.name ?? "", sources)
      if (!known.ok) return known
      const { maxSatisfying } = await import("semver")
      const version = maxSatisfying(known.value, String(subSpec.fetchSpec ?? "*"))
      if (version === null) return unreachable(`no version of ${subSpec.name} is ${subSpec.rawSpec}`)
      return getVersion(subSpec.name ?? "", version, sources)
    }
    default:
      return unreachable(`"${spec}" is nothing that can be fetched`, forms)
  }
}

/**
 * Whether what a dependency asks for is on the disk of whoever fetches it, in any way of saying so that `getPlace` understands: also
 * `File:…`, `.kit`, `kit.tgz`, `a/b/c` and a repository behind `git+file:`.
 */
export function isOnDisk(name: string, spec: string): boolean {
  if (isPathSpec(spec)) return true
  if (isVersionRange(spec)) return false
  try {
    const place = npa.resolve(name, spec)
    return place.type === "directory" || place.type === "file" || /^(?:git\+)?file:/i.test(String(place.fetchSpec))
  } catch {
    return false
  }
}

/** What a lock says of a module, fetched again: the hash of its content decides whether it is the same. */
export function getLocked(name: string, spec: string, resolved: string, sources: Sources): Promise<Fetching<Gotten>> {
  if (isVersionRange(spec) || spec.startsWith("npm:")) return getTarball(resolved, sources)
  return getPlace(name, resolved, sources)
}

/** What was typed, taken apart: `kit`, `kit@^1` and `kit@../kit` have a name; a path, address or repository (`user/kit`) has none. */
export function splitRequest(text: string): { readonly name: string | null; readonly spec: string | null } {
  const at = text.indexOf("@", 1)
  const spec = at === -1 ? null : text.slice(at + 1)
  if (text.startsWith("std/") || (spec !== null && named_spec.test(spec)))
    return { name: at === -1 ? text : text.slice(0, at), spec }
  const isShorthand = /^[^@/\s]+\/[^@/\s]+$/.test(text)
  const isRemoteShell = /^[^@/\s]+@[^@/\s]+:/.test(text)
  if (
    isPathSpec(text) ||
    /\.(?:tgz|tar|tar\.gz)$/.test(text) ||
    /^(?:git\+)?[a-z]+:/i.test(text) ||
    isShorthand ||
    isRemoteShell
  )
    return { name: null, spec: text }
  return { name: at === -1 ? text : text.slice(0, at), spec }
}

/** What begins like a place of its own, so that what stands before its `@` is a name. */
const named_spec = /^(?:git\+|git:|https?:|ssh:|file:|npm:|github:|gitlab:|bitbucket:|\.{1,2}\/|\/)/

async function getGit(place: npa.HostedGitResult): Promise<Fetching<Gotten>> {
  // What hosted-git-info gives, of which the published types leave most out.
  type Hosted = Record<"https" | "sshurl", (options: { noCommittish: boolean }) => string | undefined>
  const hosted = place.hosted as unknown as Hosted | undefined
  const urls =
    hosted === undefined
      ? [String(place.fetchSpec)]
      : [hosted.https({ noCommittish: true }), hosted.sshurl({ noCommittish: true })].filter(
          (url) => typeof url === "string",
        )
  const { gitSubdir } = place as { gitSubdir?: string }
  const request: GitRequest = {
    urls: urls.map((url) => url.replace(/^git\+/, "")),
    ref: place.gitCommittish ?? null,
    range: place.gitRange ?? null,
    folder: gitSubdir?.replace(/^\/+/, "") ?? null,
  }
  const got = await fetchFromGit(request)
  if (!got.ok) return got
  const files = unpack(got.value.tar, "none")
  const { url, commit } = got.value
  const where = `git+${/^\w+:\/\//.test(url) ? url : `ssh://${url.replace(":", "/")}`}`
  const folder = request.folder === null ? "" : `::path:${request.folder}`
  return files.ok ? { ok: true, value: { files: files.value, resolved: `${where}#${commit}${folder}` } } : files
}

async function getPath(spec: string, sources: Sources): Promise<Fetching<Gotten>> {
  const path = resolve(
    sources.project,
    spec.replace(/^(?:file|link):(?:\/\/(?=\/))?/, "").replace(/^~(?=\/)/, process.env.HOME ?? "~"),
  )
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return unreachable(`there is no ${spec}`, "a path is relative to the folder of appl.json")
  if (found.isDirectory()) {
    const files = readModuleFolder(path)
    return files.ok ? { ok: true, value: { files: files.value, resolved: spec } } : files
  }
  if (!found.isFile()) return refused(`${spec} is neither a file nor a folder`)
  if (found.size > limits.unpacked_bytes) return refused(`${spec} is too large for a module`)
  const files = unpack(readFileSync(path), "one folder")
  return files.ok ? { ok: true, value: { files: files.value, resolved: spec } } : files
}

async function getTarball(url: string, sources: Sources, integrity?: string): Promise<Fetching<Gotten>> {
  // A lock may come from anybody: of all that pacote can fetch, this is an address and nothing else.
  if (!/^https?:\/\//.test(url)) return refused(`"${url}" is no address of a tarball`)
  const too_large = "too large"
  try {
    const bytes = await pacote.tarball.stream(
      url,
      async (stream) => {
        const chunks: Buffer[] = []
        let size = 0
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          size += chunk.length
          if (size > limits.packed_bytes) throw new Error(too_large)
          chunks.push(chunk)
        }
        return Buffer.concat(chunks)
      },
      { ...optionsOf(sources), integrity },
    )
    const files = unpack(bytes, "one folder")
    return files.ok ? { ok: true, value: { files: files.value, resolved: url } } : files
  } catch (error) {
    if (error instanceof Error && error.message === too_large) return refused("the archive is too large for a module")
    return failed(url, error)
  }
}

function optionsOf(sources: Sources) {
  const host = sources.registry.replace(/^https?:/, "").replace(/\/*$/, "/")
  return {
    registry: sources.registry,
    cache: join(cacheFolder(), "npm"),
    where: sources.project,
    preferOnline: true,
    ignoreScripts: true,
    retry: { retries: 1, factor: 2, minTimeout: 500, maxTimeout: 5000 },
    timeout: 60_000,
    userAgent: "appl",
    ...(sources.token === null ? {} : { [`${host}:_authToken`]: sources.token }),
  }
}

function failed(what: string, error: unknown): Fetching<never> {
  const { code, statusCode, message } = error as { code?: string; statusCode?: number; message?: string }
  const subject = withoutPassword(what)
  if (code === "EINTEGRITY")
    return { ok: false, code: "A0236", message: `${subject} is not what its registry says it is` }
  if (code === "E404" || statusCode === 404) return unreachable(`there is no ${subject}`)
  if (code === "ETARGET") return unreachable(`there is no such version of ${subject}`)
  if (code === "E401" || code === "E403")
    return unreachable(`${subject} is not given to everybody`, "APPL_REGISTRY_TOKEN holds the token of its registry")
  const why = withoutPassword((message ?? String(error)).split("\n")[0]!)
  return unreachable(`${subject} cannot be reached: ${why}`, "what was fetched before works without a network")
}

const forms = "a range of versions, a git URL, a tarball or a folder: ^1.2.0, git+https://…, ./kit.tgz, ../kit"
