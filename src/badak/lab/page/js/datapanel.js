// The data: which kind, with which settings, and the user's own.

import { Card } from "./card.js";
import { Choice, RecipeField } from "./fields.js";
import { FormulaField } from "./formula.js";
import { kindIcon } from "./kindicons.js";
import { whole } from "./numbers.js";
import { OwnDigits, OwnPoints, dropped, opened } from "./own.js";
import { valueAt, withValue } from "./recipe.js";
import { catalog, edit, error, recipe, run, state, t, theme } from "./store.js";
import { Canvas, html, useSignal } from "./ui.js";

const HAS_FILES = ["table", "pictures"];

/** Take another kind of data, with that kind's own settings. */
export function chooseKind(kind) {
  const before = recipe.value.data;
  const upload = latestUpload(kind);
  const changed = { kind, ...(before.seed !== undefined ? { seed: before.seed } : {}) };
  if (upload) changed.upload = upload.upload ?? upload.id;
  return edit(withValue(recipe.value, ["data"], changed));
}

function latestUpload(kind) {
  return (state.value?.uploads ?? []).filter((upload) => upload.kind === kind).at(-1);
}

function Kinds() {
  const now = recipe.value.data.kind;
  return html`<div class="kinds" role="radiogroup" aria-label=${t("kind_of_data")}>
    ${catalog.value.data.filter(({ kind }) => kind !== "given" || now === "given").map((each) => {
      const needs = (HAS_FILES.includes(each.kind) || ["points", "drawn"].includes(each.kind)) && !latestUpload(each.kind);
      return html`<label class=${`kind ${each.available ? "" : "away"}`} title=${each.available ? each.title : each.why_not}>
        <input type="radio" name="kind" value=${each.kind} checked=${now === each.kind} disabled=${!each.available}
          onChange=${() => (needs ? begin(each.kind) : chooseKind(each.kind))} />
        <${Canvas} class="kind-icon" draw=${(context, width, height) => kindIcon(context, width, height, each.kind, theme.value)} />
        <span>${each.title}</span></label>`;
    })}
  </div>`;
}

/** A kind that needs the user's own data first: show where they come in. */
function begin(kind) {
  error.value = null;
  opened.value = kind;
}

/** The kinds that are not there, and why. */
function Missing() {
  const away = catalog.value.data.filter(({ available }) => !available);
  if (!away.length) return null;
  return html`<details class="missing"><summary>${t("not_there")}</summary>
    ${away.map(({ title, why_not: why }) => html`<p class="note"><b>${title}</b>: ${why}</p>`)}</details>`;
}

function Files() {
  const over = useSignal(false);
  const take = (files) => dropped([...files]);
  return html`<div class=${`drop ${over.value ? "over" : ""}`}
    onDragOver=${(event) => { event.preventDefault(); over.value = true; }}
    onDragLeave=${() => { over.value = false; }}
    onDrop=${(event) => { event.preventDefault(); over.value = false; }}>
    <p>${t("drop_here")}</p>
    <div class="row">
      <label class="file-button"><input type="file" class="unseen" accept=".csv,.tsv,.gz,.parquet,.arrow,.feather,text/csv" onChange=${(event) => take(event.target.files)} />${t("choose_table")}</label>
      <label class="file-button"><input type="file" class="unseen" multiple webkitdirectory onChange=${(event) => take(event.target.files)} />${t("choose_folder")}</label>
      <label class="file-button"><input type="file" class="unseen" accept=".zip" onChange=${(event) => take(event.target.files)} />${t("choose_zip")}</label>
    </div>
  </div>`;
}

function Settings() {
  const kind = recipe.value.data.kind;
  const known = catalog.value.data.find((each) => each.kind === kind);
  const upload = (state.value?.uploads ?? []).find((each) => (each.upload ?? each.id) === recipe.value.data.upload);
  const mine = (state.value?.uploads ?? []).filter((each) => each.kind === kind);
  return html`<div class="fields">
    ${(known?.fields ?? []).filter(({ name }) => name !== "upload" && name !== "target").map((field) =>
      field.name === "formula"
        ? html`<${FormulaField} key=${field.name} kind="function" label=${field.title} path=${["data", "formula"]} fallback=${field.default} />`
        : html`<${RecipeField} key=${`${kind}-${field.name}`} field=${field} path=${["data", field.name]} />`)}
    ${mine.length > 1 && html`<${Choice} label=${t("file")} value=${recipe.value.data.upload} where="data.upload"
      choices=${mine.map((each) => [each.upload ?? each.id, each.name])}
      onChange=${(chosen) => edit(withValue(recipe.value, ["data"], { kind, upload: chosen }))} />`}
    ${upload?.columns && html`<${Choice} label=${t("column_to_learn")} where="data.target"
      value=${valueAt(recipe.value, ["data", "target"]) ?? upload.target ?? upload.columns.at(-1)?.name}
      choices=${upload.columns.map((column) => column.name ?? column)}
      onChange=${(target) => edit(withValue(recipe.value, ["data", "target"], target))} />`}
  </div>`;
}

function About() {
  const data = run.value?.data;
  if (!data) return null;
  const { train, test } = data.samples ?? {};
  return html`<p class="note">${t("samples_in_parts", { train: whole(train), test: whole(test) })}</p>
    ${(data.remarks ?? []).map((remark) => html`<p class="note">${remark}</p>`)}`;
}

export function DataPanel() {
  if (!recipe.value) return null;
  const wrong = error.value?.where === "data.kind" || error.value?.where === "data.upload" || error.value?.where === "data";
  return html`<${Card} title=${t("data")} part="data" class="data">
    <${Kinds} />
    ${wrong && html`<p class="refused" role="alert">${error.value.message}</p>`}
    <${Settings} /><${About} />
    <details class="own" open=${opened.value !== null} onToggle=${(event) => { if (!event.target.open) opened.value = null; else opened.value ??= "any"; }}>
      <summary>${t("own_data")}</summary>
      <${Files} /><${OwnPoints} /><${OwnDigits} />
    </details>
    <${Missing} />
  </${Card}>`;
}
