import type { CodeTable } from "../codes.ts"

/** What comes in from outside the sources: parameters, the lock, the command line. */
export const inputCodes = {
  A0901: {
    title: "there is no such parameter",
    explain:
      "A value was given with `--set`, `APPL_PARAM_…` or `--params` for a name that is no `param` of the cluster. Only params can be given from outside; `appl check` lists a cluster's params when one is missing.",
  },
  A0902: {
    title: "this value does not fit its parameter",
    explain:
      "A given value is read as the language writes values of the param's type: `3`, `64MiB`, `10.31.0.0/24`, `8081/tcp`, `true`, `[80/tcp, 443/tcp]`. A Text needs no quotes. In a parameter file numbers, texts, booleans, lists and objects of JSON stand for what the type asks for, and everything else is a text in the language's own form.",
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
  },
  A0912: {
    title: "this file has no cluster",
    severity: "hint",
    explain:
      "A file of classes, services and types is checked like any other. What is applied is a cluster: `cluster office { … }`.",
  },
  A0913: {
    title: "this cannot be a deployed name",
    explain:
      "Everything on a host is named after the deployed name of its cluster: it is made of small letters, digits and `-`, begins with a letter, does not end in `-`, and is at most 40 characters long.",
  },
  A0914: {
    title: "there is no such set of params",
    explain:
      "`--params production` names a file, or a `params production { … }` that stands in the file of the cluster and gives values to its params.",
  },
} as const satisfies CodeTable
