/** What `docker/` promises, as far as it can be told without an engine. docs/docker.md says how the image was tried. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { validate } from "dockerfile-utils";
import { parse } from "yaml";
import { configDefaults } from "../../src/orchestrator/settings.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly volumes?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
}

// An array of YAML's merge keys is what compose files use.
const compose = (file: string) => parse(read(file), { merge: true }) as Compose;

test("a linter finds nothing in the Dockerfile", () => {
  assert.deepEqual(validate(read("docker/Dockerfile")), []);
});

test("the image runs as nobody special, answers for its health, and holds no tools for building", () => {
  const text = read("docker/Dockerfile").replace(/\\\n\s*/g, "");
  const final = text.slice(text.lastIndexOf("\nFROM "));
  const valuesOf = (keyword: string) =>
    [...final.matchAll(new RegExp(`^${keyword} (.+)`, "gm"))].map((match) => match[1] ?? "");
  assert.deepEqual(valuesOf("USER"), ["node"]);
  assert.match(valuesOf("HEALTHCHECK")[0] ?? "", /\/health/);
  assert.equal(valuesOf("COPY").length, 4);
  assert.ok(valuesOf("COPY").every((source) => source.startsWith("--from=build ")));
});

test("what the image and the compose files set are settings that exist", () => {
  const known = new Set([
    ...Object.keys(configDefaults),
    "NODE_ENV",
    "NODE_COMPILE_CACHE",
    "ZERVERLESS_TOKEN",
    "ADMIN_TOKEN",
  ]);
  const inImage = [...read("docker/Dockerfile").matchAll(/^(?:ENV| {2})\s*([A-Z_]+)=/gm)].map(
    (match) => match[1],
  );
  const inCompose = ["docker-compose.yml", "docker/docker-compose.dev.yml"].flatMap((file) =>
    Object.values(compose(file).services).flatMap(({ environment = {} }) => Object.keys(environment)),
  );
  assert.ok(inImage.length > 4 && inCompose.length > 4);
  assert.deepEqual(
    [...inImage, ...inCompose].filter((name) => name === undefined || !known.has(name)),
    [],
  );
});

test("both services run with a read-only root and no capability", () => {
  const { services } = compose("docker-compose.yml");
  assert.deepEqual(Object.keys(services), ["orchestrator", "worker"]);
  for (const { read_only, cap_drop } of Object.values(services)) {
    assert.equal(read_only, true);
    assert.deepEqual(cap_drop, ["ALL"]);
  }
});
