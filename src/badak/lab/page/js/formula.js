// A formula that is typed, with its graph and its slope drawn at once.

import { post } from "./api.js";
import { useTable } from "./card.js";
import { THEMES, css } from "./colour.js";
import { useId } from "./fields.js";
import { extent } from "./heat.js";
import { exact, short } from "./numbers.js";
import { valueAt, withValue } from "./recipe.js";
import { edit, error, recipe, t, theme } from "./store.js";
import { Canvas, html, useEffect, useRef, useSignal } from "./ui.js";

const WAIT = 150; // ms after the last letter

/** A field for a formula of the recipe at a path; it is taken when it can be read. */
export function FormulaField({ kind, label, path, fallback }) {
  const id = useId("formula");
  const told = useSignal(null);
  const wrong = useSignal(null);
  const waiting = useRef(0);
  const typed = useSignal(null);
  const value = typed.value ?? valueAt(recipe.value, path) ?? fallback ?? "";
  const ask = async (text) => {
    try {
      told.value = await post("formula", { kind, text });
      wrong.value = null;
      return true;
    } catch (refused) {
      wrong.value = refused.message;
      return false;
    }
  };
  useEffect(() => {
    ask(value);
  }, []);
  const input = (text) => {
    typed.value = text;
    clearTimeout(waiting.current);
    waiting.current = setTimeout(() => ask(text), WAIT);
  };
  const leave = async (text) => {
    clearTimeout(waiting.current);
    if (await ask(text)) {
      typed.value = null;
      await edit(withValue(recipe.value, path, text));
    }
  };
  const refused = wrong.value ?? (error.value?.where === path.join(".") ? error.value.message : null);
  return html`<div class="field wide">
    <label for=${id}><span>${label}</span></label>
    <input type="text" id=${id} class="formula" autocomplete="off" spellcheck=${false} value=${value}
      aria-invalid=${refused ? "true" : undefined} onInput=${(event) => input(event.target.value)}
      onChange=${(event) => leave(event.target.value)} />
    ${refused && html`<p class="refused" role="alert">${refused}</p>`}
    ${told.value && html`<${Graph} x=${told.value.x} y=${told.value.y} slope=${kind === "activation" ? told.value.slope : null} />`}
  </div>`;
}

/** The graph of a function of one number, with its slope where it is given. */
export function Graph({ x, y, slope, label, class: more = "graph" }) {
  const at = useSignal(null);
  const table = useTable(() => ({
    caption: t("values_of_function"),
    headings: ["x", t("output"), ...(slope ? [t("slope")] : [])],
    rows: x.map((each, i) => [short(each), exact(y[i]), ...(slope ? [exact(slope[i])] : [])])
      .filter((_, i) => i % Math.ceil(x.length / 41) === 0),
  }));
  const shown = at.value === null ? null : at.value;
  const move = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    at.value = Math.max(0, Math.min(x.length - 1, Math.round(share * (x.length - 1))));
  };
  if (table.shown) return html`<div class="graph-box">${table.button}${table.table()}</div>`;
  return html`<div class="graph-box">
    <${Canvas} class=${more} label=${label ?? t("graph_of_function")} draw=${(context, width, height) => curves(context, width, height, { x, y, slope, at: shown })}
      onPointerMove=${move} onPointerLeave=${() => { at.value = null; }} />
    <p class="note graph-note">${shown === null
      ? html`<span class="swatch s0"></span>${t("output")}${slope && html` <span class="swatch s1"></span>${t("slope")}`}`
      : `x ${short(x[shown])}: ${t("output")} ${short(y[shown], 4)}${slope ? `, ${t("slope")} ${short(slope[shown], 4)}` : ""}`}</p>
    ${table.button}</div>`;
}

function curves(context, width, height, { x, y, slope, at }) {
  const { series, faint } = THEMES[theme.value];
  const all = slope ? [...y, ...slope] : y;
  const [low, high] = extent(all.map((value) => Math.max(-1e6, Math.min(1e6, value ?? NaN))));
  const room = (high - low || 1) * 0.08;
  const right = (value) => ((value - x[0]) / (x[x.length - 1] - x[0])) * width;
  const up = (value) => height - ((value - low + room) / (high - low + 2 * room || 1)) * height;
  context.strokeStyle = css(faint);
  context.lineWidth = 1;
  context.beginPath();
  if (low <= 0 && high >= 0) {
    context.moveTo(0, up(0));
    context.lineTo(width, up(0));
  }
  context.moveTo(right(0), 0);
  context.lineTo(right(0), height);
  context.stroke();
  const draw = (values, colour, dashes) => {
    context.strokeStyle = css(colour);
    context.lineWidth = 2;
    context.setLineDash(dashes);
    context.beginPath();
    values.forEach((value, i) => value !== null && Number.isFinite(value) && context.lineTo(right(x[i]), up(value)));
    context.stroke();
    context.setLineDash([]);
  };
  if (slope) draw(slope, series[1], [5, 3]);
  draw(y, series[0], []);
  if (at !== null) {
    for (const [values, colour] of [[y, series[0]], [slope ?? [], series[1]]]) {
      if (!Number.isFinite(values[at])) continue;
      context.fillStyle = css(colour);
      context.beginPath();
      context.arc(right(x[at]), up(values[at]), 4, 0, 7);
      context.fill();
    }
  }
}
