// One layer: its settings, all of its units, its place among the others.

import { activationChoices, activationFrom } from "./columnhead.js";
import { diverging } from "./colour.js";
import { columnsOf } from "./columns.js";
import { Choice, NumberField, RecipeField, Slider } from "./fields.js";
import { FormulaField, Graph } from "./formula.js";
import { Formula } from "./formulaview.js";
import { heat, reach } from "./heat.js";
import { short, whole } from "./numbers.js";
import { activationName, moveLayer, removeLayer, setLayer, withValue } from "./recipe.js";
import { catalog, edit, focus, frame, layer, lookAt, recipe, run, t, theme } from "./store.js";
import { UnitPicture } from "./unitpicture.js";
import { Icon, Pixels, html, useEffect, useSignal } from "./ui.js";
import { post } from "./api.js";

/** The layer that is shown: the chosen one, or the first that can be set. */
export function chosenColumn() {
  const columns = columnsOf(run.value);
  return columns.find(({ index }) => index === layer.value && index >= 0) ?? columns.find(({ role }) => role === "hidden") ?? columns.at(-1);
}

/** The fields of an activation, and its formula or graph. */
export function ActivationFields({ path, label, auto }) {
  const value = path.reduce((at, key) => at?.[key], recipe.value);
  const name = value === "auto" ? "auto" : activationName(value);
  const known = catalog.value.activations.find((each) => each.name === name);
  return html`<${Choice} label=${label} value=${name} where=${path.join(".")}
      choices=${[...(auto ? [["auto", t("auto")]] : []), ...activationChoices()]}
      onChange=${(given) => edit(withValue(recipe.value, path, given === "auto" ? given : activationFrom(given, value)))} />
    ${name === "formula"
      ? html`<${FormulaField} kind="activation" label=${t("formula_of_x")} path=${[...path, "formula"]} />`
      : html`${(known?.fields ?? []).map((field) => html`<${RecipeField} key=${`${name}-${field.name}`} field=${field} path=${[...path, field.name]} base=${typeof value === "string" ? { at: path, value: { name: value } } : null} />`)}
        ${known && html`<${KnownGraph} name=${name} spec=${value} formula=${known.formula} key=${name} />`}`}`;
}

function KnownGraph({ name, spec, formula }) {
  const told = useSignal(null);
  useEffect(() => {
    post("formula", { kind: "activation", activation: spec }).then((given) => { told.value = given; }, () => { told.value = null; });
  }, [JSON.stringify(spec)]);
  return html`<div class="wide"><p class="formula-shown"><${Formula} latex=${formula} /></p>
    ${told.value?.x && html`<${Graph} x=${told.value.x} y=${told.value.y} slope=${told.value.slope} />`}</div>`;
}

function Settings({ column }) {
  const at = column.place;
  if (column.role === "output") {
    return html`<div class="fields">
      <${ActivationFields} path=${["network", "output", "activation"]} label=${t("activation")} auto=${true} />
      <${Choice} label=${t("units")} value=${String(recipe.value.network.output.units)} where="network.output.units"
        choices=${["auto", ...new Set(["1", "2", String(column.units), String(recipe.value.network.output.units)])].filter((each, i, all) => all.indexOf(each) === i).map((each) => [each, each === "auto" ? t("auto") : each])}
        onChange=${(given) => edit(withValue(recipe.value, ["network", "output", "units"], given === "auto" ? given : Number(given)))} />
      <p class="note wide">${t("output_follows")}</p></div>`;
  }
  if (at === null || at === undefined) return html`<p class="note">${t(column.role === "preparation" ? "layer_prepares" : "layer_ends")}</p>`;
  const own = recipe.value.network.layers[at];
  if (!own) return null;
  const path = ["network", "layers", at];
  const where = (name) => [...path, name].join(".");
  const set = (changes) => edit(setLayer(recipe.value, at, changes));
  return html`<div class="fields" key=${`${at}-${own.kind}`}>
    ${own.kind === "dense" && html`<${NumberField} label=${t("units")} value=${own.units} whole=${true} low=${1} where=${where("units")} onChange=${(units) => set({ units })} />`}
    ${["dense", "activation"].includes(own.kind) && html`<${ActivationFields} path=${[...path, "activation"]} label=${t("activation")} />`}
    ${own.kind === "dense" && html`<${Choice} label=${t("initializer")} value=${typeof own.initializer === "object" ? own.initializer.name : own.initializer ?? "glorot_uniform"} where=${where("initializer")}
      choices=${catalog.value.initializers.map((each) => [each.name ?? each, each.title ?? each.name ?? each])} onChange=${(initializer) => set({ initializer })} />
      <div class="field check"><input type="checkbox" id="use-bias" checked=${own.use_bias ?? true} onChange=${(event) => set({ use_bias: event.target.checked })} /><label for="use-bias">${t("with_bias")}</label></div>`}
    ${own.kind === "dropout" && html`<${Slider} label=${t("dropout_rate")} value=${own.rate} low=${0} high=${0.9} step=${0.05} where=${where("rate")} onInput=${(rate) => set({ rate })} />`}
    ${own.kind === "gaussian_noise" && html`<${Slider} label=${t("noise_deviation")} value=${own.stddev} low=${0} high=${1} step=${0.01} where=${where("stddev")} onInput=${(stddev) => set({ stddev })} />`}
  </div>
  <div class="row layer-moves">
    <button type="button" class="plain-button" disabled=${at === 0} onClick=${() => moved(at, -1)}><${Icon} name="left" />${t("move_back")}</button>
    <button type="button" class="plain-button" disabled=${at === recipe.value.network.layers.length - 1} onClick=${() => moved(at, 1)}>${t("move_on")}<${Icon} name="right" /></button>
    <button type="button" class="plain-button" onClick=${() => edit(removeLayer(recipe.value, at))}><${Icon} name="remove" />${t("remove_layer")}</button>
  </div>`;
}

