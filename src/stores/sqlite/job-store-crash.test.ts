import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobStoreCrashContract } from "../../../tests/contracts/job-store-crash.ts";
import { ManualClock } from "../../stdx/clock.ts";
import { openSystemDatabase } from "./system-database.ts";

const writerModule = new URL("../../../tests/contracts/sqlite-job-store.ts", import.meta.url);

jobStoreCrashContract("sqlite", writerModule, (t) => {
  const location = mkdtempSync(join(tmpdir(), "zerverless-crash-"));
  t.after(() => rmSync(location, { recursive: true }));
  return {
    location,
    open() {
      const database = openSystemDatabase({ dataDir: location, clock: new ManualClock() });
      return { store: database.jobs, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
    },
  };
});
