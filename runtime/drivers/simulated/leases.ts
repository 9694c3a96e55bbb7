import { showHolder } from "../../apply/holding.ts"
import type { Lease, LeaseAnswer } from "../../apply/lease.ts"
import type { Failure } from "../../model/failure.ts"
import type { Driver } from "../driver.ts"
import type { Controller } from "./controller.ts"
import type { Site } from "./driver.ts"
import { clusterOf, makeCluster, type SimulatedCluster } from "./state.ts"

/** The part of a driver that gives, prolongs and takes back the right to change a cluster. */
export function leasesOf(
  site: Site,
  host: string,
  controller: Controller,
): Pick<Driver, "acquire" | "renew" | "release" | "history"> {
  const { clock, isAlive, latency_ms } = site.settings
  const clusterNow = (name: string) => clusterOf(site.hostNow(host), name)
  return {
    acquire: async (cluster, holder, operation, duration_ms) => {
      const silent = await controller.ask(latency_ms.lease)
      if (silent !== null) return { ok: false, failure: silent }
      const held = clusterNow(cluster).lease
      const left_ms = held === null ? 0 : held.until_ms - site.hostTime(host)
      // More than a lease lasts is left when the clock was set back: such a lease says nothing, and waiting for its end could take days.
      if (held !== null && left_ms > 0 && left_ms <= duration_ms && isAlive(held.holder)) {
        return { ok: true, value: { kind: "held", by: held } }
      }
      // First the new token, so that the old holder can begin nothing more; then what it has under way may end.
      const taken = await controller.effect(`take the lease of ${cluster}`, (): LeaseAnswer => {
        const [now, since_ms] = [makeCluster(site.hostNow(host), cluster), site.hostTime(host)]
        now.last_token += 1
        now.lease = { token: now.last_token, holder, operation, since_ms, until_ms: since_ms + duration_ms }
        now.history = [...(now.history ?? []), { lease: now.lease, ended: null }].slice(-most_runs)
        return { kind: "taken", lease: now.lease }
      })
      while ((site.busy.get(`${host} ${cluster}`) ?? 0) > 0) await clock.sleep(100)
      return taken
    },
    renew: async (cluster, lease, duration_ms) => {
      const silent = await controller.ask(latency_ms.lease)
      if (silent !== null) return { ok: false, failure: silent }
      const now = clusterNow(cluster)
      const lost = lostLease(now, lease.token, cluster, site.hostTime(host))
      if (lost !== null) return { ok: false, failure: lost }
      const renewed: Lease = { ...now.lease!, until_ms: site.hostTime(host) + duration_ms }
      now.lease = renewed
      site.save()
      return { ok: true, value: renewed }
    },
    release: async (cluster, lease, result) => {
      if ((await controller.ask(0)) !== null || clusterNow(cluster).lease?.token !== lease.token) return
      await controller.effect(`give back the lease of ${cluster}`, () => {
        const now = clusterNow(cluster)
        now.lease = null
        const run = now.history?.find((one) => one.lease.token === lease.token)
        if (run !== undefined && result !== undefined) run.ended = { ...result, until_ms: site.hostTime(host) }
        return null
      })
    },
    history: async (cluster) => {
      const silent = await controller.ask(latency_ms.lease)
      if (silent !== null) return { ok: false, failure: silent }
      const { history = [], lease } = clusterNow(cluster)
      const works = (token: number) =>
        lease?.token === token && lease.until_ms > site.hostTime(host) && isAlive(lease.holder)
      const kept = history.map(({ lease: { token, holder, operation, since_ms }, ended }) => ({
        operation,
        holder,
        since_ms,
        ended,
        working: ended === null && works(token),
      }))
      return { ok: true, value: kept }
    },
  }
}

const most_runs = 200

/** A host refuses every token but that of its lease: who slept past the end of its own does no harm. Null when the token is the right one. */
export function lostLease(cluster: SimulatedCluster, token: number, name: string, now_ms: number): Failure | null {
  if (cluster.lease?.token === token) return null
  const by = cluster.lease === null ? "nobody holds it now" : `it is held by ${showHolder(cluster.lease, now_ms)}`
  return { kind: "lease-lost", message: `the lease of ${name} was lost: ${by}`, remedy: "plan again", output: [] }
}
