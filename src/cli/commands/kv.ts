import { checkedJsonText, memberText } from "../../stdx/json-text.ts";
import type { ExitCode, Surroundings, Words } from "../command.ts";
import { connect } from "../connection.ts";
import { Screen } from "../screen.ts";
import { readJsonText } from "../source-file.ts";
import { UsageError } from "../usage-error.ts";

/** Reads and writes a namespace's database. */
export async function run(words: Words, surroundings: Surroundings): Promise<ExitCode> {
  const action = words.operand(0, "What to do (get, put, delete or list)");
  const namespace = words.operand(1, "The namespace");
  const { client } = await connect(words, surroundings);
  const screen = new Screen(surroundings);
  const database = client.kv(namespace);
  const key = () => words.operand(2, "The key");
  if (action === "list") {
    words.noMoreThan(2);
    const limit = words.number("limit", 1, 1_000_000) ?? Number.POSITIVE_INFINITY;
    const keys: string[] = [];
    for await (const found of database.keys(words.value("prefix") ?? "")) {
      if (keys.push(found) >= limit) break;
      if (!words.has("json")) screen.line(found);
    }
    if (words.has("json")) screen.json(keys);
  } else if (action === "get") {
    words.noMoreThan(3);
    const entry = await database.getText(key());
    if (entry === undefined) {
      screen.note(`zerverless: ${namespace} has no key ${JSON.stringify(key())}.`);
      return 1;
    }
    screen.line(words.has("json") ? entry : (memberText(checkedJsonText(entry), "value") ?? entry));
  } else if (action === "put") {
    words.noMoreThan(4);
    const json = await readJsonText("The value", words.operand(3, "The value, as JSON,"));
    const ttl = words.number("ttl", 1, 10 * 365 * 86_400);
    const stored = await database.putText(key(), json, { ttl });
    if (words.has("json")) screen.json(stored);
    else screen.note(`${key()} is stored, version ${stored.version}`);
  } else if (action === "delete") {
    words.noMoreThan(3);
    if (!(await database.delete(key()))) {
      screen.note(`zerverless: ${namespace} has no key ${JSON.stringify(key())}.`);
      return 1;
    }
    if (!words.has("json")) screen.note(`${key()} is deleted`);
  } else {
    throw new UsageError(`kv takes get, put, delete or list, not ${JSON.stringify(action)}.`);
  }
  return 0;
}
