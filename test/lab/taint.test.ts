import { execFileSync } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { type Ended, makePlace, type Place } from "../cli/command.ts"
import { inside, leftovers } from "./linux-subject.ts"
import { steps, told } from "./shown.ts"

const cluster = "lab-taint"
const home = `/var/lib/appl/${cluster}`

/** Secrets that stand nowhere else in the world: one out of the store, one of a param, and one that is made. */
const stored = 'canary-5d1c-stored\'s "$HOME"'
const given = "canary-77ab-given"

const source = (more: string) => `
appliance Keeper {
  param password: Secret<Text>
  param token: Secret<Text>
  image = debian("bookworm")
  memory = 128MiB
  start = ["sleep", "infinity"]
  files = {
    "/etc/keeper.conf" = "password=\${password}\\ncpus=\${self.facts.cpus}\\n",
    "/etc/token" = token
  }
  env = { PASSWORD = password, MADE = generated("made", length = 24), KERNEL = self.facts.kernel }
  ${more}
}
cluster ${cluster} {
  param token: Secret<Text>
  network lan { cidr = 10.121.1.0/24 }
  appliance box: Keeper { form = "container", user = "www-data", password = secret("stored"), token = token }
  appliance vm: Keeper { form = "microvm", password = secret("stored"), token = token }
  output cpus = box.facts.cpus
}
`

