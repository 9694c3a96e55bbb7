import { toJson } from "../../lang/index.ts"
import { type CompileOptions, showDiagnostics, vetFile } from "../compile.ts"
import { fail } from "../problem.ts"
import type { Terminal } from "../terminal.ts"

type CheckOptions = CompileOptions & { readonly fix?: boolean; readonly dryRun?: boolean }

/**
 * `appl check`: 0 when the file compiles (warnings alone too), 1 when it does not. `--json` prints `{ "diagnostics": […] }`. `--fix`
 * first mends what a machine can mend.
 */
export async function check(file: string, options: CheckOptions, terminal: Terminal): Promise<number> {
  const vetted = options.fix === true ? (await import("./fix.ts")).fix(file, options, terminal) : vetFile(file, options)
  if (!vetted.ok) return fail(terminal, options, vetted.problem)
  const { cluster, diagnostics } = vetted.value
  const failed = diagnostics.some((diagnostic) => diagnostic.severity === "error")
  if (options.json === true) {
    terminal.out(`${JSON.stringify(toJson(diagnostics))}\n`)
    return failed ? 1 : 0
  }
  showDiagnostics(diagnostics, terminal)
  if (failed) return 1
  if (cluster === null) {
    terminal.out(`${file} compiles.\n`)
    return 0
  }
  const counts = [
    count(cluster.appliances, "appliance"),
    count(cluster.networks, "network"),
    count(cluster.flows, "flow"),
  ]
  terminal.out(`${file}: cluster ${cluster.name} compiles: ${counts.join(", ")}.\n`)
  return 0
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`
}
