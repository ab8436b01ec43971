import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobStoreContract } from "../../../tests/contracts/job-store.ts";
import { ManualClock } from "../../stdx/clock.ts";
import { openSystemDatabase } from "./system-database.ts";

jobStoreContract("sqlite", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "zerverless-jobs-"));
  const clock = new ManualClock();
  let database = openSystemDatabase({ dataDir, clock });
  t.after(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true });
  });
  return {
    store: database.jobs,
    async restart() {
      await database[Symbol.asyncDispose]();
      database = openSystemDatabase({ dataDir, clock });
      return database.jobs;
    },
  };
});
