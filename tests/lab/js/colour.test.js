import assert from "node:assert/strict";
import { test } from "node:test";

import {
  THEMES, contrast, diverging, greys, mix, ofClass, place, rgb, sequential,
} from "../../../src/badak/lab/page/js/colour.js";

test("numbers on both sides of zero are blue and orange with the middle between", () => {
  for (const theme of ["light", "dark"]) {
    const colours = diverging(theme);
    assert.deepEqual([...colours.slice(0, 3)], THEMES[theme].series[0]);
    assert.deepEqual([...colours.slice(-3)], THEMES[theme].series[1]);
    const middle = [...colours.slice(3 * 127, 3 * 128)];
    middle.forEach((value, i) => assert.ok(Math.abs(value - THEMES[theme].middle[i]) <= 2));
  }
});

test("amounts and pixels begin at the ground", () => {
  assert.deepEqual([...sequential("light").slice(0, 3)], [255, 255, 255]);
  assert.deepEqual([...greys("dark").slice(0, 3)], THEMES.dark.ground);
  assert.deepEqual([...greys("dark").slice(-3)], THEMES.dark.ink);
});

test("places run from 0 to 255 and hold what lies outside", () => {
  assert.deepEqual([-1, 0, 1, -9, 9].map((value) => place(value, -1, 1)), [0, 128, 255, 0, 255]);
  assert.equal(place(NaN, 0, 1), 127);
  assert.equal(place(3, 3, 3), 128);
});

test("colours are read, mixed and repeated", () => {
  assert.deepEqual(rgb("#0067a5"), [0, 103, 165]);
  assert.deepEqual(mix([0, 0, 0], [10, 20, 30], 0.5), [5, 10, 15]);
  assert.deepEqual(ofClass("light", 10), THEMES.light.series[0]);
});

test("series stand out from the ground, and text from it more", () => {
  assert.ok(Math.abs(contrast([0, 0, 0], [255, 255, 255]) - 21) < 1e-9);
  for (const { ground, ink, quiet, series } of Object.values(THEMES)) {
    assert.ok(contrast(ink, ground) >= 7);
    assert.ok(contrast(quiet, ground) >= 4.5);
    for (const colour of series) assert.ok(contrast(colour, ground) >= 3);
  }
});
