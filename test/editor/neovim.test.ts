import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, expect, test } from "vitest"
import { lacks } from "../programs.ts"

const root = join(import.meta.dirname, "..", "..")
const folder = mkdtempSync(join(tmpdir(), "appl-neovim-"))
afterAll(() => rmSync(folder, { recursive: true }))

test.skipIf(lacks("nvim"))("Neovim shows diagnostics and hovers of a file, and renames in it", () => {
  const file = join(folder, "office.appl")
  writeFileSync(
    file,
    `cluster office {
  /// The domain of all.
  param domain: Hostname = "office.test"
  output url = "http://\${domain}/"
  output wrong = domian
}
`,
  )
  const script = join(import.meta.dirname, "neovim.lua")
  const run = spawnSync(
    "nvim",
    [
      "--headless",
      "-u",
      "NONE",
      "-i",
      "NONE",
      "-n",
      "--cmd",
      `lua arg = { ${lua(file)}, ${lua(join(root, "bin/appl"))} }`,
      "-c",
      `luafile ${script}`,
    ],
    { encoding: "utf8", cwd: folder, env: { ...process.env, HOME: folder, XDG_STATE_HOME: folder }, timeout: 90_000 },
  )
  expect(`${run.stdout}`, run.stderr).toBe(`5:18 A0201 there is no domian here
hint: did you mean domain?
\`\`\`appl
param domain: Hostname = "office.test"
\`\`\`

The domain of all.
  param realm: Hostname = "office.test"
  output url = "http://\${realm}/"
`)
})

function lua(text: string): string {
  return JSON.stringify(text)
}
