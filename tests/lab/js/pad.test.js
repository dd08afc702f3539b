import assert from "node:assert/strict";
import { test } from "node:test";

import { pixelsOf } from "../../../src/badak/lab/page/js/pad.js";

function ink(width, height, filled) {
  const alpha = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) if (filled(x, y)) alpha[y * width + x] = 255;
  return alpha;
}

test("an empty drawing has no ink", () => {
  assert.deepEqual([...pixelsOf(new Uint8Array(100), 10, 10, 2, 2)], [0, 0, 0, 0]);
});

test("a square in a corner fills a picture of 8x8 from edge to edge", () => {
  const pixels = pixelsOf(ink(80, 80, (x, y) => x >= 60 && y >= 60), 80, 80, 8, 8);
  assert.ok(pixels.every((pixel) => pixel === 1));
});

test("a high line stands in the middle column", () => {
  const pixels = pixelsOf(ink(80, 80, (x) => x >= 4 && x < 12), 80, 80, 9, 9);
  const middle = Array.from({ length: 9 }, (_, i) => pixels[9 * i + 4]);
  assert.ok(middle.every((pixel) => pixel > 0.8));
  assert.equal(pixels.filter((pixel) => pixel > 0).length, 9);
});

test("in a larger picture the centre of mass is in the middle and a margin is left", () => {
  const pixels = pixelsOf(ink(100, 100, (x, y) => x < 10 && y < 40), 100, 100, 28, 28);
  let [mass, down, across] = [0, 0, 0];
  pixels.forEach((pixel, i) => {
    mass += pixel;
    down += pixel * (Math.floor(i / 28) + 0.5);
    across += pixel * ((i % 28) + 0.5);
  });
  assert.ok(Math.abs(down / mass - 14) < 0.3 && Math.abs(across / mass - 14) < 0.3);
  assert.equal(Math.max(...pixels.slice(0, 3 * 28)), 0);
});
