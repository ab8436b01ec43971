import type { Clock, Timer } from "../stdx/clock.ts";
import type { Log } from "../stdx/log.ts";
import type { AuditEntry, AuditPlace, AuditStore, PlacedEntry } from "./audit-store.ts";

/**
 * Entries wait so long for others: then one write holds them all, and it rides on the transaction that the changes of that
 * moment share anyway. A crash of the machine loses as much.
 */
const gatherMs = 50;
const heldMax = 20_000;
const retryMs = 1000;
const sweepMs = 60_000;
const sweepSegments = 64;
const bytesMax = 1024 * 1024 * 1024;
/** How many entries are looked at for one page of a filter. */
const lookedAtMax = 50_000;

export interface AuditFilter {
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly limit: number;
  readonly before: AuditPlace | undefined;
}

export interface AuditPage {
  /** Newest first. */
  readonly entries: readonly PlacedEntry[];
  /** Where the next page begins; undefined at the end. */
  readonly next: AuditPlace | undefined;
}

export interface AuditTrailParts {
  readonly store: AuditStore;
  readonly clock: Clock;
  readonly log: Log;
  /** AUDIT_RETENTION */
  readonly retentionMs: number;
}

/** Who changed what. No request waits for it. */
export class AuditTrail implements AsyncDisposable {
  readonly #parts: AuditTrailParts;
  #held: AuditEntry[] = [];
  #timer: Timer | undefined;
  #sweepTimer: Timer;
  #lost = 0;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
    this.#sweepTimer = parts.clock.after(sweepMs, () => void this.#sweep());
  }

  note(entry: AuditEntry): void {
    if (this.#held.length >= heldMax) {
      // Only a disk that takes nothing lets it come to this, and then nothing is changed either.
      this.#lost++;
      return;
    }
    this.#held.push(entry);
    this.#timer ??= this.#writeLater(gatherMs);
  }

  async page({ token, namespace, limit, before }: AuditFilter): Promise<AuditPage> {
    await this.#write();
    const entries: PlacedEntry[] = [];
    let looked = 0;
    for await (const batch of this.#parts.store.newestFirst(before)) {
      for (const placed of batch) {
        const { entry, place } = placed;
        const wanted =
          (token === undefined || entry.tokenId === token) &&
          (namespace === undefined || entry.namespaces.includes(namespace));
        if (wanted) entries.push(placed);
        if (entries.length === limit || ++looked === lookedAtMax) return { entries, next: place };
      }
    }
    return { entries, next: undefined };
  }

  /** Writes what is held. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#sweepTimer.cancel();
    this.#timer?.cancel();
    await this.#write();
    this.#timer?.cancel();
  }

  #writeLater(delayMs: number): Timer {
    return this.#parts.clock.after(delayMs, () => {
      this.#timer = undefined;
      void this.#write();
    });
  }

  async #write(): Promise<void> {
    const { store, log } = this.#parts;
    const entries = this.#held;
    if (entries.length === 0) return;
    this.#held = [];
    try {
      await store.append(entries);
      if (this.#lost > 0)
        log.error({ entries: this.#lost }, `${this.#lost} entries of the audit log were lost`);
      this.#lost = 0;
    } catch (error) {
      log.warn({ err: error }, "the audit log could not be written; it is tried again");
      this.#held = [...entries, ...this.#held];
      this.#timer ??= this.#writeLater(retryMs);
    }
  }

  async #sweep(): Promise<void> {
    const { store, clock, log, retentionMs } = this.#parts;
    let more = false;
    try {
      more = await store.prune(clock.now() - retentionMs, bytesMax, sweepSegments);
    } catch (error) {
      log.warn({ err: error }, "old entries of the audit log could not be deleted; trying again later");
    }
    this.#sweepTimer = clock.after(more ? gatherMs : sweepMs, () => void this.#sweep());
  }
}
