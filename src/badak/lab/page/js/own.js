// The user's own data: files dropped, points put on the plane, digits drawn.

import { get, post } from "./api.js";
import { Choice, NumberField } from "./fields.js";
import { withValue } from "./recipe.js";
import { announce, brush, edit, guarded, recipe, run, state, t } from "./store.js";
import { Pad } from "./padview.js";
import { computed, effect, html, signal, useSignal } from "./ui.js";

export const opened = signal(null); // the own data that is being made, or null
export const points = signal([]); // [x, y, class] put on the plane
export const digits = signal([]); // {pixels, label}
export const canvas = computed(() => opened.value === "points" && recipe.value?.data.kind !== "points"); // none on it yet
export const putting = computed(() => recipe.value?.data.kind === "points" || opened.value === "points");

// Points that came with the recipe, from a link or another tab, are gone on with.
const given = computed(() => JSON.stringify(recipe.value?.data.kind === "points" ? recipe.value.data.points ?? [] : null));
effect(() => {
  if (given.value !== "null") points.value = JSON.parse(given.value);
});

// The server says of a workbook what to do with it.
const TABLE = /\.((csv|tsv)(\.gz)?|txt|parquet|arrow|feather|xls[xmb]?|ods|numbers)$/i;
const PICTURE = /\.(png|jpe?g|bmp|gif|webp|tiff?)$/i;

/** The files of what was dropped, those in folders too, each with its path. */
export async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const found = [];
  for (const entry of entries) await walked(entry, found);
  return found;
}

async function walked(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((done, failed) => entry.file(done, failed));
    found.push(Object.assign(file, { path: entry.fullPath.replace(/^\//, "") }));
    return;
  }
  const reader = entry.createReader();
  for (;;) { // a folder is read by a hundred entries at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return;
    for (const each of some) await walked(each, found);
  }
}

const pathOf = (file) => file.path || file.webkitRelativePath || file.name;

/** Files that were dropped or chosen: a table, a zip, or pictures of a folder. */
export async function dropped(files) {
  if (!files.length) return;
  const table = files.find((file) => TABLE.test(file.name));
  const zip = files.find((file) => /\.zip$/i.test(file.name));
  const pictures = files.filter((file) => PICTURE.test(file.name));
  announce(t("reading_file"));
  if (table) await uploaded("table", table, table.name);
  else if (zip) await uploaded("pictures", zip, zip.name);
  else if (pictures.length) await uploaded("pictures", await folded(pictures), folderName(pictures[0]));
  else await guarded(() => Promise.reject(Object.assign(new Error(t("no_such_file")), { where: "data.upload" })));
}

const folderName = (file) => pathOf(file).split("/")[0];

/** Pictures of a folder as one zip, stored without compression. */
async function folded(files) {
  const { zipped } = await import("./zip.js");
  const named = await Promise.all(files.map(async (file) => ({
    name: pathOf(file),
    bytes: new Uint8Array(await file.arrayBuffer()),
  })));
  return new Blob([zipped(named)]);
}

async function uploaded(kind, blob, name) {
  const told = await guarded(() => post("upload", blob, { kind, name }));
  if (told) await taken(kind, told);
}

/** Train on what was uploaded. */
async function taken(kind, told, more = {}) {
  state.value = await get("state");
  announce((told.remarks ?? []).join(" "));
  await edit(withValue(recipe.value, ["data"], { kind, upload: told.upload, ...more }));
}

/** Put a point on the plane, and train on them from two of different classes on. */
export async function putPoint(x, y) {
  points.value = [...points.value, [x, y, brush.value].map((value) => Number(value.toPrecision(4)))];
  if (points.value.length < 4 || new Set(points.value.map((point) => point[2])).size < 2) {
    announce(t("points_so_far", { count: points.value.length }));
    return;
  }
  const before = recipe.value.data.kind === "points" ? recipe.value.data : {};
  await edit(withValue(recipe.value, ["data"], { ...before, kind: "points", task: "classes", points: points.value }));
}

export function OwnPoints() {
  const clear = () => { points.value = []; };
  const typed = useSignal([0, 0]);
  return html`<fieldset class="own-points"><legend>${t("points_of_mine")}</legend>
    <p class="note">${t("points_how")}</p>
    <div class="row brushes" role="radiogroup" aria-label=${t("class_of_points")}>
      ${[0, 1, 2, 3].map((label) => html`<label class=${`brush s${label}`}><input type="radio" name="brush" checked=${brush.value === label && putting.value}
        onChange=${() => { brush.value = label; opened.value = "points"; }} />${label}</label>`)}
      <button type="button" class="plain-button" disabled=${!points.value.length} onClick=${clear}>${t("clear")}</button>
    </div>
    <div class="row typed-point">
      <${NumberField} label="x1" value=${typed.value[0]} onChange=${(x) => { typed.value = [x, typed.value[1]]; }} />
      <${NumberField} label="x2" value=${typed.value[1]} onChange=${(y) => { typed.value = [typed.value[0], y]; }} />
      <button type="button" class="plain-button" onClick=${() => { opened.value = "points"; putPoint(...typed.value); }}>${t("put_point")}</button>
    </div>
    <p class="note" role="status">${t("points_so_far", { count: points.value.length })}</p>
  </fieldset>`;
}

export function OwnDigits() {
  const label = useSignal(0);
  const drawn = useSignal(null);
  const cleared = useSignal(0);
  const add = async () => {
    digits.value = [...digits.value, { pixels: Array.from(drawn.value), label: String(label.value) }];
    cleared.value++;
    announce(t("digits_so_far", { count: digits.value.length }));
  };
  const train = async () => {
    const body = new Blob([JSON.stringify({ images: digits.value })]);
    const told = await guarded(() => post("upload", body, { kind: "drawn", name: "drawn" }));
    if (told) await taken("drawn", told);
  };
  const kinds = new Set(digits.value.map((digit) => digit.label));
  return html`<fieldset class="own-digits"><legend>${t("digits_of_mine")}</legend>
    <p class="note">${t("digits_how")}</p>
    <div class="row">
      <${Pad} shape=${[8, 8]} cleared=${cleared.value} onChange=${(pixels) => { drawn.value = pixels; }} />
      <div class="column">
        <${Choice} label=${t("it_is_a")} value=${String(label.value)} choices=${Array.from({ length: 10 }, (_, i) => String(i))}
          onChange=${(value) => { label.value = Number(value); }} />
        <button type="button" class="plain-button" disabled=${!drawn.value} onClick=${add}>${t("add_digit")}</button>
        <button type="button" class="plain-button" disabled=${kinds.size < 2} onClick=${train}>${t("train_on_these")}</button>
      </div>
    </div>
    <p class="note" role="status">${t("digits_so_far", { count: digits.value.length })}</p>
  </fieldset>`;
}

export const classesOfRun = () => run.value?.data?.classes ?? [];