/** Secrets on real hosts, by nothing but the command: they arrive, and are nowhere else. */
describe("secrets", () => {
  let place: Place
  let leave: () => void
  let made = ""
  const said: string[] = []
  const arguments_seen = new Set<string>()

  const appl = async (words: readonly string[], input?: string): Promise<Ended> => {
    const { child, ended } = place.start(words, { APPL_PARAM_TOKEN: given }, place.folder, input)
    const watching = setInterval(watchArguments, 20)
    const end = await ended.finally(() => clearInterval(watching))
    if (!words.includes("--show")) said.push(end.out, end.err)
    expect(child.exitCode).not.toBeNull()
    return end
  }
  const watchArguments = () => {
    for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      try {
        arguments_seen.add(readFileSync(`/proc/${id}/cmdline`, "utf8"))
      } catch {
        // It ended in between.
      }
    }
  }
  const applied = async (...more: string[]) => {
    const ended = await appl(["apply", "taint.appl", "--yes", "--json", ...more])
    expect(ended.code, ended.out.slice(-3000) + ended.err).toBe(0)
    return told(ended)
  }
  const within = (appliance: string, script: string) =>
    (appliance === "vm" ? insideMicrovm(script) : inside(cluster, appliance, ["sh", "-c", script])).trim()

  beforeAll(async () => {
    place = makePlace({
      onTestFinished: (end) => {
        leave = end
      },
    })
    place.write("taint.appl", source(""))
    expect((await appl(["secret", "init"])).code).toBe(0)
    expect((await appl(["secret", "set", "stored"], stored)).code).toBe(0)
    if (existsSync(home)) await appl(["destroy", "taint.appl", "--yes"])
    await applied()
    made = (await appl(["secret", "get", "made", "--show"])).out.trim()
  })
  afterAll(async () => {
    await appl(["destroy", "taint.appl", "--yes"])
    leave()
    expect(leftovers(cluster)).toEqual([])
  })

  test.each(["box", "vm"])("arrive in %s, and what is late too", (appliance) => {
    expect(within(appliance, "cat /etc/keeper.conf")).toMatch(/^cpus=[0-9]+$/m)
    expect(within(appliance, "cat /etc/keeper.conf")).toContain(`password=${stored}`)
    expect(within(appliance, "cat /etc/token")).toBe(given)
    const environment = within(appliance, 'printf "%s\\n" "$PASSWORD" "$MADE" "$KERNEL"')
    expect(environment).toBe(`${stored}\n${made}\n${execFileSync("uname", ["-r"], { encoding: "utf8" }).trim()}`)
    expect(made).toMatch(/^[A-Za-z0-9]{24}$/)
  })

  test("are for those alone that run the program", () => {
    expect(within("box", "stat -c '%a %U' /etc/token /etc/keeper.conf")).toBe("600 www-data\n600 www-data")
    expect(within("vm", "stat -c '%a %U' /etc/token")).toBe("600 root")
    expect(within("box", "stat -c %a /appl/run /appl/config.tar")).toBe("700\n600")
    expect(within("vm", "stat -c %a /appl/run /appl/config.tar")).toBe("700\n700")
  })

  test("change nothing when they are the same, and are seen when they are not", async () => {
    expect((await appl(["apply", "taint.appl", "--dry-run"])).out).toContain("Nothing to do")
    expect((await appl(["secret", "rotate", "made"])).code).toBe(0)
    const plan = await appl(["apply", "taint.appl", "--dry-run", "--out", "plan.json"])
    expect(plan.out).toContain("the secret made changed")
    expect(steps((await applied()).plan)).toEqual(["restart appliance/box", "restart appliance/vm"])
    const now = (await appl(["secret", "get", "made", "--show"])).out.trim()
    expect(now).not.toBe(made)
    expect(within("vm", 'printf %s "$MADE"')).toBe(now)
    made = now
    // The plan that was saved before is of a world that is gone.
    expect((await appl(["apply", "plan.json", "--yes"])).code).toBe(1)
  })

  test("are hidden where a program inside prints them", async () => {
    place.write("taint.appl", source('reload = ["sh", "-c", "cat /etc/token /etc/keeper.conf >&2; exit 3"]'))
    await applied()
    const text = source('reload = ["sh", "-c", "cat /etc/token /etc/keeper.conf >&2; exit 3"]')
    place.write("taint.appl", text.replace("password=", "secret="))
    const failed = await appl(["apply", "taint.appl", "--yes"])
    expect(failed.code).toBe(1)
    expect(failed.err).toContain("•••")
    const check = 'check "leaks" = exec(["sh", "-c", "cat /etc/token; exit 1"]) { within = 2s }'
    place.write("taint.appl", source(check))
    expect((await appl(["apply", "taint.appl", "--yes"])).code).toBe(1)
    expect((await appl(["status", "taint.appl"])).out).toContain("•••")
    place.write("taint.appl", source(""))
    await applied()
  })

  test("stand nowhere but in the appliances", () => {
    // What finds nothing must be able to find something.
    expect([...arguments_seen].filter((one) => one.includes("taint.appl"))).not.toEqual([])
    for (const canary of ["canary-5d1c", given, made]) {
      expect(holders(home, canary)).not.toEqual([])
      expect(said.join("").includes(canary), `${canary} was printed`).toBe(false)
      expect([...arguments_seen].filter((one) => one.includes(canary))).toEqual([])
      expect(holders(place.folder, canary), `${canary} in the project`).toEqual([])
      const own = /^(containers|microvms)\/[^/]+\/(appl\/(run|config\.tar)|upper\/.*|disk\.tar)$/
      const found = holders(home, canary).map((path) => path.slice(home.length + 1))
      expect(
        found.filter((path) => !own.test(path)),
        `${canary} on the host`,
      ).toEqual([])
    }
    expect(readFileSync(join(home, "records", readdirSync(join(home, "records"))[0]!), "utf8")).not.toBe("")
  })
})

/** Runs a script inside of the microVM, through its agent, as the host's own program does. */
function insideMicrovm(script: string): string {
  const [program] = readdirSync("/var/lib/appl/.program")
  const [generation] = readdirSync(join(home, "microvms"))
  const calls = `. /var/lib/appl/.program/${program}; appl_cluster ${cluster}; appl_microvm_run ${generation} 30 sh -c "$1" >&3`
  return execFileSync("sh", ["-c", calls, "sh", script], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
}

/** The files below a folder that hold a text. */
function holders(folder: string, text: string): string[] {
  try {
    const found = execFileSync("grep", ["-rlaF", "--", text, folder], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    })
    return found.split("\n").filter((line) => line !== "")
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string }
    return stdout.split("\n").filter((line) => line !== "")
  }
}
