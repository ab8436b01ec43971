import { ownPromise } from "../../kernel/js/own.ts";
import type { KernelPipe } from "../../kernel/kernel.ts";
import type { Frame } from "../../kernel/wire.ts";
import { AnswerReader } from "./answer-box.ts";

const encoder = new TextEncoder();
const noSharedMemory =
  "The database cannot be used in this browser, since it lets no thread wait for another (shared memory is missing).";

/**
 * Frames over a port, as objects. What arrives while a guest runs is kept without any method of the realm, which the guest
 * may have changed.
 * @param answers where answers arrive while the thread is blocked
 * @param tellFrame wakes the frame, which then writes the next part of an answer
 */
export function createPortPipe(
  port: MessagePort,
  answers: SharedArrayBuffer | undefined,
  tellFrame: (message: undefined) => void,
): KernelPipe {
  const waiting: Record<number, Frame> = { __proto__: null } as never;
  const reader = answers && new AnswerReader(answers, () => tellFrame(undefined));
  let first = 0;
  let end = 0;
  let wake: (() => void) | undefined;
  port.onmessage = ({ data }) => {
    // The host is trusted: it sends frames and nothing else.
    waiting[end++] = data as Frame;
    wake?.();
  };
  const take = (): Frame | undefined => {
    const frame = waiting[first];
    delete waiting[first++];
    return frame;
  };
  return {
    next() {
      if (first < end) return take();
      const arrival = ownPromise((resolve) => {
        wake = resolve;
      });
      return arrival.then(take);
    },
    wait() {
      if (reader) return { header: { t: "answer" }, payload: reader.read() };
      const refusal = { ok: false, code: "unavailable", error: noSharedMemory };
      return { header: { t: "answer" }, payload: encoder.encode(JSON.stringify(refusal)) };
    },
    send(header, payload) {
      if (header.t === "ask" && !reader) return;
      port.postMessage({ header, payload: typeof payload === "string" ? encoder.encode(payload) : payload });
    },
    halt() {
      if (reader) return reader.halt();
      // Until the host ends the worker.
      for (;;);
    },
  };
}
