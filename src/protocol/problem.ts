import { z } from "zod";
import type { HttpErrorCode } from "./errors.ts";

/** The body of every answer that is not a success. */
export const problemSchema = z.object({
  error: z.string(),
  code: z.custom<HttpErrorCode>((code) => typeof code === "string"),
  details: z.record(z.string(), z.unknown()).optional(),
});
