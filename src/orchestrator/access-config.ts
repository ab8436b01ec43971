import { BlockList, isIP } from "node:net";
import type { Quotas } from "../access/quotas.ts";
import type { Rates } from "../access/request-rates.ts";
import { accessLimits } from "../protocol/access.ts";
import { parseBytes } from "../stdx/bytes.ts";
import { isLoopback } from "../stdx/loopback.ts";
import type { Env } from "./env.ts";
import { ConfigError, choice, duration, given, integer, type Variable } from "./settings.ts";

export interface AccessConfig {
  /** Nobody is asked for a token. */
  readonly open: boolean;
  /** Only this machine can reach the address that is listened on. */
  readonly loopback: boolean;
  readonly adminToken: string | undefined;
  /** Volunteers without a token are let in, for work that may run anywhere. */
  readonly anonymousVolunteers: boolean;
  /** The host that serves what users wrote; undefined: the same one. */
  readonly contentHost: string | undefined;
  readonly corsOrigins: readonly string[] | "*";
  readonly rates: Rates;
  readonly proxies: BlockList | undefined;
  readonly auditRetentionMs: number;
  readonly quotas: Quotas;
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
    contentHost: readContentHost(env),
    corsOrigins: readCorsOrigins(env, insecure || !locked),
    rates: readRates(env, insecure || !locked),
    proxies: readProxies(env),
    quotas: readQuotas(env, insecure || !locked),
    auditRetentionMs: duration(env, "AUDIT_RETENTION", 1000, 100 * 365 * 86_400_000),
  };
}

/** Where nobody is asked who they are, one address stands for all programs of a machine. */
const openRate = 100_000;
const lockedRates = { token: 1000, address: 100, namespace: 2000 } as const;

function readRates(env: Env, open: boolean): Rates {
  const rate = (name: Variable, fallback: number) =>
    integer(name, given(env, name) || undefined, 1, 10_000_000) ?? (open ? openRate : fallback);
  return {
    token: rate("RATE_LIMIT_TOKEN", lockedRates.token),
    address: rate("RATE_LIMIT_ADDRESS", lockedRates.address),
    namespace: rate("RATE_LIMIT_NAMESPACE", lockedRates.namespace),
  };
}

const lockedQuotas = {
  jobs: 10_000,
  functions: 1000,
  databaseBytes: 2 ** 30,
  fileBytes: 10 * 2 ** 30,
} as const;

/** Where nobody is asked who they are, namespaces are only names. */
function readQuotas(env: Env, open: boolean): Quotas {
  const count = (name: Variable, fallback: number) =>
    integer(name, given(env, name) || undefined, 1, 10_000_000) ?? (open ? undefined : fallback);
  const size = (name: Variable, fallback: number) => {
    const text = given(env, name);
    if (text === "") return open ? undefined : fallback;
    const bytes = parseBytes(text);
    if (bytes !== undefined && bytes >= 64 * 1024) return bytes;
    throw new ConfigError(`${name} must be a size such as 512MiB or 10GiB, not ${JSON.stringify(text)}.`);
  };
  return {
    jobs: count("NAMESPACE_JOBS_MAX", lockedQuotas.jobs),
    functions: count("NAMESPACE_FUNCTIONS_MAX", lockedQuotas.functions),
    databaseBytes: size("NAMESPACE_DATABASE_MAX", lockedQuotas.databaseBytes),
    fileBytes: size("NAMESPACE_FILES_MAX", lockedQuotas.fileBytes),
  };
}

function readContentHost(env: Env): string | undefined {
  const host = given(env, "CONTENT_HOST");
  if (host === "") return undefined;
  if (/^[a-z0-9.-]+(?::\d{1,5})?$/i.test(host) || /^\[[0-9a-f:]+\](?::\d{1,5})?$/i.test(host)) return host;
  throw new ConfigError(
    `CONTENT_HOST must be a host such as content.example.com, not ${JSON.stringify(host)}.`,
  );
}

function readCorsOrigins(env: Env, open: boolean): readonly string[] | "*" {
  const text = given(env, "CORS_ORIGINS");
  if (text === "*" && !open) return "*";
  if (text === "*") {
    throw new ConfigError(
      "CORS_ORIGINS may be * only where tokens are needed: every page could do everything here.",
    );
  }
  return listOf(text).map((origin) => {
    if (URL.canParse(origin) && new URL(origin).origin === origin.toLowerCase()) return origin.toLowerCase();
    throw new ConfigError(
      `CORS_ORIGINS must be origins such as https://app.example.com, separated by commas, not ${JSON.stringify(origin)}.`,
    );
  });
}

function readProxies(env: Env): BlockList | undefined {
  const networks = listOf(given(env, "TRUST_PROXY"));
  if (networks.length === 0) return undefined;
  const proxies = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const version = isIP(address);
    const bits = integer("TRUST_PROXY", prefix, 0, version === 4 ? 32 : 128) ?? (version === 4 ? 32 : 128);
    if (version === 0) {
      throw new ConfigError(
        `TRUST_PROXY must be addresses or networks such as 10.0.0.0/8, not ${JSON.stringify(network)}.`,
      );
    }
    proxies.addSubnet(address, bits, version === 4 ? "ipv4" : "ipv6");
  }
  return proxies;
}

function listOf(text: string): string[] {
  return text.split(",").flatMap((item) => item.trim() || []);
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
