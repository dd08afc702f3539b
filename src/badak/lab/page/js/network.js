// The network: a column for each layer, units as buttons, weights as lines behind them.

import { Card, useTable } from "./card.js";
import { diverging, THEMES, css } from "./colour.js";
import { columnsOf, sizes, weight } from "./columns.js";
import { GAP, NODE, column as places, nearest, stroke, tallest } from "./geometry.js";
import { ColumnHead, Insert } from "./columnhead.js";
import { reach } from "./heat.js";
import { exact, short, whole } from "./numbers.js";
import { focus, frame, layer as layerShown, lookAt, lookAtLayer, pointed, run, t, theme } from "./store.js";
import { UnitPicture } from "./unitpicture.js";
import { Canvas, calm, html, useEffect, useRef, useSignal } from "./ui.js";

const COLUMN = 92; // the width of a column's head
const SLIM = 74; // on a narrow page
const TAG = 30;
const LONG_NAMES = 46; // more room before inputs whose names are long
const CLOSE = 10;
const LEAST = 62; // between columns
const LEAST_SLIM = 34;
const NARROW = 420;
const ROOMY = 760; // a stage so wide has larger units

/** Where each column and unit stands, and what room is between them. */
function laidOut(columns, width, height, node) {
  const roomy = columns.reduce((sum, { kind }) => sum + (kind === "tag" ? TAG : COLUMN), LEAST * (columns.length - 1));
  const slim = width < NARROW || roomy > width;
  const column = slim ? SLIM : COLUMN;
  const long = columns[0]?.names?.some((name) => name.length > 3) ? LONG_NAMES : 8;
  const widths = columns.map(({ kind }) => (kind === "tag" ? TAG : kind === "input" ? column + long : column));
  const needed = widths.reduce((sum, each) => sum + each, 0);
  // Layers that prepare the data cannot be parted: they stand close to what they prepare.
  const close = columns.slice(1).map(({ role }) => role === "preparation" || role === "ending");
  const narrow = close.filter(Boolean).length;
  const wide = Math.max(1, close.length - narrow);
  const gap = Math.max(slim ? LEAST_SLIM : LEAST, Math.min(260, (width - needed - CLOSE * narrow) / wide));
  const whole_ = needed + CLOSE * narrow + gap * (close.length - narrow);
  let x = Math.max(0, (width - whole_) / 2);
  const laid = columns.map((each, i) => {
    const left = x;
    const after = close[i] ? CLOSE : gap;
    x += widths[i] + after;
    const ys = places(each.shown.length, height, { node, gap: GAP });
    return { ...each, left, width: widths[i], after, middle: left + widths[i] - (each.kind === "tag" ? TAG : column) / 2, ys, node };
  });
  return { laid, width: Math.max(width, whole_) };
}

/** Each weight as a line; while the gradient comes back, the weight's gradient. */
function linesOf(laid, arrays, stage) {
  const kind = stage === "backward" ? "gradient" : "kernel";
  const lines = [];
  let before = null;
  for (const column of laid) {
    if (column.kind === "tag") continue;
    if (before && column.kind === "units") {
      const most = reach(arrays?.[`${kind}.${column.index}`]?.data ?? []);
      before.shown.forEach((from, i) => column.shown.forEach((to, j) => {
        const value = before.image ? undefined : weight(arrays, column.index, from, to, kind);
        lines.push({
          x0: before.middle + before.node / 2, y0: before.ys[i], x1: column.middle - column.node / 2, y1: column.ys[j],
          from, to, layer: column.index, value, most, image: before.image,
        });
      }));
    }
    before = column;
  }
  return lines;
}

function drawLines(context, lines, { stage, pointed, chosen }) {
  const { series, faint } = THEMES[theme.value];
  const flow = stage && !calm() ? (performance.now() / 40) % 24 : 0;
  for (const line of lines) {
    const known = line.value !== undefined;
    const { width, alpha } = known ? stroke(line.value, line.most) : { width: 1, alpha: 0.6 };
    const bend = (line.x1 - line.x0) / 2;
    const marked = pointed === line || (chosen && chosen.layer === line.layer && chosen.unit === line.to);
    context.beginPath();
    context.moveTo(line.x0, line.y0);
    context.bezierCurveTo(line.x0 + bend, line.y0, line.x1 - bend, line.y1, line.x1, line.y1);
    context.strokeStyle = known ? css(series[line.value < 0 ? 0 : 1], marked ? 1 : chosen && chosen.layer === line.layer ? alpha * 0.5 : alpha) : css(faint, 0.6);
    context.lineWidth = width + (pointed === line ? 2 : 0);
    if (stage === "forward" || stage === "backward") {
      context.setLineDash([8, 4]);
      context.lineDashOffset = stage === "forward" ? -flow : flow;
    }
    context.stroke();
    context.setLineDash([]);
  }
}

