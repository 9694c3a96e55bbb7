import { readdirSync } from "node:fs"
import { basename, join, resolve } from "node:path"
import { isModuleName, isTypeWord } from "../../lang/index.ts"
import { lookAt } from "../files.ts"
import { writeSafely } from "../lock-file.ts"
import { type Result, refuse } from "../problem.ts"

/** Writes a module that compiles, is tested and documented, into a new folder named after it; gives the folder and its files. */
export function writeSkeleton(request: string): Result<{ folder: string; files: readonly string[] }> {
  const folder = request.startsWith("@") ? request.slice(request.indexOf("/") + 1) : request
  const name = request.startsWith("@") ? request : basename(resolve(request))
  if (request === "" || !isModuleName(name)) {
    return refuse(`${name} is no name of a module`, "small letters, digits and `-`, such as web-kit or @acme/web-kit")
  }
  const found = lookAt(folder)
  if (!found.ok) return found
  if (found.value === "file") return refuse(`${folder} is a file, not a folder`, "name another folder")
  if (found.value === "folder" && readdirSync(folder).length > 0)
    return refuse(`${folder} is not empty`, "name another folder")
  const files = Object.entries(skeleton(name))
  for (const [path, text] of files) {
    const written = writeSafely(join(folder, path), text)
    if (!written.ok) return written
  }
  return { ok: true, value: { folder, files: files.map(([path]) => path) } }
}

function skeleton(name: string): Readonly<Record<string, string>> {
  const bare = name.slice(name.indexOf("/") + 1)
  const Class = className(bare)
  const description = {
    name,
    version: "0.1.0",
    edition: "2026",
    licence: "MIT",
    description: "A web server with a greeting.",
    exports: { [Class]: `./${bare}.appl` },
    dependencies: { "std/nginx": "0.1.0" },
  }
  const use = (words: string) => `use { ${Class} } from "${name}"\n\ncluster ${words}`
  return {
    "module.json": `${JSON.stringify(description, null, 2)}\n`,
    [`${bare}.appl`]: classFile(Class),
    "greeting.html.njk": "<!doctype html>\n<title>{{ name }}</title>\n<p>{{ greeting }}</p>\n",
    [`tests/${bare}.appl`]: `${use(`one ${example(Class)}`)}
test "the page says the greeting" {
  let c = one
  assert c.appliances.length == 1
  assert "Good morning" in c.web.files["/srv/www/greeting.html"]
}
`,
    "README.md": `# ${name}

\`${Class}\` is a web server that greets whoever comes by.

\`\`\`appl check
${use(`hello ${example(Class)}`).trimEnd()}
\`\`\`
`,
  }
}

function classFile(Class: string): string {
  return `use { Nginx } from "std/nginx"

/// A web server with a greeting at \`/greeting.html\`.
appliance ${Class}: Nginx {
  /// What it says to whoever comes by.
  param greeting: Text = "Hello"

  files += {
    "/srv/www/greeting.html" = template("greeting.html.njk", { greeting, name = self.name })
  }
}
`
}

function example(Class: string): string {
  return `{
  network lan { cidr = 10.32.0.0/24 }

  appliance web: ${Class} {
    on       = lan
    site     = "www.test"
    greeting = "Good morning"
  }
}
`
}

/** `web-kit` gives `WebKit`; a name that the language or the file has already gets a word more. */
function className(name: string): string {
  const pascal = name
    .split("-")
    .map((word) => `${word[0]!.toUpperCase()}${word.slice(1)}`)
    .join("")
  return pascal === "Nginx" || isTypeWord(pascal) ? `${pascal}Server` : pascal
}
