/** The map's value for a key, made and kept when there is none. Engines that lack `Map.prototype.getOrInsertComputed` run this too. */
export function getOrInsert<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
