/** The commands over the client, as processes, against an orchestrator with a worker. */
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { temporaryDirectory } from "../support/orchestrator.ts";
import { runToEnd, spawnOrchestrator } from "../support/spawn.ts";

class Bench {
  readonly #url: URL;
  readonly folder: string;

  constructor(url: URL, folder: string) {
    this.#url = url;
    this.folder = folder;
  }

  run(...args: string[]) {
    return runToEnd(args, { HOME: this.folder, ZERVERLESS_URL: this.#url.href });
  }

  async file(name: string, content: string): Promise<string> {
    const path = join(this.folder, name);
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, content);
    return path;
  }
}

async function open(t: TestContext): Promise<Bench> {
  const { url } = await spawnOrchestrator(t, { args: ["--workers", "1"] });
  return new Bench(url, await temporaryDirectory(t));
}

test("run", async (t) => {
  const bench = await open(t);
  await t.test("shows what a job prints, then its result", async () => {
    const path = await bench.file("add.lua", "print('adding'); return INPUT.x + INPUT.y");
    const { code, stdout } = await bench.run("run", path, "--input", '{"x": 10, "y": 32}');
    assert.deepEqual([code, stdout], [0, "adding\n42\n"]);
  });

  await t.test("prints once what a job that returns nothing printed", async () => {
    const { code, stdout } = await bench.run("run", await bench.file("hello.js", "console.log('hello')"));
    assert.deepEqual([code, stdout], [0, "hello\n"]);
  });

  await t.test("ends with status 1 and the reason when the job fails", async () => {
    const { code, stdout, stderr } = await bench.run(
      "run",
      await bench.file("bad.js", "throw new Error('no')"),
    );
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^zerverless: The job failed in .*: Error: no .*\(guest_error\)\n$/);
  });

  await t.test("bundles a program's imports", async () => {
    await bench.file("double.ts", "export const double = (n: number): number => 2 * n;");
    const path = await bench.file(
      "main.ts",
      'import { double } from "./double.ts";\nconsole.log(double(21));',
    );
    const { code, stdout, stderr } = await bench.run("run", path);
    assert.deepEqual([code, stdout], [0, "42\n"], stderr);
  });

  await t.test("gives the whole job to programs", async () => {
    const { stdout } = await bench.run("run", await bench.file("one.lua", "return 1"), "--json");
    assert.partialDeepStrictEqual(JSON.parse(stdout), { status: "completed", result: 1 });
  });

  await t.test("does not wait when told so, and the job can be shown and cancelled", async () => {
    const { stdout } = await bench.run("run", await bench.file("loop.lua", "while true do end"), "--detach");
    const id = stdout.trim();
    const shown = await bench.run("jobs", "show", id);
    assert.equal(JSON.parse(shown.stdout).id, id);
    assert.equal((await bench.run("jobs", "cancel", id)).code, 0);
    const listed = await bench.run("jobs", "--status", "cancelled", "--json");
    assert.ok(JSON.parse(listed.stdout).jobs.some((job: { id: string }) => job.id === id));
  });
});

