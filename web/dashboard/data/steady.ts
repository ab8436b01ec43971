import { useEffect, useRef, useState } from "preact/hooks";

/** A value that changes at once after a rest, and otherwise at most once in so long. */
export function useSteady<Value>(value: Value, everyMs: number): Value {
  const [steady, setSteady] = useState(value);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (value === steady) return;
    const take = () => {
      changedAt.current = performance.now();
      setSteady(value);
    };
    const timer = setTimeout(take, Math.max(0, changedAt.current + everyMs - performance.now()));
    return () => clearTimeout(timer);
  }, [value, steady, everyMs]);
  return steady;
}
