import { lstatSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { Readable } from "node:stream"
import { text } from "node:stream/consumers"
import { pipeline } from "node:stream/promises"
import { create, extract } from "tar"
import type { Started } from "../../runtime/index.ts"
import { findAppliance, unableTo, type Visit, visit } from "../appliances/enter.ts"
import type { CompileOptions } from "../compile.ts"
import { type Problem, type Result, refuse } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

/**
 * `appl cp`: one of the two places is `APPLIANCE:/path`. A destination that is a folder gets the copy inside, under its own name; links are
 * copied as links, and none is followed. 0 when the copy is there, whole; 1 when it is not.
 */
export function cp(
  file: string,
  source: string,
  destination: string,
  options: CompileOptions,
  terminal: Terminal,
): Promise<number> {
  return visit(file, options, terminal, 1, async (at) => {
    const [from, to] = [placeIn(source), placeIn(destination)]
    const copied =
      from === null && to !== null
        ? await bring(at, source, to)
        : from !== null && to === null
          ? await fetch(at, from, destination)
          : refuse("one of the two places is in an appliance, the other here", "write it as APPLIANCE:/path")
    return copied.ok ? 0 : unableTo(terminal, options, copied.problem, 1)
  })
}

type Place = { readonly appliance: string; readonly path: string }

/** A file here that has a colon in its name is written with a slash before it: `./a:b`. */
function placeIn(word: string): Place | null {
  const colon = word.indexOf(":")
  if (colon <= 0 || word.slice(0, colon).includes("/")) return null
  return { appliance: word.slice(0, colon), path: word.slice(colon + 1) }
}

async function bring(at: Visit, source: string, to: Place): Promise<Result<null>> {
  const path = resolve(source)
  if (kindOf(path) === null) return refuse(`there is no file ${source}`, null)
  const name = basename(path)
  if (name === "") return refuse("the root of this machine cannot be copied", "name a folder in it")
  const started = await begin(at, to, ["sh", "-c", placing, "appl-cp", to.path, name])
  if (!started.ok) return started
  const said = text(started.value.stderr)
  started.value.stdout.resume()
  // Owners and times of this machine mean nothing there: what arrives is root's.
  const archive = create({ cwd: dirname(path), portable: true }, [`./${name}`])
  const packed = await pipeline(Readable.from(archive as AsyncIterable<Buffer>), started.value.stdin).then(
    () => null,
    (error: Error) => error.message,
  )
  if (packed !== null) started.value.stdin.end()
  return endOf(started.value, await said, packed)
}

async function fetch(at: Visit, from: Place, destination: string): Promise<Result<null>> {
  const name = basename(from.path)
  if (name === "" || name === "." || name === "..")
    return refuse(`${from.path} has no name of its own`, "name the file or folder itself")
  const target = kindOf(resolve(destination)) === "folder" ? join(resolve(destination), name) : resolve(destination)
  if (kindOf(dirname(target)) !== "folder") return refuse(`there is no folder ${dirname(target)}`, null)
  if (kindOf(target) === "folder") return refuse(`${target} is there already`, "remove it, or name another destination")
  const started = await begin(at, from, ["tar", "-c", "-f", "-", "-C", dirname(from.path), `./${name}`])
  if (!started.ok) return started
  started.value.stdin.end()
  const said = text(started.value.stderr)
  // Unpacked beside the destination and then renamed: whatever came, nothing that was here is written through.
  const beside = mkdtempSync(join(dirname(target), ".appl-cp-"))
  try {
    const strange: string[] = []
    const unpacking = extract({
      cwd: beside,
      preserveOwner: false,
      filter: (path) => path.split("/").filter((part) => part !== "." && part !== "")[0] === name,
      onwarn: (_code, message) => void strange.push(String(message)),
    })
    const unpacked = await pipeline(started.value.stdout, unpacking).then(
      () => null,
      (error: Error) => error.message,
    )
    const ended = await endOf(started.value, await said, unpacked ?? strange[0] ?? null)
    if (!ended.ok) return ended
    renameSync(join(beside, name), target)
    return ended
  } catch (error) {
    return refuse(`${target} cannot be written: ${(error as Error).message}`, null)
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

async function begin(at: Visit, place: Place, words: readonly string[]): Promise<Result<Started>> {
  if (!place.path.startsWith("/")) return refuse(`${place.path} is not an absolute path`, "write it as APPLIANCE:/path")
  const found = findAppliance(at.loaded, place.appliance)
  if (!found.ok) return found
  const entered = await at.enter(found.value, { kind: "command", words: ["/appl/busybox", ...words] })
  return entered.ok ? entered : { ok: false, problem: entered.failure }
}

async function endOf({ ended }: Started, said: string, broken: string | null): Promise<Result<null>> {
  const { code, why } = await ended
  if (code === 0 && broken === null) return { ok: true, value: null }
  const output = said.split("\n").filter((line) => line !== "")
  const message =
    code === null
      ? `the connection was lost: ${why ?? ""}`
      : `nothing was copied${broken === null ? "" : `: ${broken}`}`
  const problem: Problem = { message, remedy: null, output }
  return { ok: false, problem }
}

function kindOf(path: string): "folder" | "other" | null {
  try {
    return statSync(path).isDirectory() ? "folder" : "other"
  } catch {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? null : "other"
  }
}

/** Runs inside: unpacks beside the destination, and puts it in place when all of it has come. */
const placing = `set -e
to=$1 name=$2
b() { /appl/busybox "$@"; }
if [ -d "$to" ]; then to=\${to%/}/$name; fi
folder=$(b dirname "$to")
[ -d "$folder" ] || { echo "there is no folder $folder inside" >&2; exit 1; }
[ ! -d "$to" ] || [ -L "$to" ] || { echo "$to is there already" >&2; exit 1; }
beside=$(b mktemp -d "\${folder%/}/.appl-cp.XXXXXX")
trap 'b rm -rf "$beside"' EXIT
b tar -x -f - -C "$beside"
[ ! -L "$to" ] || b rm -f "$to"
b mv -f "$beside/$name" "$to"
`