function Lines({ lines, width, height, arrays }) {
  const tip = useSignal(null);
  const at = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    return nearest(lines, event.clientX - box.left, event.clientY - box.top);
  };
  const move = (event) => {
    const line = at(event);
    tip.value = line && line.value !== undefined ? { line, x: event.offsetX, y: event.offsetY } : null;
  };
  const click = (event) => {
    const line = at(event);
    if (line && line.value !== undefined) lookAt({ layer: line.layer, unit: line.to, term: line.from });
  };
  const moving = frame.value?.head.stage?.stage ?? null;
  const turn = useSignal(0);
  useEffect(() => {
    if (!moving || calm()) return undefined;
    let going = true;
    const next = () => {
      if (!going) return;
      turn.value++;
      setTimeout(() => requestAnimationFrame(next), 40);
    };
    next();
    return () => { going = false; };
  }, [moving]);
  void turn.value;
  return html`<${Canvas} class=${`lines ${tip.value ? "pointing" : ""}`} style=${{ width: `${width}px`, height: `${height}px` }}
      draw=${(context) => drawLines(context, lines, { stage: moving, pointed: tip.value?.line, chosen: focus.value })}
      onPointerMove=${move} onPointerLeave=${() => { tip.value = null; }} onClick=${click} />
    ${tip.value && html`<div class="tip" style=${{ left: `${tip.value.x + 14}px`, top: `${tip.value.y + 10}px` }}>
      ${t("weight_from_to", { from: tip.value.line.from + 1, to: tip.value.line.to + 1 })}<b>${exact(tip.value.line.value)}</b></div>`}`;
}

function Unit({ column, unit, y, arrays, colours, most, stage }) {
  const chosen = focus.value?.layer === column.index && focus.value?.unit === unit;
  const input = column.kind === "input";
  const shown = stage === "backward" ? "delta" : "z";
  const z = input ? arrays?.["z.input"]?.data[unit] : arrays?.[`${shown}.${column.index}`]?.data[unit];
  const amount = stage === "forward" || stage === "backward"; // the sample's number, not the unit's picture
  const name = input ? (column.image ? t("input_picture") : column.names[unit]) : t("unit_of_layer", { unit: unit + 1, layer: column.name });
  const label = z === undefined ? name : `${name}: ${short(z)}`;
  const { node } = column;
  const style = { left: `${column.middle - node / 2}px`, top: `${y - node / 2}px`, width: `${node}px`, height: `${node}px` };
  if (input) {
    return html`<div class="unit input" style=${style} title=${label} role="img" aria-label=${label}>
      <${UnitPicture} column=${column} unit=${unit} colours=${colours} z=${z} most=${most} /></div>
      ${!column.image && html`<div class="unit-name" style=${{ left: `${column.left}px`, top: `${y - 8}px`, width: `${column.middle - node / 2 - column.left - 4}px` }} aria-hidden="true">${name}</div>`}`;
  }
  return html`<button type="button" class=${`unit ${chosen ? "chosen" : ""}`} style=${style} title=${label} aria-label=${label}
    aria-pressed=${chosen} onClick=${() => lookAt({ layer: column.index, unit })}
    onPointerEnter=${() => { pointedAt(column, unit); }} onPointerLeave=${() => { pointedAt(null); }}
    onFocus=${() => { pointedAt(column, unit); }} onBlur=${() => { pointedAt(null); }}>
    <${UnitPicture} column=${column} unit=${unit} colours=${colours} z=${z} most=${most} amount=${amount} />
    ${amount && html`<span class="unit-value">${short(z, 2)}</span>`}</button>`;
}

function pointedAt(column, unit) {
  pointed.value = column ? { layer: column.index, unit, name: column.name } : null;
}

