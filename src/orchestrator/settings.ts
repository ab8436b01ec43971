import { parseDurationMs } from "../stdx/duration.ts";
import type { Env } from "./env.ts";

/** A setting that stops the start. Its message is a sentence that names the setting. */
export class ConfigError extends Error {}

/** Every environment variable with its default, as docs/CONFIG.md lists them; a test holds the two together. */
export const configDefaults = {
  NODE_ID: "",
  HTTP_HOST: "127.0.0.1",
  HTTP_PORT: "8000",
  CONNECTIONS_MAX: "10000",
  CONNECTIONS_PER_ADDRESS_MAX: "2000",
  DATA_DIR: "./data",
  CACHE_DIR: "",
  DEFAULT_JOB_TIMEOUT: "30s",
  MAX_JOB_RETRIES: "3",
  JOB_QUEUE_MAX_SIZE: "100000",
  JOB_RETENTION: "7d",
  WEBHOOKS_TO_PRIVATE: "off",
  REQUIRE_TOKENS: "",
  ADMIN_TOKEN: "",
  ANONYMOUS_VOLUNTEERS: "off",
  CONTENT_HOST: "",
  CORS_ORIGINS: "",
  TRUST_PROXY: "",
  NAMESPACE_JOBS_MAX: "",
  NAMESPACE_FUNCTIONS_MAX: "",
  NAMESPACE_DATABASE_MAX: "",
  NAMESPACE_FILES_MAX: "",
  AUDIT_RETENTION: "90d",
  RATE_LIMIT_TOKEN: "",
  RATE_LIMIT_ADDRESS: "",
  RATE_LIMIT_NAMESPACE: "",
  ZERVERLESS_TOKEN: "",
  VOLUNTEER_HEARTBEAT_INTERVAL: "30s",
  VOLUNTEER_TIMEOUT: "60s",
  SHUTDOWN_TIMEOUT: "10s",
  OTEL_EXPORTER_OTLP_ENDPOINT: "",
  OTEL_EXPORTER_OTLP_HEADERS: "",
  OTEL_SERVICE_NAME: "zerverless",
  OTEL_TRACES_SAMPLER_ARG: "1",
  LOG_LEVEL: "info",
  DEBUG: "false",
} as const;
export type Variable = keyof typeof configDefaults;

/** An empty variable counts as unset, as everywhere in shells and compose files. */
export function given(env: Env, name: Variable): string {
  return env[name]?.trim() || configDefaults[name];
}

export function integerOf(env: Env, name: Variable, min: number, max: number): number {
  const text = given(env, name);
  const value = integer(name, text, min, max);
  if (value === undefined) throw new ConfigError(`${name} must be set.`);
  return value;
}

/** Reads a whole number from text; undefined stays undefined. */
export function integer(
  name: string,
  text: string | undefined,
  min: number,
  max: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}.`);
}

export function duration(env: Env, name: Variable, minMs: number, maxMs: number): number {
  const text = given(env, name);
  const value = parseDurationMs(text);
  if (value === undefined) {
    throw new ConfigError(
      `${name} must be a span of time such as 30 (seconds), 500ms, 1m30s or 7d, not ${JSON.stringify(text)}.`,
    );
  }
  if (value >= minMs && value <= maxMs) return value;
  throw new ConfigError(`${name} must be from ${minMs / 1000} to ${maxMs / 1000} seconds, not ${text}.`);
}

export function choice<Choice extends string>(env: Env, name: Variable, choices: readonly Choice[]): Choice {
  const text = given(env, name);
  const found = choices.find((candidate) => candidate === text.toLowerCase());
  if (found !== undefined) return found;
  throw new ConfigError(`${name} must be one of ${choices.join(", ")}, not ${JSON.stringify(text)}.`);
}
