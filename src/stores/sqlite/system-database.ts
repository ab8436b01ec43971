import { join } from "node:path";
import type { Clock } from "../../stdx/clock.ts";
import { SqliteAuditStore } from "./audit-store.ts";
import { CommitGroup } from "./commit-group.ts";
import { DiskProbe } from "./disk-probe.ts";
import { SqliteFunctionStore } from "./function-store.ts";
import { SqliteJobStore } from "./job-store.ts";
import { SqliteLogStore } from "./log-store.ts";
import { openDatabase } from "./open.ts";
import { SqliteTokenStore } from "./token-store.ts";
import { SqliteWebhookStore } from "./webhook-store.ts";

export const systemDatabaseName = "zerverless.db";

export interface SystemDatabase extends AsyncDisposable {
  readonly jobs: SqliteJobStore;
  readonly functions: SqliteFunctionStore;
  readonly logs: SqliteLogStore;
  readonly webhooks: SqliteWebhookStore;
  readonly tokens: SqliteTokenStore;
  readonly audit: SqliteAuditStore;
  readonly commits: CommitGroup;
  readonly disk: DiskProbe;
}

/** Opens `zerverless.db` in a data directory that the caller has locked. Disposing it writes what waits and closes it. */
export function openSystemDatabase({ dataDir, clock }: { dataDir: string; clock: Clock }): SystemDatabase {
  const database = openDatabase(join(dataDir, systemDatabaseName));
  const commits = new CommitGroup(database);
  const jobs = new SqliteJobStore({ database, commits, clock });
  return {
    jobs,
    functions: new SqliteFunctionStore({ database, commits }),
    logs: new SqliteLogStore({ database, commits }),
    webhooks: new SqliteWebhookStore({ database, commits }),
    tokens: new SqliteTokenStore({ database, commits }),
    audit: new SqliteAuditStore({ database, commits }),
    commits,
    disk: new DiskProbe({ database, commits, clock }),
    async [Symbol.asyncDispose]() {
      await jobs[Symbol.asyncDispose]();
      await commits[Symbol.asyncDispose]();
      if (database.isOpen) database.close();
    },
  };
}
