// The head of a layer's column: its activation, its units, and a plus between columns.

import { Choice } from "./fields.js";
import { activationName, addLayer, setLayer, withValue } from "./recipe.js";
import { catalog, edit, layer, lookAtLayer, recipe, t } from "./store.js";
import { Icon, IconButton, html } from "./ui.js";

/** The activations that can be chosen, as [name, title]. */
export const activationChoices = () => [
  ...catalog.value.activations.map(({ name, title }) => [name, title ?? name]),
  ["formula", t("own_formula")],
];

/** The activation that a choice means in a recipe. */
export function activationFrom(name, before) {
  if (name !== "formula") return name;
  return typeof before === "object" && before?.formula ? before : { formula: "x * sigmoid(x)" };
}

export function ColumnHead({ column }) {
  const style = { left: `${column.left}px`, width: `${column.width}px` };
  if (column.kind === "tag") return null;
  if (column.kind === "input") {
    const left = `${column.middle - 40}px`;
    return html`<div class="column-head" style=${{ left, width: "80px" }}><span class="head-name">${t("input")}</span></div>`;
  }
  const output = column.role === "output";
  const at = column.place;
  const own = !output && at !== null && at !== undefined ? recipe.value.network.layers[at] : null;
  const name = html`<button type="button" class=${`head-name ${layer.value === column.index ? "chosen" : ""}`}
    onClick=${() => lookAtLayer(column.index)} title=${t("settings_of", { layer: column.name })}>${output ? t("output") : column.name}</button>`;
  if (output) {
    const chosen = recipe.value.network.output.activation;
    return html`<div class="column-head" style=${style}>${name}
      <${Choice} label=${t("activation_of", { layer: t("output") })} hidden=${true} value=${chosen === "auto" ? "auto" : activationName(chosen)}
        choices=${[["auto", column.activation && chosen === "auto" ? t("auto_is", { name: activationName(column.activation) }) : t("auto")], ...activationChoices()]}
        onChange=${(given) => edit(withValue(recipe.value, ["network", "output", "activation"], given === "auto" ? given : activationFrom(given, chosen)))} />
    </div>`;
  }
  if (!own || own.kind !== "dense") return html`<div class="column-head" style=${style}>${name}</div>`;
  const resize = (by) => edit(setLayer(recipe.value, at, { units: Math.max(1, own.units + by) }));
  return html`<div class="column-head" style=${style}>${name}
    <${Choice} label=${t("activation_of", { layer: column.name })} hidden=${true} value=${activationName(own.activation)} choices=${activationChoices()}
      onChange=${(given) => edit(setLayer(recipe.value, at, { activation: activationFrom(given, own.activation) }))} />
    <div class="stepper" role="group" aria-label=${t("units_of", { layer: column.name })}>
      <${IconButton} icon="minus" name=${t("one_unit_less")} disabled=${own.units <= 1} onClick=${() => resize(-1)} />
      <span aria-live="polite">${own.units}</span>
      <${IconButton} icon="plus" name=${t("one_unit_more")} onClick=${() => resize(1)} />
    </div></div>`;
}

/** A plus between two columns: a real choice of the kinds of layers. */
export function Insert({ before, x }) {
  const layers = recipe.value.network.layers;
  const at = before.role === "output" || before.place === null || before.place === undefined ? layers.length : before.place;
  if (before.role === "preparation" || before.role === "ending") return null;
  const kinds = catalog.value.layers.filter(({ kind, name }) => (kind ?? name) !== "given");
  return html`<label class="insert" style=${{ left: `${x}px` }} title=${t("add_layer_here")}>
    <${Icon} name="plus" /><select aria-label=${t("add_layer_here")} value=""
      onChange=${(event) => { const kind = event.target.value; event.target.value = ""; if (kind) edit(addLayer(recipe.value, at, kind)); }}>
      <option value="">${t("add_layer_here")}</option>
      ${kinds.map(({ kind, name, title }) => html`<option value=${kind ?? name}>${title ?? kind ?? name}</option>`)}
    </select></label>`;
}
