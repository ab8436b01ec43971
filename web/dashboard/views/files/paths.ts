/** A folder on the way to where one is. */
export interface Crumb {
  readonly name: string;
  /** The beginning of all paths in it: empty, or with a slash at its end. */
  readonly prefix: string;
}

/** The folders that lead to a prefix, outermost first, without the root. */
export function crumbsOf(prefix: string): Crumb[] {
  const names = prefix.split("/").slice(0, -1);
  return names.map((name, at) => ({ name, prefix: `${names.slice(0, at + 1).join("/")}/` }));
}

/** The last part of a file's path or a folder's prefix. */
export function nameOf(path: string): string {
  return path.replace(/\/$/, "").split("/").at(-1) ?? path;
}

/** What a browser can show of a file without running anything of it. */
export type PreviewKind = "image" | "text" | "none";

const textual =
  /^(?:text\/|application\/(?:json|javascript|ecmascript|xml|toml|yaml|x-sh|x-ndjson|sql|manifest\+json|[\w.-]+\+(?:json|xml))$)/;
const images = /^image\/(?:png|jpeg|gif|webp|avif|svg\+xml|bmp|x-icon|vnd\.microsoft\.icon)$/;

export function previewKind(type: string): PreviewKind {
  const [essence = ""] = type.split(";");
  if (images.test(essence)) return "image";
  return textual.test(essence) ? "text" : "none";
}

/** Where a file is fetched through the API. */
export function storageAddress(namespace: string, path: string): string {
  return `/api/storage/${namespace}/${encodePath(path)}`;
}

/** Where a file is on the web for everybody, on the host that has static files. */
export function publicAddress(namespace: string, path: string): string {
  return `/static/${namespace}/${encodePath(path)}`;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
