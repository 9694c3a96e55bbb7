import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { createTwoFilesPatch } from "diff"
import type { DesiredState } from "../../lang/index.ts"
import { writeSafely } from "../lock-file.ts"
import { planText } from "./plan-text.ts"

/** How the plan of a case compares with the one that is kept. */
export type Golden =
  | { readonly kind: "none" | "same" | "written" }
  /** `diff` is a unified diff, from what is kept to what is planned. */
  | { readonly kind: "different"; readonly path: string; readonly diff: string }
  | { readonly kind: "missing"; readonly path: string }
  | { readonly kind: "failed"; readonly why: string }

/** The kept plans of one file: `golden/<file>/<name of the case>.txt` beside it. */
export type Goldens = {
  /** Compares the plan of a case, or writes it. */
  compare(title: string, desired: readonly DesiredState[]): Promise<Golden>
  /** The kept plans that no case had, after all have run. */
  unused(): readonly string[]
}

/**
 * Opens the kept plans of a file. There are some where the folder `golden` is; `update` makes it. A plan that is not kept yet is written,
 * but with `strict` (CI=1) it is missing.
 */
export function openGoldens(file: string, mode: { readonly update: boolean; readonly strict: boolean }): Goldens {
  const root = join(dirname(file), "golden")
  const folder = join(root, basename(file, ".appl"))
  const used = new Set<string>()
  return {
    async compare(title, desired) {
      if (desired.length === 0 || (!mode.update && !existsSync(root))) return { kind: "none" }
      const name = freeName(title, used)
      used.add(name)
      const path = join(folder, name)
      const planned = (await Promise.all(desired.map((one) => planText(one, dirname(file))))).join("\n")
      const kept = existsSync(path) ? readFileSync(path, "utf8") : null
      if (kept === planned) return { kind: "same" }
      if (kept !== null && !mode.update) {
        const diff = createTwoFilesPatch(path, "as planned now", kept, planned, "", "", { context: 2 })
        return { kind: "different", path, diff: diff.replace(/^=+\n/, "") }
      }
      if (kept === null && mode.strict && !mode.update) return { kind: "missing", path }
      const written = writeSafely(path, planned)
      return written.ok ? { kind: "written" } : { kind: "failed", why: written.problem.message }
    },
    unused() {
      if (!existsSync(folder)) return []
      return readdirSync(folder)
        .filter((name) => name.endsWith(".txt") && !used.has(name))
        .map((name) => join(folder, name))
    },
  }
}

/** Removes kept plans that no case has any more. */
export function removeGoldens(paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true })
}

/** A file name that tells what the case is called; of two alike the later one has a number. */
function freeName(title: string, used: ReadonlySet<string>): string {
  const slug =
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "")
      .slice(0, 80) || "test"
  let name = `${slug}.txt`
  for (let number = 2; used.has(name); number++) name = `${slug}-${number}.txt`
  return name
}
