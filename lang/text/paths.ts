/** The folder of a path, without a slash at its end; empty for a name alone. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/")
  return slash === 0 ? "/" : path.slice(0, Math.max(0, slash))
}

/** `path` as seen from `folder`, without `.` and without the `..` that can be resolved. */
export function joinPath(folder: string, path: string): string {
  const whole = path.startsWith("/") || folder === "" ? path : `${folder}/${path}`
  const parts: string[] = []
  for (const part of whole.split("/")) {
    if (part === "" || part === ".") continue
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop()
    else if (part !== ".." || !whole.startsWith("/")) parts.push(part)
  }
  return `${whole.startsWith("/") ? "/" : ""}${parts.join("/")}`
}

/** Whether `path` is below the folder `root`; both as `joinPath` gives them. An empty root is the working folder. */
export function isInside(root: string, path: string): boolean {
  if (root === "" || root === ".") return !path.startsWith("/") && path !== ".." && !path.startsWith("../")
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`)
}
