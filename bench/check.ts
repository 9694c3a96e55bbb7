import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { appl, inFolder, manyServers, measure, measurePair, middle, printTable } from "./measure.ts"

/** How long, and in how much memory, does `appl check` take for 1,000, 10,000 and 100,000 appliances? Beside `node -e 0`. */
export async function benchCheck(): Promise<void> {
  await inFolder(async (folder) => {
    const rows = [["appliances", "seconds", "peak MB", "growth", "beside node -e 0"]]
    let before: number | null = null
    for (const count of [1_000, 10_000, 100_000]) {
      const file = join(folder, `many-${count}.appl`)
      writeFileSync(file, manyServers(count))
      const runs = []
      for (let turn = 0; turn < (count > 50_000 ? 1 : 3); turn++) runs.push(await measure([appl, "check", file]))
      const run = middle(runs)
      if (run.code !== 0) throw new Error(`appl check failed: ${run.output.slice(0, 2_000)}`)
      const empty = await measure([process.execPath, "-e", "0"])
      const growth = before === null ? "" : `${(run.seconds / before).toFixed(1)} x`
      rows.push([
        String(count),
        run.seconds.toFixed(2),
        run.peak_megabytes.toFixed(0),
        growth,
        `${(run.seconds / empty.seconds).toFixed(1)} x`,
      ])
      before = run.seconds
    }
    printTable(rows)
    const hello = new URL("../examples/01-hello/hello.appl", import.meta.url).pathname
    const start = await measurePair([appl, "check", hello], [process.execPath, "-e", "0"], 7)
    console.log(
      `appl check 01-hello: ${start.left.seconds.toFixed(3)} s, node -e 0: ${start.right.seconds.toFixed(3)} s, ratio ${start.ratio.toFixed(1)}`,
    )
  })
}
