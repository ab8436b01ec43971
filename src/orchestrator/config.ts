import { join, resolve } from "node:path";
import { limits } from "../protocol/limits.ts";
import { type LogLevel, logLevels } from "../stdx/log.ts";
import { type AccessConfig, readAccessConfig } from "./access-config.ts";
import type { Env } from "./env.ts";
import { ConfigError, choice, duration, given, integer, integerOf } from "./settings.ts";
import { readTracingConfig, type TracingConfig } from "./tracing-config.ts";

/** Settings given on the command line; they win over the environment. */
export interface ConfigFlags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly workers?: number | undefined;
  /** Slots of each internal worker. */
  readonly slots?: number | undefined;
  readonly namespaces?: readonly string[] | undefined;
  /** How much of the time each slot of those may be busy. */
  readonly share?: number | undefined;
  readonly insecure?: boolean | undefined;
}

export interface LogConfig {
  readonly level: LogLevel;
}

export interface OrchestratorConfig {
  /** Undefined: the data directory keeps one that was made at random. */
  readonly nodeId: string | undefined;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly connectionsMax: number;
    readonly connectionsPerAddressMax: number;
  };
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly jobs: {
    readonly timeoutMs: number;
    readonly maxRetries: number;
    readonly queueMax: number;
    readonly retentionMs: number;
    /** Whether webhooks may call this machine and its private networks. */
    readonly webhooksToPrivate: boolean;
  };
  readonly volunteers: { readonly heartbeatIntervalMs: number; readonly timeoutMs: number };
  readonly access: AccessConfig;
  readonly shutdownTimeoutMs: number;
  readonly workers: {
    readonly count: number;
    readonly slots: number;
    readonly namespaces: readonly string[] | undefined;
    readonly share: number;
  };
  /** Undefined: nothing is traced. */
  readonly tracing: TracingConfig | undefined;
  readonly log: LogConfig;
}

const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;

/** Reads the settings once. Throws a ConfigError at the first that cannot be used. */
export function readConfig(env: Env, flags: ConfigFlags): OrchestratorConfig {
  const host = flags.host ?? given(env, "HTTP_HOST");
  checkHost(host, flags.host === undefined ? "HTTP_HOST" : "--host");
  const heartbeatIntervalMs = duration(env, "VOLUNTEER_HEARTBEAT_INTERVAL", 10, hourMs);
  const timeoutMs = duration(env, "VOLUNTEER_TIMEOUT", 10, 24 * hourMs);
  if (timeoutMs <= heartbeatIntervalMs) {
    throw new ConfigError(
      "VOLUNTEER_TIMEOUT must be longer than VOLUNTEER_HEARTBEAT_INTERVAL, or every volunteer would count as lost.",
    );
  }
  return deepFreeze({
    nodeId: nodeId(env),
    http: {
      host,
      port: integer("--port", flags.port, 0, 65_535) ?? integerOf(env, "HTTP_PORT", 0, 65_535),
      connectionsMax: integerOf(env, "CONNECTIONS_MAX", 1, 1_000_000),
      connectionsPerAddressMax: integerOf(env, "CONNECTIONS_PER_ADDRESS_MAX", 1, 1_000_000),
    },
    dataDir: readDataDir(env, flags.dataDir),
    cacheDir: cacheDir(env),
    jobs: {
      timeoutMs: duration(env, "DEFAULT_JOB_TIMEOUT", 1, limits.timeoutSecondsMax * 1000),
      maxRetries: integerOf(env, "MAX_JOB_RETRIES", 0, limits.retriesMax),
      queueMax: integerOf(env, "JOB_QUEUE_MAX_SIZE", 1, 10_000_000),
      retentionMs: duration(env, "JOB_RETENTION", 1000, 100 * yearMs),
      webhooksToPrivate: choice(env, "WEBHOOKS_TO_PRIVATE", ["on", "off"]) === "on",
    },
    volunteers: { heartbeatIntervalMs, timeoutMs },
    access: readAccessConfig(env, host, flags.insecure ?? false),
    shutdownTimeoutMs: duration(env, "SHUTDOWN_TIMEOUT", 0, hourMs),
    workers: {
      count: flags.workers ?? 0,
      slots: flags.slots ?? 1,
      namespaces: flags.namespaces,
      share: flags.share ?? 1,
    },
    tracing: readTracingConfig(env),
    log: readLogConfig(env),
  });
}

/** What a worker of its own reads of the environment. */
export interface WorkerConfig {
  readonly cacheDir: string;
  readonly shutdownTimeoutMs: number;
  /** ZERVERLESS_TOKEN; undefined: it shows none. */
  readonly token: string | undefined;
  readonly log: LogConfig;
}

export function readWorkerConfig(env: Env): WorkerConfig {
  return deepFreeze({
    cacheDir: cacheDir(env),
    shutdownTimeoutMs: duration(env, "SHUTDOWN_TIMEOUT", 0, hourMs),
    token: given(env, "ZERVERLESS_TOKEN") || undefined,
    log: readLogConfig(env),
  });
}

/** Where an orchestrator keeps what it must not lose. */
export function readDataDir(env: Env, flag: string | undefined): string {
  return resolve(flag ?? given(env, "DATA_DIR"));
}

function readLogConfig(env: Env): LogConfig {
  const debug = choice(env, "DEBUG", ["false", "true", "0", "1"]);
  const level = choice(env, "LOG_LEVEL", logLevels);
  return { level: debug === "true" || debug === "1" ? "debug" : level };
}

/** Where what can be made again is kept, such as Python's memory snapshot. */
function cacheDir(env: Env): string {
  const own = given(env, "CACHE_DIR");
  if (own !== "") return resolve(own);
  // An empty or relative XDG_CACHE_HOME counts as unset: https://specifications.freedesktop.org/basedir-spec
  const shared = env.XDG_CACHE_HOME?.startsWith("/") ? env.XDG_CACHE_HOME : undefined;
  if (shared) return join(shared, "zerverless");
  if (!env.HOME) {
    throw new ConfigError(
      "CACHE_DIR must be set, since neither XDG_CACHE_HOME nor HOME says where caches go.",
    );
  }
  return join(env.HOME, ".cache", "zerverless");
}

function checkHost(host: string, name: string): void {
  if (/^[A-Za-z0-9.:_-]+$/.test(host)) return;
  throw new ConfigError(`${name} must be an address or a host name, not ${JSON.stringify(host)}.`);
}

function nodeId(env: Env): string | undefined {
  const text = given(env, "NODE_ID");
  if (text === "") return undefined;
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text)) return text;
  throw new ConfigError("NODE_ID must be 1 to 63 letters, digits, dots, dashes or underscores.");
}

function deepFreeze<Value extends object>(value: Value): Value {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
