import { createHash } from "node:crypto"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"

/** A registry on this machine's loopback that has the tarballs it is given, by name and version. */
export type Registry = {
  readonly url: string
  /** How many requests it was asked. */
  readonly asked: () => number
  /** The tokens that it was shown. */
  readonly tokens: Set<string>
  put(name: string, version: string, tarball: Uint8Array): void
  /** From now on it answers nothing but errors. */
  fall(): void
  close(): Promise<void>
}

export async function startRegistry(): Promise<Registry> {
  const packages = new Map<string, Map<string, Uint8Array>>()
  let asked = 0
  let fallen = false
  const tokens = new Set<string>()
  const server = createServer((request, response) => {
    asked++
    if (request.headers.authorization !== undefined) tokens.add(request.headers.authorization)
    const [, name = "", dash, file = ""] =
      decodeURIComponent(request.url ?? "").match(/^\/((?:@[^/]+\/)?[^/]+)(\/-\/)?(.*)$/) ?? []
    const versions = packages.get(name)
    const version = file.replace(/\.tgz$/, "")
    if (fallen || versions === undefined || (dash !== undefined && !versions.has(version))) {
      response.writeHead(fallen ? 500 : 404, { "content-type": "application/json" })
      response.end("{}")
      return
    }
    if (dash !== undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" })
      response.end(versions.get(version))
      return
    }
    const described = [...versions].map(([one, tarball]) => [
      one,
      {
        name,
        version: one,
        dist: {
          tarball: `${url}/${name}/-/${one}.tgz`,
          integrity: `sha512-${createHash("sha512").update(tarball).digest("base64")}`,
        },
      },
    ])
    response.writeHead(200, { "content-type": "application/json" })
    response.end(
      JSON.stringify({
        name,
        "dist-tags": { latest: [...versions.keys()].at(-1) },
        versions: Object.fromEntries(described),
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    asked: () => asked,
    tokens,
    put: (name, version, tarball) => {
      packages.set(name, (packages.get(name) ?? new Map<string, Uint8Array>()).set(version, tarball))
    },
    fall: () => {
      fallen = true
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
