/** The only door of `lang/`: what the runtime, the commands and the console may know of it. */
export { compile, vet } from "./compile.ts"
export type * from "./desired/desired-state.ts"
export { graphOf } from "./desired/graph.ts"
export { type LateFacts, lateOutput, lateText, showLate } from "./desired/late.ts"
export { emptyLock, type Lock, type LockSection, lockSection, readLock, showLock } from "./desired/lock.ts"
export { showParts } from "./desired/parts.ts"
export { type ReadBack, readDesiredState, readHosts } from "./desired/read-back.ts"
export { type ClusterNames, clustersIn } from "./editor/clusters.ts"
export { type Drawing, drawDot, drawText } from "./graph/drawing.ts"
export { drawSvg } from "./graph/svg.ts"
export { type LintInput, lintFiles } from "./lint/subject.ts"
export { type Mended, mend, mendWith } from "./mend.ts"
export {
  type CheckedModule,
  type Comparison,
  checkModule,
  compareModules,
  type ModuleInput,
  surfaceOfModule,
} from "./module.ts"
export { contentFolder, contentHash, isModuleFile, type ModuleFile, moduleFiles } from "./modules/content.ts"
export {
  type Dependency,
  type Description,
  readModuleDescription,
  readProjectDescription,
} from "./modules/description.ts"
export type { LockedModule, LockedModules } from "./modules/lock.ts"
export { findProject, projectFolder } from "./modules/project.ts"
export { isLocal as isPathSpec, isModuleName, isRange as isVersionRange } from "./modules/specs.ts"
export {
  type Demand,
  type Misfit,
  type Placement,
  place,
  type Spot,
  type Supply,
} from "./placement/place.ts"
export type { Compiled, Input, Surveyed } from "./realise.ts"
export {
  completions,
  enter,
  isUnfinished,
  type ReplAnswer,
  type ReplInput,
  type Session,
  typeOfEntered,
} from "./repl.ts"
export {
  type Code,
  type CodeEntry,
  codes,
  type Example,
  type ExampleFiles,
  exampleParts,
  ruleNames,
} from "./report/codes.ts"
export type { Diagnostic, Edit, Fix, Report, Severity } from "./report/diagnostic.ts"
export { nearest } from "./report/nearest.ts"
export { type RenderOptions, render, toJson } from "./report/render.ts"
export { makeReport } from "./report/report.ts"
export type { Finding, Weight } from "./surface/difference.ts"
export { isEnough } from "./surface/step.ts"
export type { Entry, EntryKind, Member, MemberKind, Surface, TypeText } from "./surface/surface.ts"
export { format } from "./syntax/format.ts"
export { type Highlight, highlight } from "./syntax/highlight.ts"
export { type FileTests, runTests, type TestInput, type TestResult } from "./test.ts"
export { type Files, type ListedFile, memoryFiles, overlay } from "./text/files.ts"
export { type Origin, positionOf, type Source, type Span, showOrigin } from "./text/source.ts"
export { isTypeWord } from "./types/named.ts"
export type { ParamInput } from "./values/inputs.ts"
export { appliedLater, filterText } from "./values/templates/filters.ts"
export { type Why, type WhyAnswer, why } from "./why.ts"
