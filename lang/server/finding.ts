import { DocumentHighlightKind, LSPErrorCodes, MarkupKind, ResponseError } from "vscode-languageserver/node"
import { definition, implementation, typeDefinition } from "../editor/definition.ts"
import { hover } from "../editor/hover.ts"
import type { Place } from "../editor/places.ts"
import { highlights, references } from "../editor/references.ts"
import { prepareRename, rename } from "../editor/rename.ts"
import type { Snapshot } from "../editor/snapshot.ts"
import { answerAt, changesOf, locationOf, rangeOfPlace } from "./asked.ts"
import { guard } from "./guard.ts"
import type { AddFeature } from "./served.ts"

/** What stands somewhere, where it is declared and used, and giving it another name. */
export const addFinding: AddFeature = (served) => {
  const { connection, log } = served
  const places = (find: (snapshot: Snapshot, path: string, offset: number) => readonly Place[]) =>
    guard("finding", log, (parameters: Parameters<typeof answerAt>[1]) =>
      answerAt(served, parameters, (snapshot, path, offset) =>
        find(snapshot, path, offset).map((place) => locationOf(snapshot, place)),
      ),
    )
  connection.onHover(
    guard("hover", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) => {
        const found = hover(snapshot, path, offset)
        if (found === null) return null
        const contents = { kind: MarkupKind.Markdown, value: found.markdown }
        return { contents, range: rangeOfPlace(snapshot, found.place) }
      }),
    ),
  )
  connection.onDefinition(places(definition))
  connection.onTypeDefinition(places(typeDefinition))
  connection.onImplementation(places(implementation))
  connection.onReferences(
    guard("references", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) =>
        references(snapshot, path, offset)
          .filter(({ declares }) => parameters.context.includeDeclaration || !declares)
          .map((place) => locationOf(snapshot, place)),
      ),
    ),
  )
  connection.onDocumentHighlight(
    guard("highlights", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) =>
        highlights(snapshot, path, offset).map((place) => ({
          range: rangeOfPlace(snapshot, place),
          kind: place.declares ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
        })),
      ),
    ),
  )
  connection.onPrepareRename(
    guard("rename", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) => {
        const found = prepareRename(snapshot, path, offset)
        if ("refused" in found) return refuse(found.refused)
        return { range: rangeOfPlace(snapshot, found.place), placeholder: found.name }
      }),
    ),
  )
  connection.onRenameRequest(
    guard("rename", log, (parameters) =>
      answerAt(served, parameters, (snapshot, path, offset) => {
        const found = rename(snapshot, path, offset, parameters.newName)
        return "refused" in found ? refuse(found.refused) : { changes: changesOf(snapshot, found.edits) }
      }),
    ),
  )
  return {
    hoverProvider: true,
    definitionProvider: true,
    typeDefinitionProvider: true,
    implementationProvider: true,
    referencesProvider: true,
    documentHighlightProvider: true,
    renameProvider: { prepareProvider: true },
  }
}

/** What the editor shows to the reader, who asked for what cannot be done. */
function refuse(why: string): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestFailed, why)
}
