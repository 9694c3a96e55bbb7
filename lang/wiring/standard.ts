import { standardModules } from "../names/standard.ts"
import { makeReport } from "../report/report.ts"
import { parse } from "../syntax/parse.ts"
import type { ApplianceClass, File, Item } from "../syntax/tree.ts"
import type { Files } from "../text/files.ts"
import { joinPath } from "../text/paths.ts"
import type { StandardProviders } from "./wire.ts"

/** Answers by reading the standard modules, at the first question: nobody asks while all is well. */
export function standardProviders(root: string, files: Files): StandardProviders {
  let classes: readonly ExportedClass[] | null = null
  return (service) => {
    if (service.unit.module.name !== "std/services") return []
    classes ??= exportedClasses(root, files)
    return classes.filter((one) => one.provides.includes(service.name))
  }
}

type ExportedClass = { readonly name: string; readonly from: string; readonly provides: readonly string[] }

function exportedClasses(root: string, files: Files): ExportedClass[] {
  const standard = standardModules(root, files)
  const found: ExportedClass[] = []
  for (const name of standard.names()) {
    const module = standard.module(name)
    for (const [exported, path] of module?.exports ?? []) {
      const bytes = files.read(joinPath(module!.root, path))
      if (bytes === null) continue
      const tree = parse({ path, text: new TextDecoder().decode(bytes) }, makeReport())
      const declared = classNamed(exported, tree)
      if (declared !== null)
        found.push({ name: exported, from: module!.name, provides: servicesOf(declared.body.items) })
    }
  }
  return found
}

function classNamed(name: string, tree: File): ApplianceClass | null {
  for (const item of tree.items) if (item.kind === "appliance-class" && item.name.text === name) return item
  return null
}

/** Also those that a class provides only under a condition. */
function servicesOf(items: readonly Item[]): string[] {
  return items.flatMap((item) => {
    if (item.kind === "provides") return [item.service.path.at(-1)?.text ?? ""]
    if (item.kind !== "if") return []
    return [...servicesOf(item.then.items), ...(item.else?.kind === "body" ? servicesOf(item.else.items) : [])]
  })
}
