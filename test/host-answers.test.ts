import {
  anything,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  jsonValue,
  oneof,
  property,
  string,
  stringMatching,
} from "fast-check"
import { describe, expect, test } from "vitest"
import { readDigest, readHealth, readImages, readPins, readSeen } from "../runtime/drivers/linux/answers.ts"
import { openLinux } from "../runtime/drivers/linux/driver.ts"
import { runsOf } from "../runtime/drivers/linux/history.ts"
import { observedOf } from "../runtime/drivers/linux/observe.ts"
import { answerOf } from "../runtime/drivers/linux/session.ts"
import type { Host, Ran } from "../runtime/hosts/host.ts"
import { migrated } from "../runtime/model/migrations.ts"
import { readJournalEntry, readLease, readRecord, readRunEnd } from "../runtime/model/schema.ts"

const options = { numRuns: Number(process.env.APPL_RUNS ?? 300), seed: Number(process.env.APPL_SEED ?? 1) }

/** Texts and values that somebody would try who wants a reader to stumble. */
const deep = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`
const nasty = oneof(
  string(),
  constantFrom("__proto__", "constructor", "../../etc/passwd", "\u001b[2J", "$(id)", "-oProxyCommand=id", deep(20_000)),
  constantFrom('{"__proto__":{"ok":true}}', "1e999", "null", '"appliance/web"', "network.__proto__.json"),
)
const value = oneof(jsonValue(), nasty, constantFrom(null, true, -1, 1e300, 8.64e15 + 1, {}, [], [[]], [null], [{}]))

const whole = {
  ...{ now_ms: 1, cpus: 2, kernel: "6.1.0", memory_bytes: 1, memory_free_bytes: 1, disk_free_bytes: 1 },
  ...{
    acceleration: "",
    missing: [],
    lease: [],
    journal: [],
    records: [],
    rules_intact: false,
    names: [],
    volumes: [],
  },
  ...{ generations: [], links: [], addresses: [], routes: [], tunnels: [], tables: { nftables: [] }, sockets: [] },
  ...{ callers: [], others: [], images: [], health: [] },
}

/** A host that answers one thing to everything. */
function liar(ran: Ran): Host {
  const never = () => Promise.reject(new Error("nobody asked for it"))
  return { name: "liar", run: async () => ran, start: never, connect: never, close: async () => {} } as Host
}

async function opened(output: string, code = 0) {
  const driver = await openLinux(liar({ kind: "exited", code, output, errors: "" }), "true")
  if (!driver.ok) throw new Error(driver.failure.message)
  return driver.value
}

const holder = { user: "u", machine: "m", boot_id: "b", process_id: 1, started: "s" }
const lease = { token: 1, holder, operation: "apply", since_ms: 1, until_ms: 2 }

describe("what a host that lies answers", () => {
  test("is refused with its name, or read, whichever part of it is another", () => {
    const spoiled = constantFrom(...Object.keys(whole))
    assert(
      property(
        spoiled,
        oneof(
          value,
          value.map((one) => [one]),
        ),
        (key, part) => {
          const read = readSeen("liar", { ...whole, [key]: part })
          if (read.ok) expect(observedOf("office", read.value).kind).toBe("reachable")
          else expect(read.failure.message).toContain("liar")
        },
      ),
      options,
    )
    expect(readSeen("liar", whole).ok).toBe(true)
  })

  test("in files, links and names, is read without stumbling", () => {
    assert(
      property(nasty, nasty, stringMatching(/^[^/\u0000-\u001f]{0,9}\.[1-9]$/), (one, other, name) => {
        const read = readSeen("liar", {
          ...whole,
          ...{ records: [[one, other]], others: [[other, one]], lease: [one], journal: [one, other] },
          ...{ sockets: [one], callers: [other], names: [one], tunnels: [one], images: [other] },
          generations: [{ name, address: [one], running: true, started_ms: 1, joined: false }],
          links: [{ ifname: one, ifalias: `appl:office/network/${other}` }],
          tables: { nftables: [{ table: { family: "ip", name: one } }] },
        })
        expect(read.ok && observedOf("office", read.value).kind).toBe("reachable")
      }),
      options,
    )
  })

  test("never throws out of a verb of the driver", async () => {
    await assert(
      asyncProperty(
        oneof(
          value.map((one) => JSON.stringify(one)),
          nasty,
        ),
        integer({ min: 0, max: 125 }),
        async (output, code) => {
          const driver = await opened(output, code % 2)
          expect((await driver.observe("office")).kind).toBe("unreachable")
          for (const outcome of [
            await driver.acquire("office", holder, "apply", 1000),
            await driver.renew("office", lease, 1000),
            await driver.resolve({ ...debian, forms: ["container"] } as never),
          ])
            if (!outcome.ok) expect(typeof outcome.failure.message).toBe("string")
          await driver.history("office")
          await driver.release("office", lease)
        },
      ),
      { ...options, numRuns: Math.min(options.numRuns, 200) },
    )
  })

  test("as a failure has a kind, a message and a remedy, whatever it says", () => {
    for (const failure of [null, 5, "no", {}, { kind: "__proto__", message: "m", remedy: null }, { kind: 1 }]) {
      const answer = answerOf("liar", { kind: "exited", code: 1, output: JSON.stringify({ failure }), errors: "" })
      expect(answer).toMatchObject({ ok: false, failure: { kind: "operation-failed", message: expect.any(String) } })
    }
  })

  test("no digest is none that two hosts agree on", () => {
    for (const answer of [null, {}, { digest: undefined }, { digest: "undefined" }, [], "x"])
      expect(readDigest("liar", answer)).toMatchObject({ ok: false, failure: { kind: "host-unsuitable" } })
    expect(readDigest("liar", { digest: "a".repeat(64) })).toEqual({ ok: true, value: "a".repeat(64) })
  })

  test("records, leases, journals, ends of runs, images and pins are checked, whatever they are", () => {
    assert(
      property(oneof(value, anything()), (one) => {
        for (const read of [readRecord, readLease, readJournalEntry, readRunEnd]) read(one)
        for (const read of [readHealth, readImages, readPins]) read("liar", one)
        migrated({ version: 1, kind: one, fields: one })
      }),
      options,
    )
  })

  test("times that no calendar has do not come through", () => {
    const late = { ...lease, since_ms: 9e15 }
    expect(readLease(late).ok).toBe(false)
    expect(runsOf({ lines: [`begin ${JSON.stringify(late)}`], holding: 1 })).toEqual([])
    const end = `end 1 9000000000000000 {"state":"done","why":null,"steps":[],"more":0}`
    expect(runsOf({ lines: [`begin ${JSON.stringify(lease)}`, end], holding: 0 })).toMatchObject([{ ended: null }])
  })

  test("lines of a history, whatever they are, are runs or left out", () => {
    const line = oneof(
      nasty,
      value.map((one) => `begin ${JSON.stringify(one)}`),
      value.map((one) => `end 1 2 ${JSON.stringify(one)}`),
    )
    assert(
      property(line, line, (one, other) => {
        const runs = runsOf({ lines: [one, `begin ${JSON.stringify(lease)}`, other], holding: 0 })
        expect(runs.length).toBeGreaterThan(0)
      }),
      options,
    )
  })
})

const debian = { id: "base", source: { kind: "debian", suite: "bookworm" }, packages: [] }
