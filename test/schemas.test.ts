import { expect, test } from "vitest"
import { moduleSchema, projectSchema } from "../lang/modules/schemas.ts"

// What editors are given is what the compiler checks.
test.each([
  ["module.json", moduleSchema],
  ["appl.json", projectSchema],
])("the JSON Schema of %s is published", async (name, schema) => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../docs/schemas/${name}`)
})
