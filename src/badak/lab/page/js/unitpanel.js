// The arithmetic of one unit for the chosen sample, in digits: forward, and back.

import { get } from "./api.js";
import { columnsOf } from "./columns.js";
import { Choice } from "./fields.js";
import { Formula } from "./formulaview.js";
import { exact, short } from "./numbers.js";
import { focus, frame, run, seen, selected, t } from "./store.js";
import { html, signal, useEffect } from "./ui.js";

export const arithmetic = signal(null);
const refused = signal(null);
const LEAST = 300; // ms between two questions while it trains
let asked = 0;

/** The unit whose arithmetic is shown: the chosen one, or the first of the output. */
export function chosenUnit() {
  const columns = columnsOf(run.value).filter(({ kind }) => kind === "units");
  const wanted = focus.value;
  const column = columns.find(({ index }) => index === wanted?.layer);
  if (column && wanted.unit < column.units) return { column, unit: wanted.unit, term: wanted.term };
  const last = columns.at(-1);
  return last ? { column: last, unit: 0 } : null;
}

async function ask() {
  const chosen = chosenUnit();
  if (!chosen) return;
  asked = performance.now();
  try {
    const told = await get("arithmetic", { run: selected.value, layer: chosen.column.index, unit: chosen.unit, sample: seen.value });
    arithmetic.value = { ...told, layer: chosen.column.index, unit: chosen.unit, sample: seen.value };
    refused.value = null;
  } catch (error) {
    refused.value = error.message;
  }
}

/** What an input of a layer is called: a feature, or a unit of the layer before. */
function inputName(chosen, place) {
  const columns = columnsOf(run.value).filter(({ kind }) => kind !== "tag");
  const before = columns[columns.findIndex(({ index }) => index === chosen.column.index) - 1];
  if (before?.kind === "input") return before.image ? t("pixel_number", { number: place + 1 }) : before.names[place];
  return t("unit_number", { number: place + 1 });
}

function Terms({ told, chosen }) {
  const terms = told.terms ?? [];
  const order = terms.map((term, i) => ({ ...term, i }));
  const sorted = terms.length > 12 ? [...order].sort((a, b) => Math.abs(b.product) - Math.abs(a.product)) : order;
  const most = Math.max(1e-30, ...terms.map((term) => Math.abs(term.product)));
  return html`<div class="scrolls terms" tabindex="0" role="region" aria-label=${t("terms")}><table>
    <thead><tr><th scope="col">${t("input")}</th><th scope="col">${t("weight")}</th><th></th><th scope="col">x</th><th></th><th scope="col">${t("product")}</th><th><span class="unseen">${t("size")}</span></th></tr></thead>
    <tbody>${sorted.map((term) => html`<tr class=${chosen.term !== undefined && chosen.term === term.input ? "marked" : ""}>
        <th scope="row">${inputName(chosen, term.input)}</th><td title=${exact(term.weight)}>${short(term.weight, 4)}</td><td class="times">×</td><td title=${exact(term.x)}>${short(term.x, 4)}</td><td class="times">=</td><td title=${exact(term.product)}>${short(term.product, 4)}</td>
        <td class="amount-bar"><i class=${term.product < 0 ? "minus" : "plus"} style=${{ width: `${(100 * Math.abs(term.product)) / most}%` }}></i></td></tr>`)}
      ${told.bias !== undefined && told.bias !== null && html`<tr><th scope="row">${t("bias")}</th><td></td><td></td><td></td><td></td><td title=${exact(told.bias)}>${short(told.bias, 4)}</td><td class="amount-bar"><i class=${told.bias < 0 ? "minus" : "plus"} style=${{ width: `${Math.min(100, (100 * Math.abs(told.bias)) / most)}%` }}></i></td></tr>`}
      ${told.others > 0 && html`<tr><th scope="row" colspan="7">${t("other_inputs", { count: told.others })}</th></tr>`}
      <tr class="sum"><th scope="row">${t("sum")}</th><td></td><td></td><td></td><td></td><td title=${exact(told.sum)}>${short(told.sum, 4)}</td><td></td></tr></tbody></table></div>`;
}

function Chain({ told }) {
  return html`<ol class="chain" aria-label=${t("forward")}>
    <li><span class="label">${t("sum")}</span><b>${short(told.sum, 5)}</b></li>
    <li><span class="label">${told.activation ?? "identity"}</span><span class="formula-shown"><${Formula} latex=${told.formula} /></span></li>
    <li><span class="label">${t("output")}</span><b>${short(told.output, 5)}</b></li></ol>`;
}

function Backward({ told }) {
  const text = told.backward?.text;
  if (!text) return null;
  return html`<h4>${t("backward")}</h4>
    <p class="formula-shown slope"><${Formula} latex=${told.slope_formula} /></p>
    <pre class="line back-lines">${text}</pre>`;
}

export function UnitPanel() {
  const chosen = chosenUnit();
  const number = frame.value?.head.frame;
  useEffect(() => {
    const wait = Math.max(0, LEAST - (performance.now() - asked));
    const timer = setTimeout(ask, arithmetic.value?.layer === chosen?.column.index && arithmetic.value?.unit === chosen?.unit && arithmetic.value?.sample === seen.value ? wait : 0);
    return () => clearTimeout(timer);
  }, [chosen?.column.index, chosen?.unit, seen.value, selected.value, number]);
  if (!chosen) return null;
  // The arithmetic of another unit is not shown under this one's name.
  const got = arithmetic.value;
  const told = got?.layer === chosen.column.index && got.unit === chosen.unit ? got : null;
  const columns = columnsOf(run.value).filter(({ kind }) => kind === "units");
  return html`<div class="unit-panel">
    <div class="row pick">
      <${Choice} label=${t("layer")} value=${String(chosen.column.index)} choices=${columns.map((each) => [String(each.index), each.role === "output" ? t("output") : each.name])}
        onChange=${(index) => { focus.value = { layer: Number(index), unit: 0 }; }} />
      <${Choice} label=${t("unit")} value=${String(chosen.unit)} choices=${Array.from({ length: Math.min(512, chosen.column.units) }, (_, i) => [String(i), String(i + 1)])}
        onChange=${(unit) => { focus.value = { layer: chosen.column.index, unit: Number(unit) }; }} />
      <span class="note">${t("sample_number", { number: seen.value + 1 })}</span>
    </div>
    ${refused.value && html`<p class="refused" role="alert">${refused.value}</p>`}
    ${told && html`<p class="line" data-test="line">${told.line}</p><${Chain} told=${told} />
      <div class="split"><div><h4>${t("forward")}</h4><${Terms} told=${told} chosen=${chosen} /></div><div><${Backward} told=${told} /></div></div>`}
  </div>`;
}
