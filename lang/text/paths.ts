/** Paths with `/` only, as `Files` takes them. Nothing here touches a disk. */

/** The folder that a path stands in; `.` for a bare name. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/")
  return slash === -1 ? "." : slash === 0 ? "/" : path.slice(0, slash)
}

/** `path` as seen from `folder`, without `.` and with every `..` resolved as far as it can be. */
export function joinPath(folder: string, path: string): string {
  const absolute = path.startsWith("/") || folder.startsWith("/")
  const parts: string[] = []
  for (const part of (path.startsWith("/") ? path : `${folder}/${path}`).split("/")) {
    if (part === "" || part === ".") continue
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop()
    else if (part !== ".." || !absolute) parts.push(part)
  }
  const joined = parts.join("/")
  return absolute ? `/${joined}` : joined === "" ? "." : joined
}

/** Whether `path` is `folder` or lies below it; both as `joinPath` gives them. */
export function isInside(folder: string, path: string): boolean {
  if (/^(?:\.|\.\.(?:\/\.\.)*)$/.test(folder)) return !path.startsWith("/") && stepsUp(path) <= stepsUp(folder)
  return path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`)
}

/** How many folders a path begins by leaving. */
function stepsUp(path: string): number {
  return /^(?:\.\.(?:\/|$))*/.exec(path)![0].split("..").length - 1
}
