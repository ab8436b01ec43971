import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { brokenTime, formatTime, secondsOf } from "./calendar.ts";

const at = (iso: string) => brokenTime(Date.parse(iso) / 1000);

describe("The calendar", () => {
  test("breaks instants into their fields, and puts them together again.", () => {
    fc.assert(
      fc.property(fc.integer({ min: -8.6e12, max: 8.6e12 }), (seconds) => {
        const time = brokenTime(seconds);
        assert.equal(secondsOf(time), seconds);
        const date = new Date(seconds * 1000);
        assert.equal(
          formatTime("%d %H:%M:%S %w", time),
          `${date.toISOString().replace(/^.*-(\d\d)T(.{8}).*$/, "$1 $2")} ${date.getUTCDay()}`,
        );
        assert.ok(time.yearDay >= 0 && time.yearDay <= 365);
      }),
    );
  });

  test("takes fields out of their range for the instant they mean.", () => {
    const time = { second: 61, minute: -1, hour: 25, day: 0, month: 12, year: 2023, weekday: 0, yearDay: 0 };
    assert.equal(secondsOf(time), Date.UTC(2023, 12, 0, 25, -1, 61) / 1000);
    assert.equal(secondsOf({ ...time, year: 5_000_000 }), Number.NaN);
  });

  const formats: [format: string, iso: string, text: string][] = [
    ["%a %A %b %B %h", "2024-02-29T00:00:00Z", "Thu Thursday Feb February Feb"],
    ["%c", "2024-02-09T03:04:05Z", "Fri Feb  9 03:04:05 2024"],
    ["%D %F %x %y %Y %C", "2024-02-29T00:00:00Z", "02/29/24 2024-02-29 02/29/24 24 2024 20"],
    ["%I %p %r", "2024-02-29T00:15:00Z", "12 AM 12:15:00 AM"],
    ["%I %p %R %T %X", "2024-02-29T13:15:09Z", "01 PM 13:15 13:15:09 13:15:09"],
    ["%j %e %d %m", "2024-12-31T00:00:00Z", "366 31 31 12"],
    ["%u %w %U %W", "2024-01-07T00:00:00Z", "7 0 01 01"],
    ["%G-%V %g", "2021-01-03T00:00:00Z", "2020-53 20"],
    ["%G-%V", "2024-12-30T00:00:00Z", "2025-01"],
    ["%G-%V", "2020-01-01T00:00:00Z", "2020-01"],
    ["%z %Z %% %n %t", "2020-01-01T00:00:00Z", "+0000 UTC % \n \t"],
    ["%Ey %Od %Q", "2020-01-02T00:00:00Z", "20 02 %Q"],
  ];
  for (const [format, iso, text] of formats) {
    test(`writes ${format} as C does.`, () => assert.equal(formatTime(format, at(iso)), text));
  }
});
