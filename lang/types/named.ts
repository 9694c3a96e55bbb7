import * as build from "./build.ts"
import type { Type } from "./type.ts"

/** The types of the language that take no arguments, by name. */
export const namedTypes: ReadonlyMap<string, Type> = new Map<string, Type>([
  ["Bool", build.boolType],
  ["Int", build.intType],
  ["Float", build.floatType],
  ["Text", build.textType],
  ["Hostname", build.formed("Hostname")],
  ["Path", build.formed("Path")],
  ["Url", build.formed("Url")],
  ["Email", build.formed("Email")],
  ["Mac", build.formed("Mac")],
  ["Version", build.formed("Version")],
  ["Size", build.sizeType],
  ["Duration", build.durationType],
  ["Percent", build.percentType],
  ["Rate", build.rateType],
  ["Cpus", build.cpusType],
  ["Ip", build.ipType],
  ["IpRange", build.ipRangeType],
  ["Cidr", build.cidrType],
  ["Port", build.portType],
  ["PortRange", build.portRangeType],
  ["File", build.fileType],
  ["Folder", build.folderType],
  ["Template", build.templateType],
  ["Image", build.imageType],
  ["Network", build.networkType],
  ["Host", build.hostType],
  ["Appliance", build.anyAppliance],
])

/** Every name that a type declaration may not take: `Map` and `Secret` take arguments. */
export const typeWords: ReadonlySet<string> = new Set([...namedTypes.keys(), "Map", "Secret"])

/** Whether a name is a type of the language, which no declaration may take. */
export function isTypeWord(name: string): boolean {
  return typeWords.has(name)
}
