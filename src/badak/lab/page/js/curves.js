// Loss, accuracy, gradient and rate over time, with exact values under the pointer.

import uPlot from "../vendor/uplot.js";

import { Card, useTable } from "./card.js";
import { THEMES, css } from "./colour.js";
import { useId } from "./fields.js";
import { exact, short, whole } from "./numbers.js";
import { joined } from "./series.js";
import { command, curve, frame, frames, names, run, t, theme } from "./store.js";
import { html, useEffect, useRef, useSignal } from "./ui.js";

const KINDS = {
  loss: { lines: [["train", "loss.train"], ["test", "loss.test"]], log: true },
  accuracy: { lines: [["train", "loss.train_accuracy"], ["test", "loss.test_accuracy"]], share: true },
  gradient: { lines: [["gradient_size", "loss.gradient"]], steps: "gradient.step", log: true },
  rate: { lines: [["learning_rate", "loss.rate"]] },
};

/** The lines of a kind of curve of all runs: {name, x, y, run, place}. */
export function linesOf(kind) {
  const { lines, steps = "loss.step" } = KINDS[kind];
  return names.value.flatMap((name, order) => lines.map(([said, key], place) => {
    const arrays = frames[name].value?.arrays ?? {};
    const label = names.value.length > 1 ? `${name.toUpperCase()} ${t(said)}` : t(said);
    return { label, x: arrays[steps]?.data ?? [], y: arrays[key]?.data ?? [], order, place };
  }));
}

function options(kind, lines, { log, width, height, onCursor }) {
  const { series, quiet, faint } = THEMES[theme.value];
  const axis = {
    stroke: css(quiet), font: "12px system-ui, sans-serif", ticks: { show: false },
    grid: { stroke: css(faint, 0.45), width: 1 },
  };
  const { share } = KINDS[kind];
  return {
    width, height, padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: (_u, low, high) => [low ?? 0, high > (low ?? 0) ? high : (low ?? 0) + 1] },
      y: share ? { range: [0, 1.02] } : log ? { distr: 3 } : { range: (_u, low, high) => [Math.min(0, low), high > 0 ? high * 1.05 : 1] },
    },
    axes: [
      { ...axis, size: 26, values: (_u, steps) => steps.map((step) => (step >= 1e4 ? `${short(step / 1e3, 4)}k` : String(step))) },
      { ...axis, size: 48, values: (_u, values) => values.map((value) => (value === null ? "" : share ? `${Math.round(100 * value)}%` : short(value, 2))) },
    ],
    series: [{}, ...lines.map((line) => ({
      label: line.label, stroke: css(series[line.place]), width: 2, spanGaps: true,
      dash: line.order ? [7, 4] : undefined, points: { show: (plot) => plot.data[0].length < 2 },
    }))],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)] },
  };
}

function Chart({ kind, log }) {
  const ref = useRef(null);
  const plot = useRef(null);
  const at = useSignal(null);
  const lines = linesOf(kind);
  const data = joined(lines);
  const shape = `${kind} ${log} ${lines.map(({ label }) => label)} ${theme.value}`;
  useEffect(() => {
    const box = ref.current;
    const made = new uPlot(options(kind, lines, {
      log, width: box.clientWidth, height: box.clientHeight, onCursor: (index) => { at.value = index; },
    }), data, box);
    plot.current = made;
    const watcher = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: box.clientHeight }));
    watcher.observe(box);
    return () => {
      watcher.disconnect();
      made.destroy();
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData(data);
  });
  const index = at.value !== null && at.value < data[0].length ? at.value : data[0].length - 1;
  const value = (line) => {
    for (let i = index; i >= 0; i--) if (data[line + 1][i] !== null) return data[line + 1][i];
    return null;
  };
  return html`<p class="reading-line"><span>${t("step")} <b>${data[0][index] ?? 0}</b></span>
      ${lines.map((line, i) => html`<span><i class=${`line-key s${line.place} ${line.order ? "dashed" : ""}`}></i>${line.label} <b>${exact(value(i))}</b></span>`)}</p>
    <div class="chart" ref=${ref} role="img" aria-label=${t(`curve_${kind}`)}></div>`;
}

/** The way back: any epoch that has been trained, on a slider. */
function History() {
  const id = useId("history");
  const { last_epoch: last = 0, epochs_kept: kept = [0] } = run.value ?? {};
  const head = frame.value?.head ?? {};
  const first = kept[0] ?? 0;
  const most = Math.max(last, head.epoch ?? 0);
  if (most <= first) return null;
  return html`<div class="history"><label for=${id}>${t("go_to_epoch")}</label>
    <input type="range" id=${id} min=${first} max=${most} step="1" value=${head.epoch ?? 0} disabled=${head.status === "playing"}
      aria-valuetext=${whole(head.epoch)} onChange=${(event) => command("back", { epoch: Number(event.target.value) })} />
    <output for=${id}>${whole(head.epoch ?? 0)} / ${whole(most)}</output></div>`;
}

function tableOf(kind) {
  const lines = linesOf(kind);
  const data = joined(lines);
  const every = Math.ceil(data[0].length / 200) || 1;
  return {
    caption: t(`curve_${kind}`), headings: [t("step"), ...lines.map(({ label }) => label)],
    rows: data[0].map((step, i) => [step, ...lines.map((_, k) => exact(data[k + 1][i]))]).filter((_, i) => i % every === 0),
  };
}

export function CurvesCard() {
  const log = useSignal(false);
  const classes = run.value?.data?.task === "classes";
  const kind = curve.value === "accuracy" && !classes ? "loss" : curve.value;
  const table = useTable(() => tableOf(kind));
  const kinds = Object.keys(KINDS).filter((each) => each !== "accuracy" || classes);
  return html`<${Card} title=${t("curves")} part="curves" class="curves" tools=${html`
      ${KINDS[kind].log && html`<label class="small-check"><input type="checkbox" checked=${log.value} onChange=${(event) => { log.value = event.target.checked; }} />log</label>`}${table.button}`}>
    <div class="chips" role="group" aria-label=${t("curves")}>${kinds.map((each) => html`<button type="button" class="chip" aria-pressed=${each === kind}
      onClick=${() => { curve.value = each; }}>${t(`curve_short_${each}`)}</button>`)}</div>
    ${table.shown ? table.table() : html`<${Chart} kind=${kind} log=${log.value && Boolean(KINDS[kind].log)} />`}
    <${History} />
  </${Card}>`;
}
