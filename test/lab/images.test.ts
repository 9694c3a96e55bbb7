import { existsSync, mkdtempSync, readdirSync, statSync } from "node:fs"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { ImagePins } from "../../lang/index.ts"
import { buildSteps, type Collected, resolveImage } from "../../runtime/drivers/linux/image.ts"
import type { Session } from "../../runtime/drivers/linux/session.ts"
import { quote } from "../../runtime/hosts/shell.ts"
import { layersOf } from "../../runtime/images/layers.ts"
import { imageKey } from "../../runtime/images/request.ts"
import { pinsDigest } from "../../runtime/plan/objects.ts"
import { at, build, labSession, operate, recipe, resolved, shell, valueIn } from "./image-host.ts"

const image = recipe("1ab0000000000002", ["busybox"], ["container"])
const bigger = recipe("1ab0000000000003", ["busybox", "netbase"], ["container"])

/** Folders that stand for hosts of their own, on the disk of this one. */
const homes: string[] = []
function newHome(): string {
  const home = mkdtempSync("/var/tmp/appl-lab-")
  homes.push(home)
  return home
}

/** All that is in a tree: names, modes, owners, times, contents. Not how it was packed or counted by the program under test. */
function everythingIn(tree: string): string {
  return shell(`cd ${tree}; { find . -printf '%p %y %m %U %G %T@ %l %n\\n' | sed 's/ \\(d .*\\) [0-9]*$/ \\1/' | sort
    find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum`)
}

