import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"

/** The folder of the standard modules: beside the sources in a clone, one level higher from the compiled package. */
export function standardModules(): string {
  return find("modules")
}

/** The version in package.json. */
export function readVersion(): string {
  const text: unknown = JSON.parse(readFileSync(find("package.json"), "utf8"))
  return typeof text === "object" && text !== null && "version" in text ? String(text.version) : "unknown"
}

/** The main file of a library, wherever it was installed. */
export function libraryFile(name: string): string {
  return createRequire(find("package.json")).resolve(name)
}

function find(name: string): string {
  const near = fileURLToPath(new URL(`../${name}`, import.meta.url))
  return existsSync(near) ? near : fileURLToPath(new URL(`../../${name}`, import.meta.url))
}
