import { drawDot, drawSvg, drawText, graphOf } from "../../lang/index.ts"
import { type CompileOptions, load } from "../compile.ts"
import type { Terminal } from "../terminal.ts"

type GraphOptions = CompileOptions & { readonly format: "text" | "dot" | "svg" }

/** `appl graph`: the things of a cluster and what connects them, as text, for Graphviz, or as a picture. */
export function graph(file: string, options: GraphOptions, terminal: Terminal): number {
  const loaded = load(file, options, terminal)
  if (loaded === null) return 1
  const found = graphOf(loaded.desired)
  const draw = { text: drawText, dot: drawDot, svg: drawSvg }[options.format]
  terminal.out(options.json === true ? `${JSON.stringify(found)}\n` : draw(found))
  return 0
}
