// What ails the network, in words, and since when.

import { Card } from "./card.js";
import { unnatural } from "./recipe.js";
import { announce, frame, run, t } from "./store.js";
import { html, useEffect } from "./ui.js";

export function HealthCard() {
  const head = frame.value?.head ?? {};
  const texts = head.health ?? run.value?.health ?? [];
  const error = head.error ?? run.value?.error;
  const notices = head.notices ?? run.value?.notices ?? [];
  const odd = run.value?.data ? unnatural(run.value.recipe, run.value.data, run.value.layers.find(({ role }) => role === "output")?.units) : [];
  const kinds = texts.map((text) => text.replace(/[\d.,%]+/g, "#")).join("|");
  useEffect(() => {
    if (texts.length) announce(texts.join(" "));
  }, [kinds]);
  return html`<${Card} title=${t("health")} part="health" class="health">
    <ul class="findings" aria-live="off">
      ${error && html`<li class="bad"><span class="sign" aria-hidden="true">!</span><span>${error.message.split("\n").map((line) => html`<span class="said">${line}</span>`)}</span></li>`}
      ${texts.map((text) => html`<li class="unsure"><span class="sign" aria-hidden="true">!</span><span>${text}</span></li>`)}
      ${odd.map(([part, set, wanted]) => html`<li class="unsure"><span class="sign" aria-hidden="true">!</span><span>${t("set_otherwise", { part: t(part), set, wanted })}</span></li>`)}
      ${!error && !texts.length && !odd.length && (head.step > 0
        ? html`<li class="good"><span class="sign" aria-hidden="true">✓</span><span>${t("healthy")}</span></li>`
        : html`<li class="told"><span class="sign" aria-hidden="true">i</span><span>${t("not_trained")}</span></li>`)}
      ${notices.slice(-3).map((text) => html`<li class="told"><span class="sign" aria-hidden="true">i</span><span>${text}</span></li>`)}
    </ul>
  </${Card}>`;
}
