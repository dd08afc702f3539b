import assert from "node:assert/strict";
import { test } from "node:test";

import { tree } from "../../../src/badak/lab/page/js/tex.js";

/** The letters of a tree, in the order in which they are read. */
const letters = ([tag, ...children]) =>
  tag === "mspace" ? " " : children.map((child) => (Array.isArray(child) ? letters(child) : child)).join("");

test("fractions, scripts and roots become MathML", () => {
  assert.deepEqual(tree("\\frac{1}{x^2}"), ["math", ["mfrac", ["mn", "1"], ["msup", ["mi", "x"], ["mn", "2"]]]]);
  assert.deepEqual(tree("\\sqrt 2"), ["math", ["msqrt", ["mn", "2"]]]);
  assert.deepEqual(tree("e^{-x}"), ["math", ["msup", ["mi", "e"], ["mrow", ["mo", "−"], ["mi", "x"]]]]);
  assert.deepEqual(tree("y_k^2"), ["math", ["msubsup", ["mi", "y"], ["mi", "k"], ["mn", "2"]]]);
});

test("cases have a row for each and two cells in it", () => {
  const [, , , , , , cases] = tree("h(x) = \\begin{cases} x & x > 0 \\\\ \\alpha x & x \\le 0 \\end{cases}");
  const [, brace, table] = cases;
  assert.deepEqual(brace, ["mo", "{"]);
  assert.deepEqual(table.slice(1).map((line) => line.slice(1).map(letters)), [["x", "x>0"], ["αx", "x≤0"]]);
});

test("names of functions and letters are read as they are", () => {
  assert.equal(letters(tree("\\min(\\max(0, x), 6)")), "min(max(0,x),6)");
  assert.equal(letters(tree("x \\, \\sigma(x)")), "x σ(x)");
  assert.equal(letters(tree("\\left(1 + \\mathrm{erf} \\frac{x}{2}\\right)")), "(1+erfx2)");
});
