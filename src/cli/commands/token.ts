import { readDataDir } from "../../orchestrator/config.ts";
import { makeLocalToken } from "../../orchestrator/local-tokens.ts";
import { accessLimits, scopeSchema } from "../../protocol/access.ts";
import { systemClock } from "../../stdx/clock.ts";
import { parseDurationMs } from "../../stdx/duration.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { withSentences } from "../sentences.ts";
import { UsageError } from "../usage-error.ts";

/** Makes a token in a data directory. Only the token goes to the output, so that scripts can take it. */
export async function run(words: Words, { env, out, err }: Surroundings): Promise<ExitCode> {
  if (words.operand(0, "What to do with tokens, such as create,") !== "create") {
    throw new UsageError("token takes create, such as zerverless token create --admin.");
  }
  words.noMoreThan(1);
  const scopes = scopesOf(words);
  const token = { name: nameOf(words), scopes, spanMs: spanOf(words.value("expires-in")) };
  return withSentences(err, async () => {
    const dataDir = readDataDir(env, words.value("data-dir"));
    out.write(`${await makeLocalToken(dataDir, token, systemClock)}\n`);
    err.write(`This token of ${dataDir} has the scopes ${scopes.join(", ")}. It is not shown again.\n`);
    return 0;
  });
}

function scopesOf(words: Words): readonly string[] {
  const scopes = [...(words.has("admin") ? ["admin"] : []), ...words.values("scope")];
  if (scopes.length === 0)
    throw new UsageError("token create needs --admin, or --scope such as --scope read:alice.");
  for (const scope of scopes) {
    const read = scopeSchema.safeParse(scope);
    if (!read.success)
      throw new UsageError(`--scope ${JSON.stringify(scope)} ${read.error.issues[0]?.message}.`);
  }
  return scopes;
}

function nameOf(words: Words): string {
  const name = words.value("name")?.trim() || (words.has("admin") ? "admin" : "");
  if (name !== "" && name.length <= accessLimits.tokenNameLengthMax) return name;
  throw new UsageError(
    `token create needs a --name of at most ${accessLimits.tokenNameLengthMax} characters.`,
  );
}

function spanOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const spanMs = parseDurationMs(text);
  if (spanMs !== undefined && spanMs > 0 && spanMs <= accessLimits.tokenSecondsMax * 1000) return spanMs;
  throw new UsageError(
    `--expires-in must be a span of time such as 12h or 90d, not ${JSON.stringify(text)}.`,
  );
}
