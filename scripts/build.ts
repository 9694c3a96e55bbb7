import { spawnSync } from "node:child_process"
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import type { Plugin } from "esbuild"

/**
 * Builds what makes the command start fast, into `dist`: `appl.cjs`, all of it in one file, which the npm package ships; and `appl.blob`,
 * a V8 start-up snapshot of that file for a clone and its own Node. `bin/appl` takes the snapshot only while no source has changed since
 * `appl.stamp` was written. A part that cannot be built is left out, with a sentence: then the command runs from its sources.
 */
const root = fileURLToPath(new URL("..", import.meta.url))
const dist = join(root, "dist")
const bundle = join(dist, "appl.cjs")
const snapshot = join(dist, "appl.blob")
const stamp = join(dist, "appl.stamp")

/** Libraries that are large and that few commands need: they stay in node_modules. Each must be one that `require` can load. */
const apart = [
  ...["age-encryption", "markdown-it", "npm-package-arg", "pacote", "ssh-config", "ssh2", "tar"],
  ...["vscode-languageserver", "vscode-languageserver-textdocument"],
]

/** What the snapshot has seen once: templates, wires, two modules, a lock's schema. */
const warm = ["examples/02-office/office.appl"]

async function build(): Promise<number> {
  const esbuild = await import("esbuild").catch(() => null)
  if (esbuild === null) {
    console.log("esbuild is not installed: appl runs from its sources")
    return 0
  }
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist)
  // Before anything is read: what changes during the build is then newer than the stamp.
  writeFileSync(stamp, "")
  await esbuild.build({
    entryPoints: [join(root, "cli/bundled.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "cjs",
    // Names stay, for the traces of bugs.
    minifyWhitespace: true,
    minifySyntax: true,
    mainFields: ["module", "main"],
    // A snapshot has no `import()`: it becomes a lazy `require`.
    supported: { "dynamic-import": false },
    external: apart,
    plugins: [places],
    banner: { js: banner },
    logLevel: "warning",
  })
  writeFileSync(bundle, plain(readFileSync(bundle, "utf8")))
  takeSnapshot()
  return 0
}

/**
 * The same program in ASCII. esbuild leaves other characters in regular expressions as they are, and one is enough for V8 to keep two bytes
 * for each character of the whole text, which every start would read.
 */
function plain(program: string): string {
  return program.replace(/[^\u0000-\u007f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/** A copy of `dist` that keeps no times keeps no hard links either: the second name of the stamp tells `bin/appl` that it is the original. */
function takeSnapshot(): void {
  const node = join(root, "node_modules/node/bin/node")
  const unfinished = `${snapshot}.unfinished`
  const words = ["--snapshot-blob", unfinished, "--build-snapshot", bundle, ...warm]
  const built = spawnSync(node, words, { cwd: root, encoding: "utf8", env: { ...process.env, NODE_OPTIONS: "" } })
  if (built.status !== 0) {
    // Node quotes the line of the bundle where it failed, which is most of the bundle.
    const why =
      built.error?.message ??
      built.stderr
        .split("\n")
        .filter((line) => line.length < 300)
        .join("\n")
    console.log(`no start-up snapshot: appl runs from its sources\n${why}`)
    rmSync(unfinished, { force: true })
    return
  }
  linkSync(stamp, join(dist, "appl.original"))
  renameSync(unfinished, snapshot)
}

/** Sources find the files beside them by `import.meta.url`, and load libraries by `createRequire`: in the bundle both are asked of its banner. */
const places: Plugin = {
  name: "places",
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/(?:cli|lang|runtime)\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8")
      if (!text.includes("import.meta.url")) return null
      const contents = text
        .replace(/^const require = createRequire.*$/m, "")
        .replaceAll("createRequire(import.meta.url)", "require")
        .replaceAll("import.meta.url", `applSource(${JSON.stringify(relative(root, path))})`)
      return { loader: "ts", contents }
    })
  },
}

/**
 * The first lines of the bundle. Where it lies is asked of the command line when it runs: the snapshot may have been moved since it was
 * built. In a snapshot `require` knows Node's own modules only, so the libraries that are apart are loaded as from a source file.
 */
const banner = `
function applSource(path) {
  const { resolve } = require("node:path")
  return require("node:url").pathToFileURL(resolve(process.argv[1], "../..", path)).href
}
const applBuiltin = require
require = (name) => /^(?:${apart.join("|")})(?:\\/|$)/.test(name)
  ? applBuiltin("node:module").createRequire(applSource("package.json"))(name)
  : applBuiltin(name)
`

process.exitCode = await build()
