import { execFileSync } from "node:child_process"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Driver } from "../../runtime/drivers/driver.ts"
import { openLinux } from "../../runtime/drivers/linux/driver.ts"
import type { Host } from "../../runtime/hosts/host.ts"
import { localHolder, localHost } from "../../runtime/hosts/local.ts"
import { hostProgram } from "../../runtime/hosts/program.ts"
import type { ManagedObject } from "../../runtime/model/object.ts"
import { leftovers } from "./linux-subject.ts"

const cluster = "lab-lease"
const folder = `/var/lib/appl/${cluster}`

describe("the lease of a cluster on this machine", () => {
  let driver: Driver
  const alive = localHolder()
  const dead = { ...alive, started: "1" }

  beforeAll(async () => {
    driver = await opened(localHost("local"))
  })
  afterAll(() => {
    expect(leftovers(cluster)).toEqual([])
  })

  test("goes to one of many who ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => driver.acquire(cluster, alive, "apply", 60_000)))
    const taken = answers.flatMap((answer) => (answer.ok && answer.value.kind === "taken" ? [answer.value.lease] : []))
    expect(taken).toHaveLength(1)
    expect(answers.filter((answer) => answer.ok && answer.value.kind === "held")).toHaveLength(7)
    await driver.release(cluster, taken[0]!)
    expect(leftovers(cluster)).toEqual([])
  })

  test("is given and taken many times at once, and tokens only grow", async () => {
    const tokens: number[] = []
    const many = Array.from({ length: 8 }, async () => {
      for (let round = 0; round < 10; round += 1) {
        const answer = await driver.acquire(cluster, alive, "apply", 60_000)
        if (!answer.ok) throw new Error(JSON.stringify(answer.failure))
        if (answer.value.kind === "held") continue
        tokens.push(answer.value.lease.token)
        await driver.release(cluster, answer.value.lease)
      }
    })
    await Promise.all(many)
    expect(tokens.length).toBeGreaterThan(0)
    expect(tokens).toEqual([...new Set(tokens)].sort((left, right) => left - right))
  })

  test("a new holder waits for what the dead one has still running, which can begin nothing more", async () => {
    const former = await taken(driver, dead)
    // The operation sleeps before it is done; its controller is dead meanwhile.
    const slow = await opened(sleeping("2"))
    const running = slow.perform(namesWork(former.token, "slow"))
    await expect
      .poll(() => execFileSync("sh", ["-c", `cat ${folder}/journal 2>/dev/null || :`], { encoding: "utf8" }))
      .toContain("slow")
    const waiting = taken(driver, alive)
    await expect
      .poll(async () => await driver.perform(namesWork(former.token, "late")))
      .toMatchObject({ ok: false, failure: { kind: "lease-lost" } })
    let ended = false
    void running.then(() => {
      ended = true
    })
    const lease = await waiting
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(ended).toBe(true)
    expect(await running).toMatchObject({ ok: true })
    expect(lease.token).toBeGreaterThan(former.token)
    expect(await driver.perform(removal(lease.token))).toMatchObject({ ok: true })
    await driver.release(cluster, lease)
  })

  test("an operation that was killed stays in the journal until its object is settled", async () => {
    const lease = await taken(driver, alive)
    await expect((await opened(killed())).perform(namesWork(lease.token, "killed"))).resolves.toMatchObject({
      ok: false,
    })
    await driver.release(cluster, lease)
    const seen = await driver.observe(cluster)
    expect(seen).toMatchObject({
      unfinished: [{ operation: "killed", address: "names/hosts", generation: 1, verb: "set", token: lease.token }],
      objects: [{ address: "names/hosts", record: null, life: "partial" }],
    })
    const next = await taken(driver, alive)
    await driver.perform(namesWork(next.token, "again"))
    expect(await driver.observe(cluster)).toMatchObject({ unfinished: [], objects: [{ life: "running" }] })
    await driver.perform(removal(next.token))
    await driver.release(cluster, next)
  })
})

async function opened(host: Host): Promise<Driver> {
  const driver = await openLinux(host, hostProgram())
  if (!driver.ok) throw new Error(driver.failure.message)
  return driver.value
}

async function taken(driver: Driver, holder: ReturnType<typeof localHolder>) {
  const answer = await driver.acquire(cluster, holder, "apply", 60_000)
  if (!answer.ok || answer.value.kind !== "taken") throw new Error(JSON.stringify(answer))
  return answer.value.lease
}

/** A host on which every operation takes some seconds. */
function sleeping(seconds: string): Host {
  return amended((script) => script.replace("\nappl_record ", `\nsleep ${seconds}\nappl_record `))
}

/** A host on which every operation is killed after its effect. */
function killed(): Host {
  return amended((script) => script.replace("\nappl_record ", () => "\nkill -9 $$\nappl_record "))
}

function amended(change: (script: string) => string): Host {
  const host = localHost("local")
  return { ...host, run: (program) => host.run({ ...program, script: change(program.script) }) }
}

function namesWork(token: number, operation_id: string): Parameters<Driver["perform"]>[0] {
  const object: ManagedObject = {
    address: "names/hosts",
    kind: "names",
    host: "local",
    fields: { names: [{ name: "one", address: "10.9.9.9" }] },
    after: [],
    origin: { file: "office.appl", line: 1, column: 1 },
    origins: {},
    causes: {},
  }
  return {
    cluster,
    operation_id,
    token,
    address: "names/hosts",
    object,
    operation: { verb: "set", generation: 1, staged: "joined", undo: null, pending: null, details: {} },
    secrets: new Map(),
    progress: () => {},
  }
}

function removal(token: number): Parameters<Driver["perform"]>[0] {
  const work = namesWork(token, "removal")
  return { ...work, object: null, operation: { ...work.operation, verb: "remove" } }
}
