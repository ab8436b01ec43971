import { useCallback, useEffect, useState } from "preact/hooks";
import { sessionCount } from "./session.ts";

export interface Resource<Data> {
  /** What was fetched last; it stays while newer data is on its way, so that nothing jumps. */
  readonly data: Data | undefined;
  /** Why the last fetch failed; undefined once one succeeded. */
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface State<Data> {
  readonly key: string | undefined;
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly loading: boolean;
}

/**
 * Fetches what a view shows, once for each key, and anew on `reload`. With a new key the old data stays until the new has
 * come, unless `fresh` says that it would be wrong to show it. What is no longer wanted is aborted.
 *
 * @param key says what is fetched: everything that `load` depends on
 */
export function useResource<Data>(
  key: string,
  load: (signal: AbortSignal) => Promise<Data>,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Resource<Data> {
  const [state, setState] = useState<State<Data>>({
    key: undefined,
    data: undefined,
    error: undefined,
    loading: true,
  });
  const [turn, setTurn] = useState(0);
  const session = sessionCount.value;

  // The key stands for what `load` depends on.
  useEffect(() => {
    const abort = new AbortController();
    setState((old) => ({ ...old, loading: true }));
    load(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ key, data, error: undefined, loading: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setState((old) => ({ key, data: old.key === key ? old.data : undefined, error, loading: false }));
      },
    );
    return () => abort.abort();
  }, [key, turn, session]);

  const reload = useCallback(() => setTurn((now) => now + 1), []);
  const stale = state.key !== key;
  return {
    data: stale && fresh ? undefined : state.data,
    error: stale ? undefined : state.error,
    loading: state.loading || stale,
    reload,
  };
}
