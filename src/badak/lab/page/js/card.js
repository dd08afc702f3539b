// A card of the page: a heading, its tools, its content; a chart's card can show its table.

import { t } from "./store.js";
import { useId } from "./fields.js";
import { IconButton, html, useState } from "./ui.js";

export function Card({ title, tools, class: more = "", children, level = 2, part }) {
  const id = useId("card");
  return html`<section class=${`card ${more}`} aria-labelledby=${id} data-part=${part}>
    <header class="card-head"><${level === 2 ? "h2" : "h3"} id=${id}>${title}</${level === 2 ? "h2" : "h3"}>
      <div class="tools">${tools}</div></header>
    ${children}
  </section>`;
}

/** A chart that can be read as a table: `table()` gives {caption, headings, rows}. */
export function useTable(table) {
  const [shown, setShown] = useState(false);
  const button = html`<${IconButton} icon="table" name=${t(shown ? "show_picture" : "show_table")}
    aria-pressed=${shown} onClick=${() => setShown(!shown)} />`;
  return { shown, button, table: () => html`<${Table} ...${table()} />` };
}

/** Numbers as a table that scrolls within itself. */
export function Table({ caption, headings, rows, class: more = "" }) {
  return html`<div class=${`scrolls ${more}`} tabindex="0" role="region" aria-label=${caption}>
    <table><caption class="unseen">${caption}</caption>
      <thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${row.map((cell, i) =>
        i === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`)}</tr>`)}</tbody>
    </table></div>`;
}
