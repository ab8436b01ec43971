import { useEffect, useRef } from "preact/hooks";
import { sessionCount } from "./session.ts";
import { pageVisible } from "./visible.ts";

/**
 * Reads an event stream for as long as the view shows and the page is seen; a tab that comes back reads it anew.
 *
 * @param key says which stream; undefined for none
 * @param read reads to the stream's end, or until the signal says stop
 */
export function useStream(
  key: string | undefined,
  read: (signal: AbortSignal) => Promise<void>,
  onError?: (error: unknown) => void,
): void {
  const session = sessionCount.value;
  const visible = pageVisible.value;
  const latest = useRef({ read, onError });
  latest.current = { read, onError };
  useEffect(() => {
    if (key === undefined || !visible) return;
    // A session's number is no part of what is read, but another session reads it anew.
    const abort = new AbortController();
    void session;
    latest.current.read(abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) latest.current.onError?.(error);
    });
    return () => abort.abort();
  }, [key, visible, session]);
}
