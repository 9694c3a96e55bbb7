import { makeReport, readModuleDescription } from "../../lang/index.ts"
import { type Fetching, unreachable } from "./fetching.ts"
import { getPlace, type Sources } from "./sources.ts"

/** The name of the module that a place holds, which only the module itself knows. */
export async function nameOfPlace(spec: string, sources: Sources): Promise<Fetching<{ name: string; spec: string }>> {
  const got = await getPlace("unknown", spec, sources)
  if (!got.ok) return got
  const file = got.value.files.find(({ path }) => path === "module.json")
  const report = makeReport()
  const source = { path: "module.json", text: new TextDecoder().decode(file?.bytes) }
  const description = readModuleDescription(source, report)
  if (description !== null) return { ok: true, value: { name: description.name, spec } }
  const [first] = report.diagnostics
  return unreachable(`what ${spec} gives is no module${first === undefined ? "" : `: ${first.message}`}`)
}
