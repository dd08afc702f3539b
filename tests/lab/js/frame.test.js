import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, ofLayers, row } from "../../../src/badak/lab/page/js/frame.js";

function framed(head, bytes = []) {
  let text = JSON.stringify(head);
  while ((4 + text.length) % 8) text += " ";
  const whole = new Uint8Array(4 + text.length + bytes.length);
  new DataView(whole.buffer).setUint32(0, text.length, true);
  whole.set(new TextEncoder().encode(text), 4);
  whole.set(bytes, 4 + text.length);
  return whole.buffer;
}

test("a frame gives its head and its arrays by name", () => {
  const floats = new Uint8Array(new Float32Array([1.5, -2]).buffer);
  const whole = new Uint8Array(new Int32Array([7, 8, 9]).buffer);
  const arrays = [
    { name: "kernel.0", dtype: "float32", shape: [1, 2], offset: 0 },
    { name: "confusion", dtype: "int32", shape: [3], offset: 8 },
  ];
  const { head, arrays: got } = decode(framed({ frame: 3, arrays }, [...floats, ...whole, 0, 0, 0, 0]));
  assert.equal(head.frame, 3);
  assert.deepEqual([...got["kernel.0"].data], [1.5, -2]);
  assert.deepEqual([...got.confusion.data], [7, 8, 9]);
});

test("a head with letters of several bytes is read by its bytes", () => {
  const text = new TextEncoder().encode('{"health":["층 1"]}   ');
  const whole = new Uint8Array(4 + text.length + ((8 - ((4 + text.length) % 8)) % 8)).fill(32);
  new DataView(whole.buffer).setUint32(0, whole.length - 4, true);
  whole.set(text, 4);
  assert.deepEqual(decode(whole.buffer).head.health, ["층 1"]);
});

test("a broken frame is refused", () => {
  assert.throws(() => decode(new ArrayBuffer(2)), RangeError);
  const long = new ArrayBuffer(16);
  new DataView(long).setUint32(0, 1000, true);
  assert.throws(() => decode(long), RangeError);
  const arrays = [{ name: "x", dtype: "int64", shape: [1], offset: 0 }];
  assert.throws(() => decode(framed({ arrays })), TypeError);
});

test("arrays of layers come in the layers' order", () => {
  const arrays = { "kernel.10": { shape: [1] }, "kernel.2": { shape: [2] }, "kernel.2.rows": {}, "bias.2": {} };
  assert.deepEqual(ofLayers(arrays, "kernel").map(([layer]) => layer), [2, 10]);
});

test("a row is a view of the array", () => {
  const array = { shape: [2, 2, 2], data: new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]) };
  assert.deepEqual([...row(array, 1)], [5, 6, 7, 8]);
});
