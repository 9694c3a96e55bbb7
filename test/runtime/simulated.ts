import type { Holder } from "../../runtime/apply/lease.ts"
import { Killed } from "../../runtime/drivers/simulated/faults.ts"
import { type Simulation, simulate } from "../../runtime/drivers/simulated/site.ts"
import { memoryStore } from "../../runtime/drivers/simulated/state.ts"
import { contentOf } from "../../runtime/drivers/simulated/volumes.ts"
import { virtualClock } from "../../runtime/hosts/clock.ts"
import type { Subject } from "../drivers.contract.ts"
import { office } from "./fixtures.ts"

/** Processes with an even number live; the others are dead. */
export function holder(process_id: number, machine = "laptop"): Holder {
  return { user: "ada", machine, boot_id: "b1", process_id, started: "1" }
}

/** The simulated driver as the contract suite wants it. */
export async function simulatedSubject(): Promise<Subject> {
  const clock = virtualClock()
  const simulation: Simulation = simulate(memoryStore(), clock, {
    isAlive: ({ machine, process_id }) => machine !== "laptop" || process_id % 2 === 0,
  })
  const host = office().hosts[0]!
  const open = async (made = simulation.controller()) => {
    const opened = await made.open(host)
    if (!opened.ok) throw new Error(opened.failure.message)
    return opened.value
  }
  return {
    open: () => open(),
    connection: "simulated",
    clock,
    holders: { alive: holder(2), dead: holder(3), elsewhere: holder(5, "tower") },
    breakProcess: async (cluster, id) => simulation.killProcess("local", cluster, id),
    breakCheck: async (cluster, id, check) => simulation.breakCheck("local", cluster, id, check),
    reboot: async () => simulation.reboot("local"),
    damageRecord: async (cluster, address, how) => {
      const { records } = simulation.host("local").clusters[cluster]!
      if (how === "gone") delete records[address]
      else records[address] = { ...records[address]!, fields: { nonsense: true } }
    },
    volumes: {
      write: async (cluster, id, volume, content) => simulation.write("local", cluster, id, volume, content),
      read: async (cluster, id, volume) => contentOf(simulation.host("local"), cluster, `appliance/${id}`, volume),
    },
    leftovers: async (cluster) => Object.keys(simulation.host("local").clusters).filter((name) => name === cluster),
    takePort: async (port) => {
      const { foreign } = simulation.host("local")
      simulation.host("local").foreign = { ...foreign, ports: [{ port, protocol: "tcp", owner: "apache2" }] }
      return async () => {
        simulation.host("local").foreign = foreign
      }
    },
    openDying: async (operation) => {
      const driver = await open()
      let count = 0
      return {
        ...driver,
        perform: async (work) => {
          count += 1
          if (count > operation) throw new Killed("an operation before")
          if (count < operation) return driver.perform(work)
          const dying = await open(simulation.controller([{ kind: "kill", at: 2 }]))
          return dying.perform(work)
        },
        release: async (...given) => (count >= operation ? undefined : driver.release(...given)),
      }
    },
    close: async () => {},
  }
}
