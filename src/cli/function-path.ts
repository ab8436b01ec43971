import { UsageError } from "./usage-error.ts";

/** Where a function is deployed, as people write it: `alice/api/greet`. */
export interface FunctionPlace {
  readonly namespace: string;
  readonly path: string;
}

export function functionPlace(text: string): FunctionPlace {
  const [namespace = "", ...rest] = text.replace(/^\/+|\/+$/g, "").split("/");
  const path = rest.join("/");
  if (namespace !== "" && path !== "") return { namespace, path };
  throw new UsageError(
    `A function is named NAMESPACE/PATH, such as alice/hello; ${JSON.stringify(text)} is not.`,
  );
}
