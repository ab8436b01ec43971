import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { commands } from "./commands.ts";
import { completionScript } from "./completion.ts";
import { envOf } from "./deployment.ts";
import { helpPage, overview } from "./help.ts";
import { nearest } from "./nearest.ts";
import { UsageError } from "./usage-error.ts";
import { readWords } from "./words.ts";

const deploy = commands.find(({ name }) => name === "deploy");
assert.ok(deploy);

test("flags are read wherever they stand, in either way of writing them", () => {
  const words = readWords(deploy, ["--to=a/b", "file.ts", "--env", "A=1", "--env", "B=2", "--json"]);
  assert.deepEqual(words.operands, ["file.ts"]);
  assert.equal(words.value("to"), "a/b");
  assert.deepEqual(words.values("env"), ["A=1", "B=2"]);
  assert.ok(words.has("json"));
});

const refused: readonly (readonly [string[], RegExp])[] = [
  [["--too", "a/b"], /^deploy has no flag --too; see zerverless deploy --help\.$/],
  [["--to"], /^--to needs a value: --to NAMESPACE\/PATH\.$/],
  [["--to", "a/b", "--to", "c/d"], /^--to is given twice\.$/],
  [["--json=yes"], /^--json takes no value\.$/],
];
for (const [argv, sentence] of refused) {
  test(`deploy ${argv.join(" ")} is refused`, () => {
    assert.throws(
      () => readWords(deploy, argv),
      (error) => error instanceof UsageError && sentence.test(error.message),
    );
  });
}

test("the overview has every command, and each page its flags", () => {
  for (const command of commands) {
    assert.ok(overview(commands).includes(`  ${command.name} `));
    for (const { name } of command.options) assert.ok(helpPage(command).includes(`--${name}`), name);
  }
});

test("bash takes the completion script and completes commands and flags with it", () => {
  const script = `${completionScript("bash", commands)}
COMP_WORDS=(zerverless dep); COMP_CWORD=1; _zerverless; echo "\${COMPREPLY[*]}"
COMP_WORDS=(zerverless deploy --env-); COMP_CWORD=2; _zerverless; echo "\${COMPREPLY[*]}"`;
  assert.equal(execFileSync("bash", ["-c", script], { encoding: "utf8" }), "deploy\n--env-file\n");
});

test("a word that is nearly a command is taken for a slip", () => {
  const names = commands.map(({ name }) => name);
  assert.equal(nearest("deplyo", names), "deploy");
  assert.equal(nearest("frobnicate", names), undefined);
});

test("a file of variables may have comments, quotes and exports", () => {
  const text = "# comment\nA=1\nexport B=\"two words\"\n\nC='x=y'\r\n";
  assert.deepEqual(envOf(text, ".env"), { A: "1", B: "two words", C: "x=y" });
  assert.throws(() => envOf("A=1\nnonsense", ".env"), /^Error: \.env:2 is not a line/);
});
