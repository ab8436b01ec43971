import { accessLimits } from "../protocol/access.ts";
import { isLoopback } from "../stdx/loopback.ts";
import type { Env } from "./env.ts";
import { ConfigError, choice, given } from "./settings.ts";

export interface AccessConfig {
  /** Nobody is asked for a token. */
  readonly open: boolean;
  /** Only this machine can reach the address that is listened on. */
  readonly loopback: boolean;
  readonly adminToken: string | undefined;
  /** Volunteers without a token are let in, for work that may run anywhere. */
  readonly anonymousVolunteers: boolean;
}

const adminTokenLengthMin = 12;

/** On loopback everything is open until something asks for tokens; elsewhere only `--insecure` opens it. */
export function readAccessConfig(env: Env, host: string, insecure: boolean): AccessConfig {
  const adminToken = readAdminToken(env);
  const required =
    given(env, "REQUIRE_TOKENS") === "" ? undefined : choice(env, "REQUIRE_TOKENS", ["on", "off"]);
  const loopback = isLoopback(host);
  if (insecure && required === "on") {
    throw new ConfigError("REQUIRE_TOKENS is on, which --insecure contradicts: leave one of them out.");
  }
  if (!insecure && !loopback && required === "off") {
    throw new ConfigError(
      `REQUIRE_TOKENS is off, but others can reach ${host}: say --insecure if they may really do everything.`,
    );
  }
  const locked = required === undefined ? !loopback || adminToken !== undefined : required === "on";
  return {
    open: insecure || !locked,
    loopback,
    adminToken,
    anonymousVolunteers: choice(env, "ANONYMOUS_VOLUNTEERS", ["on", "off"]) === "on",
  };
}

function readAdminToken(env: Env): string | undefined {
  const text = given(env, "ADMIN_TOKEN");
  if (text === "") return undefined;
  if (
    /^[\x21-\x7e]+$/.test(text) &&
    text.length >= adminTokenLengthMin &&
    text.length <= accessLimits.tokenLengthMax
  ) {
    return text;
  }
  throw new ConfigError(
    `ADMIN_TOKEN must be ${adminTokenLengthMin} to ${accessLimits.tokenLengthMax} printable characters without spaces; ` +
      "openssl rand -base64 32 makes a good one.",
  );
}