test("functions", async (t) => {
  const bench = await open(t);
  await t.test(
    "are deployed from TypeScript with imports, called, rolled back, logged and deleted",
    async () => {
      await bench.file("shop/greet.ts", 'export const greet = (name: string) => "Hello, " + name;');
      const main =
        'import { greet } from "./greet.ts";\nexport default { fetch: () => new Response(greet(NAME)) };';
      await bench.file("shop/index.ts", main.replace("NAME", '"one"'));
      const first = await bench.run("deploy", join(bench.folder, "shop"), "--to", "alice/shop");
      assert.equal(first.code, 0, first.stderr);
      const url = first.stdout.trim();
      assert.equal(await (await fetch(url)).text(), "Hello, one");

      await bench.file("shop/index.ts", main.replace("NAME", '"two"'));
      assert.equal((await bench.run("deploy", join(bench.folder, "shop"), "--to", "alice/shop")).code, 0);
      assert.equal(await (await fetch(url)).text(), "Hello, two");
      assert.match((await bench.run("rollback", "alice/shop")).stdout, /answered by revision 1\n$/);
      assert.equal(await (await fetch(url)).text(), "Hello, one");

      assert.match((await bench.run("functions")).stdout, /alice\/shop {2}js {7}1 /);
      const { stdout: log } = await bench.run("logs", "alice/shop", "--json");
      const statuses = log
        .trim()
        .split("\n")
        .map((line): number => JSON.parse(line).call.status);
      assert.deepEqual(statuses, [200, 200, 200]);
      assert.equal((await bench.run("functions", "delete", "alice/shop")).code, 0);
      assert.equal((await fetch(url)).status, 404);
    },
  );

  await t.test("whose imports are missing are refused with what to do", async () => {
    const path = await bench.file("missing.ts", 'import x from "left-pad-of-nobody";\nexport default x;');
    const { code, stderr } = await bench.run("deploy", path, "--to", "alice/missing");
    assert.equal(code, 2);
    assert.match(stderr, /missing\.ts:1:\d+: Could not resolve .*; run npm install left-pad-of-nobody first/);
  });
});

test("kv and files", async (t) => {
  const bench = await open(t);
  await t.test("values are kept as they were written, digit by digit", async () => {
    assert.equal((await bench.run("kv", "put", "alice", "n", "1.50")).code, 0);
    assert.equal((await bench.run("kv", "get", "alice", "n")).stdout, "1.50\n");
    assert.equal((await bench.run("kv", "list", "alice")).stdout, "n\n");
    assert.equal((await bench.run("kv", "delete", "alice", "n")).code, 0);
    assert.equal((await bench.run("kv", "get", "alice", "n")).code, 1);
  });

  await t.test("a folder is brought over, and later only what changed of it", async () => {
    await bench.file("site/index.html", "<h1>Hi</h1>");
    await bench.file("site/css/a.css", "a{}");
    await bench.file("site/.secret", "no");
    const sync = () => bench.run("files", "sync", join(bench.folder, "site"), "bob", "--delete", "--json");
    assert.deepEqual(JSON.parse((await sync()).stdout).uploaded.sort(), ["css/a.css", "index.html"]);
    await bench.file("site/css/a.css", "b{}");
    const again = JSON.parse((await sync()).stdout);
    assert.deepEqual(again, { uploaded: ["css/a.css"], deleted: [], unchanged: 1 });
    await bench.run("files", "put", join(bench.folder, "site/index.html"), "bob/old.html");
    assert.deepEqual(JSON.parse((await sync()).stdout).deleted, ["old.html"]);
    const target = join(bench.folder, "fetched.html");
    assert.equal((await bench.run("files", "get", "bob/index.html", target)).code, 0);
    assert.equal(await readFile(target, "utf8"), "<h1>Hi</h1>");
  });
});

test("what cannot be done", async (t) => {
  const bench = await open(t);
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [["runn"], 2, /did you mean run\?/],
    [["run"], 2, /^zerverless: The file to run is missing\./],
    [["run", "--nope"], 2, /^zerverless: run has no flag --nope; see zerverless run --help\./],
    [["deploy", "nothing.js", "--to", "alice"], 2, /named NAMESPACE\/PATH/],
    [["jobs", "show", "no-such-job"], 1, /^zerverless: /],
    [
      ["jobs", "--url", "http://127.0.0.1:1"],
      1,
      /^zerverless: No orchestrator answers at http:\/\/127\.0\.0\.1:1\./,
    ],
    [["jobs", "--url", "ftp://x"], 2, /is no orchestrator's address/],
  ];
  for (const [args, status, sentence] of cases) {
    await t.test(`zerverless ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await bench.run(...args);
      assert.deepEqual([code, stdout], [status, ""]);
      assert.match(stderr, sentence);
    });
  }
});
