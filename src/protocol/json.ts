import { z } from "zod";

/** A value that JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * A value that came out of `JSON.parse`, and so is JSON by construction: looking at it again would cost a large result
 * as much as parsing it. Only absence is refused.
 */
export const parsedJson = z.custom<Json>((value) => value !== undefined, "must be given");
