// Fields: each is a real control with its label, and says what the server finds wrong with it.

import { edit, error, recipe, t } from "./store.js";
import { short } from "./numbers.js";
import { valueAt, withValue } from "./recipe.js";
import { html, useRef, useState } from "./ui.js";

let made = 0;

/** An id that no other element has. */
export function useId(stem) {
  const id = useRef(null);
  id.current ??= `${stem}-${++made}`;
  return id.current;
}

/** A label, a control and what is wrong with it. */
export function Labelled({ label, id, where, value, wide, children }) {
  const wrong = where && error.value?.where === where ? error.value.message : null;
  return html`<div class=${`field ${wide ? "wide" : ""} ${wrong ? "wrong" : ""}`}>
    <label for=${id}><span>${label}</span>${value !== undefined && html`<output for=${id}>${value}</output>`}</label>
    ${children}
    ${wrong && html`<p class="refused" role="alert">${wrong}</p>`}
  </div>`;
}

/** A number that is slid; with `log` each step multiplies. */
export function Slider({ label, value, low, high, step, log, where, shown = short, onInput, disabled }) {
  const id = useId("slider");
  const place = (number) => (log ? Math.log10(Math.max(number, low)) : number);
  const number = (text) => {
    const given = Number(text);
    return log ? Number((10 ** given).toPrecision(2)) : given;
  };
  const size = log ? 0.05 : step ?? niceStep(low, high);
  return html`<${Labelled} label=${label} id=${id} where=${where} value=${shown(value)}>
    <input type="range" id=${id} min=${place(low)} max=${place(high)} step=${size} value=${place(value)}
      disabled=${disabled} aria-valuetext=${shown(value)}
      onInput=${(event) => onInput(number(event.target.value))} />
  </${Labelled}>`;
}

function niceStep(low, high) {
  return 10 ** Math.floor(Math.log10((high - low) / 50));
}

/** A number that is typed; it counts when the field is left or Enter is pressed. */
export function NumberField({ label, value, where, whole, low, high, onChange, optional }) {
  const id = useId("number");
  const [typed, setTyped] = useState(null);
  const [bad, setBad] = useState(false);
  const leave = (event) => {
    const text = event.target.value.trim();
    setTyped(null);
    if (text === "" && optional) {
      setBad(false);
      return onChange(null);
    }
    const number = Number(text);
    const right = text !== "" && Number.isFinite(number) && (!whole || Number.isInteger(number));
    setBad(!right);
    if (right && number !== value) onChange(number);
    return undefined;
  };
  return html`<${Labelled} label=${label} id=${id} where=${where}>
    <input type="text" inputmode=${whole ? "numeric" : "decimal"} id=${id} autocomplete="off"
      aria-invalid=${bad || undefined} value=${typed ?? value ?? ""}
      onInput=${(event) => setTyped(event.target.value)} onChange=${leave}
      onKeyDown=${(event) => stepped(event, { value, whole, low, high, onChange, setTyped })} />
    ${bad && html`<p class="refused" role="alert">${t(whole ? "whole_number_wanted" : "number_wanted")}</p>`}
  </${Labelled}>`;
}

function stepped(event, { value, whole, low, high, onChange, setTyped }) {
  const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!way || value === null || value === undefined) return;
  event.preventDefault();
  const size = whole ? 1 : 10 ** Math.floor(Math.log10(Math.abs(value) || 0.01) - 0.001);
  let next = Number((value + way * size).toPrecision(6));
  if (low !== null && low !== undefined) next = Math.max(low, next);
  if (high !== null && high !== undefined) next = Math.min(high, next);
  setTyped(null);
  onChange(next);
}

/** A text that counts when the field is left or Enter is pressed. */
export function TextField({ label, value, where, onChange, onInput, spellcheck = false }) {
  const id = useId("text");
  return html`<${Labelled} label=${label} id=${id} where=${where} wide=${true}>
    <input type="text" id=${id} class="formula" autocomplete="off" spellcheck=${spellcheck} value=${value ?? ""}
      onInput=${(event) => onInput?.(event.target.value)} onChange=${(event) => onChange(event.target.value)} />
  </${Labelled}>`;
}

/** A choice among names; choices are [value, title] or texts. */
export function Choice({ label, value, choices, where, onChange, hidden, class: more }) {
  const id = useId("choice");
  const pairs = choices.map((choice) => (Array.isArray(choice) ? choice : [choice, choice]));
  const select = html`<select id=${id} class=${more} aria-label=${hidden ? label : undefined} value=${value}
    onChange=${(event) => onChange(event.target.value)}>
    ${pairs.map(([name, title, off]) => html`<option value=${name} disabled=${off} selected=${name === value}>${title}</option>`)}
  </select>`;
  if (hidden) return select;
  return html`<${Labelled} label=${label} id=${id} where=${where}>${select}</${Labelled}>`;
}

/** Something that is on or off. */
export function Check({ label, value, where, onChange }) {
  const id = useId("check");
  return html`<div class="field check"><input type="checkbox" id=${id} checked=${value}
    onChange=${(event) => onChange(event.target.checked)} /><label for=${id}>${label}</label></div>`;
}

/**
 * A field as the catalogue tells it, of the selected recipe at a path.
 *
 * `base` is what stands at {at} before the field is set: a name becomes an object with settings.
 */
export function RecipeField({ field, path, base }) {
  const value = valueAt(recipe.value, path) ?? field.default;
  const where = path.join(".");
  const label = field.title ?? field.name;
  const onChange = (given) => {
    const before = base ? withValue(recipe.value, base.at, base.value) : recipe.value;
    return edit(withValue(before, path, given));
  };
  if (field.kind === "choice" || field.choices?.length) {
    return html`<${Choice} label=${label} value=${value} choices=${field.choices} where=${where} onChange=${onChange} />`;
  }
  if (field.kind === "flag" || typeof field.default === "boolean") {
    return html`<${Check} label=${label} value=${value} where=${where} onChange=${onChange} />`;
  }
  if (field.kind === "text") {
    return html`<${TextField} label=${label} value=${value} where=${where} onChange=${onChange} />`;
  }
  const whole = field.kind === "whole";
  const bounded = Number.isFinite(field.low) && Number.isFinite(field.high);
  const slid = bounded && (whole ? field.high - field.low <= 50000 : field.high <= 10) && !field.name.includes("seed");
  if (slid) {
    const log = whole && field.high / Math.max(1, field.low) > 100;
    const low = log ? Math.max(1, field.low) : field.low;
    return html`<${Slider} label=${label} value=${value} low=${low} high=${field.high} log=${log}
      step=${whole && !log ? 1 : undefined} where=${where} onInput=${(given) => onChange(whole ? Math.round(given) : given)} />`;
  }
  return html`<${NumberField} label=${label} value=${value} whole=${whole} low=${field.low} high=${field.high}
    optional=${field.default === null} where=${where} onChange=${onChange} />`;
}
