import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deploymentStoreContract } from "../../../tests/contracts/deployment-store.ts";
import { ManualClock } from "../../stdx/clock.ts";
import { openSystemDatabase } from "./system-database.ts";

deploymentStoreContract("sqlite", async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), "zerverless-functions-"));
  const clock = new ManualClock();
  let database = openSystemDatabase({ dataDir, clock });
  t.after(async () => {
    await database[Symbol.asyncDispose]();
    rmSync(dataDir, { recursive: true });
  });
  return {
    store: database.functions,
    async restart() {
      await database[Symbol.asyncDispose]();
      database = openSystemDatabase({ dataDir, clock });
      return database.functions;
    },
  };
});
