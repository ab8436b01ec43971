import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { edgesOf, findCycle, importsOf, packageEdgesOf, reachable, valueImportsOf } from "./imports.ts";
import { outsideFault, wallFault } from "./layers.ts";
import {
  describesRoute,
  forbiddenLines,
  isKebabCase,
  localLinks,
  makeTargets,
  routesOf,
  tableRows,
} from "./texts.ts";

describe("finding imports", () => {
  test("every form of import is found", () => {
    const code = `
import { a } from "./a.ts";
import type { B } from "./b.ts";
import c, * as d from "./c.ts";
import {
  e,
  type F,
} from "./e.ts";
export { g } from "./g.ts";
export * from "./h.ts";
import "./i.ts";
const j = await import("./j.ts");
let k: import("./k.ts").K;
new Worker(new URL("./l.ts", import.meta.url));
import.meta.resolve("./m.ts");
`;
    assert.deepEqual(
      importsOf(code).sort(),
      ["a", "b", "c", "e", "g", "h", "i", "j", "k", "l", "m"].map((name) => `./${name}.ts`),
    );
  });

  test("what is taken for its types alone is told from what runs", () => {
    const code = [
      'import type { A } from "./types.ts";',
      'export type { B } from "./more-types.ts";',
      "import type {",
      "  C,",
      '} from "./long.ts";',
      'import { type D, d } from "./values.ts";',
      'export { e } from "./passed-on.ts";',
    ].join("\n");
    assert.deepEqual(valueImportsOf(code).sort(), ["./passed-on.ts", "./values.ts"]);
  });

  test("comments and ordinary strings hold no imports", () => {
    const code = `
/* import "./a.ts"; */
// import "./b.ts";
/**
 * import { c } from "./c.ts";
 */
const text = "taken from './d.ts'";
const glob = "src/**";
import "./real.ts";
`;
    assert.deepEqual(importsOf(code), ["./real.ts"]);
  });

  test("relative imports become paths from the root, others the names of packages", () => {
    const sources = new Map([
      [
        "src/jobs/queue.ts",
        'import "../stdx/ids.ts";\nimport "node:fs/promises";\nimport "@scope/name/deep.js";',
      ],
    ]);
    assert.deepEqual(edgesOf(sources), [{ from: "src/jobs/queue.ts", to: "src/stdx/ids.ts" }]);
    assert.deepEqual(
      packageEdgesOf(sources).map((edge) => edge.to),
      ["node:fs/promises", "@scope/name"],
    );
  });
});

