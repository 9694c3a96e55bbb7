import type { Abilities } from "../driver.ts"

const noQuota = "leave `limits.disk` out: this host cannot hold a root to a size yet"

/** What a change of each field needs here; what is not listed needs a replacement. `test/drivers.contract.ts` proves it. */
export const abilities: Abilities = {
  forms: ["container", "microvm"],
  changes: {
    image: { source: "update", packages: "update", forms: "update", pins: "update" },
    network: {
      mtu: "update",
      gateway: "update",
      host_address: "update",
      dhcp: "update",
      cidr: "update",
      link: "update",
    },
    firewall: { networks: "update", ports: "update", rules: "update", tunnels: "update" },
    names: { names: "update" },
    publish: {
      port: "update",
      protocol: "update",
      appliance: "update",
      target_address: "update",
      target_port: "update",
      through: "update",
      relay: "update",
    },
    appliance: {
      class: "update",
      checks: "update",
      tags: "update",
      protect: "update",
      restart: "update",
      limits: "update",
      memory_bytes: "update",
      cpus: "update",
      disk_bytes: "update",
      reload: "update",
      files: "reload",
      resolver: "reload",
      // A process keeps the environment that it was started with.
      env: "restart",
      start: "restart",
      user: "restart",
      name: "restart",
      nics: "restart",
      volumes: "restart",
      "volumes.size": "update",
    },
  },
  carriesVolumes: true,
  changesByForm: {
    microvm: { memory_bytes: "restart", cpus: "restart", restart: "restart", "volumes.size": "restart" },
  },
  lacks: {
    container: { "limits.disk": noQuota },
    microvm: {
      "limits.disk": noQuota,
      "limits.processes": 'give it `form = "container"`; a microVM is held by its memory',
    },
  },
  parallel: { operations: 4, builds: 1, storage: 3 },
}
