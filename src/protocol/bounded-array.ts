import { z } from "zod";

/**
 * An array whose length is checked before any item is looked at: otherwise a few megabytes of wrong items would become
 * gigabytes of issues.
 */
export function boundedArray<Item extends z.ZodType>(item: Item, min: number, max: number) {
  return z.array(z.unknown()).min(min).max(max).pipe(z.array(item));
}
