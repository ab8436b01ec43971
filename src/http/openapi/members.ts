type JsonSchema = Readonly<Record<string, unknown>>;

/** What members are for, by their names, which mean the same wherever they stand. Those that say it themselves are not here. */
export const memberMeanings: Readonly<Record<string, string>> = {
  namespace: "Whose it is.",
  job_type: "The language.",
  runtime: "The language.",
  wasm_cid: "What storing the module answered; for WebAssembly only.",
  input_data: "The global `INPUT`: any JSON up to 8 MiB.",
  timeout_seconds: "How long it may run.",
  memory_mb: "How much memory it may take above what the language itself takes.",
  priority: "Within a namespace, higher goes first.",
  max_retries: "How often it runs again after its volunteer was lost.",
  callback_url: "Where its end is told, by a signed webhook.",
  placement: "Which volunteers may run it: `any`, `trusted`, or those inside the orchestrator, `internal`.",
  auth: "Whether callers have to show a token.",
  env: "Environment variables; their values are never shown again.",
  env_names: "The names of its environment variables.",
  revision: "The number of a deployment, from 1 within its path.",
  revisions: "Every deployment that is kept, the newest first.",
  digest: "The SHA-256 of its code, or the module's CID.",
  attempts: "How often it was handed to a volunteer that was then lost, plus the present run.",
  volunteer_id: "Who runs it, or ran it last.",
  error: "What went wrong, as a sentence.",
  error_code: "Why it failed, for programs.",
  result: "The value that it returned, or the text that it printed where it returned nothing.",
  result_omitted: "Whether the result is too large for a list.",
  stdout: "What it printed.",
  stderr: "What it printed as errors.",
  stats: "As far as the volunteer measured them.",
  timings: "How long each phase took; what is not over counts up to now.",
  waiting_for: "Why it is pending.",
  ahead: "How many jobs of its namespace go before it, where that is quickly counted.",
  version: "Grows with every write, and never comes again.",
  ttl: "After how many seconds it is gone.",
  expires_at: "When it ends; null or absent for never.",
  expires_in: "For how long, in seconds or as text such as `90d`; null or absent for ever.",
  scopes: "What it may do: `admin`, `volunteer`, or `read:`, `write:` or `invoke:` with a namespace.",
  cursor: "Where the next page begins; null at the end.",
  total: "How many there are in all.",
  share: "How much of its time each slot may be busy, in percent.",
  isolation: "What seals its cells.",
  wait: "For how many seconds the answer waits for the end.",
  limit: "How many at most.",
  offset: "How many of the first to leave out.",
  prefix: "Those alone that begin so.",
  since: "An instant, or a span of time back from now such as `10m`.",
  q: "Text that a line has somewhere in it, whatever the case.",
  follow: "Goes on with every line as it comes, as server-sent events.",
  delimiter: "With `/`, what lies directly in the folder that the prefix names.",
};

/** A schema in which every member says what it is for. */
export function withMeanings(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      keyword === "properties" ? membersOf(value) : withinOf(value),
    ]),
  );
}

function membersOf(properties: unknown): unknown {
  if (!isSchema(properties)) return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => {
      if (!isSchema(schema)) return [name, schema];
      const description = memberMeanings[name];
      return [name, { ...(description !== undefined && { description }), ...withMeanings(schema) }];
    }),
  );
}

function withinOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withinOf);
  return isSchema(value) ? withMeanings(value) : value;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
