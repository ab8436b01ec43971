import type { Env } from "./env.ts";
import { ConfigError, given } from "./settings.ts";

/** Where traces go, in the variables that OpenTelemetry has for it. */
export interface TracingConfig {
  readonly endpoint: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** The share of traces begun here that is kept, 0 to 1. */
  readonly ratio: number;
}

/** Undefined: nothing is traced. */
export function readTracingConfig(env: Env): TracingConfig | undefined {
  const endpoint = given(env, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint === "") return undefined;
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError(
      `OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://localhost:4318, not ${JSON.stringify(endpoint)}.`,
    );
  }
  return {
    endpoint: url,
    headers: readHeaders(given(env, "OTEL_EXPORTER_OTLP_HEADERS")),
    serviceName: given(env, "OTEL_SERVICE_NAME"),
    ratio: readRatio(given(env, "OTEL_TRACES_SAMPLER_ARG")),
  };
}

/** `name=value,name=value`, each encoded as in a URL. The value may be secret, so no sentence shows it. */
function readHeaders(text: string): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const pair of text.split(",")) {
    if (pair.trim() === "") continue;
    const [, name, value] = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*([^\s,;]*)\s*$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) {
      throw new ConfigError("OTEL_EXPORTER_OTLP_HEADERS must be headers such as api-key=secret,tenant=1.");
    }
    try {
      headers[name] = decodeURIComponent(value);
    } catch {
      throw new ConfigError(`OTEL_EXPORTER_OTLP_HEADERS: the value of ${name} is not percent-encoded.`);
    }
  }
  return headers;
}

function readRatio(text: string): number {
  const ratio = /^\d{0,3}(?:\.\d{1,9})?$/.test(text) && text !== "" ? Number(text) : Number.NaN;
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw new ConfigError(`OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1, not ${JSON.stringify(text)}.`);
}