function Stage() {
  const ref = useRef(null);
  const width = useSignal(600);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => { width.value = Math.floor(entry.contentRect.width); });
    watcher.observe(ref.current);
    return () => watcher.disconnect();
  }, []);
  const columns = columnsOf(run.value);
  const most = Math.max(...columns.map(({ shown }) => shown.length || 1));
  const node = width.value > ROOMY && most <= 8 ? 48 : NODE;
  const height = tallest([most], { node, gap: GAP });
  const { laid, width: whole_ } = laidOut(columns, width.value, height, node);
  const arrays = frame.value?.arrays;
  const stage = frame.value?.head.stage?.stage ?? null;
  const lines = linesOf(laid, arrays, stage);
  const colours = diverging(theme.value);
  return html`<div class="stage" ref=${ref}><div class="stage-inner" style=${{ width: `${whole_}px` }}>
    <div class="column-heads">${laid.map((column, i) => html`
      <${ColumnHead} column=${column} key=${column.kind === "input" ? "input" : column.index} />
      ${i < laid.length - 1 && html`<${Insert} before=${laid[i + 1]} x=${column.left + column.width + column.after / 2} key=${`insert-${i}`} />`}`)}
    </div>
    <div class="units" style=${{ height: `${height}px` }}>
      <${Lines} lines=${lines} width=${whole_} height=${height} arrays=${arrays} />
      ${laid.map((column) => {
        const most = reach(arrays?.[`${stage === "backward" ? "delta" : "z"}.${column.index}`]?.data ?? []);
        return column.kind === "tag"
          ? html`<button type="button" class=${`tag ${layerShown.value === column.index ? "chosen" : ""}`} style=${{ left: `${column.left}px`, width: `${TAG}px`, height: `${Math.min(height, 150)}px`, top: `${Math.max(0, (height - 150) / 2)}px` }}
              onClick=${() => lookAtLayer(column.index)} title=${column.name}><span>${column.title ?? column.name}</span></button>`
          : html`${column.shown.map((unit, i) => html`<${Unit} key=${`${column.index}-${unit}`} column=${column} unit=${unit} y=${column.ys[i]} arrays=${arrays} colours=${colours} most=${most} stage=${stage} />`)}
            ${column.shown.length < column.units && html`<button type="button" class="more" style=${{ left: `${column.middle + node / 2 + 2}px`, top: `${(column.ys.at(-1) + column.ys.at(-2)) / 2 - 9}px` }}
              onClick=${() => lookAtLayer(column.index)} aria-label=${t("all_units_of", { layer: column.name })} title=${t("all_units_of", { layer: column.name })}>+${column.units - column.shown.length}</button>`}`;
      })}
    </div></div></div>`;
}

function weightsTable() {
  const arrays = frame.value?.arrays ?? {};
  const rows = [];
  for (const column of columnsOf(run.value).filter(({ kind }) => kind === "units")) {
    const kernel = arrays[`kernel.${column.index}`];
    if (!kernel) continue;
    const [inputs, units] = kernel.shape;
    const place = (name, i) => (arrays[name]?.data[i] ?? i) + 1;
    for (let j = 0; j < units && rows.length < 2000; j++) {
      rows.push([`${column.name} ${place(`kernel.${column.index}.columns`, j)}`, t("bias"), exact(arrays[`bias.${column.index}`]?.data[j])]);
      for (let i = 0; i < inputs; i++) {
        rows.push([`${column.name} ${place(`kernel.${column.index}.columns`, j)}`, place(`kernel.${column.index}.rows`, i), exact(kernel.data[i * units + j])]);
      }
    }
  }
  return { caption: t("weights_of_network"), headings: [t("unit"), t("input"), t("weight")], rows };
}

function StageOfStep() {
  const { stage } = frame.value.head.stage;
  return html`<p class=${`stage-told ${stage}`}><b>${t(`stage_${stage}`)}</b> ${t(`stage_${stage}_means`)}</p>`;
}

export function NetworkCard() {
  const table = useTable(weightsTable);
  const columns = columnsOf(run.value);
  const params = (run.value?.layers ?? []).reduce((sum, { params: count }) => sum + (count ?? 0), 0);
  return html`<${Card} title=${t("network")} part="network" class="network" tools=${html`
      ${frame.value?.head.stage ? html`<${StageOfStep} />` : html`<span class="note sizes">${sizes(columns)} · ${t("weights_count", { count: whole(params) })}</span>`}
      <span class="key" aria-hidden="true"><span>−</span><i class="ramp"></i><span>+</span></span>${table.button}`}>
    ${table.shown ? table.table() : html`<${Stage} />`}
    ${(run.value?.notices ?? []).map((notice) => html`<p class="note notice">${notice}</p>`)}
  </${Card}>`;
}
