import type { CodeTable } from "../codes.ts"

const box = `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
`

const drained = `{
  "version": 1,
  "deployed": { "c": { "addresses": {}, "placement": {}, "images": {}, "away": { "one": "drained" } } }
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
      "`local()` is the machine that appl runs on, and there is one of it; two hosts with one destination are one machine too. Each would count all of its room, and both would make its networks. Declare it once; `simulated({ … })` makes as many hosts as wanted.",
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
  A0604: {
    title: "this is no destination of a host",
    explain:
      "`ssh` takes a user, a host and where needed a port, `incus` the URL of its server, `libvirt` a URI of QEMU for `system` or `session`. Parameters and commands cannot be part of a destination: how to log in is the affair of the program that does it.",
    wrong: `host rack = ssh("root@")
`,
    right: `host rack = ssh("root@10.0.0.11") { capacity = { cpus = 32, memory = 256GiB } }
host far = incus("https://10.0.0.12:8443")
host old = libvirt("qemu+ssh://root@10.0.0.13/system")
`,
  },
  A0605: {
    title: "an image that was made elsewhere is used as what it cannot be",
    explain:
      'What is in `qcow2(…)` or `iso(…)` is a whole machine: it runs as a virtual machine, so its class says `forms = ["vm"]`, and no packages are added to it.',
    wrong: `appliance Firewall {
  image = qcow2("https://images.test/firewall.qcow2")
  start = []
}
host rack = simulated({ cpus = 8 })
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance edge: Firewall { on = lan }
}
`,
    right: `appliance Firewall {
  image = qcow2("https://images.test/firewall.qcow2")
  start = []
  forms = ["vm"]
}
host rack = simulated({ cpus = 8 })
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance edge: Firewall { on = lan }
}
`,
  },
  A0606: {
    title: "this cannot be scaled so",
    explain:
      "A scaled appliance has at least `min` and at most `max` instances, which are made alike: none of them has an address of its own choice, a volume, or the job of a gateway. With `min = 0` a connection starts the first, so it provides a service with a TCP port.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, scale = { min = 3, max = 2 } }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, scale = { min = 2, max = 3, when = cpu(above = 60%) } }
}
`,
  },
  A0607: {
    title: "this cannot be forked",
    explain:
      'A fork is a copy of a running microVM. So the appliance runs in the form microvm, `form = "microvm"`, and there is a `scale` that asks for more than one instance.',
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, fork = true, scale = { max = 2 } }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, form = "microvm", fork = true, scale = { max = 2 } }
}
`,
  },
  A0608: {
    title: "nobody would know when a rollout went well",
    explain:
      "An `update` changes the next instances when the checks of those before pass, and turns back when they fail. So the appliance has a check.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan, update = { at-once = 1, healthy = 1min } }
}
`,
    right: `${box}appliance Checked: Box {
  check "runs" = exec(["true"])
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Checked { on = lan, update = { at-once = 1, healthy = 1min } }
}
`,
  },
  A0609: {
    title: "the hosts for this appliance are drained or fenced",
    explain:
      "A host that was drained or fenced takes nothing, until `appl host return` gives it back; `appl.lock` remembers which are. An appliance that must run there has no place then, and neither has one that no other host can run. Take its `host` away, declare another host, or return one.",
    wrong: {
      files: {
        "example.appl": `${box}host one = simulated()
host two = simulated()
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance box: Box { on = lan, host = one }
}
`,
        "appl.lock": drained,
      },
    },
    right: {
      files: {
        "example.appl": `${box}host one = simulated()
host two = simulated()
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance box: Box { on = lan, host = two }
}
`,
        "appl.lock": drained,
      },
    },
  },
} as const satisfies CodeTable
