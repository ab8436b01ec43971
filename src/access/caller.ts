import type { Verb } from "../protocol/access.ts";
import { type HttpErrorCode, refuse } from "../protocol/errors.ts";
import type { AppError } from "../stdx/errors.ts";
import { Scopes } from "./scopes.ts";
import type { Token } from "./tokens.ts";

/** Who makes a request, as far as can be told. */
export interface Caller {
  /** Undefined when none was shown. */
  readonly token: Token | undefined;
  readonly scopes: Scopes;
  /** Why a caller without a token has no rights, as a sentence. */
  readonly lack: string;
}

export const tokenWanted =
  "This needs a token: send it as Authorization: Bearer zv_…; an administrator makes one with POST /api/tokens.";
const tokenUnusable =
  "The token is not valid: it was mistyped or revoked, has expired, or is of another place.";
export const proxyRefused =
  "This orchestrator is open to its own machine alone, and this request came through a proxy: " +
  "start it with REQUIRE_TOKENS=on and use a token.";

/** Somebody on a machine or in a network where nobody is asked. */
export const anybody: Caller = { token: undefined, scopes: Scopes.all, lack: "" };
export const stranger: Caller = { token: undefined, scopes: Scopes.none, lack: tokenWanted };
/** Somebody whose token is not valid, or no longer. */
export const revoked: Caller = { token: undefined, scopes: Scopes.none, lack: tokenUnusable };

/** Refuses with `unauthorized` or `forbidden`. */
export function demand(caller: Caller, verb: Verb, namespace: string): void {
  if (!caller.scopes.may(verb, namespace)) throw lacking(caller, `${verb}:${namespace}`);
}

/** What a caller is told who lacks a scope. It depends on the request alone, never on what there is. */
export function lacking({ token, lack }: Caller, scope: string): AppError<HttpErrorCode> {
  if (!token) {
    return refuse(
      "unauthorized",
      lack,
      lack === tokenUnusable ? { details: { reason: "invalid_token" } } : {},
    );
  }
  // It goes into a header; what can be no namespace is not repeated there.
  const named = /^[\w:*-]{1,80}$/.test(scope) ? scope : scope.replace(/:.*$/s, ":NAMESPACE");
  return refuse("forbidden", `This needs the scope ${named}, which the token does not have.`, {
    details: { scope: named },
  });
}

/** Which namespaces a caller may read; undefined for all of them. */
export function sightOf({ scopes }: Caller): ((namespace: string) => boolean) | undefined {
  return scopes.mayAll("read") ? undefined : (namespace) => scopes.may("read", namespace);
}
