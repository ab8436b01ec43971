/*
 * Apart from the schema, so that pages that check a name need no schema library.
 */

/** First path segments that belong to the orchestrator, so no namespace may have them. */
export const reservedNames: ReadonlySet<string> = new Set([
  "api",
  "ws",
  "static",
  "volunteer",
  "dashboard",
  "ipfs",
  "assets",
  "health",
  "info",
  "stats",
  "metrics",
  "docs",
  "openapi.json",
  "favicon.ico",
  "robots.txt",
]);

/** The namespace of a job that names none. */
export const defaultNamespace = "default";

export const namespacePattern = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export function isNamespace(name: string): boolean {
  return namespacePattern.test(name) && !reservedNames.has(name);
}
