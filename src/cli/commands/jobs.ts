import { type JobStatus, jobStatuses } from "../../protocol/job.ts";
import { formatMs, formatRelative } from "../../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { type Connection, connect } from "../connection.ts";
import { Screen } from "../screen.ts";
import { UsageError } from "../usage-error.ts";

/** Lists jobs, shows one, cancels one or runs one again. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const connection = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const [action = "list"] = words.operands;
  if (action === "list") return list(words, connection, screen);
  const id = words.operand(1, "The job's id");
  words.noMoreThan(2);
  if (action === "show") {
    screen.json(await connection.client.jobs.get(id));
  } else if (action === "cancel") {
    await connection.client.jobs.cancel(id);
    if (!words.has("json")) screen.line(`${id} is cancelled`);
  } else {
    throw new UsageError(`jobs takes list, show or cancel, not ${JSON.stringify(action)}.`);
  }
  return 0;
}

async function list(words: Words, { client }: Connection, screen: Screen): Promise<ExitCode> {
  words.noMoreThan(1);
  const page = await client.jobs.list({
    status: statusOf(words.value("status")),
    namespace: words.value("namespace"),
    limit: words.number("limit", 1, 1000) ?? 20,
  });
  if (words.has("json")) {
    screen.json(page);
    return 0;
  }
  if (page.jobs.length === 0) {
    screen.note("There are no such jobs. Submit one with: zerverless run FILE");
    return 0;
  }
  const now = Date.now();
  screen.table(
    ["ID", "STATUS", "TYPE", "NAMESPACE", "CREATED", "TOOK"],
    page.jobs.map((job) => [
      job.id,
      job.status,
      job.job_type,
      job.namespace,
      formatRelative(Date.parse(job.created_at), now),
      job.stats?.wall_ms === undefined ? "" : formatMs(job.stats.wall_ms),
    ]),
  );
  if (page.total > page.jobs.length)
    screen.note(`${page.jobs.length} of ${page.total}; see more with --limit.`);
  return 0;
}

function statusOf(text: string | undefined): JobStatus | undefined {
  if (text === undefined) return undefined;
  const status = jobStatuses.find((known) => known === text);
  if (status) return status;
  throw new UsageError(`--status must be one of ${jobStatuses.join(", ")}, not ${JSON.stringify(text)}.`);
}
