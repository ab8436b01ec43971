/**
 * What browsers are told about the pages that come with this program. A page is isolated from every other origin (so that
 * it may share memory with its workers) and loads nothing from elsewhere.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

export type HeaderList = Readonly<Record<string, string>>;

export const pageHeaders: HeaderList = {
  "content-security-policy": [...policy, "frame-ancestors 'none'"].join("; "),
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** Assets carry their hash in their name. The sealed frame, which has no origin, loads them too. */
export const assetHeaders: HeaderList = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cache-control": "public, max-age=31536000, immutable",
};

/**
 * The box that sites put into their pages. Nothing in it can be gained by hiding it: it works only in plain sight, and
 * what runs there is not the site's to choose. Other sites' pages around it keep it from being isolated.
 */
const embedHeaders: HeaderList = {
  ...pageHeaders,
  "content-security-policy": [...policy, "frame-ancestors *"].join("; "),
  "cross-origin-resource-policy": "cross-origin",
};

/** The script that sites load, by a name that never changes. */
const embedScriptHeaders: HeaderList = {
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
  "cache-control": "public, max-age=3600",
};

/** For a file below `/volunteer/`. */
export function volunteerHeaders(name: string): HeaderList {
  if (name === "volunteer/embed/index.html") return embedHeaders;
  return name === "volunteer/embed.js" ? embedScriptHeaders : pageHeaders;
}
