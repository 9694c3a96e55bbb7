import type { Code } from "../report/codes.ts"
import type { Report } from "../report/diagnostic.ts"
import { firstTime } from "../report/once.ts"
import type { ApplianceThing, Model } from "../values/model.ts"
import { amountOf, entriesOf, fieldsOf, textsOf } from "../values/parts.ts"
import { display, isObject } from "../values/show.ts"
import type { Value } from "../values/value.ts"
import { imageOf } from "./images.ts"

/**
 * Checks what becomes a name inside an appliance or on its host: paths, variables, users, volumes, packages. None of them may be read
 * as something else there, such as an option or a way out of a folder.
 */
export function vetAppliances(model: Model, report: Report): void {
  // Loops and classes make many appliances with the same values and names: each is looked at once.
  const looked_at = rules.map((rule): LookedAt => ({ rule, values: new WeakSet(), names: new Set() }))
  for (const appliance of model.appliances) {
    for (const one of looked_at) vet(appliance, one, report)
    refuseNothing(appliance, report)
  }
}

type Rule = {
  readonly field: string
  readonly code: Code
  readonly names: (appliance: ApplianceThing) => Iterable<string | number>
  readonly fits: (name: string) => boolean
  /** What is expected, after "… is no". */
  readonly what: string
  readonly like: string
}

const rules: readonly Rule[] = [
  {
    field: "files",
    code: "A0720",
    names: filePaths,
    fits: isFilePath,
    what: "path of a file inside an appliance",
    like: "an absolute path without `..`, such as /etc/motd",
  },
  {
    field: "volumes",
    code: "A0720",
    names: (appliance) => entriesOf(appliance.field("volumes")).values().map(pathOf),
    fits: isFilePath,
    what: "path inside an appliance",
    like: "an absolute path without `..`, such as /var/lib/data",
  },
  {
    field: "volumes",
    code: "A0721",
    names: (appliance) => entriesOf(appliance.field("volumes")).keys(),
    fits: (name) => /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/.test(name),
    what: "name of a volume",
    like: "at most 40 small letters, digits and `-`, such as mail-data",
  },
  {
    field: "env",
    code: "A0721",
    names: (appliance) => entriesOf(appliance.field("env")).keys(),
    fits: (name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name),
    what: "name of an environment variable",
    like: "letters, digits and `_`, such as LOG_LEVEL",
  },
  {
    field: "env",
    code: "A0721",
    names: (appliance) => textsOf([...entriesOf(appliance.field("env")).values()]),
    fits: isArgument,
    what: "value of an environment variable",
    like: "text without a zero character",
  },
  ...["start", "reload"].map(
    (field): Rule => ({
      field,
      code: "A0722",
      names: (appliance) => textsOf(appliance.field(field)),
      fits: isArgument,
      what: "argument of a program",
      like: "text without a zero character",
    }),
  ),
  {
    field: "user",
    code: "A0721",
    names: (appliance) => {
      const user = appliance.field("user")
      return typeof user === "string" ? [user] : []
    },
    fits: (name) => /^[a-z_][a-z0-9_-]{0,31}$/.test(name),
    what: "name of a user",
    like: "at most 32 small letters, digits, `_` and `-`, such as www-data",
  },
  {
    field: "image",
    code: "A0721",
    names: (appliance) => imageOf(appliance)?.packages ?? [],
    // Debian Policy, section 5.6.1.
    fits: (name) => /^[a-z0-9][a-z0-9+.-]+$/.test(name),
    what: "name of a package",
    like: "small letters, digits, `+`, `-` and `.`, such as nginx-light",
  },
  {
    field: "start",
    code: "A0722",
    // What was made elsewhere starts by itself.
    names: (appliance) =>
      isForeign(appliance) && textsOf(appliance.field("start")).length === 0
        ? []
        : [textsOf(appliance.field("start"))[0] ?? ""],
    fits: (program) => program !== "",
    what: "program to run",
    like: 'a program and its arguments, such as ["nginx", "-g", "daemon off;"]',
  },
]

type LookedAt = { readonly rule: Rule; readonly values: WeakSet<object>; readonly names: Set<string | number> }

function vet(appliance: ApplianceThing, { rule, values, names }: LookedAt, report: Report): void {
  const value = appliance.field(rule.field)
  if (typeof value === "object" && value !== null) {
    if (values.has(value)) return
    values.add(value)
  }
  for (const name of rule.names(appliance)) {
    if (names.has(name)) continue
    const text = String(name)
    if (rule.fits(text)) {
      names.add(name)
      continue
    }
    const span = appliance.fieldSpan(rule.field)
    if (!firstTime(report, rule.code, span)) continue
    report.add(rule.code, span, `${display(text)} is no ${rule.what}`, {
      label: `in ${rule.field} of ${appliance.id}`,
      hint: `write ${rule.like}`,
    })
  }
}

/** No kernel runs anything in less. Their types have no ranges, so that a param of type Size can be handed on. */
function refuseNothing(appliance: ApplianceThing, report: Report): void {
  const least = [
    ["memory", 2 ** 20, "Size(1MiB..)"],
    ["cpus", 0.01, "Cpus(0.01..)"],
  ] as const
  for (const [field, amount, wanted] of least) {
    const value = appliance.field(field)
    const span = appliance.fieldSpan(field)
    if (value === undefined || (amountOf(value) ?? amount) >= amount || !firstTime(report, "A0301", span)) continue
    report.add("A0301", span, `${display(value)} is outside ${wanted}`, { label: `${field} of ${appliance.id}` })
  }
}

/** Each path that is written down, and those of the files in folders, which nobody wrote down. */
function filePaths(appliance: ApplianceThing): Iterable<string> {
  const paths: string[] = []
  entriesOf(appliance.field("files")).forEach((value, path) => {
    paths.push(String(path))
    if (isObject(value) && value.kind === "folder") for (const file of value.files) paths.push(`${path}/${file.path}`)
  })
  return paths
}

function isForeign(appliance: ApplianceThing): boolean {
  return imageOf(appliance)?.source.kind !== "debian"
}

function isArgument(text: string): boolean {
  return !text.includes("\0")
}

function pathOf(volume: Value): string {
  const path = fieldsOf(volume).get("path")
  return typeof path === "string" ? path : ""
}

function isFilePath(path: string): boolean {
  if (!/^\/[^\u0000-\u001f\u007f]+$/.test(path)) return false
  return path
    .slice(1)
    .split("/")
    .every((part) => part !== "" && part !== "." && part !== "..")
}
