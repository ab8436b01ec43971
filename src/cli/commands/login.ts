import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Zerverless } from "../../client/zerverless.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { orchestratorUrl, readLogins, writeLogins } from "../connection.ts";
import { Screen } from "../screen.ts";
import { readStdin } from "../source-file.ts";
import { UsageError } from "../usage-error.ts";

/** Keeps an orchestrator's address and a token for it, once it has been seen to be good. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const url = orchestratorUrl(
    words.operands[0] ?? words.value("url") ?? surroundings.env.ZERVERLESS_URL ?? "",
  );
  words.noMoreThan(1);
  const screen = new Screen(surroundings);
  const kept = await readLogins(surroundings.env);
  if (words.has("forget")) {
    const { [url.origin]: gone, ...tokens } = kept.tokens;
    const chosen = kept.default === url.href ? undefined : kept.default;
    await writeLogins(surroundings.env, { default: chosen, tokens });
    screen.line(
      gone === undefined ? `Nothing was kept for ${url.origin}.` : `Forgot the token for ${url.origin}.`,
    );
    return 0;
  }
  const token = (words.value("token") ?? (await askForToken(surroundings))).trim();
  if (token === "") throw new UsageError("The token is empty.");
  const client = new Zerverless({ url, token });
  // Whatever the token may do, with a wrong one this is refused.
  await client.functions.list({ limit: 1 });
  const path = await writeLogins(surroundings.env, {
    default: url.href,
    tokens: { ...kept.tokens, [url.origin]: token },
  });
  screen.line(`Logged in to ${url.origin}; the token is kept in ${path}.`);
  return 0;
}

/** From standard input, without showing it where people type. */
async function askForToken({ err }: Surroundings): Promise<string> {
  if (!process.stdin.isTTY) return readStdin();
  const mute = new Writable({ write: (_piece, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: mute, terminal: true });
  err.write("Token: ");
  try {
    return await lines.question("");
  } finally {
    lines.close();
    err.write("\n");
  }
}
