// How the network is trained: optimizer, rate, schedule, batch, loss, regularisation, seed.

import { Card } from "./card.js";
import { Choice, NumberField, RecipeField, Slider } from "./fields.js";
import { short, whole } from "./numbers.js";
import { withValue } from "./recipe.js";
import { catalog, edit, recipe, run, t } from "./store.js";
import { html } from "./ui.js";

const set = (path, value) => edit(withValue(recipe.value, ["training", ...path], value));
const titled = (each) => [each.name, each.title ?? each.name];

function Settings({ known, path, hide = [] }) {
  return (known?.fields ?? []).filter(({ name }) => !hide.includes(name)).map((field) =>
    html`<${RecipeField} key=${`${known.name}-${field.name}`} field=${{ ...field, title: spoken(field.name) }} path=${["training", path, field.name]} />`);
}

/** "learning_rate" as words, in the page's language where it has them. */
function spoken(name) {
  const known = t(`setting_${name}`);
  return known === `setting_${name}` ? name.replaceAll("_", " ") : known;
}

export function TrainingPanel() {
  if (!recipe.value) return null;
  const { optimizer, schedule, batch_size: batch, loss, l1, l2, seed } = recipe.value.training;
  const known = catalog.value.optimizers.find(({ name }) => name === optimizer.name);
  const knownSchedule = catalog.value.schedules.find(({ name }) => name === schedule?.name);
  const rate = optimizer.learning_rate ?? known?.fields.find(({ name }) => name === "learning_rate")?.default ?? 0.01;
  return html`<${Card} title=${t("training")} part="training" class="training">
    <div class="fields">
      <${Choice} label=${t("optimizer")} value=${optimizer.name} where="training.optimizer" choices=${catalog.value.optimizers.map(titled)}
        onChange=${(name) => set(["optimizer"], { name, learning_rate: defaultRate(name) })} />
      <${Slider} label=${t("learning_rate")} value=${rate} low=${1e-5} high=${10} log=${true} where="training.optimizer.learning_rate"
        onInput=${(value) => set(["optimizer", "learning_rate"], value)} />
      <${Slider} label=${t("batch_size")} value=${batch} low=${1} high=${1000} log=${true} shown=${whole} where="training.batch_size"
        onInput=${(value) => set(["batch_size"], Math.max(1, Math.round(value)))} />
      <${Choice} label=${t("loss_function")} value=${typeof loss === "string" ? loss : loss.name} where="training.loss"
        choices=${[["auto", t("auto")], ...catalog.value.losses.map((each) => [each.name, each.title ?? each.name])]} onChange=${(value) => set(["loss"], value)} />
    </div>
    <details><summary>${t("more_settings")}</summary><div class="fields">
      <${Settings} known=${known} path="optimizer" hide=${["learning_rate"]} />
      <${Choice} label=${t("schedule")} value=${schedule?.name ?? ""} where="training.schedule" choices=${[["", t("constant_rate")], ...catalog.value.schedules.map(titled)]}
        onChange=${(name) => set(["schedule"], name ? beginning(name, rate) : null)} />
      <${Settings} known=${knownSchedule} path="schedule" hide=${["values", "boundaries"]} />
      <${Slider} label=${t("l1")} value=${l1} low=${0} high=${0.1} step=${0.0005} where="training.l1" shown=${short} onInput=${(value) => set(["l1"], value)} />
      <${Slider} label=${t("l2")} value=${l2} low=${0} high=${0.1} step=${0.0005} where="training.l2" shown=${short} onInput=${(value) => set(["l2"], value)} />
      <${NumberField} label=${t("seed_of_weights")} value=${seed} whole=${true} low=${0} where="training.seed" onChange=${(value) => set(["seed"], value)} />
    </div></details>
    ${run.value?.pending && html`<p class="note" role="status">${t("changes_after_epoch")}</p>`}
  </${Card}>`;
}

/** The rate that an optimizer begins with. */
function defaultRate(name) {
  const field = catalog.value.optimizers.find((each) => each.name === name)?.fields.find((each) => each.name === "learning_rate");
  return field?.default ?? 0.01;
}

/** A schedule with what it needs: its first rate is the one that is set. */
function beginning(name, rate) {
  const made = { name };
  for (const field of catalog.value.schedules.find((each) => each.name === name)?.fields ?? []) {
    if (field.default !== null && field.default !== undefined) continue;
    if (/learning_rate$/.test(field.name)) made[field.name] = rate;
    else if (/steps|every|epochs/.test(field.name)) made[field.name] = 1000;
    else if (field.kind === "numbers") made[field.name] = field.name === "values" ? [rate, rate / 10] : [1000];
    else if (field.name === "decay_rate" || !field.optional) made[field.name] = 0.5;
  }
  return made;
}
