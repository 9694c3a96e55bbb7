/** The keys that some work has put into tables, so that it can be taken back as if it had not been done. */
export type Trace = { readonly erase: () => void }

/** Tables that know who wrote into them: `trace` gives what its `work` has added. */
export type Tables = {
  readonly table: <Key, Value>() => Map<Key, Value>
  trace(work: () => void): Trace
  /** Takes back what was added outside of any `trace`, by who asked for what nobody had asked for. */
  eraseUntraced(): void
}

/** Tables for work that is done again in parts. */
export function makeTables(): Tables {
  const all: TracedMap<unknown, unknown>[] = []
  return {
    table: <Key, Value>() => {
      const made = new TracedMap<Key, Value>()
      all.push(made as TracedMap<unknown, unknown>)
      return made
    },
    eraseUntraced() {
      for (const table of all) for (const key of table.added.splice(0)) table.delete(key)
    },
    trace(work) {
      this.eraseUntraced()
      work()
      const traced = all.filter(({ added }) => added.length > 0).map((table) => ({ table, keys: table.added }))
      for (const table of all) table.added = []
      return {
        erase() {
          for (const { table, keys } of traced) for (const key of keys) table.delete(key)
        },
      }
    },
  }
}

/** What is written is written down; that a class is needed for this is the library's affair. */
class TracedMap<Key, Value> extends Map<Key, Value> {
  added: Key[] = []

  override set(key: Key, value: Value): this {
    this.added.push(key)
    return super.set(key, value)
  }
}
