import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "./settings.ts";
import { readTracingConfig } from "./tracing-config.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://localhost:4318" };

test("without an endpoint nothing is traced", () => {
  assert.equal(readTracingConfig({ OTEL_EXPORTER_OTLP_HEADERS: "nonsense" }), undefined);
});

test("headers are read as OpenTelemetry writes them", () => {
  const read = readTracingConfig({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: "api-key=a%20b, tenant=1," });
  assert.deepEqual(read?.headers, { "api-key": "a b", tenant: "1" });
  assert.equal(read?.ratio, 1);
  assert.equal(read?.serviceName, "zerverless");
});

for (const [name, value] of [
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "localhost"],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://x"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "secret"],
  ["OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"],
  ["OTEL_TRACES_SAMPLER_ARG", "2"],
  ["OTEL_TRACES_SAMPLER_ARG", "half"],
  ["OTEL_TRACES_SAMPLER_ARG", "."],
] as const) {
  test(`${name}=${value} is refused with a sentence that names it`, () => {
    const refused = (error: unknown) => error instanceof ConfigError && error.message.startsWith(name);
    assert.throws(() => readTracingConfig({ ...endpoint, [name]: value }), refused);
  });
}
