import { refuse } from "../protocol/errors.ts";

export function noSuchPath(url: string): Error {
  const path = url.replace(/\?.*$/s, "");
  return refuse("not_found", `Nothing answers at ${path.length > 200 ? `${path.slice(0, 200)}…` : path}.`);
}
