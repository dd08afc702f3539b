// The answers over the plane: classes or numbers, with the samples over it; a line for one feature.

import { Card, useTable } from "./card.js";
import { THEMES, css, diverging, ofClass, place } from "./colour.js";
import { Choice, Slider } from "./fields.js";
import { row } from "./frame.js";
import { answers, contour, extent, heat, plane as planePixels, span } from "./heat.js";
import { MARKS, circle } from "./marks.js";
import { short } from "./numbers.js";
import { canvas, points as ownPoints, putPoint, putting } from "./own.js";
import { withValue } from "./recipe.js";
import { edit, error, frames, names, pointed, recipe, run, sample, seen, selected, state, t, theme } from "./store.js";
import { placeIn } from "./columns.js";
import { Canvas, drawPixels, html, useSignal } from "./ui.js";

const EMPTY = [{ name: "x1", low: -1.2, high: 1.2 }, { name: "x2", low: -1.2, high: 1.2 }];

/** The points put so far, before there is a network of them. */
function mine() {
  const count = ownPoints.value.length;
  const column = (data) => ({ shape: [count], data });
  return {
    "points.x": { shape: [count, 2], data: ownPoints.value.flatMap(([x, y]) => [x, y]) },
    "points.t": column(ownPoints.value.map((point) => point[2])),
    "points.test": column(new Array(count).fill(0)), "points.index": column(new Array(count).fill(-1)),
  };
}

/** What a run's plane shows: its ranges, its values, its points; a run on pictures has none. */
function shown(name) {
  const told = state.value?.runs[name];
  const frame = frames[name].value;
  if (!told?.data || told.data.look === "image") return null;
  if (canvas.value) return { told, arrays: mine(), axes: EMPTY, line: false, numbers: false };
  const axes = (told.data.plane ?? [0, 1]).map((place) => told.data.axes[place] ?? { name: `x${place + 1}`, low: -1, high: 1 });
  return { told, arrays: frame?.arrays ?? {}, axes, line: axes.length < 2, numbers: told.data.task === "number" };
}

/** The array over the plane, the unit under the pointer or the answer. */
function values({ arrays }, unit) {
  if (unit && arrays[`unit.${unit.layer}`]?.shape.length === 3) {
    const array = arrays[`unit.${unit.layer}`];
    const place = placeIn(arrays, `unit.${unit.layer}.rows`, unit.unit);
    if (place >= 0) return { data: row(array, place), rows: array.shape[1], columns: array.shape[2], unit: true, outputs: 1 };
  }
  const array = arrays.boundary;
  if (!array) return null;
  return { data: array.data, rows: array.shape[0], columns: array.shape[1], outputs: array.shape[2] ?? 1 };
}

function drawPlane(context, width, height, view, unit) {
  const { ink, ground } = THEMES[theme.value];
  const got = values(view, unit);
  const [across, up] = view.axes;
  if (got && !view.line) {
    const { data, rows, columns, outputs } = got;
    if (got.unit || view.numbers) {
      const [low, high] = got.unit ? span(data) : numbersOf(view);
      drawPixels(context, heat(data, diverging(theme.value), low, high), rows, columns, 0, 0, width, height);
      lines(context, width, height, contour(data, rows, columns, (low + high) / 2), css(ink, 0.55));
    } else {
      const said = answers(data, rows * columns, outputs);
      drawPixels(context, planePixels(said, theme.value), rows, columns, 0, 0, width, height);
      const classes = outputs === 1 ? 2 : outputs;
      for (let label = classes === 2 ? 1 : 0; label < classes; label++) {
        const edge = outputs === 1 ? data : margin(data, rows * columns, outputs, label);
        lines(context, width, height, contour(edge, rows, columns, outputs === 1 ? 0.5 : 0), css(ink, 0.75));
      }
    }
  }
  if (view.line) return drawLine(context, width, height, view, got);
  const spot = (x, y) => [((x - across.low) / (across.high - across.low)) * width, height - ((y - up.low) / (up.high - up.low)) * height];
  const { "points.x": x, "points.t": targets, "points.test": test, "points.index": index } = view.arrays;
  if (!x) return undefined;
  const size = (x.shape[0] > 400 ? 2.6 : 3.6) * Math.max(0.45, Math.min(1.3, width / 320));
  const [low, high] = view.numbers ? numbersOf(view) : [0, 1];
  const colours = diverging(theme.value);
  for (let i = 0; i < x.shape[0]; i++) {
    const [left, top] = spot(x.data[2 * i], x.data[2 * i + 1]);
    if (view.numbers) {
      const at = 3 * place(targets.data[i], low, high);
      context.fillStyle = css([colours[at], colours[at + 1], colours[at + 2]]);
      circle(context, left, top, size);
    } else {
      context.fillStyle = css(ofClass(theme.value, targets.data[i]));
      MARKS[targets.data[i] % MARKS.length](context, left, top, size);
    }
    const chosen = index.data[i] === seen.value;
    context.strokeStyle = chosen ? css(ink) : test.data[i] ? css(ink, 0.8) : css(ground);
    context.lineWidth = chosen ? 2.5 : 1;
    context.stroke();
    if (chosen) {
      context.beginPath();
      context.arc(left, top, size + 5, 0, 7);
      context.stroke();
    }
  }
  return undefined;
}

