import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkedJsonText, itemTexts, memberText } from "./json-text.ts";

/** Prints a value with the space that JSON allows wherever it allows it. */
function loosely(value: unknown, space: string): string {
  if (Array.isArray(value)) {
    return `[${space}${value.map((item) => loosely(item, space) + space).join(`,${space}`)}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${JSON.stringify(name)}${space}:${space}${loosely(member, space)}${space}`,
    );
    return `{${space}${members.join(`,${space}`)}}`;
  }
  return JSON.stringify(value);
}

const space = fc.constantFrom("", " ", "\n\t", "\r\n ");

test("every member of an object is cut out as it was written", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), space, space, (object, between, around) => {
      const text = checkedJsonText(around + loosely(object, between) + around);
      for (const [name, value] of Object.entries(object)) {
        assert.equal(memberText(text, name), loosely(value, between));
      }
      assert.equal(memberText(text, "a name that is not there"), undefined);
    }),
  );
});

test("every item of an array is cut out as it was written", () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), space, space, (array, between, around) => {
      const text = checkedJsonText(around + loosely(array, between) + around);
      assert.deepEqual(
        itemTexts(text),
        array.map((item) => loosely(item, between)),
      );
    }),
  );
});

test("numbers keep digits that a double would lose", () => {
  const text = checkedJsonText('{"value": 12345678901234567890.10, "ttl": 1}');
  assert.equal(memberText(text, "value"), "12345678901234567890.10");
});

test("of two members with one name the last counts, however the name is spelt", () => {
  const text = checkedJsonText('{"value":1,"other":{"value":3},"v\\u0061lue":[2]}');
  assert.equal(memberText(text, "value"), "[2]");
  assert.deepEqual(JSON.parse(text).value, [2]);
});

test("a value that is no object has no members, and one that is no array no items", () => {
  for (const text of ['"{\\"value\\":1}"', "[1]", "null", "12"]) {
    assert.equal(memberText(checkedJsonText(text), "value"), undefined);
  }
  for (const text of ['"[1]"', '{"a":[1]}', "false"]) assert.deepEqual(itemTexts(checkedJsonText(text)), []);
});

test("text that is not JSON, or nests too deeply, is not taken for JSON", () => {
  assert.throws(() => checkedJsonText('1,"exists":false'), SyntaxError);
  assert.throws(() => checkedJsonText("[".repeat(600) + "]".repeat(600)), RangeError);
});
