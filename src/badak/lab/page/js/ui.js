// What every component is built with: Preact, htm and signals, and a few small elements.

import { Component, h, render } from "../vendor/preact.js";
import { useEffect, useLayoutEffect, useRef, useState } from "../vendor/preact-hooks.js";
import htm from "../vendor/htm.js";
import { batch, computed, effect, signal, useComputed, useSignal } from "../vendor/signals.js";

export const html = htm.bind(h);
export {
  Component, batch, computed, effect, render, signal, useComputed, useEffect, useLayoutEffect,
  useRef, useSignal, useState,
};

const ICONS = {
  play: "M7 4.5v15l12-7.5z",
  pause: "M6 5h4.5v14H6zM13.500 5H18v14h-4.500z",
  step: "M5 5v14l9-7zM16 5h3v14h-3z",
  epoch: "M3 5v14l7.500-7zM11.500 5v14l7.500-7zM19.500 5H22v14h-2.500z",
  back: "M19 5v14l-9-7zM5 5h3v14H5z",
  reset: "M12 5a7 7 0 1 1-6.700 5h2.200A4.900 4.900 0 1 0 12 7.100V10L7 6l5-4z",
  plus: "M11 5h2v6h6v2h-6v6h-2v-6H5v-2h6z",
  minus: "M5 11h14v2H5z",
  left: "M15 5 8 12l7 7 1.500-1.500L11 12l5.500-5.500z",
  right: "m9 5 7 7-7 7-1.500-1.500L13 12 7.500 6.500z",
  close: "m6.400 5 5.600 5.600L17.600 5 19 6.400 13.400 12l5.600 5.600-1.400 1.400-5.600-5.600L6.400 19 5 17.600l5.600-5.600L5 6.400z",
  table: "M4 5h16v14H4zm2 4v2.500h4V9zm6 0v2.500h6V9zm-6 4.500V17h4v-3.500zm6 0V17h6v-3.500z",
  book: "M4 5c3-1.300 5.500-1 8 .7 2.500-1.700 5-2 8-.7v13.500c-3-1-5.500-.8-8 1-2.500-1.800-5-2-8-1zm2 1.400v10.300c1.800-.3 3.500 0 5 .8V7.300c-1.500-1-3.100-1.300-5-.9zm7 .9v10.200c1.500-.8 3.200-1.100 5-.8V6.400c-1.900-.4-3.500-.1-5 .9z",
  take: "M11 4h2v8l3-3 1.400 1.400L12 15.800l-5.400-5.400L8 9l3 3zM5 17h14v2.500H5z",
  link: "M10.600 13.400a4 4 0 0 1 0-5.700l3-3a4 4 0 0 1 5.700 5.700l-1.500 1.500-1.400-1.400 1.500-1.500a2 2 0 0 0-2.900-2.900l-3 3a2 2 0 0 0 0 2.900zm2.800-2.800a4 4 0 0 1 0 5.700l-3 3a4 4 0 0 1-5.700-5.700l1.500-1.500 1.400 1.400-1.500 1.500A2 2 0 0 0 9 17.900l3-3a2 2 0 0 0 0-2.900z",
  light: "M12 7.500a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM11 2h2v3h-2zm0 17h2v3h-2zM2 11h3v2H2zm17 0h3v2h-3zM4.200 5.600l1.400-1.400 2.100 2.100-1.400 1.400zm12.100 12.100 1.400-1.400 2.100 2.100-1.400 1.400zM4.200 18.400l2.100-2.100 1.400 1.400-2.100 2.100zM16.300 6.300l2.100-2.100 1.400 1.400-2.100 2.100z",
  keys: "M3 6h18v12H3zm2 2v2h2V8zm3.500 0v2h2V8zM12 8v2h2V8zm3.500 0v2H19V8zM5 11.500v1.800h2v-1.800zm3.500 0v1.800h2v-1.800zm3.500 0v1.800h2v-1.800zm3.500 0v1.800H19v-1.800zM7.500 14.800v1.700h9v-1.700z",
  compare: "M3 5h8v14H3zm2 2v10h4V7zm8-2h8v14h-8zm2 2v10h4V7z",
  draw: "m4 16.500 10.800-10.800 3.500 3.500L7.500 20H4zM16 4.500l1.500-1.500L21 6.500 19.500 8z",
  remove: "M9 4h6l1 1.500h4v2H4v-2h4zM5.500 9h13l-1 11.500h-11z",
};

/** An icon; what it means is told by the button that holds it. */
export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[name]} /></svg>`;
}

/** A button with an icon, whose name is read and shown as a tip. */
export function IconButton({ icon, name, onClick, class: more = "", keys = "", ...rest }) {
  return html`<button type="button" class=${`icon-button ${more}`} aria-label=${name}
    title=${keys ? `${name} (${keys})` : name} onClick=${onClick} ...${rest}><${Icon} name=${icon} /></button>`;
}

/** A canvas that is drawn anew whenever it is rendered or changes its size. */
export function Canvas({ draw, label, class: more = "", ...rest }) {
  const ref = useRef(null);
  const latest = useRef(draw);
  latest.current = draw;
  const paint = () => {
    const canvas = ref.current;
    if (!canvas) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    const dots = window.devicePixelRatio || 1;
    const wide = Math.round(width * dots);
    const high = Math.round(height * dots);
    if (!wide || !high) return;
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    const context = canvas.getContext("2d");
    context.setTransform(dots, 0, 0, dots, 0, 0);
    context.clearRect(0, 0, width, height);
    latest.current(context, width, height);
  };
  useLayoutEffect(paint);
  useEffect(() => {
    const watcher = new ResizeObserver(paint);
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  return html`<canvas ref=${ref} class=${more} role=${label ? "img" : undefined}
    aria-label=${label} aria-hidden=${label ? undefined : "true"} ...${rest} />`;
}

/** An array as a small picture: one dot for each number, scaled by the style. */
export function Pixels({ pixels, rows, columns, label, class: more = "" }) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const canvas = ref.current;
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    canvas.getContext("2d").putImageData(new ImageData(pixels, columns, rows), 0, 0);
  }, [pixels]);
  return html`<canvas ref=${ref} class=${`pixels ${more}`} role=${label ? "img" : undefined}
    aria-label=${label} aria-hidden=${label ? undefined : "true"} />`;
}

/** Draw an image of pixels into a rectangle of a context. */
export function drawPixels(context, pixels, rows, columns, x, y, width, height, smooth = true) {
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d").putImageData(new ImageData(pixels, columns, rows), 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(small, x, y, width, height);
}

/** Whether the user asked for less motion. */
export const calm = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;
