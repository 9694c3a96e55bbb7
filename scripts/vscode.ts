import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { build } from "esbuild"
import { zipSync, zlibSync } from "fflate"
import { snippets } from "../lang/editor/snippets.ts"
import { grammarFile } from "./vscode-grammar.ts"

// The extension for Visual Studio Code, made without its own packager: that brings native parts for signing, and all that it does
// here is to zip a folder with two files that describe it (the Open Packaging Conventions, ECMA-376 part 2).

const root = join(import.meta.dirname, "..")
const folder = join(root, "editors", "vscode")

/** The files of the extension that are made from tables of the language, by their paths in it. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["syntaxes/appl.tmLanguage.json", grammarFile()],
    ["snippets/appl.json", snippetFile()],
  ])
}

/** The whole `.vsix`: the same bytes for the same sources. */
export async function packExtension(): Promise<Uint8Array> {
  const bundled = await build({
    entryPoints: [join(folder, "client", "extension.ts")],
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    target: "node20",
    external: ["vscode"],
    minify: true,
    logLevel: "silent",
  })
  const text = (content: string) => new TextEncoder().encode(content)
  const file = (name: string) => readFileSync(join(folder, name))
  const described = JSON.parse(file("package.json").toString()) as Described
  const parts: Record<string, Uint8Array> = {
    "extension.vsixmanifest": text(manifest(described)),
    "[Content_Types].xml": text(contentTypes),
    "extension/package.json": file("package.json"),
    "extension/README.md": file("README.md"),
    "extension/LICENSE.txt": readFileSync(join(root, "LICENSE")),
    "extension/icon.png": icon(),
    "extension/language-configuration.json": file("language-configuration.json"),
    "extension/dist/extension.cjs": bundled.outputFiles[0]!.contents,
  }
  for (const [path, content] of generatedFiles()) parts[`extension/${path}`] = text(content)
  // The format of zip has no time before 1980; a fixed one makes equal sources equal bytes.
  return zipSync(parts, { mtime: new Date(1980, 0, 1), level: 9 })
}

type Described = {
  readonly name: string
  readonly displayName: string
  readonly description: string
  readonly version: string
  readonly publisher: string
  readonly categories: readonly string[]
  readonly keywords: readonly string[]
  readonly engines: { readonly vscode: string }
}

function snippetFile(): string {
  const all = snippets.map((one) => [
    `${one.word}: ${one.says}`,
    { prefix: one.word, body: one.lines, description: one.says },
  ])
  return `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`
}

const contentTypes = `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension=".json" ContentType="application/json"/><Default Extension=".vsixmanifest" ContentType="text/xml"/><Default Extension=".md" ContentType="text/markdown"/><Default Extension=".txt" ContentType="text/plain"/><Default Extension=".png" ContentType="image/png"/><Default Extension=".cjs" ContentType="application/javascript"/></Types>
`

function manifest(about: Described): string {
  const identity = `Language="en-US" Id="${xml(about.name)}" Version="${xml(about.version)}" Publisher="${xml(about.publisher)}"`
  const tags = [...about.keywords, "__ext_appl", "appl"].join(",")
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011" xmlns:d="http://schemas.microsoft.com/developer/vsx-schema-design/2011">
  <Metadata>
    <Identity ${identity}/>
    <DisplayName>${xml(about.displayName)}</DisplayName>
    <Description xml:space="preserve">${xml(about.description)}</Description>
    <Tags>${xml(tags)}</Tags>
    <Categories>${xml(about.categories.join(","))}</Categories>
    <GalleryFlags>Public</GalleryFlags>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${xml(about.engines.vscode)}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionDependencies" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionPack" Value=""/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
      <Property Id="Microsoft.VisualStudio.Code.LocalizedLanguages" Value=""/>
    </Properties>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/icon.png</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code"/>
  </Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.License" Path="extension/LICENSE.txt" Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Icons.Default" Path="extension/icon.png" Addressable="true"/>
  </Assets>
</PackageManifest>
`
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
}

/** Four boxes and what joins them, as a PNG of 128 by 128 pixels (RFC 2083). */
export function icon(): Uint8Array {
  const side = 128
  const rows = new Uint8Array(side * (side * 4 + 1))
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) rows.set(pixel(x, y), y * (side * 4 + 1) + 1 + x * 4)
  }
  const size = [0, 0, 0, side, 0, 0, 0, side, 8, 6, 0, 0, 0]
  const chunks = [
    chunk("IHDR", Uint8Array.from(size)),
    chunk("IDAT", zlibSync(rows, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]
  return Buffer.concat([Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...chunks])
}

function pixel(x: number, y: number): readonly [number, number, number, number] {
  const boxes = [
    [20, 20],
    [76, 20],
    [20, 76],
    [76, 76],
  ] as const
  for (const [index, [left, top]] of boxes.entries()) {
    const isIn = x >= left && x < left + 32 && y >= top && y < top + 32
    if (isIn) return index === 3 ? [0xff, 0xb0, 0x2e, 0xff] : [0x2f, 0x7d, 0xd1, 0xff]
  }
  const isWire =
    (Math.abs(y - 36) < 3 || Math.abs(y - 92) < 3 || Math.abs(x - 36) < 3 || Math.abs(x - 92) < 3) &&
    x > 30 &&
    x < 98 &&
    y > 30 &&
    y < 98
  return isWire ? [0x8a, 0x94, 0xa3, 0xff] : [0, 0, 0, 0]
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const whole = Buffer.alloc(body.length + 8)
  whole.writeUInt32BE(data.length, 0)
  body.copy(whole, 4)
  whole.writeUInt32BE(crc(body), body.length + 4)
  return whole
}

/** The CRC of PNG and zip (ISO 3309). */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return (value ^ 0xffffffff) >>> 0
}

if (import.meta.main) {
  for (const [path, content] of generatedFiles()) {
    mkdirSync(join(folder, path, ".."), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const packed = await packExtension()
  writeFileSync(join(root, "appl.vsix"), packed)
  process.stdout.write(`appl.vsix, ${Math.round(packed.length / 1024)} KiB\n`)
}
