import fc from "fast-check"
import { expect, test } from "vitest"
import { memoryStore, type SimulatedHosts } from "../runtime/drivers/simulated/state.ts"
import { asked } from "./asked.ts"
import { attempt, expectConverges, lab } from "./runtime/faults.ts"
import { clusterOf, type Happening, hostOf, random_cluster, random_happening } from "./runtime/random.ts"

/**
 * Random clusters that random things happen to, with `APPL_RUNS` runs (default 300). A failure prints its seed and path:
 * `APPL_SEED=… APPL_PATH=… npx vitest run --project fast test/simulation.test.ts` plays it again, and it comes already shrunk.
 */
test("whatever happened to a cluster, a healthy apply converges, the next plan is empty, and a destroy leaves nothing", async () => {
  const property = fc.asyncProperty(
    fc.array(random_happening, { minLength: 1, maxLength: 5 }),
    random_cluster,
    async (happenings, last) => {
      // A host that says it took one appliance off the network and did not is beyond anybody's help until the next observation.
      const here = lab(null, {}, happenings.some(lies) ? memoryStore() : watching())
      for (const happening of happenings) await happen(here, happening)
      await expectConverges(here, clusterOf(last))
      await expectConverges(here, clusterOf(last), "destroy")
      for (const host of Object.values(here.simulation.state().hosts)) expect(host.clusters).toEqual({})
    },
  )
  const { count, seed } = asked(300)
  const replayed = process.env.APPL_SEED === undefined ? {} : { seed, path: process.env.APPL_PATH }
  await fc.assert(property, { numRuns: count, ...replayed })
}, 600_000)

async function happen(here: ReturnType<typeof lab>, happening: Happening): Promise<void> {
  switch (happening.kind) {
    case "apply": {
      const process = here.process(happening.faults)
      if (happening.stop_after_ms !== null) void here.clock.sleep(happening.stop_after_ms).then(process.stop)
      await attempt(process, clusterOf(happening.desired))
      return
    }
    case "destroy":
      await attempt(here.process(happening.faults), clusterOf([]), "destroy")
      return
    case "race": {
      const [left, right] = [here.process(), here.process()]
      await Promise.all([attempt(left, clusterOf(happening.left)), attempt(right, clusterOf(happening.right))])
      return
    }
    case "harm": {
      const [host, id] = [hostOf(happening.key), `web[${happening.key}]`]
      if (happening.how === "process") here.simulation.killProcess(host, "chance", id)
      else here.simulation.breakCheck(host, "chance", id, "page")
    }
  }
}

function lies(happening: Happening): boolean {
  return "faults" in happening && happening.faults.some((fault) => fault.kind === "lie")
}

/** A store that looks at every state that is saved: no address may ever be answered by two appliances at once. */
function watching() {
  const store = memoryStore()
  return {
    load: store.load,
    save: (state: SimulatedHosts) => {
      for (const host of Object.values(state.hosts)) {
        const answering = Object.values(host.clusters)
          .flatMap((cluster) => Object.values(cluster.things))
          .filter((thing) => thing.joined && thing.process?.running === true)
          .map((thing) => thing.address)
        if (new Set(answering).size !== answering.length) throw new Error(`two answer for one: ${answering.join(" ")}`)
      }
      store.save(state)
    },
  }
}
