import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultSettings, readSettings } from "./settings.ts";

const machine = { cores: 8, memoryMb: 8192 };

test("a first visit gets half of the cores, and nothing that starts or drains the battery by itself", () => {
  const settings = readSettings(undefined, machine);
  assert.deepEqual(settings, defaultSettings(machine));
  assert.deepEqual([settings.cores, settings.onBattery, settings.startByItself], [4, false, false]);
  assert.equal(defaultSettings({ cores: 1, memoryMb: undefined }).cores, 1);
});

test("what was chosen reads back", () => {
  const chosen = {
    cores: 8,
    sharePercent: 25,
    memoryMb: 1024,
    python: "never",
    onBattery: true,
    startByItself: true,
    keepAwake: false,
  };
  assert.deepEqual(readSettings(JSON.stringify(chosen), machine), chosen);
});

test("one choice that makes no sense does not cost the others", () => {
  const kept = JSON.stringify({ cores: 99, sharePercent: "all", memoryMb: 3, python: 1, onBattery: true });
  const settings = readSettings(kept, machine);
  assert.deepEqual(
    [settings.cores, settings.sharePercent, settings.memoryMb, settings.python, settings.onBattery],
    [8, 75, 512, "when-needed", true],
  );
  for (const nonsense of ["", "{", "null", "[]", "3"]) {
    assert.deepEqual(readSettings(nonsense, machine), defaultSettings(machine));
  }
});
