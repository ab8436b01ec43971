import { type NewToken, Tokens } from "../access/tokens.ts";
import type { Clock } from "../stdx/clock.ts";
import { noLog } from "../stdx/log.ts";
import { settleDataFormat } from "../stores/data-format.ts";
import { DataLock } from "../stores/sqlite/data-lock.ts";
import { openTokenDatabase } from "../stores/sqlite/token-database.ts";

/**
 * Makes a token in a data directory: whoever may write there is its owner. An orchestrator that runs on it meanwhile takes
 * the token as soon as it is shown.
 * @returns the token's text, which is kept nowhere
 */
export async function makeLocalToken(dataDir: string, token: NewToken, clock: Clock): Promise<string> {
  using lock = DataLock.acquireUnlessHeld(dataDir);
  if (lock) settleDataFormat(dataDir);
  // What runs there has the database open: it takes one more writer, but its form is not ours to change.
  await using database = openTokenDatabase(dataDir, { mayMigrate: lock !== undefined });
  await using tokens = new Tokens({ store: database.tokens, clock, log: noLog, adminToken: undefined });
  await tokens.recover();
  const { text } = await tokens.create(token);
  return text;
}
