import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  formatBytes,
  formatCount,
  formatDecimal,
  formatMs,
  formatMsBriefly,
  formatPercent,
  formatRelative,
  plural,
  shortId,
} from "./format.ts";

/** Checks many values at once: each with how it is written. */
function writes(format: (value: number) => string, cases: readonly (readonly [number, string])[]): void {
  assert.deepEqual(
    cases.map(([value]) => format(value)),
    cases.map(([, text]) => text),
  );
}

describe("writing numbers", () => {
  test("counts are grouped, and large ones rounded", () => {
    writes(formatCount, [
      [0, "0"],
      [987, "987"],
      [12_345, "12,345"],
      [999_999, "999,999"],
      [1_234_567, "1.23M"],
      [456_000_000, "456M"],
      [2_500_000_000, "2.5B"],
    ]);
  });

  test("decimals keep three digits", () => {
    writes(formatDecimal, [
      [0, "0"],
      [0.001, "<0.01"],
      [0.25, "0.25"],
      [4.2, "4.2"],
      [12.345, "12.3"],
      [123.4, "123"],
      [1234.5, "1,235"],
    ]);
  });

  test("bytes step up at each 1,024", () => {
    writes(formatBytes, [
      [0, "0 B"],
      [1023, "1,023 B"],
      [1024, "1 KiB"],
      [1536, "1.5 KiB"],
      [1024 ** 2 - 1, "1 MiB"],
      [812 * 1024 ** 2, "812 MiB"],
      [5 * 1024 ** 3, "5 GiB"],
    ]);
  });

  test("spans of time are told in at most two units", () => {
    writes(formatMs, [
      [0, "0 ms"],
      [0.4, "0.4 ms"],
      [12.34, "12.3 ms"],
      [999.4, "999 ms"],
      [999.7, "1 s"],
      [1500, "1.5 s"],
      [60_000, "1 min"],
      [200_000, "3 min 20 s"],
      [7_500_000, "2 h 5 min"],
      [273_600_000, "3 d 4 h"],
    ]);
  });

  test("or briefly in one", () => {
    writes(formatMsBriefly, [
      [12.34, "12.3 ms"],
      [59_000, "59 s"],
      [80_000, "1.33 min"],
      [5_400_000, "1.5 h"],
    ]);
  });

  test("small percentages keep a decimal", () => {
    writes(formatPercent, [
      [0, "0%"],
      [0.004, "0.4%"],
      [0.372, "37%"],
      [1, "100%"],
    ]);
  });
});

describe("writing instants", () => {
  test("how long ago something was, or how far ahead it is", () => {
    const now = 1_700_000_000_000;
    writes(
      (ago) => formatRelative(now - ago, now),
      [
        [0, "just now"],
        [12_000, "12 s ago"],
        [180_000, "3 min ago"],
        [10_800_000, "3 h ago"],
        [172_800_000, "2 d ago"],
        [-10_800_000, "in 3 h"],
      ],
    );
  });
});

describe("writing words", () => {
  test("one is told from many", () => {
    assert.equal(plural(1, "job"), "1 job");
    assert.equal(plural(0, "job"), "0 jobs");
    assert.equal(plural(1200, "entry", "entries"), "1,200 entries");
  });

  test("ids are cut where they are long", () => {
    assert.equal(shortId("0199e6a2-7c1d-7000-8000-0000deadbeef"), "deadbeef");
    assert.equal(shortId("worker-1"), "worker-1");
  });
});
