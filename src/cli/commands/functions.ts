import { formatRelative } from "../../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { type Connection, connect } from "../connection.ts";
import { functionPlace } from "../function-path.ts";
import { Screen } from "../screen.ts";
import { UsageError } from "../usage-error.ts";

/** Lists functions, shows one with its revisions, or deletes one. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const connection = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const [action = "list"] = words.operands;
  if (action === "list") return list(words, connection, screen);
  const { namespace, path } = functionPlace(words.operand(1, "The function, NAMESPACE/PATH,"));
  words.noMoreThan(2);
  const { functions } = connection.client;
  if (action === "show") {
    const detail = await functions.get(namespace, path);
    if (words.has("json")) {
      screen.json(detail);
      return 0;
    }
    screen.line(`${screen.style("bold", `${namespace}/${path}`)}  ${detail.runtime}  ${detail.url}`);
    const now = Date.now();
    screen.table(
      ["REVISION", "DEPLOYED", "RUNTIME", "DIGEST"],
      detail.revisions.map(({ revision, created_at, runtime, digest }) => [
        revision === detail.revision ? `${revision} (answers)` : `${revision}`,
        formatRelative(Date.parse(created_at), now),
        runtime,
        digest.slice(0, 12),
      ]),
    );
  } else if (action === "delete") {
    await functions.delete(namespace, path);
    if (!words.has("json")) screen.line(`${namespace}/${path} is deleted`);
  } else {
    throw new UsageError(`functions takes list, show or delete, not ${JSON.stringify(action)}.`);
  }
  return 0;
}

async function list(words: Words, { client }: Connection, screen: Screen): Promise<ExitCode> {
  words.noMoreThan(1);
  const { deployments, total } = await client.functions.list({
    namespace: words.value("namespace"),
    limit: words.number("limit", 1, 1000) ?? 100,
  });
  if (words.has("json")) {
    screen.json({ deployments, total });
    return 0;
  }
  if (total === 0) {
    screen.note("There are no functions. Deploy one with: zerverless deploy FILE --to NAMESPACE/PATH");
    return 0;
  }
  const now = Date.now();
  screen.table(
    ["FUNCTION", "RUNTIME", "REVISION", "DEPLOYED", "URL"],
    deployments.map(({ user, path, runtime, revision, created_at, url }) => [
      `${user}/${path}`,
      runtime,
      `${revision}`,
      formatRelative(Date.parse(created_at), now),
      url,
    ]),
  );
  if (total > deployments.length) screen.note(`${deployments.length} of ${total}; see more with --limit.`);
  return 0;
}
