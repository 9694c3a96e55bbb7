import type { CodeTable } from "../codes.ts"

const box = `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
`
const kept = `{
  "version": 1,
  "deployed": { "office": { "addresses": { "two/lan": "10.20.0.9" }, "placement": {}, "images": {} } }
}
`
const twoNetworks = `use { shop } from "./shop.appl"
${box}network lan { cidr = 10.20.0.0/24 }
cluster office {
  appliance box: Box { on = lan }
  cluster branch: shop {}
}
`
const shop = `appliance Till {
  image = debian("bookworm")
  start = ["till"]
}
network lan { cidr = 10.20.1.0/24 }
cluster shop {
  appliance till: Till { on = lan }
}
`

export const addressCodes = {
  A0401: {
    title: "this is an address inside a network, not a network",
    explain:
      "A network is written with its first address: all bits after the prefix are zero. Anything else is mostly a slip in the address or in the prefix, so it is not rounded in silence.",
    wrong: `cluster c { network lan { cidr = 10.20.0.5/24 } }\n`,
    right: `cluster c { network lan { cidr = 10.20.0.0/24 } }\n`,
  },
  A0402: {
    title: "this network is too small",
    explain:
      "Beside its appliances a network has its own address, the broadcast address, one for its gateway and one for its host. A /30 has room for a gateway alone; take a /29 or larger.",
    wrong: `cluster c { network lan { cidr = 10.20.0.0/31 } }\n`,
    right: `cluster c { network lan { cidr = 10.20.0.0/29 } }\n`,
  },
  A0403: {
    title: "these networks overlap",
    explain:
      "An address in both networks would be in two places, and no router could tell which is meant. Give one of them another part of the private addresses.",
    wrong: `cluster c {
  network lan { cidr = 10.20.0.0/16 }
  network dmz { cidr = 10.20.3.0/24 }
}
`,
    right: `cluster c {
  network lan { cidr = 10.20.0.0/16 }
  network dmz { cidr = 10.21.3.0/24 }
}
`,
  },
  A0404: {
    title: "this network has no free address left",
    explain:
      "Each appliance takes one address, the gateway and the host take one each, and a DHCP range is left to others. Make the network larger, or move appliances to another.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/29 }
  for i in 1..5 { appliance box[i]: Box { on = lan } }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/28 }
  for i in 1..5 { appliance box[i]: Box { on = lan } }
}
`,
  },
  A0405: {
    title: "this appliance is on no network",
    explain:
      "Every appliance stands on a network, to be checked and reached. One that says none is on the only network of its cluster; when there is none, or several, it has to say which: `on = lan`, or `on = [lan, dmz]` for both.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = [] }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = [lan] }
}
`,
  },
  A0406: {
    title: "this appliance is on one network twice",
    explain:
      "An appliance has one nic in each of its networks. Two would give it two addresses there, and its answers would leave through one of them at random.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = [lan, nic(lan, address = 10.20.0.9)] }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.9) }
}
`,
  },
  A0407: {
    title: "this gateway is not on its network",
    explain:
      "A gateway routes what its network's appliances send to it, so it needs an address there. Add the network to its `on`; its uplink to the host's outside comes by itself.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24, gateway = edge }
  network dmz { cidr = 10.21.0.0/24 }
  appliance edge: Box { on = dmz }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24, gateway = edge }
  network dmz { cidr = 10.21.0.0/24 }
  appliance edge: Box { on = [lan, dmz] }
}
`,
  },
  A0408: {
    title: "this DHCP range is not within its network",
    explain:
      "A DHCP server can only give out addresses of the network that it stands on. Both ends of the range belong to it, and the lower one is written first.",
    wrong: `cluster c { network lan { cidr = 10.20.0.0/24, dhcp = 10.20.1.100 .. 10.20.1.199 } }\n`,
    right: `cluster c { network lan { cidr = 10.20.0.0/24, dhcp = 10.20.0.100 .. 10.20.0.199 } }\n`,
  },
  A0409: {
    title: "this DHCP range covers an address that is kept",
    explain:
      "The first usable address of a network is kept for its gateway, the last one for its host, and the outermost two are the network's own and the broadcast address. None of them may be given out.",
    wrong: `cluster c { network lan { cidr = 10.20.0.0/24, dhcp = 10.20.0.1 .. 10.20.0.99 } }\n`,
    right: `cluster c { network lan { cidr = 10.20.0.0/24, dhcp = 10.20.0.100 .. 10.20.0.199 } }\n`,
  },
  A0410: {
    title: "this address is given twice",
    explain:
      "Two machines with one address take each other's packets. Leave the address out of one of them, and the compiler gives it a free one that stays the same.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.9) }
  appliance two: Box { on = nic(lan, address = 10.20.0.9) }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.9) }
  appliance two: Box { on = lan }
}
`,
  },
  A0411: {
    title: "this address is in a DHCP range",
    explain:
      "What lies in the DHCP range may be given to any machine that asks, so an appliance cannot have it for itself. Take an address outside of the range.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24, dhcp = 10.20.0.100 .. 10.20.0.199 }
  appliance one: Box { on = nic(lan, address = 10.20.0.150) }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24, dhcp = 10.20.0.100 .. 10.20.0.199 }
  appliance one: Box { on = nic(lan, address = 10.20.0.50) }
}
`,
  },
  A0412: {
    title: "this address is outside its network",
    explain:
      "An appliance is reached in a network only by an address of that network. Correct the address, or leave it out: then the network gives a free one that stays the same.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.2.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.3.7) }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.2.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.2.7) }
}
`,
  },
  A0413: {
    title: "this address is kept",
    explain:
      "The first address of a network names the network, the last one reaches all of it, and the last usable one is the host's: checks come from there, and it routes where there is no gateway.",
    wrong: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.255) }
}
`,
    right: `${box}cluster c {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.25) }
}
`,
  },
  A0414: {
    title: "this address belongs to another appliance",
    explain:
      "An appliance keeps the address that it once got, as `appl.lock` says, so that adding one never renumbers another. Choose a free address, or write one for the other appliance too, which then moves because you said so.",
    wrong: {
      files: {
        "office.appl": `${box}cluster office {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.9) }
  appliance two: Box { on = lan }
}
`,
        "appl.lock": kept,
      },
    },
    right: {
      files: {
        "office.appl": `${box}cluster office {
  network lan { cidr = 10.20.0.0/24 }
  appliance one: Box { on = nic(lan, address = 10.20.0.8) }
  appliance two: Box { on = lan }
}
`,
        "appl.lock": kept,
      },
    },
  },
  A0415: {
    title: "these addresses are set aside",
    explain:
      "Loopback, link-local, multicast and reserved addresses (RFC 6890) do not reach another machine. Private networks are made of 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16.",
    wrong: `cluster c { network lan { cidr = 127.0.5.0/24 } }\n`,
    right: `cluster c { network lan { cidr = 10.20.5.0/24 } }\n`,
  },
  A0416: {
    title: "the network has no such part or address",
    explain:
      "`subnet(network, prefix = 24, index = n)` gives the n-th part of a network, and `address(network, n)` its n-th address, both counted from 0; negative numbers count from the end. The prefix of a part is not shorter than that of the network.",
    wrong: "let net = subnet(10.0.0.0/16, prefix = 24, index = 256)\nassert net.prefix == 24\n",
    right:
      "let net = subnet(10.0.0.0/8, prefix = 24, index = 256)\nassert net == 10.1.0.0/24 and address(net, -2) == 10.1.0.254\n",
  },
  A0417: {
    title: "two networks have one name",
    explain:
      "In a deployed cluster a network is known by its name, those at the top of files too. Two that clusters from different files use need different names.",
    wrong: { files: { "office.appl": twoNetworks, "shop.appl": shop } },
    right: { files: { "office.appl": twoNetworks, "shop.appl": shop.replaceAll("lan", "floor") } },
  },
} as const satisfies CodeTable