/** Between which numbers the colours of targets and answers go. */
function numbersOf({ arrays }) {
  return span([...extent(arrays["points.t"]?.data ?? []), ...extent(arrays.boundary?.data ?? [])]);
}

/** By how much a class's output is above the largest of the others. */
function margin(data, points, outputs, label) {
  const made = new Float32Array(points);
  for (let i = 0; i < points; i++) {
    let other = -Infinity;
    for (let k = 0; k < outputs; k++) if (k !== label) other = Math.max(other, data[i * outputs + k]);
    made[i] = data[i * outputs + label] - other;
  }
  return made;
}

function lines(context, width, height, segments, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let i = 0; i < segments.length; i += 4) {
    context.moveTo(segments[i] * width, segments[i + 1] * height);
    context.lineTo(segments[i + 2] * width, segments[i + 3] * height);
  }
  context.stroke();
}

/** One feature: the answer as a curve, samples as points. */
function drawLine(context, width, height, view, got) {
  const { series, ink, quiet } = THEMES[theme.value];
  const { "points.x": x, "points.t": targets, "points.index": index } = view.arrays;
  const curve = got ? Array.from({ length: got.columns }, (_, i) => got.data[i * got.outputs + (got.outputs === 2 ? 1 : 0)]) : [];
  const [low, high] = extent([...curve, ...(targets?.data ?? [])]);
  const room = (high - low || 1) * 0.07;
  const [across] = view.axes;
  const right = (value) => ((value - across.low) / (across.high - across.low)) * width;
  const top = (value) => height - ((value - low + room) / (high - low + 2 * room)) * height;
  for (let i = 0; i < (x?.shape[0] ?? 0); i++) {
    const chosen = index.data[i] === seen.value;
    context.fillStyle = chosen ? css(ink) : css(quiet, 0.5);
    circle(context, right(x.data[i]), top(targets.data[i]), chosen ? 5 : 2.5);
  }
  context.strokeStyle = css(series[1]);
  context.lineWidth = 2.5;
  context.beginPath();
  curve.forEach((value, i) => context.lineTo((i / (curve.length - 1)) * width, top(value)));
  context.stroke();
}

function Plane({ name }) {
  const view = shown(name);
  const at = useSignal(null);
  if (!view) return null;
  const [across, up] = view.axes;
  const spot = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [u, v] = [(event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height];
    return { u, v, x: across.low + u * (across.high - across.low), y: up ? up.low + v * (up.high - up.low) : null };
  };
  const click = (event) => {
    const { x, y, u, v } = spot(event);
    if (putting.value) return putPoint(x, y);
    const near = nearestSample(view, u, v);
    if (near !== null) sample.value = near;
    return undefined;
  };
  const label = t(view.numbers ? "surface_of_run" : "boundary_of_run", { run: name.toUpperCase() });
  return html`<figure class="plane">
    <div class="plane-frame"><${Canvas} class=${`plane-canvas ${putting.value ? "putting" : ""}`} label=${label}
        draw=${(context, width, height) => drawPlane(context, width, height, view, name === selected.value ? pointed.value : null)}
        onPointerMove=${(event) => { at.value = spot(event); }} onPointerLeave=${() => { at.value = null; }} onClick=${click} />
      ${names.value.length > 1 && html`<span class=${`run-mark run-${name}`}>${name.toUpperCase()}</span>`}</div>
    <figcaption class="axis-names"><span>${across.name}${names.value.length < 2 && ` ${short(across.low)} … ${short(across.high)}`}</span>
      <span class="under">${at.value ? reading(view, at.value) : pointed.value && name === selected.value ? t("unit_over_plane", { unit: pointed.value.unit + 1, layer: pointed.value.name }) : up ? (names.value.length > 1 ? up.name : `${up.name} ${short(up.low)} … ${short(up.high)}`) : ""}</span></figcaption>
  </figure>`;
}

function reading(view, { u, v, x, y }) {
  const got = values(view, null);
  if (!got) return "";
  const i = Math.min(got.rows - 1, Math.floor((1 - v) * got.rows));
  const j = Math.min(got.columns - 1, Math.floor(u * got.columns));
  const at = ((got.rows === 1 ? 0 : i) * got.columns + j) * got.outputs;
  const outputs = Array.from(got.data.subarray(at, at + got.outputs)).map((value) => short(value));
  return `(${short(x)}${y === null ? "" : `, ${short(y)}`}) → ${outputs.join(" · ")}`;
}

