import type { CodeTable } from "../codes.ts"

const box = `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "infinity"]
}
`

export const compositionCodes = {
  A0723: {
    title: "this is there already, and `every` only adds",
    explain:
      "An `every` adds needs, services, checks and entries that an appliance does not have yet. What its class, its declaration or another `every` says stays as it is: leave those appliances out with `where`, or take another name.",
    wrong: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { files = { "/etc/motd" = "hello" } }
  every appliance { files += { "/etc/motd" = "welcome" } }
}
`,
    right: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { files = { "/etc/motd" = "hello" } }
  every appliance { files += { "/etc/issue" = "welcome" } }
}
`,
  },
  A0724: {
    title: "what has moved is still there",
    explain:
      "`moved old -> new` says that one thing has another name now. While something is called by the old name, it is not the same thing.",
    wrong: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance old: Box {}
  appliance new: Box {}
  moved old -> new
}
`,
    right: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance new: Box {}
  moved old -> new
}
`,
  },
  A0725: {
    title: "nothing is where this has moved to",
    explain:
      "The new path of a `moved` leads to a thing that there is: with that key, and under conditions that hold. A thing that moved on says so with another `moved`.",
    wrong: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for i in 1..2 { appliance web[i]: Box {} }
  moved web[7] -> web[3]
}
`,
    right: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  for i in 1..2 { appliance web[i]: Box {} }
  moved web[7] -> web[2]
}
`,
  },
  A0726: {
    title: "two moves disagree",
    explain:
      "One thing has one name: what was called by the old name went to one place, and one thing came to the new one.",
    wrong: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance first: Box {}
  appliance second: Box {}
  moved old -> first
  moved old -> second
}
`,
    right: `${box}cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance first: Box {}
  appliance second: Box {}
  moved old -> first
  moved older -> second
}
`,
  },
} as const satisfies CodeTable
