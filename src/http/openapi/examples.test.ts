import assert from "node:assert/strict";
import { test } from "node:test";
import type { z } from "zod";
import { tokenSchema } from "../../protocol/access.ts";
import { deploySchema, rollbackSchema } from "../../protocol/functions.ts";
import { jobSubmissionSchema } from "../../protocol/job.ts";
import { kvBatchSchema, kvPutSchema } from "../../protocol/kv.ts";
import { bodyExamples } from "./examples.ts";

const schemas: Readonly<Record<string, z.ZodType>> = {
  "POST /api/jobs": jobSubmissionSchema,
  "POST /api/deploy/:namespace/*": deploySchema,
  "PUT /api/deploy/:namespace/*": rollbackSchema,
  "PUT /api/db/:namespace/*": kvPutSchema,
  "POST /api/db/:namespace": kvBatchSchema,
  "POST /api/tokens": tokenSchema,
};

test("every example is a body that its operation takes", () => {
  assert.deepEqual(Object.keys(bodyExamples).sort(), Object.keys(schemas).sort());
  for (const [operation, examples] of Object.entries(bodyExamples)) {
    for (const [name, example] of Object.entries(examples)) {
      for (const body of [example].flat()) {
        const read = schemas[operation]?.safeParse(body);
        assert.ok(read?.success, `${operation}, ${name}: ${read?.error?.message}`);
      }
    }
  }
});
