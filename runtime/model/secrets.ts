import { appliedLater, filterText } from "../../lang/index.ts"
import type { ApplianceFields, ApplianceFile, SettledPart } from "./fields.ts"

/** Stands for a secret wherever people look. */
export const hidden = "•••"

/** The values of secrets, by name. Lives in memory while an apply runs, and nowhere else. */
export type SecretValues = ReadonlyMap<string, string>

/** The fields of an appliance with all its texts put together: for its files and environment, never for a record. */
export type PlainFields = Omit<ApplianceFields, "files" | "env"> & {
  readonly files: readonly PlainFile[]
  readonly env: Readonly<Record<string, string>>
}
export type PlainFile = Omit<ApplianceFile, "content"> & {
  readonly content: { readonly text: string } | { readonly base64: string }
}

/** Puts the values of secrets into the texts of an appliance. Throws when one is missing: they were fetched before. */
export function revealed(fields: ApplianceFields, secrets: SecretValues): PlainFields {
  const lookUp = (name: string): string => {
    const value = secrets.get(name)
    if (value === undefined) throw new Error(`the secret ${name} was not fetched`)
    return value
  }
  return {
    ...fields,
    files: fields.files.map((file): PlainFile => {
      const { content } = file
      return { ...file, content: "parts" in content ? { text: textOf(content.parts, lookUp) } : content }
    }),
    env: Object.fromEntries(
      Object.entries(fields.env).map(([name, value]) => [
        name,
        typeof value === "string" ? value : textOf(value.parts, lookUp),
      ]),
    ),
  }
}

/** A text for people: each secret in it is `•••`. */
export function shownParts(parts: readonly SettledPart[]): string {
  return textOf(parts, () => hidden)
}

/** The secrets in some parts, by name with the version of each. */
export function versionsIn(parts: readonly SettledPart[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const part of parts) {
    if (typeof part === "string") continue
    if ("secret" in part) found.set(part.secret, part.version)
    else for (const [name, version] of versionsIn(part.of)) found.set(name, version)
  }
  return found
}

/** The secrets of an appliance, by name with the version of each. */
export function versionsOf({ files, env }: Pick<ApplianceFields, "files" | "env">): ReadonlyMap<string, string> {
  const contents = [...files.map((file) => file.content), ...Object.values(env)]
  return new Map(
    contents.flatMap((content) =>
      typeof content !== "string" && "parts" in content ? [...versionsIn(content.parts)] : [],
    ),
  )
}

/** A function that hides these values in any text, also as a shell, a URL or JSON would write them, and their longer lines. */
export function redactor(values: Iterable<string>): (text: string) => string {
  const needles = new Set<string>()
  for (const value of values) for (const form of formsOf(value)) if (form !== "") needles.add(form)
  // The longest first: a secret may be a part of another.
  const ordered = [...needles].sort((left, right) => right.length - left.length)
  if (ordered.length === 0) return (text) => text
  return (text) => ordered.reduce((shown, needle) => shown.replaceAll(needle, hidden), text)
}

function formsOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  const whole = [
    value,
    value.replaceAll("'", `'\\''`),
    encodeURIComponent(value.toWellFormed()),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString("base64"),
    ...[...appliedLater].map((filter) => filterText(filter, value)),
  ]
  return lines.length > 1 ? [...whole, ...lines.filter((line) => line.length >= 8)] : whole
}

function textOf(parts: readonly SettledPart[], lookUp: (secret: string) => string): string {
  return parts
    .map((part): string => {
      if (typeof part === "string") return part
      return "secret" in part ? lookUp(part.secret) : filterText(part.filter, textOf(part.of, lookUp))
    })
    .join("")
}
