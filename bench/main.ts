import { benchCheck } from "./check.ts"
import { benchConverge } from "./converge.ts"
import { benchEditor } from "./editor.ts"
import { measureImages } from "./images.ts"
import { printTable } from "./measure.ts"
import { benchPeers } from "./peers.ts"

/** `npm run bench [-- check | converge | images | peers | editor]`: each question prints its figures, always beside something else of the same run. */
const questions: Readonly<Record<string, () => Promise<void>>> = {
  check: benchCheck,
  converge: benchConverge,
  images: benchImages,
  peers: benchPeers,
  editor: benchEditor,
}

const asked = process.argv.slice(2)
for (const name of asked.length > 0 ? asked : Object.keys(questions)) {
  const question = questions[name]
  if (question === undefined)
    throw new Error(`there is no question ${name}; there are: ${Object.keys(questions).join(", ")}`)
  console.log(`\n== ${name}`)
  await question()
}

async function benchImages(): Promise<void> {
  const rows = await measureImages()
  printTable([
    ["what", "seconds", "ratio"],
    ...rows.map((row) => [row.what, row.seconds.toFixed(3), row.ratio.toFixed(4)]),
  ])
}
