/** The only door of `lang/`: what the runtime, the commands and the console may know of it. */
export { type Compiled, compile, type Input } from "./compile.ts"
export type * from "./desired/desired-state.ts"
export { graphOf } from "./desired/graph.ts"
export { type LateFacts, lateOutput, lateText, showLate } from "./desired/late.ts"
export { emptyLock, type Lock, type LockSection, lockSection, readLock, showLock } from "./desired/lock.ts"
export { type ReadBack, readDesiredState, readHosts } from "./desired/read-back.ts"
export { type Drawing, drawDot, drawText } from "./graph/drawing.ts"
export { drawSvg } from "./graph/svg.ts"
export {
  type Demand,
  type Misfit,
  type Placement,
  place,
  type Spot,
  type Supply,
} from "./placement/place.ts"
export { type Code, type CodeEntry, codes } from "./report/codes.ts"
export type { Diagnostic, Edit, Fix, Report, Severity } from "./report/diagnostic.ts"
export { nearest } from "./report/nearest.ts"
export { type RenderOptions, render, toJson } from "./report/render.ts"
export { makeReport } from "./report/report.ts"
export { format } from "./syntax/format.ts"
export { type Files, type ListedFile, memoryFiles } from "./text/files.ts"
export { type Origin, type Source, type Span, showOrigin } from "./text/source.ts"
export type { ParamInput } from "./values/inputs.ts"
export { filterText } from "./values/templates/filters.ts"
