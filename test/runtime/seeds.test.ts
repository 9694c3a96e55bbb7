import fc from "fast-check"
import { expect, test } from "vitest"
import { memoryStore, type SimulatedHosts } from "../../runtime/drivers/simulated/state.ts"
import type { ApplianceFields } from "../../runtime/model/fields.ts"
import { asked } from "../asked.ts"
import { attempt, expectConverges, lab } from "./faults.ts"
import { clusterOf, type Happening, random_cluster, random_happening, random_hosts } from "./random.ts"

/**
 * Random clusters over three hosts that random things happen to, `APPL_RUNS` of them. A failure prints its seed and path, and comes already shrunk:
 * `APPL_SEED=… APPL_PATH=… npx vitest run --project fast test/runtime/seeds.test.ts` plays it again. `npm run seeds` tries 10,000.
 */
test("whatever happened to a cluster, a healthy apply converges, the next plan is empty, and a destroy leaves nothing", async () => {
  const property = fc.asyncProperty(
    fc.array(random_happening, { minLength: 1, maxLength: 5 }),
    random_cluster,
    async (happenings, last) => {
      // A host that says it took one appliance off the network and did not is beyond anybody's help until the next observation.
      const here = lab(null, { verdict }, happenings.some(lies) ? memoryStore() : watching())
      for (const happening of happenings) await happen(here, happening)
      await expectConverges(here, clusterOf(last))
      await expectConverges(here, clusterOf(last), "destroy")
      for (const host of Object.values(here.simulation.state().hosts))
        for (const left of Object.values(host.clusters))
          expect([left.lease, left.journal, left.records, left.things]).toEqual([null, [], {}, {}])
    },
  )
  const { count, seed } = asked(1_000)
  const replayed = process.env.APPL_SEED === undefined ? {} : { seed, path: process.env.APPL_PATH }
  await fc.assert(property, { numRuns: count, ...replayed })
}, 3_600_000)

function verdict({ files }: ApplianceFields): string | null {
  const bad = files.some(({ content }) => "text" in content && content.text === "bad")
  return bad ? "status 500" : null
}

async function happen(here: ReturnType<typeof lab>, happening: Happening): Promise<void> {
  switch (happening.kind) {
    case "apply": {
      const process = here.process(happening.faults)
      if (happening.stop_after_ms !== null) void here.clock.sleep(happening.stop_after_ms).then(process.stop)
      void here.clock.sleep(5_000).then(() => process.setClock(happening.clock_ahead_ms))
      await attempt(process, clusterOf(happening.desired))
      return
    }
    case "destroy":
      await attempt(here.process(happening.faults), clusterOf([]), "destroy")
      return
    case "race": {
      const [left, right] = [here.process(happening.faults), here.process()]
      const later = here.clock.sleep(happening.later_ms).then(() => attempt(right, clusterOf(happening.right)))
      await Promise.all([attempt(left, clusterOf(happening.left)), later])
      return
    }
    case "harm": {
      const id = `web[${happening.key}]`
      for (const host of random_hosts)
        if (happening.how === "process") here.simulation.killProcess(host, "chance", id)
        else here.simulation.breakCheck(host, "chance", id, "page")
    }
  }
}

function lies(happening: Happening): boolean {
  return "faults" in happening && happening.faults.some((fault) => fault.kind === "lie")
}

/** A store that looks at every state that is saved: no address may ever be answered by two appliances at once, on any host. */
function watching() {
  const store = memoryStore()
  return {
    load: store.load,
    save: (state: SimulatedHosts) => {
      const answering = new Set<string>()
      for (const name of random_hosts) {
        for (const thing of Object.values(state.hosts[name]?.clusters.chance?.things ?? {})) {
          if (!thing.joined || thing.process?.running !== true) continue
          if (answering.has(thing.address)) throw new Error(`two answer for ${thing.address}`)
          answering.add(thing.address)
        }
      }
      store.save(state)
    },
  }
}
