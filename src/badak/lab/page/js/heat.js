// Arrays as pictures: RGBA pixels for a canvas, and the lines where an answer changes.

import { THEMES, place } from "./colour.js";

export const PALEST = 0.14;
export const FULLEST = 0.62; // of a class's colour, where the network is least and most sure

/** The largest absolute value that is a number; 1 where there is none. */
export function reach(values) {
  let most = 0;
  for (const value of values) {
    const size = Math.abs(value);
    if (size > most && Number.isFinite(size)) most = size;
  }
  return most || 1;
}

/** Low and high of all numbers; [0, 1] where there is none. */
export function extent(values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** What colours go from and to: even on both sides of zero, or from the least to the most. */
export function span(values) {
  const [low, high] = extent(values);
  const size = Math.max(-low, high);
  return low < 0 && high > 0 ? [-size, size] : [low, high];
}

/** Pixels of numbers by a table of 256 colours. */
export function heat(values, colours, low, high) {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const colour = 3 * place(values[i], low, high);
    for (let k = 0; k < 3; k++) pixels[4 * i + k] = colours[colour + k];
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/**
 * The class answered at each point and how sure that is, 0 to 1.
 *
 * One output is the second class's share; of several the largest is the answer.
 */
export function answers(values, points, outputs) {
  const said = new Int32Array(points);
  const sure = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    if (outputs === 1) {
      const share = values[i];
      said[i] = share > 0.5 ? 1 : 0;
      sure[i] = Math.min(1, Math.abs(2 * share - 1));
    } else {
      let best = 0;
      for (let k = 1; k < outputs; k++) {
        if (values[i * outputs + k] > values[i * outputs + best]) best = k;
      }
      const least = 1 / outputs;
      said[i] = best;
      sure[i] = Math.max(0, Math.min(1, (values[i * outputs + best] - least) / (1 - least)));
    }
  }
  return { said, sure };
}

/** Pixels of answers over the plane: each class its colour, fuller where the network is surer. */
export function plane({ said, sure }, theme) {
  const { ground, series } = THEMES[theme];
  const pixels = new Uint8ClampedArray(said.length * 4);
  for (let i = 0; i < said.length; i++) {
    const share = PALEST + (FULLEST - PALEST) * sure[i];
    const colour = series[said[i] % series.length];
    for (let k = 0; k < 3; k++) pixels[4 * i + k] = ground[k] + (colour[k] - ground[k]) * share;
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/**
 * The line where a grid of numbers crosses a level, as segments [x0, y0, x1, y1, ...].
 *
 * Coordinates are shares of the grid, 0 to 1, from its first row down (marching squares).
 */
export function contour(values, rows, columns, level) {
  const segments = [];
  const at = (i, j) => values[i * columns + j] - level;
  const between = (a, b) => (a === b ? 0.5 : a / (a - b));
  for (let i = 0; i < rows - 1; i++) {
    for (let j = 0; j < columns - 1; j++) {
      const a = at(i, j);
      const b = at(i, j + 1);
      const c = at(i + 1, j + 1);
      const d = at(i + 1, j);
      const crossed = [];
      if (a > 0 !== b > 0) crossed.push([j + between(a, b), i]);
      if (b > 0 !== c > 0) crossed.push([j + 1, i + between(b, c)]);
      if (d > 0 !== c > 0) crossed.push([j + between(d, c), i + 1]);
      if (a > 0 !== d > 0) crossed.push([j, i + between(a, d)]);
      for (let k = 0; k + 1 < crossed.length; k += 2) {
        const [from, to] = [crossed[k], crossed[k + 1]];
        segments.push(
          from[0] / (columns - 1), from[1] / (rows - 1), to[0] / (columns - 1), to[1] / (rows - 1),
        );
      }
    }
  }
  return segments;
}
