import { z } from "zod";
import { fileListQuerySchema, fileListSchema, fileStoredSchema } from "../../protocol/files.ts";
import * as kv from "../../protocol/kv.ts";
import { namespaceListSchema } from "../../protocol/namespaces.ts";
import { moduleStoredSchema } from "../../protocol/node.ts";
import { type Answer, nothing, type Operation, type Operations } from "./operation.ts";

const unchanged: Answer = { says: "It has not changed since the tag that was named" };
const bytes: Answer = {
  says: "The content",
  media: "*",
  headers: { ETag: "Its tag", "Accept-Ranges": "`bytes`" },
};
const part: Answer = { says: "The part that was asked for", media: "*" };
const moved: Answer = { says: "The folder, whose address ends with a slash" };
const conditions = {
  "If-Match": "The version that the value must have now, or `*` for any",
  "If-None-Match": "`*`: only where there is no value",
} as const;
const reading = {
  "If-None-Match": "Tags of what is known already",
  Range: "One range of bytes",
} as const;

/** Asked for no key, a value; asked for none, the list of keys. */
const keyAnswerSchema = z.union([kv.kvEntrySchema, kv.kvListSchema]);

const keyList: Operation = {
  tag: "Database",
  summary: "List keys in order",
  query: kv.kvListQuerySchema,
  answers: { 200: { says: "A page of keys; `cursor` is null at the end", schema: kv.kvListSchema } },
};
const batch: Operation = {
  tag: "Database",
  summary: "Do many operations, all or none",
  body: kv.kvBatchSchema,
  answers: { 200: { says: "What each came to, in order", schema: kv.kvBatchAnswerSchema } },
  codes: ["invalid_key", "not_a_counter", "version_mismatch", "quota_exceeded", "storage_unavailable"],
};
const fileList: Operation = {
  tag: "Files",
  summary: "List files in order of their paths",
  query: fileListQuerySchema,
  answers: { 200: { says: "A page of files; `cursor` is null at the end", schema: fileListSchema } },
};
const site: Operation = {
  tag: "Files",
  summary: "Serve a namespace's files as a site",
  says: "A folder has its `index.html`; where nothing is, the site's `404.html` is shown if it has one.",
  headers: reading,
  answers: {
    200: bytes,
    206: part,
    301: moved,
    304: unchanged,
    404: { says: "The site's own page", media: "*" },
  },
  codes: ["invalid_path", "file_not_found", "range_not_satisfiable"],
};

export const dataOperations: Operations = {
  "GET /api/namespaces": {
    tag: "Node",
    summary: "List the namespaces in which there is something",
    answers: {
      200: { says: "A page of namespaces; `cursor` is null at the end", schema: namespaceListSchema },
    },
  },
  "GET /api/db/:namespace": keyList,
  "GET /api/db/:namespace/*": {
    tag: "Database",
    summary: "Read a value",
    says: "With an empty key it lists keys, like the path without the slash.",
    headers: { "If-None-Match": "The version that is known already" },
    answers: {
      200: { says: "The value with its version", schema: keyAnswerSchema, headers: { ETag: "Its version" } },
      304: unchanged,
      404: { says: "There is no such key", schema: kv.kvMissingSchema },
    },
    codes: ["invalid_key"],
  },
  "PUT /api/db/:namespace/*": {
    tag: "Database",
    summary: "Set a value",
    body: kv.kvPutSchema,
    headers: conditions,
    answers: {
      200: { says: "A value was replaced", schema: kv.kvStoredSchema, headers: { ETag: "The new version" } },
      201: { says: "There was none", schema: kv.kvStoredSchema, headers: { ETag: "The new version" } },
    },
    codes: ["invalid_key", "version_mismatch", "quota_exceeded", "storage_unavailable"],
  },
  "DELETE /api/db/:namespace/*": {
    tag: "Database",
    summary: "Delete a value",
    headers: conditions,
    answers: { 204: nothing, 404: { says: "There is no such key", schema: kv.kvMissingSchema } },
    codes: ["invalid_key", "version_mismatch", "storage_unavailable"],
  },
  "POST /api/db/:namespace": batch,
  "POST /api/db/:namespace/*": {
    ...batch,
    says: "The key must be empty: the same as the path without the slash.",
    codes: [...(batch.codes ?? []), "method_not_allowed"],
  },
  "GET /api/storage/:namespace": fileList,
  "GET /api/storage/:namespace/*": {
    tag: "Files",
    summary: "Fetch a file",
    says: "With an empty path it lists files, like the path without the slash.",
    headers: reading,
    answers: { 200: { ...bytes, schema: fileListSchema }, 206: part, 304: unchanged },
    codes: ["invalid_path", "file_not_found", "range_not_satisfiable"],
  },
  "PUT /api/storage/:namespace/*": {
    tag: "Files",
    summary: "Store a file",
    body: { media: "*/*", says: "The content, whatever its type" },
    answers: { 201: { says: "The file", schema: fileStoredSchema, headers: { ETag: "Its tag" } } },
    codes: ["invalid_path", "path_conflict", "quota_exceeded", "storage_unavailable", "invalid_request"],
  },
  "DELETE /api/storage/:namespace/*": {
    tag: "Files",
    summary: "Delete a file",
    answers: { 204: nothing },
    codes: ["invalid_path", "file_not_found", "storage_unavailable"],
  },
  "GET /static/:namespace": site,
  "GET /static/:namespace/*": site,
  "POST /api/wasm": {
    tag: "Modules",
    summary: "Store a WebAssembly module",
    body: { media: "application/wasm", says: "The module's bytes" },
    answers: {
      201: { says: "Its name", schema: moduleStoredSchema, headers: { Location: "Where it is served" } },
    },
    codes: ["invalid_wasm", "storage_unavailable"],
  },
  "GET /ipfs/:cid": {
    tag: "Modules",
    summary: "Fetch a stored module",
    headers: { "If-None-Match": "The CID that is known already" },
    answers: { 200: bytes, 304: unchanged },
    codes: ["block_not_found"],
  },
};
