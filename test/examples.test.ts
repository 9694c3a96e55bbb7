import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { makePlace } from "./cli/command.ts"

// Each example, as somebody who has just got it would try it. The first file of a folder, or the one called like this, is its program.
const programs: readonly { entry: string; sets: readonly (string | null)[] }[] = [
  { entry: "03-three-hosts/three.appl", sets: [null] },
  { entry: "04-office-services/office.appl", sets: [null] },
  { entry: "05-web-shop/shop.appl", sets: ["staging", "production"] },
  { entry: "06-customers/provider.appl", sets: [null] },
]

const root = dirname(import.meta.dirname)

test("every example with more than one file is tried here", () => {
  const folders = readdirSync(join(root, "examples")).filter((name) =>
    existsSync(join(root, "examples", name, "README.md")),
  )
  expect(programs.map(({ entry }) => dirname(entry))).toEqual(folders.sort())
})

describe.each(programs)("$entry", ({ entry, sets }) => {
  const folder = dirname(entry)

  test("is in the one style, and lint has nothing to say", async (context) => {
    const place = makePlace(context)
    expect(await place.appl("fmt", "--check", folder)).toMatchObject({ code: 0 })
    expect(await place.appl("lint", "--strict", folder)).toMatchObject({ code: 0, out: "Nothing to say.\n" })
  })

  test("passes its tests, from any folder", async (context) => {
    const place = makePlace(context)
    const inside = place.start(["test", "."], { CI: "1" }, join(place.folder, folder))
    expect(await inside.ended).toMatchObject({ code: 0, err: "" })
    expect(await place.start(["test", folder], { CI: "1" }).ended).toMatchObject({ code: 0, err: "" })
  })

  for (const set of sets) {
    test(`is applied once${set === null ? "" : ` with the params ${set}`}, and destroyed without a rest`, async (context) => {
      const place = makePlace(context)
      const words = [entry, "--simulated", ...(set === null ? [] : ["--params", set])]
      await place.start(["secret", "init"], {}, join(place.folder, folder)).ended
      expect(await place.appl("apply", ...words, "--yes")).toMatchObject({ code: 0 })
      const again = await place.appl("apply", ...words, "--dry-run")
      expect(again).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to do: /) })
      expect(await place.appl("destroy", ...words, "--yes", "--delete-volumes")).toMatchObject({ code: 0 })
      const rest = await place.appl("destroy", ...words, "--yes")
      expect(rest).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to do/) })
    })
  }
})
