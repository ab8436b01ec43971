import { z } from "zod";

/*
 * A backup is a tar file:
 *
 *     backup.json   what it is; comes first, so that a look at the beginning tells
 *     data/…        the data directory
 *     end.json      shows that nothing is missing
 */
export const manifestName = "backup.json";
export const dataName = "data";
export const endName = "end.json";

export const manifestSchema = z.object({
  zerverless_backup: z.literal(1),
  /** Of the data directory. */
  format: z.int().min(1),
  /** Of the program that made it. */
  version: z.string(),
  made_at: z.string(),
  databases: z.int().min(0),
  files: z.int().min(0),
});
export type Manifest = z.infer<typeof manifestSchema>;
