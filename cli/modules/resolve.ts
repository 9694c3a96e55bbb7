import { maxSatisfying, validRange } from "semver"
import {
  contentHash,
  type Dependency,
  type Description,
  isVersionRange,
  type LockedModule,
  type LockedModules,
  type ModuleFile,
  makeReport,
  type Report,
  readModuleDescription,
} from "../../lang/index.ts"
import { cached } from "./cache.ts"
import { type Fetching, reportRefusal, unreachable } from "./fetching.ts"
import { type Gotten, getLocked, getPlace, getVersion, isOnDisk, type Sources, versionsOf } from "./sources.ts"

/** A module as it is in a project: exactly what, and its files where they had to be fetched. */
export type Resolved = {
  readonly name: string
  readonly locked: LockedModule
  readonly description: Description
  readonly files: readonly ModuleFile[]
  /** It came over the network, or from its place on the disk, and is not in the cache yet. */
  readonly fetched: boolean
}

/** Which modules may move from what is locked. */
export type Moving = ReadonlySet<string> | "all" | "none"

/**
 * All modules of a project, those of modules too: one version of each name, the newest that suits all that ask for it, and what is locked
 * stays unless it is `moving` or no longer suits. Null when one cannot be had, which is reported at the line that asks for it: A0236,
 * A0238, A0240 to A0243. Nothing is written.
 *
 * The search goes forward only: a version that was taken is given up when another module asks for less, but no older version of that
 * other module is tried.
 */
export async function resolveModules(
  project: Description,
  locked: LockedModules,
  moving: Moving,
  sources: Sources,
  report: Report,
): Promise<ReadonlyMap<string, Resolved> | null> {
  const search: Search = { project, locked, moving, sources, report, chosen: new Map(), versions: new Map() }
  for (let round = 0; round < most_rounds; round++) {
    const asked = askers(search)
    if (report.failed) return null
    const next = [...asked].find(([name, all]) => !suits(search.chosen.get(name), all))
    if (next === undefined) {
      return new Map([...asked.keys()].sort().map((name) => [name, search.chosen.get(name)!]))
    }
    const [name, all] = next
    const resolved = await choose(name, all, search)
    if (resolved === null) return null
    search.chosen.set(name, resolved)
  }
  report.add("A0238", project.spanOf("dependencies"), "the modules of this project ask for each other without an end")
  return null
}

type Search = {
  readonly project: Description
  readonly locked: LockedModules
  readonly moving: Moving
  readonly sources: Sources
  readonly report: Report
  readonly chosen: Map<string, Resolved>
  /** What the registry has, asked once. */
  readonly versions: Map<string, readonly string[]>
}

const most_rounds = 1000
const own_name = "this project"

/** Who asks for a module: the project first. */
type Asker = Dependency & { readonly by: string }

/** All that is asked for, from the project on through what was chosen. A module that names a path is reported. */
function askers(search: Search): Map<string, Asker[]> {
  const asked = new Map<string, Asker[]>()
  const seen = new Set<Description>()
  const waiting: Description[] = [search.project]
  while (waiting.length > 0) {
    const user = waiting.shift()!
    if (seen.has(user)) continue
    seen.add(user)
    for (const dependency of user.dependencies.values()) {
      if (dependency.name.startsWith("std/")) continue
      if (user !== search.project && isOnDisk(dependency.name, dependency.spec)) {
        search.report.add("A0243", dependency.span, `${user.name} asks for ${dependency.name} at ${dependency.spec}`)
        continue
      }
      asked.set(dependency.name, [
        ...(asked.get(dependency.name) ?? []),
        { ...dependency, by: user === search.project ? own_name : user.name },
      ])
      const chosen = search.chosen.get(dependency.name)
      if (chosen !== undefined) waiting.push(chosen.description)
    }
  }
  return asked
}

function suits(chosen: Resolved | undefined, askers: readonly Asker[]): boolean {
  if (chosen === undefined) return false
  const place = placeOf(askers)
  if (place === null ? !isVersionRange(chosen.locked.spec) : chosen.locked.spec !== place.spec) return false
  return rangesOf(askers).every(({ spec }) => isIn(chosen.locked.version, spec))
}

async function choose(name: string, askers: readonly Asker[], search: Search): Promise<Resolved | null> {
  const place = placeOf(askers)
  const first = askers[0]!
  const stays = search.moving !== "all" && (search.moving === "none" || !search.moving.has(name))
  const locked = stays && Object.hasOwn(search.locked, name) ? search.locked[name]! : null
  if (
    locked !== null &&
    isSameKind(locked.spec, place) &&
    rangesOf(askers).every(({ spec }) => isIn(locked.version, spec))
  ) {
    return fromLock(name, locked, first, search)
  }
  return place === null ? fromRegistry(name, askers, search) : fromPlace(name, place, askers, search)
}

/** What is locked counts while its source is still the one that is asked for; ranges may have moved around it. */
function isSameKind(spec: string, place: Asker | null): boolean {
  return place === null ? isVersionRange(spec) : spec === place.spec
}

async function fromLock(name: string, locked: LockedModule, asker: Asker, search: Search): Promise<Resolved | null> {
  const here = cached(locked.sha256)
  if (here !== null)
    return described(name, { files: here, resolved: locked.resolved }, locked.spec, asker, null, false, search)
  const got = await getLocked(name, locked.spec, locked.resolved, search.sources)
  if (!got.ok) return refuse(got, asker, search)
  const hash = contentHash(got.value.files)
  if (hash !== locked.sha256) {
    search.report.add("A0236", asker.span, `${locked.resolved} is not what was locked as ${name} ${locked.version}`, {
      hint: `it has the hash ${hash.slice(0, 16)}…, and ${locked.sha256.slice(0, 16)}… was locked; when that is meant, run \`appl module update ${name}\``,
    })
    return null
  }
  return described(name, { ...got.value, resolved: locked.resolved }, locked.spec, asker, null, true, search)
}

