import assert from "node:assert/strict";
import { test } from "node:test";

import { poll } from "../../../src/badak/lab/page/js/poll.js";
import { joined } from "../../../src/badak/lab/page/js/series.js";

function frame(number) {
  let text = JSON.stringify({ frame: number, arrays: [] });
  while ((4 + text.length) % 8) text += " ";
  const whole = new Uint8Array(4 + text.length);
  new DataView(whole.buffer).setUint32(0, text.length, true);
  whole.set(new TextEncoder().encode(text), 4);
  return whole.buffer;
}

/** Poll with answers by a function; returns what was asked and what was seen once it has ended. */
async function polled(answer, { views = () => "loss", count = 4 } = {}) {
  const asked = [];
  const taken = [];
  const troubles = [];
  let polling;
  await new Promise((done) => {
    polling = poll({
      query: () => ({ views: views(taken.length) }),
      taken: (got) => { taken.push(got.head.frame); },
      drawn: async () => {},
      trouble: (error) => { if (error) troubles.push(error.message); },
      wait: async () => {},
      ask: async (_path, query, signal) => {
        asked.push(query);
        if (asked.length > count) {
          polling.stop();
          done();
        }
        return answer(asked.length, signal, polling);
      },
    });
  });
  return { asked, taken, troubles };
}

test("each frame is asked for after the one before it", async () => {
  const { asked, taken } = await polled((number) => frame(10 * number));
  assert.deepEqual(asked.map(({ after }) => after), [0, 10, 20, 30, 40]);
  assert.deepEqual(taken, [10, 20, 30, 40]);
});

test("other views are asked for at once, whatever was seen of the ones before", async () => {
  const views = (seen) => (seen < 2 ? "loss" : "loss,wrong");
  const { asked } = await polled((number) => frame(number), { views });
  assert.deepEqual(asked.map(({ after }) => after), [0, 1, 0, 3, 4]);
});

test("no new frame is no trouble, and an error is told and asked again after", async () => {
  const { troubles, taken } = await polled((number) => {
    if (number === 2) throw new Error("gone");
    return number === 3 ? null : frame(number);
  });
  assert.deepEqual(troubles, ["gone"]);
  assert.deepEqual(taken, [1, 4]);
});

test("a wait is broken off when the views change", async () => {
  const { asked, troubles } = await polled((number, signal, polling) => {
    if (number !== 2) return frame(number);
    setTimeout(() => polling.again());
    return new Promise((_, failed) => {
      signal.addEventListener("abort", () => failed(new DOMException("", "AbortError")));
    });
  });
  assert.equal(asked.length, 5);
  assert.deepEqual(troubles, []);
});

test("lines that were measured at different steps share one axis", () => {
  const lines = [{ x: [1, 3], y: [0.5, NaN] }, { x: [2, 3], y: [7, 8] }];
  assert.deepEqual(joined(lines), [[1, 2, 3], [0.5, null, null], [null, 7, 8]]);
});