describe("building an image", () => {
  let session: Session
  let pins: ImagePins
  let home: string

  beforeAll(async () => {
    session = await labSession()
    pins = await resolved(session, image)
    home = newHome()
  })

  afterAll(() => {
    shell(`for home in ${homes.join(" ")}; do umount $home/images 2>/dev/null || :; rm -rf $home; done`)
  })

  const trees = (home: string, pins: ImagePins): string[] =>
    layersOf(pins).map((layer) => `${home}/images/layers/${layer.digest}/tree`)
  const work = (home: string): string[] => readdirSync(`${home}/images/work`).filter((name) => !name.endsWith(".lock"))

  test("resolves to versions and hashes, the same twice", async () => {
    expect(pins.packages.map((pin) => pin.name)).toEqual(["busybox"])
    expect(pins.base.map((pin) => pin.name)).toContain("dpkg")
    expect(pins.base.length).toBeLessThan(80)
    for (const pin of [...pins.base, ...pins.packages]) expect(pin.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(await resolved(session, image)).toEqual(pins)
  })

  test("a package that Debian does not have is named", async () => {
    const answer = await resolveImage(session, recipe("1ab0000000000004", ["busybox", "busybx"], ["container"]))
    expect(answer).toMatchObject({ ok: false, failure: { message: "Debian bookworm has no package busybx" } })
  })

  test("gives the same bytes in another folder, and one build for two that ask at once", async () => {
    const elsewhere = newHome()
    const said = await Promise.all([
      build(session, image, pins, home),
      build(session, image, pins, elsewhere),
      build(session, image, pins, elsewhere),
    ])
    const count = (lines: readonly string[], start: string): number =>
      lines.filter((line) => line.startsWith(start)).length
    expect(count(said[0]!, "base: unpacking")).toBe(1)
    expect(count(said.slice(1).flat(), "base: unpacking")).toBe(1)
    expect(count(said.slice(1).flat(), "packages: installing")).toBe(1)
    expect(trees(home, pins).map(everythingIn)).toEqual(trees(elsewhere, pins).map(everythingIn))
    expect([...work(home), ...work(elsewhere)]).toEqual([])
  })

  test("a layer holds what its packages bring, without what nobody reads, logs and this host's identity", () => {
    const [base, packages] = trees(home, pins)
    expect(shell(`find ${packages} -name busybox -type f`)).toContain("/bin/busybox")
    const kept = shell(
      `cd ${base}; find usr/share/man usr/share/locale var/log var/cache -type f -size +0 ! -path "*/debconf/*"; ls etc/hostname etc/resolv.conf 2>/dev/null || :`,
    )
    expect(kept).toBe("")
    expect(statSync(`${base}/etc/machine-id`).size).toBe(0)
    expect(shell(`stat -c %a ${base} ${packages}`)).toBe("755\n755")
    expect(shell(`ls ${base}/usr/share/doc/dpkg`)).toBe("copyright")
  })

  test("what is there is not built again", async () => {
    const before = trees(home, pins).map((tree) => statSync(tree).ctimeMs)
    expect(await build(session, image, pins, home)).toEqual([])
    expect(trees(home, pins).map((tree) => statSync(tree).ctimeMs)).toEqual(before)
  })

  test("one package more takes one layer more, on the same base", async () => {
    const more = await resolved(session, bigger)
    const said = await build(session, bigger, more, home)
    expect(said.filter((line) => line.startsWith("base:"))).toEqual([])
    expect(said).toContain("packages: installing 2")
    expect(trees(home, more)[0]).toBe(trees(home, pins)[0])
  })

  test("a version that the repository has dropped says so", async () => {
    const [first, ...others] = pins.packages
    const url = first!.url.replace(/[^/]*$/, "busybox_1.0-0_amd64.deb")
    const gone = { ...pins, packages: [{ ...first!, version: "1.0-0", sha256: "0".repeat(64), url }, ...others] }
    const answer = await failing(session, gone, home)
    expect(answer).toMatchObject({
      failure: { kind: "pin-gone", message: "the repository no longer has busybox 1.0-0" },
    })
  })

  test("a package that is not what the pin says is refused", async () => {
    const wrong = { ...pins, packages: [{ ...pins.packages[0]!, sha256: "0".repeat(64) }] }
    expect(await failing(session, wrong, home)).toMatchObject({ failure: { kind: "operation-failed" } })
    expect(shell(`ls ${home}/images/debs`)).not.toContain("0".repeat(64))
  })

  test("a full disk is named, and what was there stays whole", async () => {
    const small = newHome()
    shell(`mkdir ${small}/images; mount -t tmpfs -o size=60m tmpfs ${small}/images`)
    expect(await failing(session, pins, small)).toMatchObject({ failure: { kind: "no-space" } })
    expect([readdirSync(`${small}/images/layers`), readdirSync(`${small}/images/built`), work(small)]).toEqual([
      [],
      [],
      [],
    ])
  })

  test("a build that is killed leaves nothing that runs or is mounted, and the next one succeeds", async () => {
    const interrupted = newHome()
    const steps = buildSteps(image.id, { ...image, pins })
    const script = `(. ${session.program_file}; ${elsewhere(interrupted)}; APPL_IN=${interrupted}; appl_image_build) >/dev/null 2>&1 & sleep 3; kill -9 -$$`
    const member = steps.members[0]! as { content: string }
    await session.host.run({
      script: `cat >${interrupted}/image; setsid -w sh -c ${quote(script)}`,
      input: member.content,
      timeout_ms: 60_000,
    })
    expect(work(interrupted).length).toBe(1)
    await expect
      .poll(() =>
        shell(
          `grep -c ${interrupted} /proc/self/mounts || :; ps -eo args | grep -c '[m]mdebstrap.*${interrupted}' || :`,
        ),
      )
      .toBe("0\n0")
    await build(session, image, pins, interrupted)
    expect(work(interrupted)).toEqual([])
    expect(trees(interrupted, pins).map(everythingIn)).toEqual(trees(home, pins).map(everythingIn))
  })

  test("collecting keeps what a record names, and takes all else", async () => {
    const key = imageKey(image.id, pinsDigest(pins, "container"))
    const collect = async (...keys: string[]): Promise<Collected> =>
      valueIn(
        await operate(session, "lab-images", [at(home), ["appl_image_collect", `${Date.now() + 1000}`, ...keys]]),
      ) as Collected
    const collected = await collect(key)
    expect(collected.removed).toHaveLength(1)
    expect(collected.freed_bytes).toBeGreaterThan(0)
    expect(readdirSync(`${home}/images/layers`).sort()).toEqual(
      layersOf(pins)
        .map((layer) => layer.digest)
        .sort(),
    )
    expect((await collect()).removed).toEqual([key])
    expect(existsSync(home)).toBe(false)
  })
})

function elsewhere(home: string): string {
  return at(home)[1]!
}

async function failing(session: Session, pins: ImagePins, home: string): Promise<unknown> {
  const steps = buildSteps(image.id, { ...image, pins })
  return operate(session, "lab-images", [at(home), ...steps.calls], steps.members)
}
