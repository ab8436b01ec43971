/** What a pattern's placeholders stand for in an address. */
export type Params = Readonly<Record<string, string>>;

/**
 * Compares a path with a pattern such as `jobs/:id` or `files/:namespace/*path`: a placeholder takes one segment, the
 * starred one all that are left, none included. Segments are percent-decoded.
 *
 * @param path without a slash at its beginning
 */
export function matchPath(pattern: string, path: string): Params | undefined {
  const names = segmentsOf(pattern);
  const segments = segmentsOf(path);
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    if (name.startsWith("*")) {
      const rest = segments.slice(index).map(decoded);
      if (rest.includes(undefined)) return undefined;
      params[name.slice(1)] = rest.join("/");
      return params;
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (!name.startsWith(":")) {
      if (segment !== name) return undefined;
      continue;
    }
    const value = decoded(segment);
    if (value === undefined) return undefined;
    params[name.slice(1)] = value;
  }
  return segments.length === names.length ? params : undefined;
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** Undefined for what no encoder wrote. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
