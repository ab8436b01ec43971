import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import mime from "mime";
import type { BodyEncoding } from "../../namespaces/file-bodies.ts";

/** What a published package carries instead of sources. */
const shipped = join(import.meta.dirname, "web");
const suffixes = { br: ".br", gzip: ".gz" } as const;

/** A file of the site with its compressed twins, all in memory: the whole site is a few megabytes. */
export interface SiteFile {
  /** A media type, with its charset where it is text. */
  readonly type: string;
  readonly etag: string;
  readonly bodies: Readonly<Partial<Record<BodyEncoding, Buffer>>> & { readonly identity: Buffer };
}

/** The web pages that come with this program, by their path below the site's root, such as `dashboard/index.html`. */
export type Site = ReadonlyMap<string, SiteFile>;

/** Reads the site: the one a package ships, or in a checkout the one built of the sources as they are. */
export async function openSite(): Promise<Site> {
  if (existsSync(shipped)) return readSite(shipped);
  // Only a checkout has this script, and Vite.
  const { freshWeb } = await import("../../../scripts/build-web.ts");
  return readSite(await freshWeb());
}

async function readSite(folder: string): Promise<Site> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const known = new Set(paths);
  const isTwin = (path: string) =>
    Object.values(suffixes).some(
      (suffix) => path.endsWith(suffix) && known.has(path.slice(0, -suffix.length)),
    );
  const files = paths.filter((path) => !isTwin(path));
  return new Map(
    await Promise.all(
      files.map(async (path): Promise<[string, SiteFile]> => {
        const name = relative(folder, path).replaceAll(sep, "/");
        return [name, await readFileWithTwins(path, known)];
      }),
    ),
  );
}

async function readFileWithTwins(path: string, known: ReadonlySet<string>): Promise<SiteFile> {
  const identity = await readFile(path);
  const bodies: Partial<Record<BodyEncoding, Buffer>> & { identity: Buffer } = { identity };
  for (const encoding of ["br", "gzip"] as const) {
    const twin = path + suffixes[encoding];
    if (known.has(twin)) bodies[encoding] = await readFile(twin);
  }
  const type = mime.getType(path) ?? "application/octet-stream";
  const isText = type.startsWith("text/") || type === "application/json" || type === "image/svg+xml";
  const etag = createHash("sha256").update(identity).digest("base64url").slice(0, 22);
  return { type: isText ? `${type}; charset=utf-8` : type, etag, bodies };
}
