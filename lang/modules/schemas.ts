import { ruleNames } from "../report/codes.ts"

// JSON Schemas (draft 07) of the two files that name modules. What they say is published below `docs/schemas/`, for editors; a test holds
// the two together.

/** What `use` takes from, before a part: `web-kit` or `@acme/web-kit`. */
export const moduleName = "^(?:@[a-z0-9](?:[a-z0-9-]*[a-z0-9])?/)?[a-z](?:[a-z0-9-]*[a-z0-9])?$"
const standard_name = "^std/[a-z](?:[a-z0-9-]*[a-z0-9])?$"
/** SemVer 2.0.0, its own pattern without the groups. */
const version = "^(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)\\.(?:0|[1-9]\\d*)(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?$"
const declared_name = "^[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?$"
const part_name = "^[a-z](?:[a-z0-9-]*[a-z0-9])?$"
const file = {
  type: "string",
  pattern: "^\\./(?!(?:.*/)?\\.\\.?(?:/|$))[^\\\\\\u0000-\\u001f]+\\.appl$",
  description: "A file of the module: `./nginx.appl`.",
} as const

const edition = {
  type: "string",
  pattern: "^\\d{4}$",
  description: "The edition of the language that it is written in, so that a new built-in field breaks no module.",
} as const

const dependencies = {
  type: "object",
  description: "The modules that it uses, by name: a range of versions, a git URL, a tarball or a folder.",
  propertyNames: { anyOf: [{ pattern: moduleName }, { pattern: standard_name }] },
  additionalProperties: { type: "string", minLength: 1 },
} as const

const lint = {
  type: "object",
  description: "How strict each rule of `appl lint` is here, where that is not its default.",
  propertyNames: { enum: ruleNames },
  additionalProperties: { enum: ["error", "warning", "hint", "off"] },
} as const

/** `module.json`: what a module says of itself. */
export const moduleSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A module of the appl language",
  type: "object",
  additionalProperties: false,
  required: ["name", "version", "edition", "licence", "exports"],
  properties: {
    $schema: { type: "string" },
    name: { type: "string", maxLength: 100, anyOf: [{ pattern: moduleName }, { pattern: standard_name }] },
    version: { type: "string", maxLength: 100, pattern: version, description: "Its version, as SemVer 2.0.0 has it." },
    edition,
    licence: { type: "string", minLength: 1, description: "What others may do with it, as an SPDX expression." },
    description: { type: "string", description: "What it is for, in one sentence." },
    exports: {
      type: "object",
      description:
        'What others may use, with the file that declares it. A name whose value is an object is a part: `use { A } from "name/part"`.',
      propertyNames: { pattern: declared_name },
      additionalProperties: {
        anyOf: [
          file,
          {
            type: "object",
            propertyNames: { pattern: declared_name },
            additionalProperties: file,
          },
        ],
      },
    },
    dependencies,
    lint,
  },
} as const

/** `appl.json`: which modules a project uses. */
export const projectSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A project in the appl language",
  type: "object",
  additionalProperties: false,
  properties: {
    $schema: { type: "string" },
    edition,
    dependencies,
    lint,
    registry: {
      type: "string",
      pattern: "^https?://",
      description: "Where ranges of versions are looked up, instead of https://registry.npmjs.org.",
    },
  },
} as const

/** The section `modules` of `appl.lock`: what each module of the project is, exactly. */
export const lockedModulesSchema = {
  type: "object",
  propertyNames: { pattern: moduleName },
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    required: ["version", "spec", "resolved", "sha256"],
    properties: {
      version: { type: "string", pattern: version },
      spec: { type: "string" },
      resolved: { type: "string" },
      sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
    },
  },
} as const

/** Whether a text is the name of a part. */
export function isPartName(text: string): boolean {
  return new RegExp(part_name).test(text)
}