describe("following imports", () => {
  const edge = (from: string, to: string) => ({ from, to });

  test("a cycle is named along its files, wherever the walk begins", () => {
    const edges = [edge("start", "a"), edge("a", "b"), edge("b", "c"), edge("c", "a")];
    assert.deepEqual(findCycle(edges), ["a", "b", "c", "a"]);
  });

  test("two ways to one file are no cycle", () => {
    const edges = [edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")];
    assert.equal(findCycle(edges), undefined);
  });

  test("what no entry leads to is not reached", () => {
    const edges = [edge("main", "a"), edge("a", "b"), edge("dead", "b")];
    assert.deepEqual([...reachable(edges, ["main"])].sort(), ["a", "b", "main"]);
  });
});

describe("the walls", () => {
  const broken: [from: string, to: string][] = [
    ["src/stdx/clock.ts", "src/protocol/job.ts"],
    ["src/protocol/job.ts", "src/jobs/job.ts"],
    ["src/jobs/dispatcher.ts", "src/stores/sqlite/store.ts"],
    ["src/blocks/cid.ts", "src/jobs/job.ts"],
    ["src/volunteers/session.ts", "src/jobs/job.ts"],
    ["src/http/routes.ts", "src/stores/sqlite/store.ts"],
    ["src/hub/door.ts", "src/http/server.ts"],
    ["src/hub/door.ts", "src/orchestrator/compose.ts"],
    ["src/sandbox/kernel/main.ts", "src/sandbox/hosts/cell.ts"],
    ["src/sandbox/kernel/main.ts", "src/jobs/job.ts"],
    ["src/jobs/dispatcher.ts", "src/sandbox/kernel/wire.ts"],
    ["src/worker/main.ts", "src/orchestrator/compose.ts"],
    ["src/cli/main.ts", "tests/support/boot.ts"],
    ["src/helpers/misc.ts", "src/stdx/ids.ts"],
    ["src/main.ts", "src/stdx/ids.ts"],
  ];
  for (const [from, to] of broken) {
    test(`${from} may not import ${to}`, () => {
      assert.notEqual(wallFault({ from, to }), undefined);
    });
  }

  const kept: [from: string, to: string][] = [
    ["src/jobs/dispatcher.ts", "src/jobs/job.ts"],
    ["src/jobs/dispatcher.ts", "src/volunteers/session.ts"],
    ["src/sandbox/kernel/main.ts", "src/protocol/errors.ts"],
    ["src/sandbox/hosts/cell.ts", "src/sandbox/kernel/wire.ts"],
    ["src/stores/sqlite/store.ts", "src/jobs/store.ts"],
    ["src/orchestrator/compose.ts", "src/http/server.ts"],
    ["src/orchestrator/compose.ts", "src/worker/compose.ts"],
  ];
  for (const [from, to] of kept) {
    test(`${from} may import ${to}`, () => {
      assert.equal(wallFault({ from, to }), undefined);
    });
  }

  test("lower rooms are kept from packages and builtins that others may use", () => {
    const fault = (from: string, to: string) => outsideFault({ from, to }) !== undefined;
    assert.equal(fault("src/sandbox/kernel/main.ts", "node:vm"), true);
    assert.equal(fault("src/sandbox/kernel/main.ts", "acorn"), false);
    assert.equal(fault("src/protocol/job.ts", "node:crypto"), true);
    assert.equal(fault("src/jobs/dispatcher.ts", "fastify"), true);
    assert.equal(fault("src/http/server.ts", "fastify"), false);
  });
});

describe("reading texts", () => {
  test("table rows are found by the word in backticks", () => {
    const rows = tableRows("| code | status |\n|---|---|\n| `not_found` | 404 | Nothing. |\n");
    assert.deepEqual([...rows], [["not_found", ["404", "Nothing."]]]);
  });

  test("a word in two rows is refused", () => {
    assert.throws(() => tableRows("| `a` | 1 |\n| `a` | 2 |\n"), /two rows/);
  });

  test("links to places in the repository are found, others not", () => {
    const page = "[a](docs/A.md#part) [b](https://example.org) [c](#here)\n```\n[d](no/such)\n```\n";
    assert.deepEqual(localLinks(page), ["docs/A.md"]);
  });

  test("make targets are found in code and in prose", () => {
    assert.deepEqual(makeTargets("Run `make demo`.\n\n```\nmake test\n```\nWe make them."), ["demo", "test"]);
  });

  test("routes are found in the code that registers them, and in pages", () => {
    const code = `app.get("/api/jobs/:id", handler);\napp.put(\n  "/api/db/:namespace/*",\n);\nroute({ url: "/static/:a" });`;
    assert.deepEqual(routesOf(code), ["/api/jobs/:id", "/api/db/:namespace/*", "/static/:a"]);
    const page = "`GET /api/jobs/{id}/events` and `PUT /api/db/{namespace}/{key}?x=`, `/health`";
    assert.equal(describesRoute(page, "/api/jobs/:id/events"), true);
    assert.equal(describesRoute(page, "/api/db/:namespace/*"), true);
    assert.equal(describesRoute(page, "/health"), true);
    assert.equal(describesRoute(page, "/api/jobs/:id"), false);
    assert.equal(describesRoute(page, "/api/db"), false);
  });

  test("kebab-case is told from other cases", () => {
    assert.ok(["clock.ts", "fair-queue.test.ts", "0001-jobs.sql"].every(isKebabCase));
    assert.ok(!["Clock.ts", "fairQueue.ts", "fair_queue.ts", "a--b.ts"].some(isKebabCase));
  });

  test("postponed work and places of one machine are found with their lines", () => {
    const text = ["fine", `// TO${"DO"}: later`, `cd /wo${"rk"}/main`, "see docs/homework/x"].join("\n");
    assert.deepEqual(
      forbiddenLines(text).map((line) => line.split(":")[0]),
      ["2", "3"],
    );
  });
});
