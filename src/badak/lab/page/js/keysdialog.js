// Which key does what.

import { Dialog } from "./dialog.js";
import { KEYS } from "./keys.js";
import { t } from "./store.js";
import { html } from "./ui.js";

export function KeysDialog() {
  return html`<${Dialog} name="keys" title=${t("keys_of_the_page")}>
    <dl class="keys">${KEYS.map(({ shown, says }) => html`<div><dt><kbd>${shown}</kbd></dt><dd>${t(says)}</dd></div>`)}</dl>
    <p class="note">${t("keys_more")}</p>
  </${Dialog}>`;
}
