import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kvStoreContract } from "../../../tests/contracts/kv-store.ts";
import { noLog } from "../../stdx/log.ts";
import { SqliteKvStore } from "./kv-store.ts";

kvStoreContract("SqliteKvStore", async () => {
  const directory = await mkdtemp(join(tmpdir(), "zerverless-kv-"));
  return {
    open: async (clock) => new SqliteKvStore({ directory, clock, log: noLog, openMax: 2 }),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
});
