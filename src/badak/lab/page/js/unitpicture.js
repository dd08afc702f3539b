// What a unit does, as a small picture: over the plane, as the image it looks for, or its output.

import { greys, mix, THEMES, css } from "./colour.js";
import { placeIn } from "./columns.js";
import { row } from "./frame.js";
import { heat, reach } from "./heat.js";
import { frame, run, theme } from "./store.js";
import { Pixels, html } from "./ui.js";

/** The picture of a unit, at most as large as its frame. */
export function UnitPicture({ column, unit, colours, z, most, label, amount }) {
  const arrays = frame.value?.arrays ?? {};
  if (column.kind === "input") return html`<${InputPicture} column=${column} unit=${unit} arrays=${arrays} colours=${colours} />`;
  if (amount) return html`<${Amount} z=${z} most=${most} />`;
  const array = arrays[`unit.${column.index}`];
  const place = placeIn(arrays, `unit.${column.index}.rows`, unit);
  if (array && place >= 0 && place < array.shape[0] && array.shape.length >= 3) {
    const [, rows, columns, depth = 1] = array.shape;
    const values = grey(row(array, place), depth);
    const size = reach(values);
    return html`<${Pixels} pixels=${heat(values, colours, -size, size)} rows=${rows} columns=${columns} label=${label}
      class=${run.value?.data?.look === "image" ? "sharp" : ""} />`;
  }
  return html`<${Amount} z=${z} most=${most} />`;
}

/** The mean over the colours of each dot. */
function grey(values, depth) {
  if (depth === 1) return values;
  return Float32Array.from({ length: values.length / depth }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += values[i * depth + k];
    return sum / depth;
  });
}

function InputPicture({ column, unit, arrays, colours }) {
  if (column.image) {
    const array = arrays["sample.x"];
    if (!array) return null;
    const [rows, columns, depth] = array.shape;
    const maximum = run.value?.data?.maximum || 1;
    return html`<${Pixels} pixels=${picture(array.data, rows, columns, depth ?? 1, maximum, theme.value)} rows=${rows} columns=${columns} class="sharp" />`;
  }
  const axes = run.value?.data?.plane ?? [0, 1];
  const along = run.value?.data?.features?.length === (run.value?.data?.axes?.length ?? 0) ? axes.indexOf(unit) : -1;
  if (along < 0) return html`<${Amount} z=${arrays["z.input"]?.data[unit]} most=${1} />`;
  const side = 12;
  const ramp = Float32Array.from({ length: side * side }, (_, i) => (along === 0 ? i % side : side - 1 - Math.floor(i / side)) / (side - 1) * 2 - 1);
  return html`<${Pixels} pixels=${heat(ramp, colours, -1, 1)} rows=${side} columns=${side} />`;
}

/** A number as a filled square. */
function Amount({ z, most }) {
  const { middle, series } = THEMES[theme.value];
  const share = z === undefined || !Number.isFinite(z) ? 0 : Math.min(1, Math.abs(z) / (most || 1));
  return html`<span class="amount" style=${{ background: css(mix(middle, series[z < 0 ? 0 : 1], share)) }}></span>`;
}

/** Pixels of a picture: grey as ink on the ground, colours as they are. */
export function picture(values, rows, columns, depth, maximum, name) {
  const pixels = new Uint8ClampedArray(rows * columns * 4);
  const shades = greys(name);
  for (let i = 0; i < rows * columns; i++) {
    for (let k = 0; k < 3; k++) {
      const share = Math.max(0, Math.min(1, values[i * depth + (depth === 3 ? k : 0)] / maximum));
      pixels[4 * i + k] = depth === 3 ? 255 * share : shades[3 * Math.round(255 * share) + k];
    }
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}
