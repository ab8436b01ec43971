import { z } from "zod";
import { limits } from "./limits.ts";

/** Query of `GET /api/namespaces`. */
export const namespaceListQuerySchema = z.strictObject({
  prefix: z.string().max(63).default(""),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  cursor: z.string().optional(),
});

/** A namespace in which there is something. */
export const namespaceViewSchema = z.object({
  namespace: z.string(),
  /** Jobs that are kept, whatever their status. */
  jobs: z.number(),
  functions: z.number(),
  /** Whether it has a database; one whose keys were all deleted still counts. */
  database: z.boolean(),
  files: z.number(),
  file_bytes: z.number(),
});
export type NamespaceView = z.infer<typeof namespaceViewSchema>;

/** What `GET /api/namespaces` answers, by name; `cursor` is null at the end. */
export const namespaceListSchema = z.object({
  namespaces: z.array(namespaceViewSchema),
  count: z.number(),
  cursor: z.string().nullable(),
});
export type NamespaceList = z.infer<typeof namespaceListSchema>;
