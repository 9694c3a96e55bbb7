import { execFile } from "node:child_process"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { promisify } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Generation } from "../../runtime/drivers/linux/container.ts"
import { microvmMembers } from "../../runtime/drivers/linux/microvm.ts"
import { bridgeName, generationName, linkPrefix } from "../../runtime/drivers/linux/names.ts"
import type { Session } from "../../runtime/drivers/linux/session.ts"
import { imageKey } from "../../runtime/images/request.ts"
import type { ApplianceFields } from "../../runtime/model/fields.ts"
import { revealed } from "../../runtime/model/secrets.ts"
import { pinsDigest } from "../../runtime/plan/objects.ts"
import { build, labSession, operate, recipe, resolved, shell, valueIn } from "./image-host.ts"

const cluster = "lab-microvm"
const home = "/var/lib/appl"
const image = recipe("1ab0000000000001", ["iproute2", "nftables"], ["microvm"])
const bridge = bridgeName(cluster, "dmz")
const folder = `${home}/${cluster}/microvms/edge.1`

/** Ports of this machine that stand for the outside; given when the servers on them start, so that nobody else has them. */
const ports = { first: 0, second: 0 }

/** Rules that let one port of the outside through, for all that stand behind it. */
function rules(port: number): string {
  return `flush ruleset
table ip gate {
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    iifname "eth0" oifname "eth1" tcp dport ${port} accept
  }
  chain out { type nat hook postrouting priority 100; oifname "eth1" masquerade; }
}
`
}

function gateway(amended: Partial<ApplianceFields>): Generation {
  return {
    cluster,
    address: "appliance/edge",
    generation: 1,
    fields: {
      name: "edge",
      class: "Edge",
      form: "microvm",
      image: { id: image.id, pins: "" },
      cpus: 1,
      memory_bytes: 96 * 1024 * 1024,
      disk_bytes: null,
      nics: [
        {
          device: "eth0",
          network: "dmz",
          address: "10.77.1.1",
          prefix: 24,
          mac: "02:00:0a:4d:01:01",
          gateway: null,
          peer: null,
          mtu: 1500,
        },
        {
          device: "eth1",
          network: null,
          address: "10.77.3.2",
          prefix: 30,
          mac: "02:00:0a:4d:03:02",
          gateway: "10.77.3.1",
          peer: "10.77.3.1",
          mtu: null,
        },
      ],
      files: [{ path: "/etc/nftables.conf", content: { text: rules(ports.first) }, mode: 0o600 }],
      env: { GREETING: 'it\'s "fine"\nhere' },
      start: ["sh", "-c", "nft -f /etc/nftables.conf && exec sleep infinity"],
      reload: ["nft", "-f", "/etc/nftables.conf"],
      user: null,
      volumes: [],
      limits: { disk_bytes: null, network_bits_per_second: null, processes: null },
      restart: "no",
      protect: false,
      tags: [],
      checks: [],
      resolver: null,
      ...amended,
    },
  }
}

