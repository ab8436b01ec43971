import { queryValue, updateQuery } from "../router/router.ts";

/** Which page each page was reached from; a cursor itself leads forward only. */
const before = new Map<string, string | undefined>();
const keptMax = 1000;

function keyOf(cursor: string): string {
  return `${location.pathname} ${cursor}`;
}

/** Turns to the page behind a cursor, which becomes part of the address. */
export function turnTo(cursor: string): void {
  if (before.size >= keptMax) before.clear();
  before.set(keyOf(cursor), queryValue("cursor"));
  updateQuery({ cursor });
}

/** Turns back a page; to the first one, where the page was come to by its address. */
export function turnBack(): void {
  const cursor = queryValue("cursor");
  updateQuery({ cursor: cursor === undefined ? undefined : before.get(keyOf(cursor)) });
}
