import { z } from "zod";
import { limits } from "./limits.ts";

/** Query of `GET /api/storage/{namespace}/`. */
export const fileListQuerySchema = z.strictObject({
  prefix: z.string().default(""),
  limit: z.coerce.number().int().min(1).max(limits.listLimitMax).default(limits.listLimitDefault),
  cursor: z.string().optional(),
});

/** A stored file as the API shows it. */
export interface FileView {
  path: string;
  /** Bytes. */
  size: number;
  /** The media type that the path's extension stands for. */
  type: string;
  /** SHA-256 of the content, hex. */
  etag: string;
  /** ISO 8601, UTC. */
  modified: string;
}
