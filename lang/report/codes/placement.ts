import type { CodeTable } from "../codes.ts"

const box = `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
`

export const placementCodes = {
  A0601: {
    title: "no host has room for this appliance",
    explain:
      "An appliance goes to a host that has the cpus, memory and disk that it asks for still free. The table shows what was wanted and what is left. Let it want less, declare more capacity, or add a host.",
    wrong: `${box}host small = simulated({ memory = 100MiB })
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, memory = 128MiB }
}
`,
    right: `${box}host small = simulated({ memory = 200MiB })
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, memory = 128MiB }
}
`,
  },
  A0602: {
    title: "no host can run this appliance in any of its forms",
    explain:
      "An appliance takes the first of its `forms` that a host can run: this machine runs containers and microVMs. Give it another form, or declare a host that runs one of its own.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, form = "vm" }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, form = "microvm" }
}
`,
  },
  A0603: {
    title: "two hosts are one machine",
    explain:
      "`local()` is the machine that appl runs on, and there is one of it. Two hosts of a cluster that are both `local()` would each count all of its room, and both would make its networks. Declare it once; `simulated({ … })` makes as many hosts as wanted.",
    wrong: `${box}host one = local()
host two = local()
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance box: Box { on = lan }
}
`,
    right: `${box}host one = local()
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance box: Box { on = lan }
}
`,
  },
} as const satisfies CodeTable
