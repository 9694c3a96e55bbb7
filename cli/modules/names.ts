/** What a path inside an archive or folder has wrong with it, so that it cannot be a file of a module; null: nothing. */
export function wrongPath(path: string): string | null {
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is an absolute path"
  const parts = path.split("/")
  if (parts.includes("..")) return "leads out of the module"
  if (parts.some((part) => part === "" || part === ".")) return "is not in its plain form"
  if (/\\/.test(path)) return "has a \\ in it, which parts folders on some machines"
  if (/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\ufffd]/u.test(path)) return "has characters in it that cannot be seen"
  if (/[<>:"|?*]/.test(path)) return "has a character in it that some machines do not allow"
  if (parts.some((part) => /[. ]$/.test(part))) return "ends in a dot or space, which some machines leave out"
  const device = parts.find((part) => /^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\..*)?$/i.test(part))
  if (device !== undefined) return `has the name of a device of some machines in it, ${device}`
  if (parts.length > deepest) return `is more than ${deepest} folders deep`
  if (path.length > longest_path || parts.some((part) => part.length > longest_part)) return "is too long"
  return null
}

/**
 * Two of the paths that are one on some machines: they differ in capitals (`ß` has the capitals SS) or in how an accent is written, or one is a folder of the other.
 * Null when there are none.
 */
export function collision(paths: readonly string[]): readonly [string, string] | null {
  const known = new Map<string, { readonly path: string; readonly folder: string | null }>()
  for (const path of paths) {
    const parts = path.split("/")
    for (let count = 1; count <= parts.length; count++) {
      const folder = count < parts.length ? parts.slice(0, count).join("/") : null
      const key = parts.slice(0, count).join("/").normalize("NFC").toUpperCase().toLowerCase()
      const twin = known.get(key)
      if (twin === undefined) known.set(key, { path, folder })
      else if (folder === null || twin.folder !== folder) return [twin.path, path]
    }
  }
  return null
}

const deepest = 16
const longest_path = 400
const longest_part = 200
