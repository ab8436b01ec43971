import type { z } from "zod";
import {
  accessSchema,
  auditListSchema,
  limitsViewSchema,
  madeTokenSchema,
  ticketSchema,
  tokenListSchema,
} from "./access.ts";
import { callStatsSchema } from "./call-stats.ts";
import { fileListSchema, fileStoredSchema } from "./files.ts";
import {
  deploymentDetailSchema,
  deploymentListSchema,
  deploymentViewSchema,
  logListSchema,
} from "./functions.ts";
import { jobDetailSchema, jobListSchema, jobViewSchema } from "./job.ts";
import { kvBatchAnswerSchema, kvEntrySchema, kvListSchema, kvStoredSchema } from "./kv.ts";
import { namespaceListSchema } from "./namespaces.ts";
import {
  healthSchema,
  infoSchema,
  moduleStoredSchema,
  readySchema,
  statsSchema,
  webhookSecretSchema,
} from "./node.ts";
import { overviewSchema } from "./overview.ts";
import { volunteerListSchema } from "./volunteer-view.ts";

/**
 * What each route of the API answers with JSON when it succeeds, by its method and pattern. A submission with `wait` is
 * answered with a `jobDetailSchema`, an array of jobs with `jobsSubmittedSchema`, and `?revision=` with a
 * `revisionDetailSchema`. A path below `/api/db/{namespace}/` or `/api/storage/{namespace}/` that is empty lists.
 */
export const answers: Readonly<Record<string, z.ZodType>> = {
  "GET /health": healthSchema,
  "GET /health/ready": readySchema,
  "GET /info": infoSchema,
  "GET /stats": statsSchema,
  "POST /api/jobs": jobViewSchema,
  "GET /api/jobs": jobListSchema,
  "GET /api/jobs/:id": jobDetailSchema,
  "POST /api/jobs/:id/rerun": jobViewSchema,
  "GET /api/overview": overviewSchema,
  "GET /api/webhooks/:namespace": webhookSecretSchema,
  "GET /api/namespaces": namespaceListSchema,
  "GET /api/volunteers": volunteerListSchema,
  "POST /api/wasm": moduleStoredSchema,
  "GET /api/db/:namespace": kvListSchema,
  "GET /api/db/:namespace/*": kvEntrySchema,
  "PUT /api/db/:namespace/*": kvStoredSchema,
  "POST /api/db/:namespace": kvBatchAnswerSchema,
  "POST /api/db/:namespace/*": kvBatchAnswerSchema,
  "GET /api/storage/:namespace": fileListSchema,
  "PUT /api/storage/:namespace/*": fileStoredSchema,
  "GET /api/deploy": deploymentListSchema,
  "POST /api/deploy/:namespace/*": deploymentViewSchema,
  "GET /api/deploy/:namespace/*": deploymentDetailSchema,
  "PUT /api/deploy/:namespace/*": deploymentViewSchema,
  "GET /api/calls/:namespace/*": callStatsSchema,
  "GET /api/logs/:namespace/*": logListSchema,
  "POST /api/tokens": madeTokenSchema,
  "GET /api/tokens": tokenListSchema,
  "POST /api/tickets": ticketSchema,
  "GET /api/access": accessSchema,
  "GET /api/limits": limitsViewSchema,
  "GET /api/audit": auditListSchema,
};
