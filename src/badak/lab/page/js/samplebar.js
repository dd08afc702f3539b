// The sample that everything is shown for: which one it is, what it is, what the network answers.

import { exact, percent, short } from "./numbers.js";
import { frame, run, sample, seen, t, theme } from "./store.js";
import { picture } from "./unitpicture.js";
import { IconButton, Pixels, html } from "./ui.js";

/** Go to another sample, around both ends. */
export function nextSample(by) {
  const { train = 0, test = 0 } = run.value?.data?.samples ?? {};
  const count = train + test;
  if (count) sample.value = (sample.value + by + count) % count;
}

/** The answer of outputs: a class with its share, or a number. */
export function answerText(outputs, data) {
  if (!outputs?.length) return "–";
  if (data.task !== "classes") return Array.from(outputs).map((value) => short(value, 4)).join(", ");
  const two = outputs.length === 1;
  const best = two ? Number(outputs[0] > 0.5) : outputs.indexOf(Math.max(...outputs));
  const share = two ? (best ? outputs[0] : 1 - outputs[0]) : outputs[best];
  return `${data.classes[best] ?? best} (${share >= 0 && share <= 1 ? percent(share) : short(share)})`;
}

export function targetText(target, data) {
  if (!target) return "–";
  if (data.task !== "classes") return Array.from(target).map((value) => short(value, 4)).join(", ");
  const label = target.length > 1 ? target.indexOf(Math.max(...target)) : Math.round(target[0]);
  return data.classes[label] ?? String(label);
}

export function SampleBar() {
  const data = run.value?.data;
  if (!data) return null;
  const arrays = frame.value?.arrays ?? {};
  const { train, test } = data.samples;
  const x = arrays["sample.x"];
  const image = data.look === "image" && x;
  const count = train + test;
  const shown = seen.value;
  return html`<div class="sample-bar" role="group" aria-label=${t("sample")}>
    <${IconButton} icon="left" name=${t("previous_sample")} keys="J" onClick=${() => nextSample(-1)} />
    ${image && html`<${Pixels} class="sharp sample-picture" label=${t("sample_picture")} rows=${x.shape[0]} columns=${x.shape[1]} pixels=${picture(x.data, x.shape[0], x.shape[1], x.shape[2] ?? 1, data.maximum || 1, theme.value)} />`}
    <label class="sample-number"><span>${t("sample")}</span><input type="text" inputmode="numeric" value=${shown + 1} aria-label=${t("sample_of", { count })}
      onChange=${(event) => { const wanted = Number(event.target.value); if (Number.isInteger(wanted) && wanted >= 1 && wanted <= count) sample.value = wanted - 1; else event.target.value = sample.value + 1; }} /></label>
    <span class="sample-facts"><span>${t(shown < train ? "of_training" : "of_test")}</span>
      ${!image && x && x.data.length <= 4 && html`<span class="quiet" title=${Array.from(x.data).map(exact).join(", ")}>x = ${Array.from(x.data).map((value) => short(value, 3)).join(", ")}</span>`}
      <span>${t("target")} <b>${targetText(arrays["sample.t"]?.data, data)}</b></span>
      <span>${t("answer")} <b>${answerText(arrays["sample.y"]?.data, data)}</b></span></span>
    <${IconButton} icon="right" name=${t("next_sample")} keys="K" onClick=${() => nextSample(1)} />
  </div>`;
}
