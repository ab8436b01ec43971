import { jobStoreContract } from "../contracts/job-store.ts";
import { MemoryJobStore } from "./memory-job-store.ts";

jobStoreContract("memory", async () => {
  const store = new MemoryJobStore();
  return { store, restart: async () => store };
});
