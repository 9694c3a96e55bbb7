import { thisMachine } from "../../runtime/index.ts"
import { type Format, fail } from "../problem.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

/** `appl image ls`: what this machine has built. `--json` prints `{ "images": […] }`. */
export async function listImages(options: Format, terminal: Terminal): Promise<number> {
  const found = await thisMachine.images()
  if (!found.ok) return fail(terminal, options, found.failure)
  const images = found.value
  if (options.json === true) terminal.out(`${JSON.stringify({ images })}\n`)
  else if (images.length === 0) terminal.out("There are no images yet.\n")
  else {
    const rows = images.map(({ key, size_bytes, used_ms, users, packages }) => [
      key.slice(0, 12),
      megabytes(size_bytes),
      new Date(used_ms).toISOString().slice(0, 16).replace("T", " "),
      users.join(", ") || "nobody",
      `${packages.length}`,
    ])
    terminal.out(table([["image", "size", "last used", "used by", "packages"], ...rows]))
  }
  return 0
}

/** `appl image gc`: removes what no cluster uses. `--json` prints `{ "removed": […], "freed_bytes" }`. */
export async function collectImages(options: Format, terminal: Terminal): Promise<number> {
  const collected = await thisMachine.collectImages()
  if (!collected.ok) return fail(terminal, options, collected.failure)
  const { removed, freed_bytes } = collected.value
  if (options.json === true) terminal.out(`${JSON.stringify({ removed, freed_bytes })}\n`)
  else
    terminal.out(`Removed ${removed.length} ${removed.length === 1 ? "thing" : "things"}, ${megabytes(freed_bytes)}.\n`)
  return 0
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}
