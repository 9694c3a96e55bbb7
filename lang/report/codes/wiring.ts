import type { CodeTable } from "../codes.ts"

const classes = `service Dns { port: Port = 53/udp }
appliance Names {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides dns: Dns { }
}
appliance Web {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  needs dns: Dns
}
`
const box = `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
`

export const wiringCodes = {
  A0501: {
    title: "nothing provides this service",
    explain:
      "A `needs` of one service has exactly one provider, in the same cluster and reachable: on a shared network, or on one that the same gateway or host routes. Add an appliance that provides it; where the service may be missing, the class says `needs dns: Dns?`.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance web: Web { on = lan }
}
`,
    right: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  appliance web: Web { on = lan }
}
`,
  },
  A0502: {
    title: "several appliances provide this service",
    explain:
      "Which of them is meant is not guessed. The instance picks one by the name of the need: `dns = names.dns`.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance first: Names { on = lan }
  appliance second: Names { on = lan }
  appliance web: Web { on = lan }
}
`,
    right: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance first: Names { on = lan }
  appliance second: Names { on = lan }
  appliance web: Web { on = lan, dns = first.dns }
}
`,
  },
  A0503: {
    title: "this appliance picks itself",
    explain:
      "A wire leads from one appliance to another: nothing can wait for itself. Pick the service of another appliance.",
    wrong: `service Dns { port: Port = 53/udp }
appliance Names {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides dns: Dns { }
  uses upstream: Dns?
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan, upstream = names.dns }
}
`,
    right: `service Dns { port: Port = 53/udp }
appliance Names {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides dns: Dns { }
  uses upstream: Dns?
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
}
`,
  },
  A0504: {
    title: "this need has too few or too many providers",
    explain:
      "A need of a list, `needs backends: Http[](1..)`, is met by every provider that can be reached; its range says how many there must be. Add or remove providers, or let the instance give the list.",
    wrong: `service Http { port: Port = 80/tcp }
appliance Balancer {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  needs backends: Http[](1..)
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance front: Balancer { on = lan }
}
`,
    right: `service Http { port: Port = 80/tcp }
appliance Balancer {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  needs backends: Http[]
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance front: Balancer { on = lan }
}
`,
  },
  A0505: {
    title: "these appliances wait for each other",
    explain:
      "An appliance starts when the checks of all that it `needs` pass, so a loop of needs never starts. One of them works, for a while, without the other: it says `uses`, which is the same wire without waiting.",
    wrong: `service Dns { port: Port = 53/udp }
service Log { port: Port = 514/udp }
appliance Names {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides dns: Dns { }
  needs log: Log
}
appliance Logs {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides log: Log { }
  needs dns: Dns
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  appliance logs: Logs { on = lan }
}
`,
    right: `service Dns { port: Port = 53/udp }
service Log { port: Port = 514/udp }
appliance Names {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides dns: Dns { }
  uses log: Log
}
appliance Logs {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides log: Log { }
  needs dns: Dns
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  appliance logs: Logs { on = lan }
}
`,
  },
  A0506: {
    title: "two services are on one port",
    explain:
      "One address has each port of a protocol once. Give one of the services another port, in the class or, where the class has a param for it, at the instance.",
    wrong: `service Http { port: Port = 80/tcp }
appliance Web {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides site: Http { }
  provides admin: Http { }
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance web: Web { on = lan }
}
`,
    right: `service Http { port: Port = 80/tcp }
appliance Web {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
  provides site: Http { }
  provides admin: Http { port = 8080/tcp }
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance web: Web { on = lan }
}
`,
  },
  A0507: {
    title: "there is no route between these",
    explain:
      "Two networks reach each other when the same gateway routes both, or when neither has a gateway and the host routes them. Give them the same gateway, or let one of the appliances stand on both.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24, gateway = edge }
  network dmz { cidr = 10.21.0.0/24 }
  appliance edge: Box { on = lan }
  appliance one: Box { on = lan }
  appliance two: Box { on = dmz }
  allow one -> two on 22/tcp
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24, gateway = edge }
  network dmz { cidr = 10.21.0.0/24, gateway = edge }
  appliance edge: Box { on = [lan, dmz] }
  appliance one: Box { on = lan }
  appliance two: Box { on = dmz }
  allow one -> two on 22/tcp
}
`,
  },
  A0508: {
    title: "this port is published twice",
    explain:
      "What is published answers on the hosts' addresses, which have each port once. Publish one of the services on another port.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance first: Names { on = lan }
  appliance second: Names { on = lan }
  publish 53/udp = first.dns
  publish 53/udp = second.dns
}
`,
    right: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance first: Names { on = lan }
  appliance second: Names { on = lan }
  publish 53/udp = first.dns
  publish 5353/udp = second.dns
}
`,
  },
  A0509: {
    title: "this service has no port of that protocol",
    explain:
      "A published port leads to the first port of the service with the same protocol. Write the protocol that the service speaks.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  publish 53/tcp = names.dns
}
`,
    right: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  publish 53/udp = names.dns
}
`,
  },
  A0510: {
    title: "publish takes one port",
    explain: "A range of ports cannot lead to one port of a service. Write a publish for each port.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  publish 5300..5310/udp = names.dns
}
`,
    right: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  publish 5300/udp = names.dns
}
`,
  },
  A0511: {
    title: "this allow opens nothing new",
    severity: "warning",
    explain:
      "Every wire opens its own flow, and so does `publish`. An `allow` that repeats one would stay behind, open, when the wire goes; leave it out.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  appliance web: Web { on = lan }
  allow web -> names on 53/udp
}
`,
    right: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  appliance web: Web { on = lan }
  allow web -> names on 22/tcp
}
`,
  },
  A0512: {
    title: "this allow stands between nothing",
    severity: "warning",
    explain:
      "One of its ends is a family without members, or both ends are the same appliance. It opens nothing now, and may open what nobody expects later.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan }
  allow one -> one on 22/tcp
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = lan }
  appliance two: Box { on = lan }
  allow one -> two on 22/tcp
}
`,
  },
  A0513: {
    title: "nothing is around this cluster to meet its need",
    explain:
      "What a cluster `needs` is provided by the cluster around it. Deployed by itself it has none: put it into another cluster, let an appliance inside provide the service, or let the need be optional, `needs dns: Dns?`.",
    wrong: `${classes}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  needs dns: Dns
  appliance web: Web { on = lan }
}
`,
    right: `${classes}cluster inner {
  param lan: Network
  needs dns: Dns
  appliance web: Web { on = lan }
}
cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance names: Names { on = lan }
  cluster room: inner { lan = lan }
}
`,
  },
  A0514: {
    title: "an insertion stands where its target is not",
    explain:
      "`insert name: Class before web on dmz` puts an appliance into the line that leads to `web` on `dmz`, so each instance of `web` has to stand on that network, and nothing is put before itself.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  network dmz { cidr = 10.21.0.0/24 }
  appliance web: Box { on = dmz }
  insert sniffer: Box before web on lan
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  network dmz { cidr = 10.21.0.0/24 }
  appliance web: Box { on = [dmz, lan] }
  insert sniffer: Box before web on lan
}
`,
  },
  A0515: {
    title: "two insertions stand at one place in the line",
    explain:
      "The order of what is put in line before an appliance is not guessed. Put one before the target, and the other before that one.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance web: Box { on = lan }
  insert first: Box before web on lan
  insert second: Box before web on lan
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance web: Box { on = lan }
  insert first: Box before web on lan
  insert second: Box before first on lan
}
`,
  },
} as const satisfies CodeTable
