// Which classes are taken for which, and the samples that the network gets wrong.

import { useTable } from "./card.js";
import { row } from "./frame.js";
import { percent, short, whole } from "./numbers.js";
import { frame, run, sample, t, theme } from "./store.js";
import { picture } from "./unitpicture.js";
import { Pixels, html } from "./ui.js";

export function Confusion() {
  const array = frame.value?.arrays.confusion;
  const classes = run.value?.data?.classes ?? [];
  if (!array) return html`<p class="note">${t("no_confusion")}</p>`;
  const [rows, columns] = array.shape;
  const total = array.data.reduce((sum, count) => sum + count, 0);
  let right = 0;
  for (let i = 0; i < Math.min(rows, columns); i++) right += array.data[i * columns + i];
  const most = Math.max(1, ...array.data);
  return html`<p class="note">${t("right_of", { right: whole(right), total: whole(total), share: percent(right / (total || 1)) })}</p>
    <div class="scrolls" tabindex="0" role="region" aria-label=${t("confusion")}><table class="confusion"><caption class="unseen">${t("confusion_means")}</caption>
      <thead><tr><th scope="col" class="corner"><span class="corner-text">${t("target")} ↓ ${t("answer")} →</span></th>${Array.from({ length: columns }, (_, j) => html`<th scope="col">${classes[j] ?? j}</th>`)}</tr></thead>
      <tbody>${Array.from({ length: rows }, (_, i) => html`<tr><th scope="row">${classes[i] ?? i}</th>
        ${Array.from({ length: columns }, (_, j) => {
          const count = array.data[i * columns + j];
          const share = count ? 8 + Math.round((40 * count) / most) : 0;
          return html`<td class=${i === j ? "right-one" : count ? "wrong-one" : ""} style=${{ "--share": `${share}%` }}>${count || html`<span class="zero">0</span>`}</td>`;
        })}</tr>`)}</tbody></table></div>`;
}

export function WrongSamples() {
  const arrays = frame.value?.arrays ?? {};
  const index = arrays["wrong.index"];
  const data = run.value?.data;
  const table = useTable(() => ({
    caption: t("wrong_samples"), headings: [t("sample"), t("target"), t("answer")],
    rows: Array.from(arrays["wrong.index"]?.data ?? [], (number, i) => [number + 1, name(arrays["wrong.t"]?.data[i]), name(arrays["wrong.answer"].data[i])]),
  }));
  if (data?.task !== "classes") return html`<p class="note">${t("no_confusion")}</p>`;
  const name = (label) => data.classes[label] ?? String(label);
  if (!index) return html`<p class="note">${t("waiting")}</p>`;
  const count = arrays["wrong.count"]?.data[0] ?? index.data.length;
  const x = arrays["wrong.x"];
  const said = html`<div class="panel-tools"><span class="note">${t("wrong_of_test", { count: whole(count), shown: index.data.length })}</span>${table.button}</div>`;
  if (!count) return html`<p class="note good">${t("none_wrong")}</p>`;
  if (table.shown) return html`${said}${table.table()}`;
  const image = data.look === "image";
  return html`${said}<div class=${image ? "gallery" : "wrong-rows"}>${Array.from(index.data, (number, i) => {
    const text = `${name(arrays["wrong.t"]?.data[i])} → ${name(arrays["wrong.answer"].data[i])}`;
    const values = row(x, i);
    return html`<button type="button" key=${number} class=${`wrong-sample ${sample.value === number ? "chosen" : ""}`} onClick=${() => { sample.value = number; }}
      aria-label=${t("wrong_sample", { number: number + 1, target: name(arrays["wrong.t"]?.data[i]), answer: name(arrays["wrong.answer"].data[i]) })}>
      ${image ? html`<${Pixels} class="sharp" pixels=${picture(values, x.shape[1], x.shape[2], x.shape[3] ?? 1, data.maximum || 1, theme.value)} rows=${x.shape[1]} columns=${x.shape[2]} />`
        : html`<span class="note">${Array.from(values.subarray(0, 3)).map((value) => short(value)).join(", ")}${values.length > 3 ? " …" : ""}</span>`}
      <b>${text}</b></button>`;
  })}</div>`;
}

