import assert from "node:assert/strict";
import { test } from "node:test";
import { readConfig } from "./config.ts";
import { ConfigError, configDefaults } from "./settings.ts";

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
  ["REQUIRE_TOKENS", "perhaps"],
  ["ADMIN_TOKEN", "short"],
  ["ADMIN_TOKEN", "with spaces in it"],
  ["ANONYMOUS_VOLUNTEERS", "some"],
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

const everywhere = { ...home, HTTP_HOST: "0.0.0.0" };

test("loopback is open until something asks for tokens", () => {
  assert.equal(readConfig(home, {}).access.open, true);
  assert.equal(readConfig({ ...home, REQUIRE_TOKENS: "on" }, {}).access.open, false);
  assert.equal(readConfig({ ...home, ADMIN_TOKEN: "a-long-enough-one" }, {}).access.open, false);
  const both = { ...home, ADMIN_TOKEN: "a-long-enough-one", REQUIRE_TOKENS: "off" };
  assert.equal(readConfig(both, {}).access.open, true);
});

test("an address that others can reach asks for tokens unless told --insecure", () => {
  assert.equal(readConfig(everywhere, {}).access.open, false);
  assert.equal(readConfig(home, { host: "example.com" }).access.open, false);
  assert.equal(readConfig(everywhere, { insecure: true }).access.open, true);
});

test("orders about tokens that contradict each other stop the start", () => {
  assert.throws(() => readConfig({ ...home, REQUIRE_TOKENS: "on" }, { insecure: true }), {
    message: /^REQUIRE_TOKENS is on/,
  });
  assert.throws(() => readConfig({ ...everywhere, REQUIRE_TOKENS: "off" }, {}), {
    message: /^REQUIRE_TOKENS is off/,
  });
});