async function fromRegistry(name: string, askers: readonly Asker[], search: Search): Promise<Resolved | null> {
  const first = askers[0]!
  let known = search.versions.get(name)
  if (known === undefined) {
    const asked = await versionsOf(name, search.sources)
    if (!asked.ok) return refuse(asked, first, search)
    known = asked.value
    search.versions.set(name, known)
  }
  const version = newestFor(known, askers)
  if (version === null) return refuseVersions(name, known, askers, search)
  const got = await getVersion(name, version, search.sources)
  if (!got.ok) return refuse(got, first, search)
  return described(name, got.value, first.spec, first, version, true, search)
}

async function fromPlace(
  name: string,
  place: Asker,
  askers: readonly Asker[],
  search: Search,
): Promise<Resolved | null> {
  const other = askers.find(({ spec }) => spec !== place.spec)
  // Only the project decides where a module comes from; else one module could put its own in the place of another's.
  if (other !== undefined && place.by !== own_name) {
    const wish = isVersionRange(other.spec) ? other.spec : `it from ${other.spec}`
    search.report.add(
      "A0238",
      place.span,
      `${place.by} wants ${name} from ${place.spec}, and ${other.by} wants ${wish}`,
      {
        related: [{ message: `${other.by} asks for it here`, span: other.span }],
        hint: `name ${name} in appl.json: what the project says of it counts`,
      },
    )
    return null
  }
  const got = await getPlace(name, place.spec, search.sources)
  if (!got.ok) return refuse(got, place, search)
  const resolved = described(name, got.value, place.spec, place, null, true, search)
  if (resolved === null) return null
  const against = rangesOf(askers).find(({ spec }) => !isIn(resolved.locked.version, spec))
  if (against === undefined) return resolved
  search.report.add(
    "A0238",
    place.span,
    `${place.spec} is ${name} ${resolved.locked.version}, and ${against.by} wants ${against.spec}`,
    { related: [{ message: `${against.by} asks for it here`, span: against.span }] },
  )
  return null
}

/** What was got, once its `module.json` says that it is what was asked for. */
function described(
  name: string,
  got: Gotten,
  spec: string,
  asker: Asker,
  version: string | null,
  fetched: boolean,
  search: Search,
): Resolved | null {
  const { report } = search
  const file = got.files.find(({ path }) => path === "module.json")
  const source = { path: `${name}/module.json`, text: new TextDecoder().decode(file?.bytes) }
  // Reported apart, since what was reported before must not hide that this one is fine.
  const own = makeReport()
  const description = readModuleDescription(source, own)
  for (const one of own.diagnostics) {
    report.add(one.code, one.span, one.message, {
      ...one,
      related: [...one.related, { message: "it is asked for here", span: asker.span }],
    })
  }
  if (description === null) return null
  if (description.name !== name) {
    report.add("A0242", asker.span, `this is the module ${description.name}, not ${name}`, {
      related: [{ message: "it says so here", span: description.spanOf("name") }],
      hint: `a dependency has the name of its module: "${description.name}": "${spec}"`,
    })
    return null
  }
  if (version !== null && description.version !== version) {
    report.add(
      "A0242",
      asker.span,
      `the registry calls this ${name} ${version}, and the module says ${description.version}`,
      {
        related: [{ message: "it says so here", span: description.spanOf("version") }],
      },
    )
    return null
  }
  const locked = { version: description.version, spec, resolved: got.resolved, sha256: contentHash(got.files) }
  return { name, locked, description, files: got.files, fetched }
}

function refuse(refusal: Fetching<never> & { ok: false }, asker: Asker, search: Search): null {
  reportRefusal(search.report, asker.span, refusal)
  return null
}

function refuseVersions(name: string, known: readonly string[], askers: readonly Asker[], search: Search): null {
  const alone = askers.find(({ spec }) => newestFor(known, [{ spec }]) === null)
  const newest = maxSatisfying([...known], "*") ?? known.at(-1)
  if (alone !== undefined) {
    return refuse(
      unreachable(
        `no version of ${name} is ${alone.spec}`,
        newest === undefined ? undefined : `the newest one is ${newest}`,
      ),
      alone,
      search,
    )
  }
  const [first, ...others] = askers
  const other = others.find(({ spec }) => newestFor(known, [first!, { spec }]) === null) ?? others.at(-1)!
  search.report.add(
    "A0238",
    first!.span,
    `${first!.by} wants ${name} ${first!.spec}, and ${other.by} wants ${other.spec}`,
    {
      related: [{ message: `${other.by} asks for it here`, span: other.span }],
    },
  )
  return null
}

function newestFor(known: readonly string[], askers: readonly Pick<Asker, "spec">[]): string | null {
  const fitting = known.filter((version) => askers.every(({ spec }) => isIn(version, spec)))
  return maxSatisfying(fitting, "*", { includePrerelease: true })
}

/** The place that a module comes from: what the project says, else the first module that names one. */
function placeOf(askers: readonly Asker[]): Asker | null {
  const own = askers.find(({ by }) => by === own_name)
  if (own !== undefined) return isVersionRange(own.spec) ? null : own
  return askers.find(({ spec }) => !isVersionRange(spec)) ?? null
}

function rangesOf(askers: readonly Asker[]): readonly Asker[] {
  return askers.filter(({ spec }) => isVersionRange(spec))
}

function isIn(version: string, range: string): boolean {
  return validRange(range) === null || maxSatisfying([version], range) !== null
}
