import type { CodeTable } from "../codes.ts"

/** A0801 and A0802: the files and folders that a source names. */
export const fileCodes = {
  A0801: {
    title: "this file is not there",
    explain:
      "`file`, `folder` and `template` take a path relative to the file that they stand in. Nothing was found there, or it is a folder where a file is wanted. Paths tell upper and lower case apart.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = file("motd.txt") }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = "Welcome" }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
  },
  A0802: {
    title: "this path leaves its module",
    explain:
      "A module reads only its own folder: no absolute path, no `..` beyond the folder, and no link that leads out of it. To hand a module something from outside, give it a param of type `File` or `Folder`; it carries its own root.",
    wrong: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = file("../../motd.txt") }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
    right: `appliance Box {
  image = debian("bookworm")
  start = ["sleep", "1d"]
  files = { "/etc/motd" = "Welcome" }
}
cluster one {
  network lan { cidr = 10.0.0.0/24 }
  appliance box: Box { on = lan }
}
`,
  },
} as const satisfies CodeTable
