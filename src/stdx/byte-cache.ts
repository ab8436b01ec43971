interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
}

/**
 * A cache that holds at most so many bytes and lets go of what was not touched lately. It keeps two generations and
 * drops the old one whole: taking the first entry of one long-lived Map again and again would walk over the holes that
 * the entries before it have left.
 */
export class ByteCache<Key, Value> {
  readonly #generationBytesMax: number;
  #young = new Map<Key, Entry<Value>>();
  #old = new Map<Key, Entry<Value>>();
  #youngBytes = 0;
  #oldBytes = 0;

  /** @param bytesMax an entry larger than half of it is not kept */
  constructor(bytesMax: number) {
    this.#generationBytesMax = bytesMax / 2;
  }

  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young) return young.value;
    const old = this.#old.get(key);
    if (!old) return undefined;
    this.delete(key);
    this.#add(key, old);
    return old.value;
  }

  set(key: Key, value: Value, bytes: number): void {
    this.delete(key);
    if (bytes <= this.#generationBytesMax) this.#add(key, { value, bytes });
  }

  delete(key: Key): void {
    this.#youngBytes -= this.#take(this.#young, key);
    this.#oldBytes -= this.#take(this.#old, key);
  }

  #add(key: Key, entry: Entry<Value>): void {
    if (this.#youngBytes + entry.bytes > this.#generationBytesMax) {
      this.#old = this.#young;
      this.#oldBytes = this.#youngBytes;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, entry);
    this.#youngBytes += entry.bytes;
  }

  #take(generation: Map<Key, Entry<Value>>, key: Key): number {
    const entry = generation.get(key);
    if (!entry) return 0;
    generation.delete(key);
    return entry.bytes;
  }
}