describe("a microVM", () => {
  let session: Session
  let key: string
  const servers: Server[] = []
  /** Who asked, as the outside saw it. */
  const callers: string[] = []

  const members = (amended: Partial<ApplianceFields> = {}) => [
    ...microvmMembers(gateway(amended), `${home}/${cluster}`, revealed(gateway(amended).fields, new Map())),
    { path: "address", mode: 0o600, content: '"appliance/edge"' },
    { path: "remove", mode: 0o600, content: "" },
    { path: "after", mode: 0o600, content: "" },
  ]
  /** A verb of the host's program for this generation. */
  const verb = async (name: string, ...words: string[]): Promise<void> => {
    valueIn(await operate(session, cluster, [[`appl_microvm_${name}`, "edge.1", ...words]], members()))
  }
  const inside = async (...command: string[]): Promise<string> => {
    const script =
      'appl_said=$(appl_microvm_run "$@") || appl_code=$?; appl_answer "{\\"said\\":$(printf %s "$appl_said" | appl_text)}"'
    const answer = await operate(session, cluster, [
      ["set", "--", "edge.1", "6", ...command],
      ["eval", script],
    ])
    return (valueIn(answer) as { said: string }).said
  }
  const started = (): string => shell(`cat ${folder}/process`)

  beforeAll(async () => {
    session = await labSession()
    const pins = await resolved(session, image)
    key = imageKey(image.id, pinsDigest(pins, "microvm"))
    await build(session, image, pins)
    shell(`mkdir -p ${home}/${cluster}`)
    await operate(session, cluster, [
      ["appl_bridge_set", bridge, `appl:${cluster}/network/dmz`, "10.77.1.254/24", "1500", "joins", "10.77.1.0/24"],
      ["eval", 'mkdir -p "$APPL_DIR/names" "$APPL_DIR/microvms"; echo "10.77.1.1 edge" >"$APPL_DIR/names/hosts"'],
    ])
    // Somebody behind the gateway, in a network namespace of their own.
    shell(`ip netns add labmv; ip link add labmv0 type veth peer name eth0 netns labmv; ip link set labmv0 master ${bridge} up
      ip -n labmv addr add 10.77.1.10/24 dev eth0; ip -n labmv link set eth0 up; ip -n labmv route add default via 10.77.1.1`)
    for (const name of ["first", "second"] as const) {
      const server = createServer((request, response) => {
        callers.push(`${request.socket.remoteAddress} ${ports[name]}`)
        response.end("outside\n")
      })
      await new Promise<void>((done) => server.listen(0, "0.0.0.0", done))
      ports[name] = (server.address() as AddressInfo).port
      servers.push(server)
    }
  })

  afterAll(async () => {
    await operate(session, cluster, [["appl_microvm_remove", "edge.1"]])
    for (const server of servers) server.close()
    shell(`ip netns del labmv 2>/dev/null || :; ip link del ${bridge} 2>/dev/null || :; rm -rf ${home}/${cluster}`)
  })

  // Not in a blocking call: the server that is asked runs in this very process.
  const fetch = async (port: number): Promise<string> => {
    const asked = promisify(execFile)("sh", [
      "-c",
      `ip netns exec labmv curl -s -m 2 http://10.77.3.1:${port}/ || echo none`,
    ])
    return (await asked).stdout.trim()
  }

  test("starts from its image with 96 MiB, and its agent answers", async () => {
    const began = performance.now()
    await verb("create", "joined", key)
    const up = performance.now()
    await expect.poll(() => inside("uname", "-n"), { timeout: 60_000 }).toBe("edge")
    console.log(`QEMU up ${Math.round(up - began)} ms, first answer ${Math.round(performance.now() - began)} ms`)
    expect(await inside("cat", "/etc/hosts")).toBe("10.77.1.1 edge")
    expect(await inside("sh", "-c", "ls -d /sys/class/net/*/; cat /sys/class/net/eth1/address")).toContain(
      "02:00:0a:4d:03:02",
    )
    expect(await inside("sh", "-c", 'printf %s "$GREETING" | tail -n 1')).toBe("here")
  })

  test("forwards by the rules on its disk, and hides who stands behind it", async () => {
    await expect.poll(() => fetch(ports.first), { timeout: 30_000 }).toBe("outside")
    expect(await fetch(ports.second)).toBe("none")
    expect([...new Set(callers)]).toEqual([`10.77.3.2 ${ports.first}`])
  })

  test("takes new files while it runs, without a start", async () => {
    const before = started()
    const changed = members({
      files: [{ path: "/etc/nftables.conf", content: { text: rules(ports.second) }, mode: 0o600 }],
    })
    const calls = [
      ["appl_microvm_place", "edge.1", key],
      ["appl_microvm_unpack", "edge.1"],
      ["appl_microvm_reload", "edge.1", "nft", "-f", "/etc/nftables.conf"],
    ]
    valueIn(await operate(session, cluster, calls, changed))
    expect([await fetch(ports.first), await fetch(ports.second)]).toEqual(["none", "outside"])
    expect(started()).toBe(before)
  })

  test("knows new names at once", async () => {
    valueIn(
      await operate(session, cluster, [
        ["eval", 'echo "10.77.1.9 new" >>"$APPL_DIR/names/hosts"'],
        ["appl_microvm_names"],
      ]),
    )
    expect(await inside("grep", "-c", "new", "/etc/hosts")).toBe("1")
  })

  test("answers after a request that was cut off in the middle", async () => {
    shell(`printf 'appl-00 unpack 5 400 %064d\\nhalf a pay' 0 1<>${folder}/agent.in`)
    // The agent waits ten seconds for the rest, takes what comes for it, finds that it is not whole, and goes on.
    await expect.poll(() => inside("echo", "well"), { timeout: 60_000 }).toBe("well")
  })

  test("a program that takes too long is ended, and its code says so", async () => {
    const answer = await operate(session, cluster, [["appl_microvm_run", "edge.1", "1", "sleep", "60"]])
    expect(answer).toMatchObject({ ok: false, failure: { message: expect.stringContaining("124") } })
    expect(await inside("echo", "well")).toBe("well")
  })

  test("starts its program again without the machine", async () => {
    const [before, pid] = [started(), started().split(" ")[0]]
    await verb("restart")
    expect(started()).not.toBe(before)
    expect(started().split(" ")[0]).toBe(pid)
    expect(await fetch(ports.first)).toBe("none")
  })

  test("is stopped in an orderly way, and comes back", async () => {
    await verb("stop")
    expect(shell(`ip -o link | grep -c ' ${linkPrefix(cluster)}[pu]' || :`)).toBe("0")
    expect(shell(`ps -eo args | grep -c '[q]emu.*${cluster}' || :`)).toBe("0")
    await verb("start")
    await expect.poll(() => fetch(ports.second), { timeout: 30_000 }).toBe("outside")
  })

  test("is started again when QEMU is killed, if it shall always run", async () => {
    const always = members({ restart: "always" })
    valueIn(
      await operate(
        session,
        cluster,
        [
          ["appl_microvm_place", "edge.1", key],
          ["appl_microvm_restart", "edge.1"],
        ],
        always,
      ),
    )
    const killed = started().split(" ")[0]
    shell(`kill -9 ${killed}`)
    await expect.poll(() => started().split(" ")[0], { timeout: 15_000 }).not.toBe(killed)
    await expect.poll(() => inside("echo", "well"), { timeout: 30_000 }).toBe("well")
    valueIn(
      await operate(
        session,
        cluster,
        [
          ["appl_microvm_place", "edge.1", key],
          ["appl_microvm_restart", "edge.1"],
        ],
        members(),
      ),
    )
    await expect.poll(() => inside("echo", "well"), { timeout: 30_000 }).toBe("well")
    expect(shell("ps -eo args | grep -c '[a]ppl-guard lab-microvm' || :")).toBe("0")
  })

  test("gets its share of the processors", () => {
    const group = shell(
      `ls -d /sys/fs/cgroup/appl/${cluster}/edge.1 /sys/fs/cgroup/cpu/appl/${cluster}/edge.1 2>/dev/null || :`,
    )
    expect(shell(`cat ${group}/cgroup.procs`)).toBe(started().split(" ")[0])
    expect(shell(`cat ${group}/cpu.max ${group}/cpu.cfs_quota_us 2>/dev/null || :`)).toMatch(/^100000/)
  })

  test("ends when its program ends", async () => {
    await operate(session, cluster, [["appl_microvm_run", "edge.1", "5", "pkill", "-x", "sleep"]])
    await operate(session, cluster, [
      [
        "appl_microvm_run",
        "edge.1",
        "5",
        "sh",
        "-c",
        "kill $(cat /proc/[0-9]*/stat | awk '$2 == \"(sleep)\" { print $1 }')",
      ],
    ])
    await expect.poll(() => shell(`ps -eo args | grep -c '[q]emu.*${cluster}' || :`), { timeout: 15_000 }).toBe("0")
    expect(shell(`tail -n 3 ${folder}/console.log`)).toContain("the program ended")
  })

  test("leaves nothing behind", async () => {
    await verb("remove")
    expect(generationName("appliance/edge", 1)).toBe("edge.1")
    expect(shell(`ls ${home}/${cluster}/microvms`)).toBe("")
    expect(shell(`ip -o link | grep -c ' ${linkPrefix(cluster)}[pu]' || :`)).toBe("0")
    expect(shell(`ps -eo args | grep -c '[q]emu.*${cluster}\\|[a]ppl-console.*${cluster}' || :`)).toBe("0")
    expect(shell(`ls -d /sys/fs/cgroup/appl/${cluster} /sys/fs/cgroup/*/appl/${cluster} 2>/dev/null || :`)).toBe("")
  })
})
