import { createRequire } from "node:module"

// `import` in the middle of a synchronous phase is not possible, and importing these at the start would cost every
// compilation their 16 ms, also one without templates and patterns.
const require = createRequire(import.meta.url)

/** The parser of Nunjucks, without its compiler, loaders and environment. */
export function nunjucksParser(): NunjucksParser {
  return require("nunjucks/src/parser.js") as NunjucksParser
}

/** RE2 in JavaScript: regular expressions in linear time. */
export function linearExpressions(): typeof import("re2js") {
  return require("re2js") as typeof import("re2js")
}

/** Validation by JSON Schema, for what is read back from a file. */
export function jsonSchemas(): typeof import("ajv") {
  return require("ajv") as typeof import("ajv")
}

/** The parsers of data files, CSV, JSON, YAML and TOML, that know where everything stands. */
export function csvParser(): typeof import("csv-parse/sync") {
  return require("csv-parse/sync") as typeof import("csv-parse/sync")
}

export function jsonParser(): typeof import("jsonc-parser") {
  return require("jsonc-parser") as typeof import("jsonc-parser")
}

/** Versions and ranges of them, as npm reads them. */
export function versions(): typeof import("semver") {
  return require("semver") as typeof import("semver")
}

export function yamlParser(): typeof import("yaml") {
  return require("yaml") as typeof import("yaml")
}

export function tomlParser(): typeof import("toml-eslint-parser") {
  return require("toml-eslint-parser") as typeof import("toml-eslint-parser")
}

export type NunjucksParser = { parse(text: string, extensions: readonly never[], options: object): NunjucksNode }

/** A node of Nunjucks' tree. `lineno` and `colno` count from 0; which other fields there are depends on `typename`. */
export type NunjucksNode = {
  readonly typename: string
  readonly lineno: number
  readonly colno: number
  readonly children?: readonly NunjucksNode[]
  readonly value?: unknown
  readonly [field: string]: unknown
}
