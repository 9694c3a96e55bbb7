import type { CodeTable } from "../codes.ts"

const office = `cluster office {
  param servers: Int(1..8) = 2
  output servers = servers
}
`
const files = { "office.appl": office }
const staged = `${office}params production { servers = 6 }
`

/** What comes in from outside the sources: parameters, the lock, the command line. */
export const inputCodes = {
  A0901: {
    title: "there is no such parameter",
    explain:
      "A value was given with `--set`, `APPL_PARAM_…` or `--params` for a name that is no `param` of the cluster. Only params can be given from outside; `appl check` lists a cluster's params when one is missing.",
    wrong: { files, command: "appl check office.appl --set server=3" },
    right: { files, command: "appl check office.appl --set servers=3" },
  },
  A0902: {
    title: "this value does not fit its parameter",
    explain:
      "A given value is read as the language writes values of the param's type: `3`, `64MiB`, `10.31.0.0/24`, `8081/tcp`, `true`, `[80/tcp, 443/tcp]`. A Text needs no quotes. In a parameter file numbers, texts, booleans, lists and objects of JSON stand for what the type asks for, and everything else is a text in the language's own form.",
    wrong: { files, command: "appl check office.appl --set servers=many" },
    right: { files, command: "appl check office.appl --set servers=3" },
  },
  A0903: {
    title: "this parameter has no value",
    explain:
      "A `param` without a default must be given: `--set name=value`, the environment variable `APPL_PARAM_NAME`, or a file with `--params`. Types were checked; values were not.",
    wrong: `cluster one {
  param domain: Hostname
  output domain = domain
}
`,
    right: `cluster one {
  param domain: Hostname = "office.test"
  output domain = domain
}
`,
  },
  A0904: {
    title: "this environment variable sets no parameter",
    severity: "warning",
    explain:
      "Variables named `APPL_PARAM_…` are read as params. The environment is shared by all clusters, so one that this cluster has no param for is left alone; when its name is near that of a param, it was probably meant for it.",
    wrong: { files, command: "APPL_PARAM_SERVRES=3 appl check office.appl" },
    right: { files, command: "APPL_PARAM_SERVERS=3 appl check office.appl" },
  },
  A0910: {
    title: "this file has several clusters",
    explain:
      "A command works on one cluster. Where a file has several, `--cluster` says which one is meant; the others are checked, and left alone.",
    wrong: `cluster one {
  output name = "one"
}
cluster two {
  output name = "two"
}
`,
    right: `cluster one {
  output name = "one"
}
`,
  },
  A0911: {
    title: "this file has no such cluster",
    explain: "`--cluster` names a cluster that the file declares at its top, not one that it only uses.",
    wrong: { files, command: "appl check office.appl --cluster ofice" },
    right: { files, command: "appl check office.appl --cluster office" },
  },
  A0912: {
    title: "this file has no cluster",
    severity: "hint",
    explain:
      "A file of classes, services and types is checked like any other. What is applied is a cluster: `cluster office { … }`.",
    wrong: "let seats = 8\n",
    right: "let seats = 8\ncluster office {\n  output seats = seats\n}\n",
  },
  A0913: {
    title: "this cannot be a deployed name",
    explain:
      "Everything on a host is named after the deployed name of its cluster: it is made of small letters, digits and `-`, begins with a letter, does not end in `-`, and is at most 40 characters long.",
    wrong: { files, command: "appl check office.appl --as Office_2" },
    right: { files, command: "appl check office.appl --as office-2" },
  },
  A0914: {
    title: "there is no such set of params",
    explain:
      "`--params production` names a file, or a `params production { … }` that stands in the file of the cluster and gives values to its params.",
    wrong: { files: { "office.appl": staged }, command: "appl check office.appl --params prodction" },
    right: { files: { "office.appl": staged }, command: "appl check office.appl --params production" },
  },
} as const satisfies CodeTable
