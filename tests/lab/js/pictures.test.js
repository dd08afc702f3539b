import assert from "node:assert/strict";
import { test } from "node:test";

import { diverging } from "../../../src/badak/lab/page/js/colour.js";
import * as geometry from "../../../src/badak/lab/page/js/geometry.js";
import * as heat from "../../../src/badak/lab/page/js/heat.js";
import * as histogram from "../../../src/badak/lab/page/js/histogram.js";

test("a heat map has a colour for each number", () => {
  const pixels = heat.heat([-1, 1], diverging("light"), -1, 1);
  assert.deepEqual([...pixels], [0, 103, 165, 255, 200, 82, 0, 255]);
});

test("the plane has the class's colour, fuller where the network is surer", () => {
  const pixels = heat.plane({ said: [0, 0], sure: [0, 1] }, "light");
  const blue = (share) => [255 - 255 * share, 255 - 152 * share, 255 - 90 * share];
  blue(heat.PALEST).forEach((value, i) => assert.ok(Math.abs(pixels[i] - value) <= 1));
  blue(heat.FULLEST).forEach((value, i) => assert.ok(Math.abs(pixels[4 + i] - value) <= 1));
});

test("one output answers the second class from a half on, several the largest", () => {
  const one = heat.answers([0.25, 0.75], 2, 1);
  assert.deepEqual([...one.said], [0, 1]);
  assert.deepEqual([...one.sure], [0.5, 0.5]);
  const three = heat.answers([1, 0, 0, 1 / 3, 1 / 3, 1 / 3], 2, 3);
  assert.deepEqual([...three.said], [0, 0]);
  assert.equal(three.sure[0], 1);
  assert.ok(Math.abs(three.sure[1]) < 1e-6);
});

test("the line of a level lies where it is crossed", () => {
  const rows = 11;
  const values = Array.from({ length: rows * rows }, (_, i) => (i % rows) / 10); // x
  const segments = heat.contour(values, rows, rows, 0.25);
  assert.equal(segments.length, 4 * 10);
  for (let i = 0; i < segments.length; i += 2) assert.ok(Math.abs(segments[i] - 0.25) < 1e-9);
  assert.deepEqual(heat.contour(values, rows, rows, 2), []);
});

test("the largest size and the extent leave out what is no number", () => {
  assert.equal(heat.reach([1, -3, NaN, Infinity]), 3);
  assert.deepEqual(heat.extent([2, NaN, -1]), [-1, 2]);
  assert.deepEqual(heat.extent([NaN]), [0, 1]);
});

test("colours are even around zero, or go from the least to the most", () => {
  assert.deepEqual(heat.span([-1, 3]), [-3, 3]);
  assert.deepEqual(heat.span([2, 5]), [2, 5]);
});

test("bars of a histogram share its width and are as tall as their counts", () => {
  const shapes = histogram.bars([1, 4, 2], [0, 1, 2, 4]);
  assert.deepEqual(shapes.map((bar) => bar.height), [0.25, 1, 0.5]);
  assert.deepEqual(shapes.map((bar) => bar.width), [0.25, 0.25, 0.5]);
  assert.equal(histogram.under(shapes, 0.6).count, 2);
  assert.equal(histogram.under(shapes, 1.5), null);
  const { mean, deviation } = histogram.moments([1, 1], [-2, 0, 2]);
  assert.deepEqual([mean, deviation], [0, 1]);
});

test("a column of units is in the middle, the tallest from the top", () => {
  const height = geometry.tallest([2, 4]);
  assert.equal(geometry.column(4, height)[0], geometry.NODE / 2);
  const [first, second] = geometry.column(2, height);
  assert.equal((first + second) / 2, height / 2);
});

test("of many units the first ones and the last are drawn", () => {
  assert.deepEqual(geometry.shownUnits(3, 5), [0, 1, 2]);
  assert.deepEqual(geometry.shownUnits(50, 4), [0, 1, 2, 49]);
});

test("a larger weight has a wider and stronger line", () => {
  const small = geometry.stroke(-0.1, 1);
  const large = geometry.stroke(1, 1);
  assert.ok(large.width > small.width && large.alpha > small.alpha);
  assert.ok(geometry.stroke(NaN, 1).width > 0);
});

test("the line under the pointer is found, and none far from all", () => {
  const lines = [{ x0: 0, y0: 0, x1: 100, y1: 0 }, { x0: 0, y0: 0, x1: 100, y1: 100 }];
  assert.equal(geometry.nearest(lines, 50, 49), lines[1]);
  assert.equal(geometry.nearest(lines, 90, 2), lines[0]);
  assert.equal(geometry.nearest(lines, 50, 25), null);
  assert.equal(geometry.nearest(lines, 150, 0), null);
});
