import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";

export type UploadState =
  | { readonly kind: "waiting" }
  | { readonly kind: "sending"; readonly sentBytes: number }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "cancelled" };

/** A file on its way to a path of a namespace. */
export interface Upload {
  readonly id: number;
  readonly namespace: string;
  readonly path: string;
  readonly content: Blob;
  readonly state: Signal<UploadState>;
}

export type UploadRequest = Pick<Upload, "namespace" | "path" | "content">;

/** Sends one file. Rejects with an error whose message is a sentence, or with the signal's reason. */
export type SendFile = (
  upload: UploadRequest,
  progress: (sentBytes: number) => void,
  stop: AbortSignal,
) => Promise<void>;

export interface UploadTotals {
  readonly files: number;
  readonly done: number;
  readonly failed: number;
  /** Waiting or being sent. */
  readonly open: number;
  readonly bytes: number;
  readonly sentBytes: number;
}

/** Browsers open six connections to a host; the page needs some for itself. */
const atOnceDefault = 3;

/** Sends files, some at a time, in the order in which they were given. */
export class UploadQueue {
  readonly #send: SendFile;
  readonly #atOnce: number;
  readonly #uploads = signal<readonly Upload[]>([]);
  readonly #sending = new Map<Upload, AbortController>();
  /** Those at their turn next come last. */
  #waiting: Upload[] = [];
  #nextId = 1;
  readonly #onStored: (upload: Upload) => void;

  /** What was given and is not put away yet, the first one first. */
  readonly uploads: ReadonlySignal<readonly Upload[]> = this.#uploads;
  readonly totals: ReadonlySignal<UploadTotals> = computed(() => totalsOf(this.#uploads.value));

  /** @param onStored is told of each file that has arrived */
  constructor(send: SendFile, onStored: (upload: Upload) => void, atOnce = atOnceDefault) {
    this.#send = send;
    this.#onStored = onStored;
    this.#atOnce = atOnce;
  }

  add(requests: readonly UploadRequest[]): void {
    const added = requests.map(
      (request): Upload => ({
        ...request,
        id: this.#nextId++,
        state: signal<UploadState>({ kind: "waiting" }),
      }),
    );
    this.#uploads.value = [...this.#uploads.value, ...added];
    this.#waiting.unshift(...added.toReversed());
    this.#fill();
  }

  cancel(upload: Upload): void {
    if (upload.state.value.kind === "waiting") {
      this.#waiting = this.#waiting.filter((other) => other !== upload);
      upload.state.value = { kind: "cancelled" };
    } else {
      this.#sending.get(upload)?.abort();
    }
  }

  cancelAll(): void {
    batch(() => {
      for (const upload of this.#waiting) upload.state.value = { kind: "cancelled" };
      this.#waiting = [];
      for (const controller of this.#sending.values()) controller.abort();
    });
  }

  /** Puts one that failed or was cancelled back in line. */
  retry(upload: Upload): void {
    const { kind } = upload.state.value;
    if (kind !== "failed" && kind !== "cancelled") return;
    upload.state.value = { kind: "waiting" };
    this.#waiting.unshift(upload);
    this.#fill();
  }

  /** Puts away what has come to an end. */
  clear(): void {
    this.#uploads.value = this.#uploads.value.filter(({ state }) => isOpen(state.peek()));
  }

  #fill(): void {
    while (this.#sending.size < this.#atOnce) {
      const upload = this.#waiting.pop();
      if (!upload) return;
      void this.#run(upload);
    }
  }

  async #run(upload: Upload): Promise<void> {
    const controller = new AbortController();
    this.#sending.set(upload, controller);
    upload.state.value = { kind: "sending", sentBytes: 0 };
    try {
      await this.#send(
        upload,
        (sentBytes) => {
          if (this.#sending.has(upload)) upload.state.value = { kind: "sending", sentBytes };
        },
        controller.signal,
      );
      upload.state.value = { kind: "done" };
      this.#onStored(upload);
    } catch (error) {
      upload.state.value = controller.signal.aborted
        ? { kind: "cancelled" }
        : { kind: "failed", reason: error instanceof Error ? error.message : String(error) };
    } finally {
      this.#sending.delete(upload);
      this.#fill();
    }
  }
}

export function isOpen({ kind }: UploadState): boolean {
  return kind === "waiting" || kind === "sending";
}

function totalsOf(uploads: readonly Upload[]): UploadTotals {
  const totals = { files: 0, done: 0, failed: 0, open: 0, bytes: 0, sentBytes: 0 };
  for (const { state, content } of uploads) {
    const now = state.value;
    if (now.kind === "cancelled") continue;
    totals.files++;
    totals.bytes += content.size;
    if (now.kind === "done") {
      totals.done++;
      totals.sentBytes += content.size;
    } else if (now.kind === "failed") {
      totals.failed++;
    } else {
      totals.open++;
      if (now.kind === "sending") totals.sentBytes += Math.min(now.sentBytes, content.size);
    }
  }
  return totals;
}
