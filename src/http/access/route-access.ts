import type { Verb } from "../../protocol/access.ts";
import type { HttpApp } from "../zod-provider.ts";

/**
 * Who may use a route. Every route says it where it is registered: `config: { access: access.read() }`.
 *
 * | declaration | lets in |
 * |---|---|
 * | `public` | everybody |
 * | `token` | whoever has a token, whatever its scopes |
 * | `admin` | tokens with `admin` |
 * | `read()`, `write()` | tokens with that scope for the namespace in the path |
 * | `readSome`, `writeSome` | tokens with that scope for any namespace: the route itself then asks `demand` about the one that is meant, or shows only what the caller may see |
 */
export type RouteAccess =
  | { readonly to: "everybody" | "token" | "admin" }
  | { readonly to: "namespace"; readonly verb: Verb; readonly param: string }
  | { readonly to: "some"; readonly verb: Verb };

const ofNamespace =
  (verb: Verb) =>
  (param = "namespace"): RouteAccess => ({ to: "namespace", verb, param });

export const access = {
  public: { to: "everybody" },
  token: { to: "token" },
  admin: { to: "admin" },
  read: ofNamespace("read"),
  write: ofNamespace("write"),
  readSome: { to: "some", verb: "read" },
  writeSome: { to: "some", verb: "write" },
} as const satisfies Record<string, RouteAccess | ((param?: string) => RouteAccess)>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** See `RouteAccess`. A route without it stops the start. */
    access?: RouteAccess;
    /** It is asked so often that it counts for no rate, and costs next to nothing. */
    uncounted?: true;
    /** It serves what users wrote, so that it is on the content's host where there is one, and the others are not. */
    content?: true;
    /** A browser's event source may show a ticket in the URL. */
    takesTicket?: true;
  }
}

/** A route as it was registered. */
export interface DeclaredRoute {
  readonly method: string;
  readonly url: string;
  readonly access: RouteAccess;
  /** What it says of its parts; zod's schemas all. */
  readonly schema: { readonly body?: unknown; readonly querystring?: unknown } | undefined;
}

/**
 * Stops the start where somebody forgot to say who may use a route.
 * @returns the routes, which fill up as they are registered
 */
export function insistOnAccess(app: HttpApp): readonly DeclaredRoute[] {
  const declared: DeclaredRoute[] = [];
  app.addHook("onRoute", ({ url, method, config, schema }) => {
    const access = config?.access;
    if (access) {
      declared.push(...[method].flat().map((name) => ({ method: name, url, access, schema })));
      return;
    }
    throw new Error(
      `${method} ${url} does not say who may use it: register it with config: { access: access.read() }, or another ` +
        "of src/http/access/route-access.ts, and add a sample request to tests/support/route-samples.ts.",
    );
  });
  return declared;
}
