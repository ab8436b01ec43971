import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError, configDefaults, readConfig } from "./config.ts";

const home = { HOME: "/home/someone" };

test("an empty environment gives the documented defaults", () => {
  const config = readConfig(home, {});
  assert.partialDeepStrictEqual(config, {
    nodeId: undefined,
    http: { host: "127.0.0.1", port: 8000 },
    cacheDir: "/home/someone/.cache/zerverless",
    jobs: { timeoutMs: 30_000, maxRetries: 3, queueMax: 100_000, retentionMs: 604_800_000 },
    volunteers: { heartbeatIntervalMs: 30_000, timeoutMs: 60_000 },
    log: { level: "info" },
  });
});

test("an empty variable counts as unset", () => {
  const empty = Object.fromEntries(Object.keys(configDefaults).map((name) => [name, " "]));
  assert.deepEqual(readConfig({ ...home, ...empty }, {}), readConfig(home, {}));
});

test("flags win over the environment", () => {
  const config = readConfig(
    { ...home, HTTP_PORT: "1", DATA_DIR: "/a" },
    { port: "2", dataDir: "/b", host: "::1" },
  );
  assert.deepEqual([config.http.port, config.dataDir, config.http.host], [2, "/b", "::1"]);
});

test("the settings cannot be changed afterwards", () => {
  const config = readConfig(home, {});
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.jobs) && Object.isFrozen(config.http));
});

test("DEBUG lowers the log's level", () => {
  assert.equal(readConfig({ ...home, DEBUG: "1", LOG_LEVEL: "error" }, {}).log.level, "debug");
});

test("a cache directory is taken from the first that says one", () => {
  assert.equal(readConfig({ ...home, CACHE_DIR: "/c", XDG_CACHE_HOME: "/x" }, {}).cacheDir, "/c");
  assert.equal(readConfig({ ...home, XDG_CACHE_HOME: "/x" }, {}).cacheDir, "/x/zerverless");
  assert.equal(
    readConfig({ ...home, XDG_CACHE_HOME: "relative" }, {}).cacheDir,
    "/home/someone/.cache/zerverless",
  );
});

const refused: readonly (readonly [string, string])[] = [
  ["HTTP_PORT", "eighty"],
  ["HTTP_PORT", "65536"],
  ["HTTP_PORT", "-1"],
  ["HTTP_HOST", "exa mple"],
  ["NODE_ID", "a/b"],
  ["DEFAULT_JOB_TIMEOUT", "soon"],
  ["DEFAULT_JOB_TIMEOUT", "2h"],
  ["MAX_JOB_RETRIES", "101"],
  ["JOB_QUEUE_MAX_SIZE", "0"],
  ["JOB_RETENTION", "0"],
  ["VOLUNTEER_TIMEOUT", "30s"],
  ["VOLUNTEER_HEARTBEAT_INTERVAL", "1ms"],
  ["SHUTDOWN_TIMEOUT", "1w"],
  ["LOG_LEVEL", "loud"],
  ["DEBUG", "maybe"],
];
for (const [name, value] of refused) {
  test(`${name}=${value} stops the start with a sentence that names it`, () => {
    assert.throws(
      () => readConfig({ ...home, [name]: value }, {}),
      (error) =>
        error instanceof ConfigError && error.message.startsWith(name) && error.message.endsWith("."),
    );
  });
}

test("without a home there is no place for caches", () => {
  assert.throws(() => readConfig({}, {}), { message: /^CACHE_DIR must be set/ });
});

test("an address that others can reach needs --insecure", () => {
  assert.throws(() => readConfig({ ...home, HTTP_HOST: "0.0.0.0" }, {}), {
    message: /^HTTP_HOST is 0\.0\.0\.0/,
  });
  assert.throws(() => readConfig(home, { host: "example.com" }), { message: /^--host is example\.com/ });
  assert.equal(readConfig({ ...home, HTTP_HOST: "0.0.0.0" }, { insecure: true }).http.host, "0.0.0.0");
});
