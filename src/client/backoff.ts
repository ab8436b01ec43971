/** How the client waits; tests bring their own. */
export interface Pace {
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** From 0 up to, not including, 1. */
  random(): number;
}

const stepMs = 200;
const stepMsMax = 10_000;
/** What a server asks for beyond this is not waited for: whoever called hears of it instead. */
export const retryAfterSecondsMax = 60;

export const systemPace: Pace = {
  random: Math.random,
  sleep(ms, signal) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    return promise;
  },
};

/**
 * How long to wait before trying again: twice as long each time, and each client a different while, so that many of them
 * do not come back together. Never less than the server asked for.
 * @param tries made so far, from 1
 */
export function delayMsBefore(tries: number, retryAfter: number | undefined, random: number): number {
  const step = Math.min(stepMsMax, stepMs * 2 ** (tries - 1));
  const jittered = step * (0.5 + random / 2);
  return retryAfter === undefined ? jittered : retryAfter * 1000 + jittered * random;
}
