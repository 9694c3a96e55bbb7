import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { makePlace, type Place, printed } from "./cli/command.ts"

const office = "02-office/office.appl"
const on = [office, "--simulated"]

describe("what hosts remember of a cluster", () => {
  test("who changed it, what a run did, and who never came to an end", async (context) => {
    const place = makePlace(context)
    expect((await place.appl("history", ...on)).out).toBe("Nobody has changed it yet.\n")
    const killed = place.start(["apply", ...on, "--yes"], { APPL_SIMULATED_SPEED: "5" })
    await printed(killed.child, "created")
    killed.child.kill("SIGKILL")
    await killed.ended
    expect((await place.appl("apply", ...on, "--yes")).code).toBe(0)
    const { runs, cluster } = JSON.parse((await place.appl("history", ...on, "--json")).out)
    expect(cluster).toBe("office")
    expect(runs).toMatchObject([
      { operation: "apply", state: "done", hosts: ["local"] },
      { operation: "apply", state: "cut-off", until_ms: null, steps: [] },
    ])
    const [done] = runs
    expect((await place.appl("history", ...on, "-n", "1")).out.split("\n")).toHaveLength(3)
    const one = await place.appl("history", ...on, done.run.slice(0, 6))
    expect(one.out).toContain(`${done.run}: apply by `)
    expect(one.out).toMatch(/done +create +appliance\/web\[1\] +local/)
    const none = await place.appl("history", ...on, "ffffffffff", "--json")
    expect(none.code).toBe(1)
    expect(JSON.parse(none.out).error.message).toContain("ffffffffff")
  })

  test("unlock shows who holds what, and takes it away only when asked", async (context) => {
    const place = makePlace(context)
    expect((await place.appl("apply", ...on, "--yes")).code).toBe(0)
    expect((await place.appl("unlock", ...on)).err).toContain("Nobody is changing office")
    hold(place)
    const shown = await place.appl("unlock", ...on)
    expect(shown).toMatchObject({ code: 1, out: "" })
    expect(shown.err).toMatch(/local +eve@elsewhere \(process 4\) +apply +2\d{3}-/)
    expect(shown.err).toContain("add --yes")
    expect((await place.appl("unlock", ...on, "--host", "loco")).err).toContain("its hosts are local")
    const taken = JSON.parse((await place.appl("unlock", ...on, "--host", "local", "--yes", "--json")).out)
    expect(taken).toMatchObject({ leases: [{ host: "local", holder: { user: "eve" } }], taken_away: true, silent: [] })
    expect(JSON.parse((await place.appl("unlock", ...on, "--json")).out)).toMatchObject({
      leases: [],
      taken_away: false,
    })
  })
})

/** Somebody elsewhere, of whom nobody can tell whether he lives, takes the lease. */
function hold(place: Place): void {
  change(place, (office) => {
    const holder = { user: "eve", machine: "elsewhere", boot_id: "other", process_id: 4, started: "1" }
    const now_ms = Date.now()
    office.lease = { token: 99, holder, operation: "apply", since_ms: now_ms, until_ms: now_ms + 60_000 }
    office.last_token = 99
  })
}

/** Changes what the simulated host remembers of the office. */
function change(place: Place, amend: (office: Record<string, unknown>) => void): void {
  const path = join(place.folder, "state", "appl", "simulated", "hosts.json")
  const state = JSON.parse(readFileSync(path, "utf8"))
  amend(state.hosts.local.clusters.office)
  writeFileSync(path, JSON.stringify(state))
}
