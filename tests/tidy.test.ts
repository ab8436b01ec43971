/** The walls of the house and the agreement of its papers, as docs/ARCHITECTURE.md describes them. */
import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path/posix";
import { describe, test } from "node:test";
import { configDefaults } from "../src/orchestrator/settings.ts";
import { errorRegistry } from "../src/protocol/errors.ts";
import { codeOf, edgesOf, findCycle, packageEdgesOf, reachable, valueImportsOf } from "./tidy/imports.ts";
import { outsideFault, roomOf, rooms, wallFault, webFault } from "./tidy/layers.ts";
import { exists, read, readAll, trackedFiles } from "./tidy/repository.ts";
import {
  describesRoute,
  forbiddenLines,
  isKebabCase,
  localLinks,
  makeTargets,
  routesOf,
  tableRows,
} from "./tidy/texts.ts";

/** Tests may be longer than what they test: long lists of cases are easy to read. */
const linesMax = { source: 400, test: 500 };

const files = trackedFiles();
/** Without AssemblyScript, which has the suffix of TypeScript and other rules. */
const typescript = files.filter((file) => /\.tsx?$/.test(file) && !file.includes("/assembly/"));
const isTest = (file: string) => file.endsWith(".test.ts");
const source = readAll(typescript.filter((file) => file.startsWith("src/") && !isTest(file)));
const edges = edgesOf(source);
const web = readAll(typescript.filter((file) => file.startsWith("web/") && !isTest(file)));
const pages = files.filter((file) => file.endsWith(".md"));

/** What is started rather than imported. */
const entries = [
  "src/cli/main.ts",
  // The package's entry for programs.
  "src/client/index.ts",
  // What scripts/build-kernel.ts bundles.
  "src/sandbox/hosts/deno/shell.ts",
  "src/sandbox/kernel/js/realm/prelude.ts",
  "src/sandbox/kernel/js/realm/fetch/part.ts",
  // And what scripts/build-tab-kernel.ts bundles.
  "src/sandbox/hosts/web-worker/scope.ts",
  "src/sandbox/hosts/web-worker/shell.ts",
  "src/sandbox/hosts/web-worker/frame.ts",
];

/** The scripts that the pages' documents name. */
const pageEntries = [...web.keys()].filter((file) => /^web\/[\w-]+\/main\.tsx$/.test(file));

describe("the walls between the rooms of src", () => {
  test("every arrow goes down, or sideways where the table says so", () => {
    assert.ok(edges.length > 0);
    assert.deepEqual(
      edges.flatMap((edge) => wallFault(edge) ?? []),
      [],
    );
  });

  test("pages reach the server through the client alone, and know nothing of each other", () => {
    assert.ok(web.size > 0);
    assert.deepEqual(
      edgesOf(web).flatMap((edge) => webFault(edge) ?? []),
      [],
    );
  });

  test("the lower rooms use no package and no builtin beyond their own", () => {
    const outside = packageEdgesOf(source);
    assert.ok(outside.length > 0);
    assert.deepEqual(
      outside.flatMap((edge) => outsideFault(edge) ?? []),
      [],
    );
  });

  test("the client takes nothing but types from the rest of src", () => {
    const clients = [...source].filter(([file]) => roomOf(file) === "client");
    assert.ok(clients.length > 0);
    const taken = clients.flatMap(([file, code]) => valueImportsOf(code).map((from) => `${file}: ${from}`));
    assert.deepEqual(
      taken.filter((line) => line.includes(": ../")),
      [],
    );
  });

  test("no file imports itself by way of others", () => {
    assert.equal(findCycle(edges), undefined);
  });

  test("every import between files leads to a file", () => {
    const everyEdge = edgesOf(readAll(typescript.filter((file) => !file.startsWith("tests/tidy/"))));
    // What is built is there only once it was.
    const missing = everyEdge.filter(({ to }) => !to.startsWith("build/") && !exists(to));
    assert.deepEqual(missing, []);
  });

  test("every file of src stands in a room", () => {
    const homeless = [...source.keys()].filter((file) => roomOf(file) === undefined);
    assert.deepEqual(homeless, []);
  });

  test("docs/ARCHITECTURE.md has every room, and no other", () => {
    const described = [...tableRows(read("docs/ARCHITECTURE.md")).keys()];
    assert.deepEqual(described.sort(), rooms.map((room) => `src/${room}`).sort());
  });

  test("every room has files", () => {
    const lived = new Set([...source.keys()].map(roomOf));
    assert.deepEqual(
      rooms.filter((room) => !lived.has(room)),
      [],
    );
  });

  test("every file of src is needed by a program", () => {
    const alive = reachable([...edges, ...edgesOf(web)], [...entries, ...pageEntries]);
    const dead = [...source.keys()].filter((file) => !alive.has(file) && !file.endsWith(".d.ts"));
    assert.deepEqual(dead, []);
  });

  test("the environment is read in one file", () => {
    const readers = [...readAll(typescript.filter((file) => !file.startsWith("tests/")))]
      .filter(([, text]) => /\bprocess\.env\b|\benv\b[^;]*from "node:process"/.test(codeOf(text)))
      .map(([file]) => file);
    assert.deepEqual(readers, ["src/orchestrator/env.ts"]);
  });
});

