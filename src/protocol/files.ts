import { z } from "zod";
import { instantSchema } from "./instant.ts";
import { limits } from "./limits.ts";

/** Query of `GET /api/storage/{namespace}/`. */
export const fileListQuerySchema = z.strictObject({
  prefix: z.string().default(""),
  /** Gathers what lies in folders below the prefix: each folder is told once instead of all that is in it. */
  delimiter: z.literal("/").optional(),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  cursor: z.string().optional(),
});

/** A stored file as the API shows it. */
export const fileViewSchema = z.object({
  path: z.string(),
  /** Bytes. */
  size: z.number(),
  /** The media type that the path's extension stands for. */
  type: z.string(),
  /** SHA-256 of the content, hex. */
  etag: z.string(),
  modified: instantSchema,
});
export type FileView = z.infer<typeof fileViewSchema>;

/** What `PUT /api/storage/{namespace}/{path}` answers. */
export const fileStoredSchema = fileViewSchema.extend({ namespace: z.string(), url: z.string() });
export type FileStored = z.infer<typeof fileStoredSchema>;

/** What `GET /api/storage/{namespace}/` answers; `cursor` is null at the end. */
export const fileListSchema = z.object({
  files: z.array(fileViewSchema),
  count: z.number(),
  cursor: z.string().nullable(),
});
export type FileList = z.infer<typeof fileListSchema>;

/** The same with `delimiter=/`: what lies directly in a folder, its folders as prefixes with a slash at their ends. */
export const folderListSchema = fileListSchema.extend({ folders: z.array(z.string()) });
export type FolderList = z.infer<typeof folderListSchema>;