function moved(at, by) {
  layer.value += by;
  return edit(moveLayer(recipe.value, at, by));
}

function Units({ column }) {
  if (column.kind !== "units") return null;
  const arrays = frame.value?.arrays ?? {};
  const values = arrays[`z.${column.index}`]?.data;
  const most = reach(values ?? []);
  const colours = diverging(theme.value);
  const shown = Math.min(column.units, 256);
  return html`<div class="all-units" role="group" aria-label=${t("units_of", { layer: column.name })}>
    ${Array.from({ length: shown }, (_, unit) => {
      const label = `${t("unit_of_layer", { unit: unit + 1, layer: column.name })}: ${short(values?.[unit])}`;
      const chosen = focus.value?.layer === column.index && focus.value?.unit === unit;
      return html`<button type="button" key=${unit} class=${`unit ${chosen ? "chosen" : ""}`} title=${label} aria-label=${label} onClick=${() => lookAt({ layer: column.index, unit })}>
        <${UnitPicture} column=${column} unit=${unit} colours=${colours} z=${values?.[unit]} most=${most} /></button>`;
    })}
    ${shown < column.units && html`<span class="note">+${whole(column.units - shown)}</span>`}
  </div>`;
}

function Weights({ column }) {
  const arrays = frame.value?.arrays ?? {};
  const kernel = arrays[`kernel.${column.index}`];
  if (!kernel) return null;
  const [rows, columns] = kernel.shape;
  const size = reach(kernel.data);
  return html`<figure class="kernel"><div style=${{ maxWidth: `${Math.max(6, Math.min(20, 1.8 * columns))}rem` }}><${Pixels} class="sharp" rows=${rows} columns=${columns} label=${t("weights_of", { layer: column.name })}
      pixels=${heat(kernel.data, diverging(theme.value), -size, size)} /></div>
    <figcaption class="note">${t("weights_picture", { rows, columns, most: short(size) })}</figcaption></figure>`;
}

export function LayerPanel() {
  const column = chosenColumn();
  if (!column) return null;
  return html`<div class="layer-panel">
    <div class="layer-choice row" role="group" aria-label=${t("layer")}>
      ${columnsOf(run.value).filter(({ index }) => index >= 0).map((each) => html`<button type="button" class="chip" aria-pressed=${each.index === column.index}
        onClick=${() => { layer.value = each.index; }}>${each.role === "output" ? t("output") : each.name}</button>`)}
    </div>
    <div class="split"><div><${Settings} column=${column} /></div>
      <div><p class="note">${t("layer_facts", { kind: column.layerKind, shape: (column.shape ?? []).join(" × "), count: whole(column.params ?? 0) })}</p>
        <${Units} column=${column} /><${Weights} column=${column} /></div></div>
  </div>`;
}