describe("the files", () => {
  test(`no source has more than ${linesMax.source} lines, and no test more than ${linesMax.test}`, () => {
    const long = [...readAll(typescript)].filter(
      ([file, code]) =>
        code.split("\n").length > (/^tests\/|\.test\.ts$/.test(file) ? linesMax.test : linesMax.source),
    );
    assert.deepEqual(
      long.map(([file]) => file),
      [],
    );
  });

  test("names are kebab-case, but for pages and what tools name", () => {
    const named = files.filter(
      (file) =>
        /^(?:src|web|tests|bench|scripts|examples|docs)\//.test(file) &&
        !/^(?:[A-Z]+\.md|_.*|\.)/.test(basename(file)),
    );
    assert.deepEqual(
      named.filter((file) => !isKebabCase(basename(file).replaceAll("_", "-"))),
      [],
    );
  });

  test("nothing is put off, and nothing names a place of one machine", () => {
    const texts = files.filter((file) =>
      /\.(?:tsx?|css|html|mjs|js|json|md|sh|lua|py|sql|ya?ml)$|^[^.]+$/.test(basename(file)),
    );
    const faults = texts.flatMap((file) => forbiddenLines(read(file)).map((line) => `${file}:${line}`));
    assert.deepEqual(faults, []);
  });

  test("the lock file names every optional package, so that npm ci works on every platform", () => {
    const { packages } = JSON.parse(read("package-lock.json")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
    };
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
      ),
    );
    assert.deepEqual(missing, []);
    const elsewhere = Object.values(packages).filter(
      ({ resolved }) => resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/"),
    );
    assert.deepEqual(elsewhere, []);
  });

  test("every package that the programs need is used by them, and the other way round", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    // Deno is started, and Pyodide handed to it as files.
    const used = new Set(["deno", "pyodide", ...packageEdgesOf(source).map((edge) => edge.to)]);
    const bundled = packageEdgesOf(readAll(typescript.filter((file) => file.startsWith("scripts/build-"))));
    for (const { to } of bundled) used.add(to);
    const unused = Object.keys(dependencies).filter((name) => !used.has(name));
    assert.deepEqual(unused, []);
    const undeclared = [...packageEdgesOf(source)].filter(
      ({ to }) => !to.startsWith("node:") && !(to in dependencies),
    );
    assert.deepEqual(undeclared, []);
  });
});

describe("the papers", () => {
  test("docs/ERRORS.md has every code of the registry with its status, and no other", () => {
    const written = [...tableRows(read("docs/ERRORS.md"))].map(([code, [status]]) => [code, status]);
    const registered = Object.entries(errorRegistry).map(([code, entry]) => [
      code,
      "status" in entry ? `${entry.status}` : "job",
    ]);
    assert.deepEqual(written.sort(), registered.sort());
  });

  test("docs/CONFIG.md has every variable with its default, and no other", () => {
    const variables = [...tableRows(read("docs/CONFIG.md"))].filter(([name]) => /^[A-Z_]+$/.test(name));
    const written = variables.map(([name, [fallback]]) => [name, fallback?.replaceAll("`", "")]);
    const defined = Object.entries(configDefaults).map(([name, value]) => [name, value]);
    assert.deepEqual(written.sort(), defined.sort());
  });

  test("docs/PROTOCOL.md has every route", () => {
    const page = read("docs/PROTOCOL.md");
    const routes = [...source]
      .filter(([file]) => file.startsWith("src/http/"))
      .flatMap(([, code]) => routesOf(code));
    assert.ok(routes.length > 10);
    assert.deepEqual(
      routes.filter((route) => !describesRoute(page, route)),
      [],
    );
  });

  test("links between pages lead somewhere", () => {
    const broken = pages.flatMap((page) =>
      localLinks(read(page))
        .filter((target) => !exists(join(dirname(page), target)))
        .map((target) => `${page}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  test("every make target that a page names exists", () => {
    const makefile = read("Makefile");
    const missing = pages.flatMap((page) =>
      makeTargets(read(page))
        .filter((target) => !new RegExp(`^${target}:`, "m").test(makefile))
        .map((target) => `${page}: make ${target}`),
    );
    assert.deepEqual(missing, []);
  });

  test("every package that the programs need is accounted for in the decision about libraries", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const page = read("docs/decisions/0006-libraries.md");
    const unnamed = Object.keys(dependencies).filter((name) => !page.includes(`| [${name}](`));
    assert.deepEqual(unnamed, []);
  });

  test("every decision is in the list of decisions", () => {
    const list = read("docs/decisions/README.md");
    const unlisted = files.filter(
      (file) => /^docs\/decisions\/\d/.test(file) && !list.includes(`](${basename(file)})`),
    );
    assert.deepEqual(unlisted, []);
  });
});
