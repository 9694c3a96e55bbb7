import { linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { diskFiles } from "../cli/files.ts"
import { makePlace } from "./cli/command.ts"

test("links to folders are found and not looked into, wherever they lead", async (context) => {
  const place = makePlace(context)
  mkdirSync(join(place.folder, "site/below"), { recursive: true })
  place.write("site/below/page", "x")
  symlinkSync("page", join(place.folder, "site/below/same"))
  // Each of these alone has paths without an end below it, and two have them in every order.
  symlinkSync(".", join(place.folder, "site/back"))
  symlinkSync("..", join(place.folder, "site/below/back"))
  symlinkSync("/", join(place.folder, "site/root"))
  const paths = diskFiles.list(join(place.folder, "site"))?.map(({ path }) => path)
  expect(paths).toEqual(["back", "below/back", "below/page", "below/same", "root"])

  place.write(
    "box.appl",
    'appliance Box { image = debian("bookworm"), start = ["x"], files += { "/www" = folder("site") } }\ncluster c {\n  network lan { cidr = 10.0.0.0/24 }\n  appliance a: Box { on = lan }\n}\n',
  )
  const { code, err } = await place.appl("check", "box.appl")
  expect(code).toBe(1)
  expect(err.match(/^error .*/gm)).toEqual([
    "error A0801: `back` is a link to a folder, or cannot be read",
    "error A0801: `below/back` is a link to a folder, or cannot be read",
    "error A0802: `root` is a link that leaves the folder of its module",
  ])
})

test("a folder with more than anybody means is told, and not walked to its end", async (context) => {
  const place = makePlace(context)
  const many = join(place.folder, "many")
  mkdirSync(many)
  writeFileSync(join(many, "0"), "")
  // A file system takes only so many names of one file.
  for (let index = 1; index <= 100_000; index++) {
    if (index % 30_000 === 0) writeFileSync(join(many, `${index}`), "")
    else linkSync(join(many, `${Math.floor(index / 30_000) * 30_000}`), join(many, `${index}`))
  }
  expect(diskFiles.list(many)).toBeNull()
  place.write("box.appl", 'let pages = folder("many")\ncluster c {}\n')
  expect((await place.appl("check", "box.appl")).err).toMatch(/^error A0801: `many` has too much in it/)
})