function nearestSample(view, u, v) {
  const { "points.x": x, "points.t": targets, "points.index": index } = view.arrays;
  if (!x) return null;
  const [across, up] = view.axes;
  const [low, high] = view.line ? extent(targets.data) : [0, 1];
  let best = null;
  let least = 0.06 ** 2;
  for (let i = 0; i < x.shape[0]; i++) {
    const dx = (x.data[i * x.shape[1]] - across.low) / (across.high - across.low) - u;
    const dy = (view.line ? (targets.data[i] - low) / (high - low || 1) : (x.data[2 * i + 1] - up.low) / (up.high - up.low)) - v;
    if (dx * dx + dy * dy < least) {
      least = dx * dx + dy * dy;
      best = index.data[i];
    }
  }
  return best;
}

function Legend() {
  const data = run.value.data;
  if (shown(selected.value)?.line) return html`<p class="legend note"><span><i class="line-key s1"></i>${t("answer")}</span><span><i class="dot-key"></i>${t("samples")}</span></p>`;
  if (data.task !== "classes") {
    const [low, high] = numbersOf(shown(selected.value));
    return html`<p class="legend note"><span class="key"><span>${short(low)}</span><i class="ramp"></i><span>${short(high)}</span></span></p>`;
  }
  return html`<ul class="legend">${data.classes.map((name, i) => html`<li><${Canvas} class="mark" draw=${(context, width, height) => {
    context.fillStyle = css(ofClass(theme.value, i));
    MARKS[i % MARKS.length](context, width / 2, height / 2, 4);
  }} />${name}</li>`)}<li class="note">${t("legend_test")}</li></ul>`;
}

/** Which features span the plane, and where the others are held. */
function Axes() {
  const { axes, plane } = run.value.data;
  if (!axes || axes.length < 3) return null;
  const able = axes.map((axis, i) => [String(i), axis.name, Boolean(axis.choices?.length)]).filter(([, , off]) => !off);
  const chosen = plane ?? [0, 1];
  const choose = (which) => (value) => {
    const next = [...chosen];
    next[which] = Number(value);
    if (next[0] === next[1]) next[1 - which] = chosen[which];
    return edit(withValue(recipe.value, ["data", "plane"], next));
  };
  const held = recipe.value.data.held ?? {};
  return html`<details class="axes"><summary>${t("features_of_plane")}</summary>
    <div class="fields">
      <${Choice} label=${t("across")} value=${String(chosen[0])} choices=${able} where="data.plane" onChange=${choose(0)} />
      ${chosen.length > 1 && html`<${Choice} label=${t("upwards")} value=${String(chosen[1])} choices=${able} onChange=${choose(1)} />`}
      ${axes.map((axis, i) => {
        if (chosen.includes(i)) return null;
        const value = held[i] ?? held[axis.name] ?? axis.held;
        const set = (given) => edit(withValue(recipe.value, ["data", "held"], { ...held, [i]: given }));
        return axis.choices?.length
          ? html`<${Choice} key=${i} label=${axis.name} value=${value} choices=${axis.choices} where=${`data.held.${i}`} onChange=${set} />`
          : html`<${Slider} key=${i} label=${axis.name} value=${value} low=${axis.low} high=${axis.high} step=${(axis.high - axis.low) / 100} where=${`data.held.${i}`} onInput=${set} />`;
      })}
    </div></details>`;
}

function pointsTable() {
  const { arrays, axes } = shown(selected.value);
  const { "points.x": x, "points.t": targets, "points.test": test, "points.index": index } = arrays;
  const classes = run.value.data.classes;
  return {
    caption: t("samples"),
    headings: [t("sample"), ...axes.map((axis) => axis.name), t("target"), t("part")],
    rows: Array.from({ length: Math.min(300, x?.shape[0] ?? 0) }, (_, i) => [
      index.data[i] + 1, ...axes.map((_axis, k) => short(x.data[i * x.shape[1] + k], 4)),
      classes[targets.data[i]] ?? short(targets.data[i], 4), t(test.data[i] ? "test" : "train"),
    ]),
  };
}

export function PlaneCard() {
  const table = useTable(pointsTable);
  if (!run.value?.data) return null;
  return html`<${Card} title=${t(run.value.data.task !== "number" ? "boundary" : shown(selected.value)?.line ? "fitted_curve" : "surface")} part="plane" class="plane-card" tools=${table.button}>
    ${table.shown ? table.table() : html`<div class=${`planes n${names.value.length}`}>${names.value.map((name) => html`<${Plane} name=${name} key=${name} />`)}</div>
      <${Legend} />`}
    ${putting.value && ownPoints.value.length > 0 && html`<p class="note">${t("points_so_far", { count: ownPoints.value.length })}</p>`}
    ${error.value?.where?.startsWith("data.points") && html`<p class="refused" role="alert">${error.value.message}</p>`}
    <${Axes} />
  </${Card}>`;
}
