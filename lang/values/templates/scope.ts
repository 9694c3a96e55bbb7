/** The names that a place in a template sees: those of the loops around it, then the variables that were passed. */
export type Scope<T> = { readonly names: Map<string, T>; readonly parent: Scope<T> | null }

export function innerScope<T>(parent: Scope<T> | null): Scope<T> {
  return { names: new Map(), parent }
}

/** The innermost scope that has the name, or null. */
export function scopeOf<T>(scope: Scope<T>, name: string): Scope<T> | null {
  for (let at: Scope<T> | null = scope; at !== null; at = at.parent) if (at.names.has(name)) return at
  return null
}

/** As in Nunjucks, `set` changes the variable where it was first set, also from inside a loop; a passed one it covers. */
export function assign<T>(scope: Scope<T>, name: string, value: T): void {
  const found = scopeOf(scope, name)
  const target = found === null || found.parent === null ? scope : found
  target.names.set(name, value)
}

/** How a field is called in templates, where `-` is a minus: `to-port` is `to_port`. */
export function templateName(name: string): string {
  return name.replaceAll("-", "_")
}
