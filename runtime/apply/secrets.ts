import type { DesiredState } from "../../lang/index.ts"
import type { Driver } from "../drivers/driver.ts"
import type { Failure, Outcome } from "../model/failure.ts"
import type { Health, HostObserved } from "../model/observed.ts"
import { redactor, type SecretValues } from "../model/secrets.ts"
import type { Plan } from "../plan/plan.ts"
import { secretsWanted } from "../plan/settle.ts"
import type { World } from "../world.ts"

/**
 * The values of the secrets that a plan puts in place, those that it makes made and kept: before its first step, so that nothing is
 * begun that cannot be finished. Fails when one has another version than the plan has.
 */
export async function secretsFor(world: World, { secrets }: Plan): Promise<Outcome<SecretValues>> {
  if (secrets.length === 0) return { ok: true, value: new Map() }
  const found = await world.secrets.find(new Map(secrets.map(({ name, length }) => [name, length])))
  if (!found.ok) return found
  const values = new Map<string, string>()
  const missing: { name: string; version: string; length: number }[] = []
  const changed: string[] = []
  for (const { name, version, length } of secrets) {
    const { value = null, version: now = "" } = found.value.get(name) ?? {}
    if (value === null && length !== null) missing.push({ name, version, length })
    else if (value === null || now !== version) changed.push(`the secret ${name} has changed`)
    else values.set(name, value)
  }
  if (changed.length > 0) return { ok: false, failure: staleFailure(changed) }
  if (missing.length === 0) return { ok: true, value: values }
  const made = await world.secrets.make(missing)
  return made.ok ? { ok: true, value: new Map([...values, ...made.value]) } : made
}

/** The same driver, of which nothing that it says holds any of these values. */
export function redacted(driver: Driver, values: Iterable<string>): Driver {
  const redact = redactor(values)
  const health = (one: Health): Health => ({ ...one, detail: redact(one.detail) })
  return {
    ...driver,
    observe: async (cluster) => {
      const seen = await driver.observe(cluster)
      return redactObserved(seen, redact, health)
    },
    perform: async (work) => {
      const outcome = await driver.perform({ ...work, progress: (message) => work.progress(redact(message)) })
      return outcome.ok ? outcome : { ok: false, failure: redactFailure(outcome.failure, redact) }
    },
    check: async (...asked) => (await driver.check(...asked)).map(health),
  }
}

/**
 * The same driver for who only looks: what checks print holds no secret of the cluster. When nobody can say what the secrets are, what
 * checks print is not shown at all.
 */
export async function quietDriver(driver: Driver, world: World, desired: DesiredState): Promise<Driver> {
  const wanted = secretsWanted(desired)
  if (wanted.size === 0) return driver
  const found = await world.secrets.find(wanted)
  if (found.ok)
    return redacted(
      driver,
      [...found.value.values()].flatMap(({ value }) => value ?? []),
    )
  const health = (one: Health): Health => ({ ...one, detail: one.passed ? "passed" : "not shown: it may hold secrets" })
  return {
    ...driver,
    observe: async (cluster) => redactObserved(await driver.observe(cluster), (text) => text, health),
    check: async (...asked) => (await driver.check(...asked)).map(health),
  }
}

/** Hides the secrets of a cluster in any text; fails when nobody can say what they are. */
export async function secretHider(world: World, desired: DesiredState): Promise<Outcome<(text: string) => string>> {
  const wanted = secretsWanted(desired)
  if (wanted.size === 0) return { ok: true, value: (text) => text }
  const found = await world.secrets.find(wanted)
  if (!found.ok) return found
  return { ok: true, value: redactor([...found.value.values()].flatMap(({ value }) => value ?? [])) }
}

function redactFailure(failure: Failure, redact: (text: string) => string): Failure {
  const { message, remedy, output } = failure
  return {
    ...failure,
    message: redact(message),
    remedy: remedy === null ? null : redact(remedy),
    output: output.map(redact),
  }
}

function redactObserved(
  seen: HostObserved,
  redact: (text: string) => string,
  health: (one: Health) => Health,
): HostObserved {
  if (seen.kind === "unreachable") return { ...seen, why: redact(seen.why) }
  return {
    ...seen,
    objects: seen.objects.map((one) => ({ ...one, drift: one.drift.map(redact), health: one.health.map(health) })),
  }
}

function staleFailure(output: readonly string[]): Failure {
  return {
    kind: "plan-stale",
    message: "secrets have changed since this plan was made",
    remedy: "plan again",
    output,
  }
}
