// The pad as an element: draws strokes, and tells each change.

import { THEMES, css } from "./colour.js";
import { pixelsOf } from "./pad.js";
import { t, theme } from "./store.js";
import { IconButton, html, useEffect, useRef } from "./ui.js";

const SIDE = 168;
const WIDTH = 20; // of a stroke

/** Give `onChange` the drawing as pixels at each stroke; `shape` is (rows, columns). */
export function Pad({ shape, onChange, label, cleared }) {
  const ref = useRef(null);
  const strokes = useRef([]);
  const at = useRef([SIDE / 2, SIDE / 2]); // where the keyboard draws
  const paint = () => {
    const context = ref.current.getContext("2d", { willReadFrequently: true });
    context.clearRect(0, 0, SIDE, SIDE);
    context.strokeStyle = css(THEMES[theme.value].ink);
    context.lineWidth = WIDTH;
    context.lineCap = "round";
    context.lineJoin = "round";
    for (const stroke of strokes.current) {
      context.beginPath();
      context.moveTo(...stroke[0]);
      for (const point of stroke) context.lineTo(...point);
      context.stroke();
    }
  };
  useEffect(paint, [theme.value]);
  const told = () => {
    const context = ref.current.getContext("2d", { willReadFrequently: true });
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const alpha = new Uint8Array(SIDE * SIDE);
    for (let i = 0; i < alpha.length; i++) alpha[i] = data[4 * i + 3];
    onChange(strokes.current.length ? pixelsOf(alpha, SIDE, SIDE, ...shape) : null);
  };
  const clear = () => {
    strokes.current = [];
    paint();
    told();
  };
  useEffect(() => {
    if (cleared) clear();
  }, [cleared]);
  const place = (event) => {
    const box = ref.current.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE];
  };
  const down = (event) => {
    event.preventDefault();
    ref.current.setPointerCapture(event.pointerId);
    strokes.current.push([place(event)]);
    paint();
    told();
  };
  const move = (event) => {
    if (!event.buttons || !strokes.current.length) return;
    strokes.current.at(-1).push(place(event));
    paint();
    told();
  };
  const key = (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (event.key === "Backspace" || event.key === "Delete") return clear();
    if (!way) return undefined;
    event.preventDefault();
    const from = at.current;
    at.current = from.map((value, i) => Math.max(8, Math.min(SIDE - 8, value + 12 * way[i])));
    if (!event.shiftKey) {
      strokes.current.push([from, at.current]);
      paint();
      told();
    }
    return undefined;
  };
  return html`<div class="pad">
    <canvas ref=${ref} width=${SIDE} height=${SIDE} tabindex="0" role="application" aria-label=${label ?? t("pad")}
      title=${t("pad_keys")} onPointerDown=${down} onPointerMove=${move} onKeyDown=${key} />
    <${IconButton} icon="remove" name=${t("clear")} onClick=${clear} />
  </div>`;
}
