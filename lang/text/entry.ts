/** The value of `key` in `map`; made and kept when there is none yet. */
export function entryOf<Key, Value>(map: Keeping<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

/** A `Map`, or a `WeakMap`. */
type Keeping<Key, Value> = { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown }
