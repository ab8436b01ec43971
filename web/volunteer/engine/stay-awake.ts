const lockName = "zerverless-volunteer";

let release: (() => void) | undefined;

/**
 * Keeps browsers from freezing the tab while it works: they spare those that hold a lock, since other tabs may wait for
 * it. All tabs share this one.
 */
export function stayAwake(working: boolean): void {
  if (!working) {
    release?.();
    release = undefined;
    return;
  }
  if (release || typeof navigator.locks !== "object") return;
  const held = Promise.withResolvers<void>();
  release = held.resolve;
  navigator.locks.request(lockName, { mode: "shared" }, () => held.promise).catch(() => {});
}
