// A drawing that the network answers at each stroke, with the pixels for and against its answer.

import { post } from "./api.js";
import { Card } from "./card.js";
import { diverging } from "./colour.js";
import { heat, reach } from "./heat.js";
import { exact, percent, short } from "./numbers.js";
import { Pad } from "./padview.js";
import { announce, frame, run, selected, t, theme } from "./store.js";
import { picture } from "./unitpicture.js";
import { Pixels, html, useEffect, useSignal } from "./ui.js";

const drawn = { pixels: null, busy: false, again: false };

export function DrawingCard() {
  const answer = useSignal(null);
  const refused = useSignal(null);
  const pixels = useSignal(null);
  const data = run.value?.data;
  const ask = async () => {
    if (!drawn.pixels) {
      answer.value = null;
      return;
    }
    if (drawn.busy) {
      drawn.again = true;
      return;
    }
    drawn.busy = true;
    try {
      answer.value = await post("answer", { run: selected.value, pixels: drawn.pixels });
      refused.value = null;
    } catch (error) {
      refused.value = error.message;
    }
    drawn.busy = false;
    if (drawn.again) {
      drawn.again = false;
      ask();
    }
  };
  const number = frame.value?.head.frame;
  useEffect(() => { if (drawn.pixels) ask(); }, [number, selected.value]);
  if (data?.look !== "image" || data.shape.length > 2 && data.shape[2] > 1) return null;
  const [rows, columns] = data.shape;
  const change = (given) => {
    pixels.value = given;
    drawn.pixels = given ? Array.from(given, (value) => Number((value * (data.maximum || 1)).toFixed(4))) : null;
    ask();
  };
  const told = answer.value;
  return html`<${Card} title=${t(["digits", "mnist", "drawn"].includes(data.kind) ? "draw_here" : "draw_picture")} part="drawing" class="drawing">
    <div class="drawing-parts">
      <${Pad} shape=${[rows, columns]} onChange=${change} />
      <figure><div class="pixel-box">${pixels.value && html`<${Pixels} class="sharp" label=${t("what_network_gets")} rows=${rows} columns=${columns} pixels=${picture(pixels.value, rows, columns, 1, 1, theme.value)} />`}</div>
        <figcaption class="note">${t("what_network_gets")}</figcaption></figure>
      <figure><div class="pixel-box">${told && html`<${ForAgainst} told=${told} rows=${rows} columns=${columns} />`}</div>
        <figcaption class="note">${t("for_and_against")}</figcaption></figure>
    </div>
    ${refused.value && html`<p class="refused" role="alert">${refused.value}</p>`}
    ${told ? html`<${Outputs} told=${told} data=${data} />` : html`<p class="note">${t("draw_a_digit")}</p>`}
  </${Card}>`;
}

function ForAgainst({ told, rows, columns }) {
  const given = told.for_against?.pixels;
  const values = (Array.isArray(given) ? given : []).flat(3);
  if (values.length !== rows * columns) return null;
  const size = reach(values);
  return html`<${Pixels} class="sharp" label=${t("for_and_against")} rows=${rows} columns=${columns} pixels=${heat(values, diverging(theme.value), -size, size)} />`;
}

function Outputs({ told, data }) {
  const outputs = told.outputs ?? [];
  const best = told.class;
  const share = told.probabilities?.[best] ?? outputs[best];
  const most = Math.max(1e-9, ...outputs.map(Math.abs));
  useEffect(() => {
    const timer = setTimeout(() => announce(t("drawn_is", { answer: data.classes[best] ?? best, share: percent(share) })), 600);
    return () => clearTimeout(timer);
  }, [best]);
  return html`<p class="drawn-answer" data-test="drawn-answer">${t("it_is")} <b>${data.classes[best] ?? best}</b> <span class="note">${share >= 0 && share <= 1 ? percent(share) : short(share)}</span></p>
    <ol class="output-bars">${outputs.map((value, i) => html`<li class=${i === best ? "best" : ""}><span>${data.classes[i] ?? i}</span><i style=${{ width: `${(100 * Math.abs(value)) / Math.max(1, most)}%` }}></i><small title=${exact(value)}>${told.probabilities ? percent(value) : short(value, 2)}</small></li>`)}</ol>`;
}

