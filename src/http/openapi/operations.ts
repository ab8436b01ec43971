import { dataOperations } from "./data-operations.ts";
import { functionOperations } from "./function-operations.ts";
import { jobOperations } from "./job-operations.ts";
import { nodeOperations } from "./node-operations.ts";
import type { Operations } from "./operation.ts";

/** Every route of the API. A test holds that there is no other. */
export const operations: Operations = {
  ...jobOperations,
  ...functionOperations,
  ...dataOperations,
  ...nodeOperations,
};
