import { gunzipSync } from "node:zlib"
import { Parser, type ReadEntry } from "tar"
import { isModuleFile, type ModuleFile } from "../../lang/index.ts"
import { type Fetching, limits, type Refusal, refused } from "./fetching.ts"
import { collision, wrongPath } from "./names.ts"

/**
 * The files of a module in an archive, as npm packs it: gzip around tar, all below one folder (`top` is "one folder"), or what git gives
 * (`top` is "none"). Nothing is written: an archive with anything in it that is no plain file or folder, or with a hostile name, is
 * refused as a whole.
 */
export function unpack(archive: Uint8Array, top: "one folder" | "none"): Fetching<ModuleFile[]> {
  if (archive.length > limits.packed_bytes && isZipped(archive)) {
    return refused(`the archive is larger than ${megabytes(limits.packed_bytes)}`)
  }
  const tar = unzip(archive)
  return tar.ok ? readTar(tar.value, top) : tar
}

function unzip(archive: Uint8Array): Fetching<Uint8Array> {
  if (!isZipped(archive)) return { ok: true, value: archive }
  const most = Math.min(limits.unpacked_bytes, Math.max(2 ** 20, archive.length * limits.ratio))
  try {
    const tar = gunzipSync(archive, { maxOutputLength: most })
    // The reader of tar would unpack what is inside again, without these limits.
    return isZipped(tar) || isOtherZip(tar) ? refused("the archive is packed twice") : { ok: true, value: tar }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") {
      return refused(
        `the archive unpacks to more than ${megabytes(most)}`,
        most < limits.unpacked_bytes ? `that is more than ${limits.ratio} times its own size` : undefined,
      )
    }
    return refused("the archive is damaged: what is packed in it cannot be unpacked")
  }
}

function readTar(tar: Uint8Array, top: "one folder" | "none"): Fetching<ModuleFile[]> {
  if (isOtherZip(tar)) return refused("the archive is not packed with gzip")
  if (tar.length > limits.unpacked_bytes) return refused(`it is larger than ${megabytes(limits.unpacked_bytes)}`)
  const files: ModuleFile[] = []
  const folders = new Set<string>()
  let problem: Refusal | null = null
  let ended = false
  let entries = 0
  const stop = (refusal: Refusal) => {
    problem ??= refusal
  }
  const parser = new Parser({
    onReadEntry: (entry) => {
      const chunks: Buffer[] = []
      entry.on("data", (chunk) => void chunks.push(chunk))
      entries++
      if (entries > limits.files * 2) stop(refused(`the archive has more than ${limits.files} files`))
      if (problem !== null) return
      const read = readEntry(entry, top, folders)
      if (read === null) return
      if (typeof read !== "string") return stop(read)
      const executable = ((entry.mode ?? 0) & 0o111) !== 0
      entry.on("end", () => files.push({ path: read, bytes: Buffer.concat(chunks), executable }))
    },
  })
  parser.on("ignoredEntry", (entry: ReadEntry) => {
    stop(refused(`${shown(entry.path)} is of a kind that a module cannot have`))
    entry.resume()
  })
  parser.on("warn", (_, message) => stop(refused(`the archive is damaged: ${String(message).toLowerCase()}`)))
  parser.on("error", (error) => stop(refused(`the archive is damaged: ${error.message.toLowerCase()}`)))
  parser.on("end", () => {
    ended = true
  })
  parser.end(Buffer.from(tar.buffer, tar.byteOffset, tar.byteLength))
  if (problem !== null) return problem
  if (!ended) return refused("the archive is damaged: it does not end")
  if (folders.size > 1)
    return refused(`the archive has files below ${[...folders].slice(0, 2).map(shown).join(" and ")}`, one_folder)
  return checkFiles(files)
}

/** What holds for the files of any module, wherever it comes from. */
export function checkFiles(files: readonly ModuleFile[]): Fetching<ModuleFile[]> {
  if (files.length > limits.files) return refused(`it has more than ${limits.files} files`)
  const size = files.reduce((sum, file) => sum + file.bytes.length, 0)
  if (size > limits.unpacked_bytes) return refused(`it is larger than ${megabytes(limits.unpacked_bytes)}`)
  const twins = collision(files.map((file) => file.path))
  if (twins !== null) {
    const [left, right] = twins
    if (left === right) return refused(`${shown(left)} is in it twice`)
    return refused(`${shown(left)} and ${shown(right)} are the same on some machines`)
  }
  if (!files.some((file) => file.path === "module.json"))
    return refused("it has no module.json", "a module says in module.json what it is")
  return { ok: true, value: [...files] }
}

/** The path of a file inside its module; null for what belongs to no module, such as folders and hidden files. */
function readEntry(entry: ReadEntry, top: "one folder" | "none", folders: Set<string>): string | Refusal | null {
  const isFolder = entry.type === "Directory" || entry.type === "GNUDumpDir"
  const whole = entry.path.replace(/^(?:\.\/)+/, "").replace(isFolder ? /\/+$/ : /$^/, "")
  if (whole === "" || whole === ".") return isFolder ? null : refused("the archive has a file without a name")
  const wrong = wrongPath(whole)
  if (wrong !== null) return refused(`${shown(entry.path)} in the archive ${wrong}`)
  const [first = "", ...rest] = whole.split("/")
  const path = top === "none" ? whole : rest.join("/")
  if (top === "one folder") {
    if (path === "" && !isFolder) return refused(`${shown(whole)} is at the top of the archive`, one_folder)
    folders.add(first)
  }
  if (isFolder || path === "" || !isModuleFile(path)) return null
  if (entry.type === "File" || entry.type === "OldFile" || entry.type === "ContiguousFile") return path
  return refused(
    `${shown(entry.path)} is ${kinds[entry.type] ?? "no plain file"}`,
    "a module has plain files only: put the content itself there",
  )
}

const kinds: Readonly<Record<string, string>> = {
  Link: "a link",
  SymbolicLink: "a link",
  CharacterDevice: "a device",
  BlockDevice: "a device",
  FIFO: "a pipe",
}

const one_folder = "all files of a module stand below one folder: `appl module publish` and `npm pack` do it so"

function isZipped(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Zstandard, which the reader of tar would unpack without a limit. */
function isOtherZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd
}

/** A name that may be hostile, short enough to be read. */
function shown(path: string): string {
  return `"${path.length > 80 ? `${path.slice(0, 80)}…` : path}"`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
