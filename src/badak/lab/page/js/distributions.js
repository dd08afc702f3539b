// Histograms of the sums, outputs and gradients of each layer.

import { useTable } from "./card.js";
import { THEMES, css } from "./colour.js";
import { bars, moments, under } from "./histogram.js";
import { short, whole } from "./numbers.js";
import { frame, lookAtLayer, run, t, theme } from "./store.js";
import { Canvas, html, useSignal } from "./ui.js";

const KINDS = [["a", "sums", 5], ["z", "outputs", 0], ["gradient", "gradients", 1]];

function Histogram({ counts, edges, label, colour }) {
  const at = useSignal(null);
  const shapes = bars(counts, edges);
  const bar = at.value === null ? null : under(shapes, at.value);
  const { mean, deviation } = moments(counts, edges);
  const draw = (context, width, height) => {
    const { series, faint } = THEMES[theme.value];
    const bottom = height - 1;
    context.fillStyle = css(series[colour], 0.85);
    for (const each of shapes) {
      context.globalAlpha = bar && bar !== each ? 0.5 : 1;
      context.fillRect(each.x * width, bottom - each.height * (bottom - 2), Math.max(1, each.width * width - 1), each.height * (bottom - 2));
    }
    context.globalAlpha = 1;
    context.strokeStyle = css(faint);
    context.beginPath();
    context.moveTo(0, bottom + 0.5);
    context.lineTo(width, bottom + 0.5);
    context.stroke();
    const [low, high] = [edges[0], edges[edges.length - 1]];
    if (low < 0 && high > 0) {
      const zero = (-low / (high - low)) * width;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(zero, 0);
      context.lineTo(zero, bottom);
      context.stroke();
      context.setLineDash([]);
    }
  };
  return html`<figure class="histogram"><${Canvas} class="histogram-canvas" label=${`${label}: ${short(mean)} ± ${short(deviation)}`} draw=${draw}
      onPointerMove=${(event) => { const box = event.currentTarget.getBoundingClientRect(); at.value = (event.clientX - box.left) / box.width; }}
      onPointerLeave=${() => { at.value = null; }} />
    <figcaption><span>${short(edges[0], 2)}</span><span class="mid">${bar ? `${short(bar.from, 3)} … ${short(bar.to, 3)}: ${whole(bar.count)}` : ""}</span><span>${short(edges[edges.length - 1], 2)}</span></figcaption></figure>`;
}

function tableOf() {
  const rows = [];
  for (const layer of run.value.layers) {
    for (const [kind, said] of KINDS) {
      const arrays = frame.value?.arrays ?? {};
      const counts = arrays[`${kind}.${layer.index}.counts`];
      if (!counts) continue;
      const edges = arrays[`${kind}.${layer.index}.edges`].data;
      const { count, mean, deviation } = moments(counts.data, edges);
      rows.push([layer.name, t(said), whole(count), short(mean, 4), short(deviation, 4), short(edges[0], 4), short(edges[edges.length - 1], 4)]);
    }
  }
  return { caption: t("distributions"), headings: [t("layer"), t("what"), t("numbers"), t("mean"), t("deviation"), t("least"), t("most")], rows };
}

export function Distributions() {
  const table = useTable(tableOf);
  const arrays = frame.value?.arrays ?? {};
  const layers = (run.value?.layers ?? []).filter(({ index, role }) => role !== "preparation" && KINDS.some(([kind]) => arrays[`${kind}.${index}.counts`]));
  if (table.shown) return html`<div class="panel-tools">${table.button}</div>${table.table()}`;
  return html`<div class="panel-tools"><span class="note">${t("distributions_of")}</span>${table.button}</div>
    <div class="distributions"><div class="head"></div>${KINDS.map(([, said]) => html`<div class="head">${t(said)}</div>`)}
    ${layers.map((layer) => html`<button type="button" class="row-name" onClick=${() => lookAtLayer(layer.index)}>${layer.name}${layer.activation && html`<small>${layer.activation}</small>`}</button>
      ${KINDS.map(([kind, said, colour]) => {
        const counts = arrays[`${kind}.${layer.index}.counts`];
        return counts
          ? html`<${Histogram} key=${`${kind}${layer.index}`} counts=${counts.data} edges=${arrays[`${kind}.${layer.index}.edges`].data} label=${`${layer.name}, ${t(said)}`} colour=${colour} />`
          : html`<div class="none" aria-hidden="true">–</div>`;
      })}`)}</div>`;
}
