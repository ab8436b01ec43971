import { createHash } from "node:crypto";
import type { HeaderList } from "./site-headers.ts";

/**
 * For the document in which a browser's cells live. It has no origin, so nothing can be stored or read there; it loads
 * nothing and reaches nobody. Its one script is named by hash, the cells' come as data. Guests evaluate code.
 */
export function frameHeaders(html: string): HeaderList {
  const [, script = ""] = /<script>([\s\S]*)<\/script>/.exec(html) ?? [];
  const hash = createHash("sha256").update(script).digest("base64");
  return {
    "content-security-policy": [
      "sandbox allow-scripts",
      "default-src 'none'",
      `script-src 'sha256-${hash}' 'unsafe-eval' 'wasm-unsafe-eval'`,
      "worker-src blob: data:",
      "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      // A page of ours may itself be in the frame of a site that invited its visitors.
      "frame-ancestors *",
    ].join("; "),
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "cross-origin",
    "permissions-policy": "cross-origin-isolated=(self)",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
}
