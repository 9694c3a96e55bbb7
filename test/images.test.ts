import { execFileSync } from "node:child_process"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { ImagePins, Pin } from "../lang/index.ts"
import type { Generation } from "../runtime/drivers/linux/container.ts"
import { usersOf } from "../runtime/drivers/linux/image.ts"
import { machineSettings, microvmArguments, microvmMembers } from "../runtime/drivers/linux/microvm.ts"
import { hostProgram } from "../runtime/hosts/program.ts"
import { quote } from "../runtime/hosts/shell.ts"
import { layersOf } from "../runtime/images/layers.ts"
import { buildRequest, imageKey } from "../runtime/images/request.ts"
import { fieldsOf } from "../runtime/model/fields.ts"
import type { ObjectRecord } from "../runtime/model/object.ts"
import { revealed } from "../runtime/model/secrets.ts"
import { pinsDigest, toObjects } from "../runtime/plan/objects.ts"
import { office, settled } from "./runtime/fixtures.ts"

const pins: ImagePins = {
  base: [pin("dash", "0.5.12-2"), pin("bash", "5.2.15-2+b7")],
  packages: [pin("nginx-light", "1.22.1-9")],
  kernel: [pin("linux-image-6.1.0-18-cloud-amd64", "6.1.76-1"), pin("busybox-static", "1:1.35.0-4+b3")],
}

describe("the layers of an image", () => {
  test("stand on each other, and the kernel beside them", () => {
    const [base, packages, kernel] = layersOf(pins)
    expect(layersOf(pins).map((layer) => layer.kind)).toEqual(["base", "packages", "kernel"])
    expect([base!.below, packages!.below, kernel!.below]).toEqual([null, base!.digest, null])
  })

  test("are the same whatever the order of the pins and wherever they come from", () => {
    const elsewhere = (pin: Pin): Pin => ({ ...pin, url: pin.url.replace("deb.debian.org", "mirror.test") })
    const turned: ImagePins = { ...pins, base: [...pins.base].reverse().map(elsewhere) }
    expect(digests(turned)).toEqual(digests(pins))
  })

  test("another package on top leaves the base as it is; another base changes all above it", () => {
    const more = { ...pins, packages: [...pins.packages, pin("nginx-core", "1.22.1-9")] }
    expect(digests(more)[0]).toBe(digests(pins)[0])
    expect(digests(more)[1]).not.toBe(digests(pins)[1])
    const newer = { ...pins, base: [pin("dash", "0.5.12-3"), pins.base[1]!] }
    const same = digests(newer).filter((digest) => digests(pins).includes(digest))
    expect(same).toEqual([digests(pins)[2]])
  })

  test("an image of the base alone has one layer", () => {
    expect(layersOf({ ...pins, packages: [], kernel: [] }).map((layer) => layer.kind)).toEqual(["base"])
  })
})

describe("the request to build", () => {
  test("names each form, layer and pin", async () => {
    await expect(buildRequest("0f1e2d3c4b5a6978", ["container", "microvm"], pins)).toMatchFileSnapshot(
      "images/request.txt",
    )
  })

  test("refuses a pin that would be read as something else", () => {
    const evil = { ...pins, packages: [{ ...pins.packages[0]!, url: "http://x/a.deb\nlayer base 0" }] }
    expect(() => buildRequest("0f1e2d3c4b5a6978", ["container"], evil)).toThrow("cannot hold")
  })
})

test("an image is used by those whose records name it, in each form", () => {
  const key = (form: "container" | "microvm") => imageKey("aa", pinsDigest(pins, form))
  const records = [
    record("one", "image/aa", { forms: ["container"], pins }),
    record("two", "appliance/edge", { image: { id: "aa", pins: pinsDigest(pins, "microvm") } }),
    record("two", "network/dmz", {}),
  ]
  expect(Object.fromEntries([...usersOf(records)].map(([key, users]) => [key, [...users]]))).toEqual({
    [key("container")]: ["one"],
    [key("microvm")]: ["two"],
  })
})

describe("a microVM", () => {
  const edge = generation()

  test("the arguments of QEMU", async () => {
    const lines = microvmArguments(edge, "/var/lib/appl/office/microvms/edge.1")
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("images/arguments.txt")
  })

  test("what it is told about its machine", async () => {
    await expect(machineSettings(edge.fields)).toMatchFileSnapshot("images/machine.txt")
  })

  test("one argument a line: no name of a user brings another", () => {
    for (const argument of microvmArguments({ ...edge, address: 'appliance/web["a,b"]' }, "/x"))
      expect(argument).not.toContain("\n")
    expect(microvmArguments({ ...edge, address: 'appliance/web["a,b"]' }, "/x")).toContain(
      'guest=appl:office/appliance/web["a,,b"]/1,debug-threads=on',
    )
  })

  test("the same fields give the same files", () => {
    const plain = revealed(edge.fields, new Map())
    const made = () => microvmMembers(edge, "/var/lib/appl/office", plain)
    expect(made()).toEqual(made())
  })
})

test("a word that the host quotes for the guest arrives as it was", () => {
  const functions = hostProgram().slice(hostProgram().indexOf("appl_words() {"))
  const words = functions.slice(0, functions.indexOf("\n}\n") + 3)
  const text = fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "`", " ", "\n", "a", "*", "x", "ü"),
    maxLength: 12,
  })
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (list) => {
      const script = `${words}\nline=$(appl_words ${list.map(quote).join(" ")})\neval "set -- $line"\nprintf '%s\\0' "$@"\n`
      const said = execFileSync("sh", ["-c", script], { encoding: "utf8" })
      expect(said.split("\0").slice(0, -1)).toEqual(list)
    }),
    { numRuns: 60 },
  )
})

function digests(pins: ImagePins): string[] {
  return layersOf(pins).map((layer) => layer.digest)
}

function pin(name: string, version: string): Pin {
  const url = `http://deb.debian.org/debian/pool/main/${name}_${version}_amd64.deb`
  return {
    name,
    version,
    sha256: version.length.toString(16).padStart(64, name.length.toString(16)),
    size_bytes: 1234,
    url,
  }
}

function record(cluster: string, address: ObjectRecord["address"], fields: object): ObjectRecord {
  const kind = address.slice(0, address.indexOf("/")) as ObjectRecord["kind"]
  return { cluster, address, kind, fields } as unknown as ObjectRecord
}

function generation(): Generation {
  const state = office()
  const known = Object.fromEntries(state.images.map((image) => [image.id, pins]))
  const object = toObjects(settled(state), known).find((candidate) => candidate.address === "appliance/edge")!
  return { cluster: "office", address: "appliance/edge", generation: 1, fields: fieldsOf(object, "appliance") }
}
