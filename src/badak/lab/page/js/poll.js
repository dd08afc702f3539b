// Frames: the next is asked for when this one is drawn, and only of the views that are open.

import { getBytes } from "./api.js";
import { decode } from "./frame.js";

/**
 * Ask for the frames of a run until stopped.
 *
 * `query()` gives the views and the sample that are wanted now; `taken(frame)` stores a frame;
 * `drawn()` resolves when it stands on the screen; `trouble(error)` is told what went wrong.
 */
export function poll({ query, taken, drawn, trouble, ask = getBytes, wait = pause }) {
  let going = true;
  let last = 0;
  let asked = "";
  let asking = new AbortController();

  async function loop() {
    while (going) {
      const wanted = query();
      const key = JSON.stringify(wanted);
      const after = key === asked ? last : 0;
      asked = key;
      asking = new AbortController();
      try {
        const bytes = await ask("frame", { ...wanted, after }, asking.signal);
        if (!going) return;
        if (bytes) {
          const frame = decode(bytes);
          last = frame.head.frame;
          await taken(frame);
          await drawn();
        }
        trouble(null);
      } catch (error) {
        if (!going) return;
        if (error.name === "AbortError") continue;
        trouble(error);
        await wait(1000);
      }
    }
  }

  loop();
  return {
    /** The views or the sample have changed: ask anew at once. */
    again: () => asking.abort(),
    stop() {
      going = false;
      asking.abort();
    },
  };
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Resolve when what was changed is on the screen; a hidden page waits a second. */
export function painted() {
  if (document.hidden) return pause(1000);
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}
