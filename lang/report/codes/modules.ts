import type { CodeTable } from "../codes.ts"

const main = 'use { Lamp } from "lamp"\n'
const cluster = `${main}cluster office {
  network lan { cidr = 10.0.0.0/24 }
  appliance lamp: Lamp { on = lan }
}
`
const lamp = `/// A lamp.
appliance Lamp {
  image = debian("bookworm")
  start = ["lamp"]
}
`
const asked = '{ "dependencies": { "lamp": "^1.0.0" } }\n'
const description = `{
  "name": "lamp",
  "version": "1.2.0",
  "edition": "2026",
  "licence": "MIT",
  "exports": { "Lamp": "./lamp.appl" },
  "dependencies": {}
}
`
const fetched = { "lamp/module.json": description, "lamp/lamp.appl": lamp }
const right = { files: { "appl.json": asked, "office.appl": cluster }, fetched }
const hash = "0123456789abcdef".repeat(4)
const lock = `{
  "version": 1,
  "deployed": {},
  "modules": {
    "lamp": {
      "version": "1.2.0",
      "spec": "^1.0.0",
      "resolved": "https://registry.example/lamp-1.2.0.tgz",
      "sha256": "${hash}"
    }
  }
}
`

/** A023 and A024: `appl.json`, `module.json`, and the modules that are fetched. */
export const moduleCodes = {
  A0230: {
    title: "this file is not JSON",
    explain:
      '`appl.json` and `module.json` are JSON as RFC 8259 has it: names and texts stand in `"`, nothing follows the last entry of an object or list, and there are no comments.',
    wrong: { files: { "appl.json": "{ dependencies: {} }\n", "office.appl": "let seats = 8\n" } },
    right: { files: { "appl.json": '{ "dependencies": {} }\n', "office.appl": "let seats = 8\n" } },
  },
  A0231: {
    title: "this description does not have its form",
    explain:
      "`module.json` says `name`, `version`, `edition`, `licence`, `exports` and `dependencies`; `appl.json` says `dependencies`. Their JSON Schemas are `docs/schemas/module.json` and `docs/schemas/appl.json`: an editor that is told of them completes the fields.",
    wrong: { files: { "appl.json": '{ "dependencys": {} }\n', "office.appl": "let seats = 8\n" } },
    right: { files: { "appl.json": '{ "dependencies": {} }\n', "office.appl": "let seats = 8\n" } },
  },
  A0232: {
    title: "an edition of the language that is not known",
    explain:
      "A module says which edition of the language it is written in, so that what later editions add breaks nothing in it. A newer version of appl knows all editions before it; an older one cannot read a newer edition.",
    wrong: { ...right, fetched: { ...fetched, "lamp/module.json": description.replace("2026", "2062") } },
    right,
  },
  A0233: {
    title: "this module is not here",
    explain:
      "Checking and applying never fetch anything. A module that `appl.json` names is fetched once by `appl module install`, which writes what it found to `appl.lock`; from then on the copy in the cache is used, with the hash that is locked.",
    wrong: { files: right.files },
    right,
  },
  A0234: {
    title: "the project cannot be read",
    explain:
      "The folder of a project has an `appl.json`, that of a module has a `module.json`, and no folder has both. What was fetched stands in `appl.lock` beside it, which belongs into version control and is written by `appl module` only.",
    wrong: { ...right, files: { ...right.files, "appl.lock": "<<<<<<< HEAD\n" } },
    right,
  },
  A0235: {
    title: "the locked version is not the one asked for",
    explain:
      "`appl.lock` holds a version, or a place, that `appl.json` no longer asks for. `appl module install` brings them together and moves nothing else.",
    wrong: { files: { "appl.json": asked.replace("1", "2"), "office.appl": cluster, "appl.lock": lock }, fetched },
    right,
  },
  A0236: {
    title: "the content of a module is not what was locked",
    explain:
      "The files of a fetched module do not have the hash that stands in `appl.lock`. Either the copy in the cache was changed by hand, or what is fetched today is not what was fetched when it was locked. `appl module install` fetches a damaged copy again; when the source itself changed, `appl module update NAME` accepts that, after a look at what is new.",
    wrong: { ...right, files: { ...right.files, "appl.lock": lock } },
    right,
  },
  A0237: {
    title: "this export is not there",
    explain:
      "An export names a file of the module, and something that is declared at the top of that file. What a file only uses itself is not handed on.",
    elsewhere:
      '`appl module publish` and `appl docs` say this of a module whose `module.json` has `"Lamp": "./bulb.appl"` among its exports, when there is no such file or it declares no Lamp.',
  },
  A0238: {
    title: "no version of a module suits all that ask for it",
    explain:
      "A project has one version of each module, since the services of two versions would be two different contracts, which no wire joins. Here two dependencies ask for versions of which none is the same. Move one of them to a version that asks for another range.",
    elsewhere:
      "`appl module add` and `appl module update` say this: when one module wants `lib` at `^1.0.0` and another one wants it at `^2.0.0`, or when modules ask for each other without an end.",
  },
  A0239: {
    title: "a folder of a module changed since it was locked",
    severity: "warning",
    explain:
      "A dependency that is a folder is copied when it is added, like every other, so that all who have the lock have the same. `appl module update NAME` takes the folder as it is now.",
    elsewhere: 'This comes when `appl.json` has a folder, as in `"lamp": "../lamp"`, and a file in it is changed.',
  },
  A0240: {
    title: "a module cannot be fetched",
    explain:
      "The registry, repository, address or path does not give the module that was asked for. What it answered stands beside it. Nothing was changed.",
    elsewhere:
      "Only what fetches says this: `appl module add nowhere`, with a name that the registry does not have, or any fetch while the registry cannot be reached.",
  },
  A0241: {
    title: "this archive is refused",
    explain:
      "What is fetched is not trusted: an archive holds plain files below one folder, and nothing else. Links, devices, paths that lead out of the folder, names that are the same on some machines, and archives that unpack to far more than they are, are refused as a whole. Nothing was written.",
    elsewhere:
      "Only what fetches says this: `appl module add ./evil.tgz`, with an archive that holds `package/../../evil` or a link.",
  },
  A0242: {
    title: "this is another module than the one asked for",
    explain:
      "The `module.json` of what was fetched says its name and version. They have to be those that were asked for, so that nobody's module takes the place of another's.",
    wrong: { ...right, fetched: { ...fetched, "lamp/module.json": description.replace("lamp", "lantern") } },
    right,
  },
  A0243: {
    title: "a module asks for a path of its user's disk",
    explain:
      "The dependencies of a fetched module are ranges of versions, repositories or addresses. A path would be one on the machine of whoever uses it, and a module knows nothing of that. Only a project names folders and files.",
    elsewhere:
      'Only what fetches says this: `appl module add lamp`, of a module whose `module.json` has `"bulb": "file:../bulb"` among its dependencies.',
  },
} as const satisfies CodeTable
