import { useEffect, useState } from "preact/hooks";
import { formatCount } from "../../../../src/stdx/format.ts";
import { Skeleton } from "../../../shared/skeleton.tsx";
import { client } from "../../data/session.ts";

/** As many as one page of keys has; beyond it nobody counts. */
const countedMax = 1000;
const atOnce = 3;

let running = 0;
const waiting: (() => void)[] = [];

/** Counts one after the other, so that a long list of namespaces asks for a few at a time. */
async function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
  if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await run();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

/** How many keys a namespace has. */
export function KeyCount({ namespace }: { readonly namespace: string }) {
  const [text, setText] = useState<string>();
  useEffect(() => {
    const abort = new AbortController();
    inTurn(() => client.kv(namespace).list({ limit: countedMax }, { signal: abort.signal })).then(
      ({ keys, cursor }) => setText(`${formatCount(keys.length)}${cursor === null ? "" : "+"}`),
      () => setText("–"),
    );
    return () => abort.abort();
  }, [namespace]);
  return text === undefined ? <Skeleton width="2rem" /> : <span>{text}</span>;
}
