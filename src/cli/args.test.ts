import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigError } from "../orchestrator/settings.ts";
import { parseCommand } from "./args.ts";
import { UsageError } from "./usage-error.ts";

test("without flags an orchestrator starts", () => {
  const command = parseCommand([]);
  assert.equal(command.kind, "orchestrator");
});

test("an orchestrator takes its flags in either way of writing them", () => {
  const command = parseCommand([
    "--workers",
    "5",
    "--port=9000",
    "--data-dir",
    "/tmp/d",
    "--insecure",
    "--host=::",
  ]);
  assert.partialDeepStrictEqual(command, {
    kind: "orchestrator",
    flags: { workers: 5, port: "9000", dataDir: "/tmp/d", insecure: true, host: "::" },
  });
});

test("a worker takes its orchestrator's address, slots and namespaces", () => {
  const command = parseCommand([
    "--worker",
    "ws://localhost:8000/ws/volunteer",
    "--slots",
    "3",
    "--namespaces=a,b,a",
  ]);
  assert.partialDeepStrictEqual(command, {
    kind: "worker",
    url: new URL("ws://localhost:8000/ws/volunteer"),
    slots: 3,
    namespaces: ["a", "b"],
  });
});

test("the share of the time that a slot is busy is given in percent, and is all of it otherwise", () => {
  const shareOf = (...argv: string[]) => {
    const command = parseCommand(["--worker", "ws://x", ...argv]);
    return command.kind === "worker" && command.share;
  };
  assert.equal(shareOf("--share", "25"), 0.25);
  assert.equal(shareOf(), 1);
  assert.partialDeepStrictEqual(parseCommand(["--workers", "2", "--share", "5"]), { flags: { share: 0.05 } });
});

test("an orchestrator's plain HTTP address will do for a worker", () => {
  const command = parseCommand(["--worker", "https://example.com"]);
  assert.equal(command.kind === "worker" && command.url.href, "wss://example.com/ws/volunteer");
});

test("the Python flags of other implementations are accepted with a note", () => {
  const command = parseCommand(["--workers", "1", "--python", "./python.wasm", "--python-lib", "./lib"]);
  assert.ok(command.kind === "orchestrator");
  assert.equal(command.notes.length, 1);
});

const refused: readonly (readonly [string[], RegExp])[] = [
  [["--nonsense"], /^There is no flag --nonsense;/],
  [["-x"], /^There is no flag -x;/],
  [["serve"], /^"serve" is not something/],
  [["--port"], /^--port needs a value\.$/],
  [["--host", "--insecure"], /^--host needs a value\.$/],
  [["--insecure=yes"], /^--insecure takes no value\.$/],
  [["--port", "1", "--port", "2"], /^--port is given twice\.$/],
  [["--workers", "many"], /^--workers must be a whole number from 0 to 256, not "many"\.$/],
  [["--slots", "2"], /^--slots says how workers work/],
  [["--namespaces", "a"], /^--namespaces says how workers work/],
  [["--share", "50"], /^--share says how workers work/],
  [["--worker", "ws://x", "--share", "4"], /^--share must be a whole number from 5 to 100, not "4"\.$/],
  [["--worker", "nowhere"], /^--worker must be an orchestrator's address/],
  [["--worker", "ftp://x"], /^--worker must be an orchestrator's address/],
  [["--worker", "ws://x", "--port", "1"], /^--port belongs to an orchestrator/],
  [["--worker", "ws://x", "--insecure"], /^--insecure belongs to an orchestrator/],
  [["--worker", "ws://x", "--slots", "0"], /^--slots must be a whole number from 1/],
  [["--worker", "ws://x", "--namespaces", "API"], /^--namespaces: "API" must be 1 to 63/],
  [["--worker", "ws://x", "--namespaces", "api"], /^--namespaces: "api" is a reserved name\.$/],
];
for (const [argv, sentence] of refused) {
  test(`"${argv.join(" ")}" is refused with a sentence`, () => {
    assert.throws(
      () => parseCommand(argv),
      (error) =>
        (error instanceof UsageError || error instanceof ConfigError) && sentence.test(error.message),
    );
  });
}
