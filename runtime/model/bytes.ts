/** A size as people read it, with three digits: `1.5GiB`. */
export function showBytes(bytes: number): string {
  const power = bytes < 2 ** 30 ? 2 : bytes < 2 ** 40 ? 3 : 4
  return `${Number((bytes / 1024 ** power).toPrecision(3))}${["B", "KiB", "MiB", "GiB", "TiB"][power]}`
}
