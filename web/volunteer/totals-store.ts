import { addTotals, noTotals, readTotals, type Totals } from "./totals.ts";

const databaseName = "zerverless-volunteer";
const storeName = "totals";
const key = "all";
const channelName = "zerverless-totals";

/**
 * Keeps a browser's totals. Several tabs may add at once: each addition is one transaction of the database, and every
 * tab hears of it. Where the browser keeps nothing, such as in some private windows, the totals last as long as the page.
 */
export class TotalsStore implements Disposable {
  readonly #channel = new BroadcastChannel(channelName);
  #database: Promise<IDBDatabase> | undefined;
  /** What could not be kept. */
  #unkept = noTotals;

  /** @param changed called when another tab has added to them */
  constructor(changed: () => void) {
    this.#channel.onmessage = changed;
  }

  [Symbol.dispose](): void {
    this.#channel.close();
    this.#database?.then((database) => database.close()).catch(() => {});
  }

  async read(): Promise<Totals> {
    return this.#with(await this.#change((kept) => kept).catch(() => noTotals));
  }

  /** Adds, and answers the totals with what other tabs have added. */
  async add(more: Totals, now: number): Promise<Totals> {
    try {
      const kept = await this.#change((before) => addTotals(before, more, now));
      this.#channel.postMessage("changed");
      return this.#with(kept);
    } catch {
      this.#unkept = addTotals(this.#unkept, more, now);
      return this.#unkept;
    }
  }

  async forget(): Promise<Totals> {
    this.#unkept = noTotals;
    await this.#change(() => noTotals).catch(() => {});
    this.#channel.postMessage("changed");
    return noTotals;
  }

  #with(kept: Totals): Totals {
    return this.#unkept === noTotals ? kept : addTotals(kept, this.#unkept, Date.now());
  }

  async #change(change: (kept: Totals) => Totals): Promise<Totals> {
    this.#database ??= openDatabase();
    const database = await this.#database;
    const transaction = database.transaction(storeName, "readwrite");
    const store = transaction.objectStore(storeName);
    const { promise, resolve, reject } = Promise.withResolvers<Totals>();
    const reading = store.get(key);
    reading.onsuccess = () => {
      const kept = readTotals(reading.result);
      const changed = change(kept);
      if (changed !== kept) store.put(changed, key);
      transaction.oncomplete = () => resolve(changed);
    };
    transaction.onerror = () => reject(transaction.error ?? new Error("The totals could not be kept."));
    transaction.onabort = transaction.onerror;
    return promise;
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const { promise, resolve, reject } = Promise.withResolvers<IDBDatabase>();
  const opening = indexedDB.open(databaseName, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(storeName);
  opening.onsuccess = () => resolve(opening.result);
  opening.onerror = () => reject(opening.error ?? new Error("The browser keeps nothing."));
  opening.onblocked = opening.onerror;
  return promise;
}
