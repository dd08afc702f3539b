// The state of the page, in one place, and what changes it.

import { get, post } from "./api.js";
import { packed, unpacked } from "./link.js";
import { batch, computed, effect, signal } from "./ui.js";

export const catalog = signal(null);
export const state = signal(null);
export const frames = { a: signal(null), b: signal(null) };
export const selected = signal("a");
export const drafts = { a: signal(null), b: signal(null) };
export const error = signal(null); // {message, where}
export const said = signal(""); // what a screen reader is told
export const lost = signal(false); // the server does not answer

export const focus = signal(null); // {layer, unit, term}: what the arithmetic is of
export const layer = signal(null); // the layer that the inspector shows, its index
export const pointed = signal(null); // {layer, unit} under the pointer, shown in the plane
export const sample = signal(0);
export const inspector = signal("unit");
export const curve = signal("loss");
export const tab = signal("network"); // the part that a narrow page shows
export const dialog = signal(null); // "lessons", "take", "keys"
export const open = signal({ plane: true, curves: true, health: true, drawing: false });
export const brush = signal(0); // the class that a click on the plane adds
export const together = signal(true); // play and pause both runs

export const run = computed(() => state.value?.runs?.[selected.value] ?? null);
export const recipe = computed(() => drafts[selected.value].value ?? run.value?.recipe ?? null);
export const frame = computed(() => frames[selected.value].value);
/** The sample that is seen: the chosen one; in slow motion the one that is trained on. */
export const seen = computed(() => (frame.value?.head.stage ? frame.value.head.sample : sample.value));
export const names = computed(() => Object.keys(state.value?.runs ?? {}));
export const language = computed(() => catalog.value?.language ?? "en");

/** A text of the page in its language, with its fields filled in. */
export function t(name, fields) {
  const text = catalog.value?.texts[name] ?? name;
  return fields ? text.replace(/\{(\w+)\}/g, (all, field) => fields[field] ?? all) : text;
}

// A frame of other data than the state's is not shown: nothing in it would fit.
const dataOf = { a: "", b: "" };
const since = { a: 0, b: 0 }; // the version that brought the data
effect(() => {
  for (const name of ["a", "b"]) {
    const { kind, look, task, shape, classes, axes, samples } = state.value?.runs?.[name]?.data ?? {};
    const key = JSON.stringify([kind, look, task, shape, classes?.length, axes?.length, samples]);
    if (key === dataOf[name]) continue;
    dataOf[name] = key;
    since[name] = state.value?.version ?? 0;
    frames[name].value = null;
  }
});

/** Show a frame, once the state that it belongs to is known. */
export async function take(name, frame) {
  if (frame.head.version > (state.value?.version ?? 0)) await refresh();
  if (frame.head.version >= since[name]) frames[name].value = frame;
}

// ---- the look

const dark = window.matchMedia("(prefers-color-scheme: dark)");
const chosenTheme = signal(kept("theme"));
const systemDark = signal(dark.matches);
dark.addEventListener("change", () => {
  systemDark.value = dark.matches;
});
export const theme = computed(() => chosenTheme.value ?? (systemDark.value ? "dark" : "light"));
effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
effect(() => {
  document.documentElement.lang = language.value;
});

export function switchTheme() {
  chosenTheme.value = theme.value === "dark" ? "light" : "dark";
  keep("theme", chosenTheme.value);
}

export async function speak(name) {
  await guarded(async () => {
    const [told, known] = [await post("language", { language: name }), await get("catalog", { language: name })];
    batch(() => {
      state.value = told;
      catalog.value = known;
      error.value = null;
    });
  });
}

function kept(name) {
  try {
    return localStorage.getItem(`badak-lab-${name}`);
  } catch {
    return null; // storage is turned off
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(`badak-lab-${name}`, value);
  } catch {
    // storage is turned off: it is chosen anew next time
  }
}

// ---- talking to the server

/** Do something that the server may refuse; tell what it says. */
export async function guarded(act) {
  try {
    const result = await act();
    return result;
  } catch (refused) {
    error.value = { message: refused.message, where: refused.where ?? "" };
    announce(refused.message);
    return null;
  }
}

export function announce(text) {
  said.value = text;
}

/** Begin: the catalogue, the state, and what a link brings. */
export async function begin() {
  const told = await get("state");
  const known = await get("catalog", { language: told.language });
  batch(() => {
    catalog.value = known;
    state.value = told;
  });
  await follow(location.hash);
  // From now on the address is a link to what is seen.
  effect(() => {
    if (run.value) history.replaceState(null, "", `#${packed(run.value.recipe)}`);
  });
  window.addEventListener("hashchange", () => follow(location.hash));
}

/** Take over the state that a link holds, or the lesson that it names; false where it has none. */
export async function follow(link) {
  const lesson = link.match(/#lesson=([\w-]+)$/)?.[1];
  if (lesson) {
    const told = await guarded(() => post("lesson", { id: lesson, do: "start" }));
    if (told) state.value = told;
    return true;
  }
  const linked = unpacked(link.slice(link.indexOf("#") + 1));
  if (!linked?.data || !linked.network) return false;
  if (JSON.stringify(linked) !== JSON.stringify(run.value?.recipe)) await edit(linked);
  return true;
}

export async function refresh() {
  const told = await get("state");
  if (told.version !== state.value?.version) state.value = told;
}

let pending = null;
let sending = null;

/** Change the recipe of the selected run: shown at once, sent when the server is free. */
export function edit(changed) {
  const name = selected.value;
  drafts[name].value = changed;
  pending = { name, recipe: changed };
  sending ??= send().finally(() => {
    sending = null;
  });
  return sending;
}

/** The other run's recipe with the data of this one's, where both are on the same and these change. */
function withItsData(name, wanted) {
  const before = JSON.stringify(state.value.runs[name]?.recipe.data);
  const other = names.value.find((each) => each !== name);
  const its = state.value.runs[other]?.recipe;
  if (!its || JSON.stringify(its.data) !== before || JSON.stringify(wanted.data) === before) return null;
  return { run: other, recipe: { ...its, data: wanted.data } };
}

async function send() {
  while (pending) {
    const { name, recipe: wanted } = pending;
    pending = null;
    const other = withItsData(name, wanted);
    let told = await guarded(() => post("recipe", { run: name, recipe: wanted }));
    if (told && other) told = (await guarded(() => post("recipe", other))) ?? told;
    batch(() => {
      if (told) {
        state.value = told;
        error.value = null;
      }
      if (!pending) drafts[name].value = null;
    });
  }
}

/** Command the selected run, or both. */
export async function command(action, more = {}, which = null) {
  const both = together.value && ["play", "pause", "step", "epoch", "speed"].includes(action);
  const runs = which ? [which] : both ? names.value : [selected.value];
  for (const name of runs) {
    const told = await guarded(() => post("run", { run: name, do: action, ...more }));
    if (told) {
      batch(() => {
        state.value = told;
        error.value = null;
      });
    }
  }
}

/** The address of this page with the recipe in it. */
export function linkHere() {
  return `${location.origin}/#${packed(recipe.value)}`;
}

/** Choose a unit, and show its arithmetic. */
export function lookAt(place) {
  batch(() => {
    focus.value = place;
    layer.value = place.layer;
    inspector.value = "unit";
  });
}

/** Choose a layer, and show its settings and units. */
export function lookAtLayer(index) {
  batch(() => {
    layer.value = index;
    inspector.value = "layer";
  });
}
