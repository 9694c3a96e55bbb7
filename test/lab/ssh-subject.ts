import type { Holder } from "../../runtime/apply/lease.ts"
import { recordName } from "../../runtime/drivers/linux/names.ts"
import { systemClock } from "../../runtime/hosts/clock.ts"
import { localHolder } from "../../runtime/hosts/local.ts"
import { quote } from "../../runtime/hosts/shell.ts"
import { openPool } from "../../runtime/hosts/ssh/pool.ts"
import { userSettings } from "../../runtime/hosts/ssh/settings.ts"
import type { Subject } from "../drivers.contract.ts"
import { type Lab, type LabHost, openHosts } from "./hosts/hosts.ts"
import { dyingHost, firstProcess, inside, labName, leftovers, opened, volumesOn } from "./linux-subject.ts"

/** A lab host over SSH as the subject of the contract suite: what is true of this machine is true at the other end of a wire. */
export async function sshSubject(): Promise<Subject> {
  const lab = await openHosts(1, { prefix: "lab4c", net: "10.122.1" })
  const [host] = lab.hosts as readonly [LabHost]
  const pool = openPool(settingsOf(lab))
  const overSsh = () => pool.host("local", { user: "root", host: host.address, port: null })
  return {
    open: () => opened(overSsh()),
    openDying: (operation) => opened(dyingHost(operation, overSsh())),
    connection: "local",
    clock: systemClock(),
    // Asked each time: a reboot ends the one who lived.
    get holders() {
      const alive = holderOn(host)
      return { alive, dead: { ...alive, started: "1" }, elsewhere: localHolder() }
    },
    breakProcess: async (cluster, appliance) => {
      host.run(`kill -9 ${firstProcess(labName(cluster), appliance, host.run)}`)
      await systemClock().sleep(500)
    },
    breakCheck: async (cluster, appliance) => {
      inside(labName(cluster), appliance, ["rm", "/srv/www/index.html"], host.run)
    },
    damageRecord: async (cluster, address, how) => {
      const file = quote(`/var/lib/appl/${labName(cluster)}/records/${recordName(address)}.json`)
      host.run(how === "gone" ? `rm ${file}` : `printf '{"version":1,' >${file}`)
    },
    reboot: () => host.reboot(),
    volumes: volumesOn(host.run),
    leftovers: async (cluster) => leftovers(labName(cluster), host.run),
    takePort: async (port) => {
      const listening = `use IO::Socket::INET; my $held = IO::Socket::INET->new(Listen => 1, LocalPort => ${port}) or die; sleep 600`
      const process_id = host.run(`perl -e '${listening}' >/dev/null 2>&1 & echo $!`)
      const given = `[ -n "$(ss -Hltn sport = :${port})" ]`
      host.run(`for try in $(seq 200); do ${given} && exit 0; sleep 0.05; done; exit 1`)
      return async () => {
        host.run(`kill ${process_id}; while ${given}; do sleep 0.05; done`)
      }
    },
    close: async () => {
      await pool.close()
      lab.close()
    },
  }
}

/** How this process reaches the hosts of a lab. */
export function settingsOf(lab: Lab): ReturnType<typeof userSettings> {
  return { ...userSettings(), agent: null, file: lab.environment.APPL_SSH_CONFIG }
}

/** The first process of a lab host, as a holder of leases there. */
function holderOn(host: LabHost): Holder {
  const seen =
    "cat /proc/sys/kernel/random/boot_id; readlink /proc/self/ns/pid; sed 's/.*) //' /proc/1/stat | cut -d ' ' -f 20"
  const [boot, processes, started] = host.run(seen).split("\n")
  return { user: "root", machine: host.name, boot_id: `${boot}/${processes}`, process_id: 1, started: started! }
}
