import type {
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import { z } from "zod";
import { refuse } from "../protocol/errors.ts";
import { describeIssues, type IssueWords } from "../protocol/issues.ts";

/** Gives handlers the types that the route's schemas parse to. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  validator: this["schema"] extends z.ZodType ? z.output<this["schema"]> : unknown;
}

export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  import("fastify").FastifyBaseLogger,
  ZodTypeProvider
>;

const wordsOfPart: Readonly<Record<string, IssueWords>> = {
  body: { whole: "the body", part: "field" },
  querystring: { whole: "the query", part: "parameter" },
  params: { whole: "the path", part: "parameter" },
  headers: { whole: "the headers", part: "header" },
};

/** Makes an app read what comes in through the zod schemas of its routes. */
export function validateWithZod(app: HttpApp): void {
  app.setValidatorCompiler<unknown>(({ schema, httpPart }) => {
    if (!(schema instanceof z.ZodType))
      throw new TypeError(`The schema of a route's ${httpPart} is not zod's.`);
    const words = wordsOfPart[httpPart ?? "body"] ?? { whole: "the request", part: "field" };
    return (data) => {
      const read = schema.safeParse(data);
      if (read.success) return { value: read.data };
      return { error: refuse("invalid_request", describeIssues(read.error, words)) };
    };
  });
}
