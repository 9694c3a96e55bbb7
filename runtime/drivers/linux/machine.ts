import type { Host } from "../../hosts/host.ts"
import type { Outcome } from "../../model/failure.ts"
import { doctor, type Finding } from "./doctor.ts"
import { type Collected, collectImages, listImages, type StoredImage } from "./image.ts"
import { prepare } from "./prepare.ts"
import { openSession } from "./session.ts"

/** What looks after one real host, beyond any cluster. */
export type Machine = {
  /** What it has and lacks to be a host. Changes nothing. */
  doctor(): Promise<Outcome<readonly Finding[]>>
  /** Installs what is missing; `progress` gets what the installer prints. Gives the packages that were installed. */
  prepare(progress: (line: string) => void): Promise<Outcome<readonly string[]>>
  images(): Promise<Outcome<readonly StoredImage[]>>
  /** Removes the images that no cluster uses. */
  collectImages(): Promise<Outcome<Collected>>
  /** What it has for appliances. */
  capacity(): Promise<Outcome<Capacity>>
}

export type Capacity = { readonly cpus: number; readonly memory_bytes: number; readonly disk_bytes: number }

/** `program` is the text of the host's own program. */
export function openMachine(host: Host, program: string): Machine {
  const session = openSession(host, program)
  return {
    doctor: () => doctor(host),
    prepare: async (progress) => {
      const prepared = await prepare(host, progress)
      return prepared.ok ? { ok: true, value: prepared.value.installed } : prepared
    },
    images: () => listImages(session),
    collectImages: () => collectImages(session),
    capacity: () => capacityOf(host),
  }
}

async function capacityOf(host: Host): Promise<Outcome<Capacity>> {
  const script = `nproc; awk '$1 == "MemTotal:" { print $2 }' /proc/meminfo; df -Pk /var/lib | awk 'NR == 2 { print $2 }'\n`
  const ran = await host.run({ script, timeout_ms: look_ms })
  if (ran.kind === "refused") return { ok: false, failure: ran.failure }
  const [cpus = 0, memory_kib = 0, disk_kib = 0] = ran.kind === "exited" ? ran.output.split("\n").map(Number) : []
  if (cpus > 0 && memory_kib > 0)
    return { ok: true, value: { cpus, memory_bytes: memory_kib * 1024, disk_bytes: disk_kib * 1024 } }
  const why = ran.kind === "unreachable" ? ran.why : "it does not say what it has"
  const message = `${host.name} cannot be reached: ${why}`
  return { ok: false, failure: { kind: "host-unreachable", message, remedy: null, output: [] } }
}

const look_ms = 30_000
