import { gzipSync } from "node:zlib"
import { Header } from "tar"

/** One entry of an archive that a test makes by hand, so that it may be anything. */
export type Entry = {
  readonly path: string
  readonly text?: string
  readonly type?: "File" | "Directory" | "SymbolicLink" | "Link" | "CharacterDevice" | "FIFO" | "GNUDumpDir"
  readonly link?: string
  readonly mode?: number
  /** What the header says of the size, when it lies. */
  readonly size?: number
}

/** A tar archive (POSIX ustar) of these entries, not packed. */
export function tarOf(entries: readonly Entry[]): Buffer {
  const blocks: Buffer[] = []
  for (const { path, text = "", type = "File", link, mode = 0o644, size } of entries) {
    const content = Buffer.from(text)
    const block = Buffer.alloc(512)
    const header = new Header({ path, type, mode, linkpath: link, size: size ?? content.length, mtime: new Date(0) })
    header.encode(block, 0)
    blocks.push(block, content, Buffer.alloc((512 - (content.length % 512)) % 512))
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** The same, packed with gzip, as npm does. */
export function tgzOf(entries: readonly Entry[]): Buffer {
  return gzipSync(tarOf(entries))
}

/** The files of a small module, by path. */
export function kitFiles(version = "1.0.0", more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    "module.json": `${JSON.stringify(
      {
        name: "web-kit",
        version,
        edition: "2026",
        licence: "MIT",
        exports: { Blog: "./blog.appl" },
        dependencies: { "std/nginx": "0.1.0" },
      },
      null,
      2,
    )}\n`,
    "blog.appl":
      'use { Nginx } from "std/nginx"\n\n/// A blog.\nappliance Blog: Nginx {\n  param author: Text\n  files += { "/srv/www/author.html" = template("author.njk", { author }) }\n}\n',
    "author.njk": "<p>{{ author }}</p>\n",
    ...more,
  }
}

/** Files as the entries of an archive, below the folder that npm puts them in. */
export function packed(files: Readonly<Record<string, string>>): Entry[] {
  return Object.entries(files).map(([path, text]) => ({ path: `package/${path}`, text }))
}
