/** The only door of `lang/`: what the runtime, the commands and the console may know of it. */
export type * from "./desired/desired-state.ts"
export type { Diagnostic, Report, Severity } from "./report/diagnostic.ts"
export { type Origin, type Source, type Span, showOrigin } from "./text/source.ts"
