import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Control groups of lab hosts, of version 1, one folder in each hierarchy, or 2. */

const mounted = "/sys/fs/cgroup"

/** Makes the groups of a host and gives the files that a process joins them by. */
export function joinGroups(name: string): readonly string[] {
  return hierarchies().map((hierarchy) => {
    const folder = join(hierarchy, name)
    mkdirSync(folder, { recursive: true })
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      if (existsSync(join(folder, file)) && existsSync(join(hierarchy, file)) && hierarchy.endsWith("cpuset"))
        writeFileSync(join(folder, file), readFileSync(join(hierarchy, file)))
    }
    if (hierarchy.endsWith("cpuset")) writeFileSync(join(folder, "cgroup.clone_children"), "1")
    return join(folder, "cgroup.procs")
  })
}

/** Stops everything in a host's groups where it is, or lets it go on. */
export function freezeGroup(name: string, frozen: boolean): void {
  const [old, unified] = [join(mounted, "freezer", name, "freezer.state"), join(mounted, name, "cgroup.freeze")]
  if (existsSync(old)) writeFileSync(old, frozen ? "FROZEN" : "THAWED")
  else if (existsSync(unified)) writeFileSync(unified, frozen ? "1" : "0")
}

/** Ends every process in a host's groups, and waits until none is left. */
export function endGroup(name: string): void {
  freezeGroup(name, false)
  for (let tries = 0; tries < 200; tries += 1) {
    const left = hierarchies().flatMap((hierarchy) => processesIn(join(hierarchy, name)))
    if (left.length === 0) break
    for (const process_id of left) {
      try {
        process.kill(process_id, "SIGKILL")
      } catch {
        // It ended in this moment.
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
  for (const hierarchy of hierarchies()) removeTree(join(hierarchy, name))
}

/** Removes the groups whose names begin so, with what is in them; gives their names. */
export function removeGroups(prefix: string): readonly string[] {
  const names = new Set(
    hierarchies().flatMap((hierarchy) => readdirSync(hierarchy).filter((name) => name.startsWith(prefix))),
  )
  for (const name of names) endGroup(name)
  return [...names]
}

function hierarchies(): readonly string[] {
  if (existsSync(join(mounted, "cgroup.controllers"))) return [mounted]
  return readdirSync(mounted)
    .map((name) => join(mounted, name))
    .filter((folder) => existsSync(join(folder, "cgroup.procs")))
}

function processesIn(folder: string): number[] {
  if (!existsSync(folder)) return []
  const own = readFileSync(join(folder, "cgroup.procs"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map(Number)
  return [...own.filter((one) => one > 0), ...foldersIn(folder).flatMap(processesIn)]
}

function removeTree(folder: string): void {
  if (!existsSync(folder)) return
  for (const inner of foldersIn(folder)) removeTree(inner)
  try {
    rmdirSync(folder)
  } catch {
    // A process that is just ending is in it still; the next lab of this name removes it.
  }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
}
