import type { LogFilter } from "../../client/functions.ts";
import { functionLogLevels, type LogLineView } from "../../protocol/functions.ts";
import { formatMs } from "../../stdx/format.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { functionPlace } from "../function-path.ts";
import { printable, Screen } from "../screen.ts";
import { UsageError } from "../usage-error.ts";

/** Prints a function's log, and with --follow every line as it comes. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const { namespace, path } = functionPlace(words.operand(0, "The function, NAMESPACE/PATH,"));
  words.noMoreThan(1);
  const { client } = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const filter = filterOf(words);
  const show = (line: LogLineView) => {
    if (words.has("json")) screen.line(JSON.stringify(line));
    else screen.line(lineText(line, screen));
  };
  if (!words.has("follow")) {
    for (const line of await client.functions.logs(namespace, path, filter)) show(line);
    return 0;
  }
  const { stop } = surroundings;
  const onConnection = (lost: Error | undefined) => {
    if (lost) screen.note(`${lost.message} Trying again.`);
  };
  try {
    for await (const event of client.functions.followLogs(namespace, path, filter, {
      signal: stop,
      onConnection,
    })) {
      if (event.type === "line") show(event.line);
      else screen.note(`${event.missed} lines were left out, because they came too fast.`);
    }
  } catch (error) {
    if (!stop.aborted) throw error;
  }
  return 0;
}

function filterOf(words: Words): LogFilter {
  const level = words.value("level");
  const known = functionLogLevels.find((name) => name === level);
  if (level !== undefined && known === undefined) {
    throw new UsageError(
      `--level must be one of ${functionLogLevels.join(", ")}, not ${JSON.stringify(level)}.`,
    );
  }
  return {
    level: known,
    since: words.value("since"),
    q: words.value("grep"),
    limit: words.number("limit", 1, 1000) ?? 100,
  };
}

/** One line of a function's log, as `logs` and `dev` show it. */
export function lineText({ at, level, text, call, revision }: LogLineView, screen: Screen): string {
  const time = screen.style("dim", at.slice(11, 23));
  if (!call) return `${time} ${level === "error" ? screen.style("red", printable(text)) : printable(text)}`;
  const { method, path, status, duration_ms, cold } = call;
  const style = status >= 500 ? "red" : status >= 400 ? "yellow" : "green";
  const took = `${formatMs(duration_ms)}${cold === true ? ", cold" : ""}`;
  return `${time} ${screen.style(style, `${status}`)} ${method} ${printable(path)} ${screen.style("dim", `${took}, revision ${revision}`)}`;
}
