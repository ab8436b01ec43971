import { z } from "zod";
import { callStatsSchema } from "../../protocol/call-stats.ts";
import * as functions from "../../protocol/functions.ts";
import { type Answer, eventStream, nothing, type Operations } from "./operation.ts";

const deployed: Answer = { says: "The function as it answers now", schema: functions.deploymentViewSchema };
/** A function in full, or with `revision` one of its revisions. */
const deploymentAnswerSchema = z.union([functions.deploymentDetailSchema, functions.revisionDetailSchema]);

export const functionOperations: Operations = {
  "GET /api/deploy": {
    tag: "Functions",
    summary: "List functions",
    answers: { 200: { says: "A page of functions", schema: functions.deploymentListSchema } },
  },
  "POST /api/deploy/:namespace/*": {
    tag: "Functions",
    summary: "Deploy a function",
    says: "A new revision, which answers every call from the 201 on. `runtime` is `lua` when absent.",
    answers: { 201: { ...deployed, headers: { Location: "Where it is shown" } } },
    codes: [
      "invalid_path",
      "invalid_code",
      "wasm_not_found",
      "too_many_functions",
      "quota_exceeded",
      "storage_unavailable",
    ],
  },
  "GET /api/deploy/:namespace/*": {
    tag: "Functions",
    summary: "Show a function, or one of its revisions",
    answers: { 200: { says: "The function in full", schema: deploymentAnswerSchema } },
    codes: ["invalid_path", "function_not_found", "revision_not_found"],
  },
  "PUT /api/deploy/:namespace/*": {
    tag: "Functions",
    summary: "Let an earlier revision answer again",
    answers: { 200: deployed },
    codes: ["invalid_path", "function_not_found", "revision_not_found", "storage_unavailable"],
  },
  "DELETE /api/deploy/:namespace/*": {
    tag: "Functions",
    summary: "Remove a function",
    answers: { 204: nothing },
    codes: ["invalid_path", "function_not_found", "storage_unavailable"],
  },
  "GET /api/calls/:namespace/*": {
    tag: "Functions",
    summary: "Show how a function's calls went",
    answers: { 200: { says: "The last hour by minutes, the last day by hours", schema: callStatsSchema } },
    codes: ["invalid_path", "function_not_found"],
  },
  "GET /api/logs/:namespace/*": {
    tag: "Functions",
    summary: "Read a function's log, or follow it",
    says: "With `follow` it answers with server-sent events `log` and `lagged`.",
    headers: { "Last-Event-ID": "With `follow`, the last event that was seen" },
    answers: {
      200: {
        says: "The lines, the oldest first",
        schema: functions.logListSchema,
        media: eventStream.media ?? "",
      },
    },
    codes: ["invalid_path", "function_not_found", "too_many_streams"],
  },
};
