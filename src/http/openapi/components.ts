import { z } from "zod";
import * as access from "../../protocol/access.ts";
import * as calls from "../../protocol/call-stats.ts";
import * as files from "../../protocol/files.ts";
import * as functions from "../../protocol/functions.ts";
import * as jobs from "../../protocol/job.ts";
import * as kv from "../../protocol/kv.ts";
import * as namespaces from "../../protocol/namespaces.ts";
import * as node from "../../protocol/node.ts";
import * as overview from "../../protocol/overview.ts";
import { problemSchema } from "../../protocol/problem.ts";
import * as volunteers from "../../protocol/volunteer-view.ts";
import { withMeanings } from "./members.ts";

/** Shapes that have a name in the description; others stand where they are used. */
const requests: Readonly<Record<string, z.ZodType>> = {
  JobSubmission: jobs.jobSubmissionSchema,
  Deployment: functions.deploySchema,
  Rollback: functions.rollbackSchema,
  ValueToKeep: kv.kvPutSchema,
  Batch: kv.kvBatchSchema,
  TokenToMake: access.tokenSchema,
};

const answers: Readonly<Record<string, z.ZodType>> = {
  Problem: problemSchema,
  Job: jobs.jobViewSchema,
  JobDetail: jobs.jobDetailSchema,
  JobList: jobs.jobListSchema,
  JobsSubmitted: jobs.jobsSubmittedSchema,
  Function: functions.deploymentViewSchema,
  FunctionDetail: functions.deploymentDetailSchema,
  FunctionList: functions.deploymentListSchema,
  Revision: functions.revisionDetailSchema,
  LogList: functions.logListSchema,
  CallStats: calls.callStatsSchema,
  KeyList: kv.kvListSchema,
  Value: kv.kvEntrySchema,
  ValueKept: kv.kvStoredSchema,
  BatchResults: kv.kvBatchAnswerSchema,
  FileList: files.fileListSchema,
  FileStored: files.fileStoredSchema,
  ModuleStored: node.moduleStoredSchema,
  NamespaceList: namespaces.namespaceListSchema,
  Overview: overview.overviewSchema,
  VolunteerList: volunteers.volunteerListSchema,
  Info: node.infoSchema,
  Stats: node.statsSchema,
  TokenMade: access.madeTokenSchema,
  TokenList: access.tokenListSchema,
  AuditList: access.auditListSchema,
  Limits: access.limitsViewSchema,
};

export type JsonSchema = Readonly<Record<string, unknown>>;
type Direction = "input" | "output";

/** Turns zod's shapes into JSON Schema 2020-12, which OpenAPI 3.1 speaks, with references to those that have a name. */
export class Components {
  readonly #registries = { input: registryOf(requests), output: registryOf(answers) };

  /** A shape where it is used. */
  schemaOf(schema: z.ZodType, io: Direction): JsonSchema {
    const { id } = this.#registries[io].get(schema) ?? {};
    if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
    // One of several is told by their names, where they have some.
    if (schema instanceof z.ZodUnion) {
      const options = schema.options.filter((option) => option instanceof z.ZodType);
      return { anyOf: options.map((option) => this.schemaOf(option, io)) };
    }
    return jsonSchemaOf(schema, io);
  }

  /** Every shape with a name. */
  all(): Readonly<Record<string, JsonSchema>> {
    const named = [...entriesOf(requests, "input"), ...entriesOf(answers, "output")];
    return Object.fromEntries(named.sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

function registryOf(schemas: Readonly<Record<string, z.ZodType>>) {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  return registry;
}

function entriesOf(schemas: Readonly<Record<string, z.ZodType>>, io: Direction): [string, JsonSchema][] {
  return Object.entries(schemas).map(([name, schema]) => [name, jsonSchemaOf(schema, io)]);
}

/** What only code can check is any value; its sentence is in the error. */
function jsonSchemaOf(schema: z.ZodType, io: Direction): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  return withMeanings(rest);
}
