import { expect, test } from "vitest";
import { ago, bytes, count, duration, metric, plural, shellWord, shortVersion } from "./format";

test("sizes have three digits at most and binary units", () => {
  expect(
    [0, 1, 1023, 1024, 1536, 10 * 1024, 1024 ** 2 - 1, 48_300_000, 5_368_709_120, 2 ** 60, Number.MAX_SAFE_INTEGER].map(
      bytes,
    ),
  ).toEqual(["0 B", "1 B", "1023 B", "1 KiB", "1.5 KiB", "10 KiB", "1 MiB", "46.1 MiB", "5 GiB", "1 EiB", "8 PiB"]);
  expect(bytes(Number.NaN)).toBe("–");
  expect(bytes(-1)).toBe("–");
});

test("a size never shows a unit's full thousand", () => {
  for (let i = 0; i < 70; i++) {
    for (const delta of [-1, 0, 1]) {
      const value = Math.round(2 ** (i * 0.8)) + delta;
      if (value >= 0) expect(bytes(value)).toMatch(/^(\d{1,3}|10[012]\d|\d\.\d{1,2}|\d\d\.\d) [KMGTPE]?i?B$/);
    }
  }
});

test("durations", () => {
  expect(
    [0, 0.0123, 0.9999, 1.25, 9.96, 59.4, 59.6, 60, 200, 3599.6, 3600, 7500, 172_800, 200_000].map(duration),
  ).toEqual([
    "0 s",
    "12 ms",
    "1 s",
    "1.3 s",
    "10 s",
    "59 s",
    "1 min",
    "1 min",
    "3 min 20 s",
    "1 h",
    "1 h",
    "2 h 5 min",
    "2 d",
    "2 d 8 h",
  ]);
  expect(duration(-1)).toBe("–");
});

test("how long ago", () => {
  const now = Date.parse("2026-03-04T12:00:00Z");
  const before = (seconds: number) => ago(new Date(now - seconds * 1000).toISOString(), now);
  expect([-60, 0, 44, 60, 3599, 3600, 86_399, 100_000, 20 * 86_400, 400 * 86_400].map(before)).toEqual([
    "just now",
    "just now",
    "just now",
    "1 min ago",
    "60 min ago",
    "1 h ago",
    "yesterday",
    "yesterday",
    "20 days ago",
    "28 Jan 2025",
  ]);
  expect(ago("nonsense", now)).toBe("–");
});

test("counts and metrics", () => {
  expect(count(1234567)).toBe("1\u202f234\u202f567");
  expect(plural(1, "file")).toBe("1 file");
  expect(plural(0, "file")).toBe("0 files");
  expect([0.92704826, 1, 891, 1234567.5, 0.00001, "nan"].map(metric)).toEqual([
    "0.927",
    "1",
    "891",
    "1.235e+6",
    "1.000e-5",
    "nan",
  ]);
});

test("the short form of a version tells those of one moment apart", () => {
  expect(shortVersion("01935a00-0013-7abc-8def-1a2b3c4fa9bd")).toBe("3c4fa9bd");
});

test("a name cannot break out of a command that is copied", () => {
  expect(shellWord("lab/work@01935a00")).toBe("lab/work@01935a00");
  expect(shellWord("a b/$(reboot)`x`")).toBe("'a b/$(reboot)`x`'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(shellWord("")).toBe("''");
});
