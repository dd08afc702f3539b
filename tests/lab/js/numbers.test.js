import assert from "node:assert/strict";
import { test } from "node:test";

import { exact, percent, rate, seconds, short, whole } from "../../../src/badak/lab/page/js/numbers.js";

test("short numbers keep three significant digits", () => {
  const cases = [
    [0, "0"], [1, "1"], [-1, "−1"], [0.012345, "0.0123"], [123.456, "123"], [99999, "100000"],
    [1234567, "1.23e6"], [0.0000123, "1.23e−5"], [-0.5, "−0.5"], [0.9996, "1"], [12.3, "12.3"],
  ];
  for (const [value, text] of cases) assert.equal(short(value), text);
});

test("what is no number is told", () => {
  assert.deepEqual([null, NaN, Infinity, -Infinity].map((value) => short(value)), ["–", "NaN", "∞", "−∞"]);
  assert.equal(percent(NaN), "–");
});

test("an exact number gives the same float32 back, in as few digits as do so", () => {
  for (const value of [0.1, 1 / 3, -2.5, 16777216, 1e-20, 0.57444251].map(Math.fround)) {
    assert.equal(Math.fround(Number(exact(value).replace("−", "-"))), value);
  }
  assert.equal(exact(Math.fround(0.1)), "0.1");
  assert.equal(exact(0.4366144388535165), "0.436614439"); // between two float32
});

test("speeds, times and counts are for the eye", () => {
  assert.deepEqual([0, 2.5, 123, 45678, 2.5e6].map(rate), ["0", "2.5", "123", "46k", "2.5M"]);
  assert.deepEqual([0.84, 65, 3600].map(seconds), ["0.8 s", "1:05", "60:00"]);
  assert.equal(whole(12345), "12,345");
});
