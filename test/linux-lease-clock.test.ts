import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, test } from "vitest"

/** Whether the host's program takes a lease for held that has `left_ms` left, of one that lasts a minute; its holder lives elsewhere. */
function isHeld(left_ms: number, context: { readonly onTestFinished: (end: () => void) => void }): boolean {
  const folder = mkdtempSync(join(tmpdir(), "appl-lease-"))
  context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const until_ms = Date.now() + left_ms
  writeFileSync(join(folder, "lease"), `{"token":7,"until_ms":${until_ms}}\n7 ${until_ms} elsewhere 12 34\n`)
  const script =
    ". runtime/drivers/linux/host.sh; APPL_DIR=$1; if appl_lease_held 60000; then exit 10; else exit 11; fi"
  const { status } = spawnSync("sh", ["-c", script, "sh", folder])
  expect([10, 11]).toContain(status)
  return status === 10
}

test("a lease is held until its end by the host's clock", (context) => {
  expect(isHeld(30_000, context)).toBe(true)
  expect(isHeld(-1, context)).toBe(false)
})

test("one with more left than any lasts was written before the clock was set back: nobody waits for it", (context) => {
  expect(isHeld(86_400_000, context)).toBe(false)
})
