// Begin: get the state, draw the page, ask for frames, listen to keys and dropped files.

import { App } from "./app.js";
import { action } from "./keys.js";
import { percent, short } from "./numbers.js";
import { dropped, filesOf } from "./own.js";
import { painted, poll } from "./poll.js";
import { nextSample } from "./samplebar.js";
import {
  announce, begin, command, dialog, error, frame, frames, inspector, language, lost, names, refresh,
  run, sample, selected, speak, state, switchTheme, t, take,
} from "./store.js";
import { goBack, playing, setSpeed, speedPlace, toggle } from "./transport.js";
import { computed, effect, html, render } from "./ui.js";

const VIEWS_OF_PANEL = { unit: [], layer: [], distributions: ["distributions"], confusion: ["confusion"], wrong: ["wrong"] };

/** The views that are open, for a run. */
const views = computed(() => {
  const data = run.value?.data;
  const plane = data && data.look !== "image" ? ["boundary", "points"] : [];
  const shown = ["network", "units", "sample", "loss", ...plane, ...(VIEWS_OF_PANEL[inspector.value] ?? [])];
  return { shown: shown.join(","), other: ["loss", ...plane].join(",") };
});

const QUICK = 60; // points of the plane along each side while it trains, and when it stands
const FINE = 100;

const queryOf = (name) => ({
  run: name, views: name === selected.value ? views.value.shown : views.value.other, sample: sample.value,
  grid: frames[name].value?.head.status === "playing" ? QUICK : FINE,
});

const polls = {};

function watch(name) {
  polls[name] = poll({
    query: () => queryOf(name),
    taken: (got) => take(name, got),
    drawn: painted,
    trouble(problem) {
      lost.value = problem !== null && !problem.status ? problem.message : false;
      if (problem?.status === 403) error.value = { message: problem.message, where: "" }; // another lab is here now
      if (problem?.status === 422 || problem?.status === 404) refresh();
    },
  });
}

// A run that comes or goes, and views that open or close.
effect(() => {
  const wanted = names.value;
  for (const name of ["a", "b"]) {
    if (wanted.includes(name) && !polls[name]) watch(name);
    if (!wanted.includes(name) && polls[name]) {
      polls[name].stop();
      delete polls[name];
    }
  }
});
let asked = "";
effect(() => {
  const key = JSON.stringify([views.value, sample.value, selected.value, state.value?.version]);
  if (asked && key !== asked) for (const each of Object.values(polls)) each.again();
  asked = key;
});

// A sample that the data no longer have.
effect(() => {
  const { train = 0, test = 0 } = run.value?.data?.samples ?? {};
  if (train + test && sample.peek() >= train + test) sample.value = 0;
});

const ACTIONS = {
  play: toggle,
  step: () => command("step"),
  epoch: () => command("epoch"),
  reset: () => command("reset"),
  back: goBack,
  slower: () => setSpeed(speedPlace() - 1),
  faster: () => setSpeed(speedPlace() + 1),
  previous_sample: () => nextSample(-1),
  next_sample: () => nextSample(1),
  theme: switchTheme,
  language: () => speak(language.value === "ko" ? "en" : "ko"),
  help: () => { dialog.value = dialog.value === "keys" ? null : "keys"; },
};

document.addEventListener("keydown", (event) => {
  const wanted = action(event);
  if (!wanted || (dialog.value && wanted !== "help")) return;
  event.preventDefault();
  ACTIONS[wanted]();
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  if (event.dataTransfer?.files.length) dropped(await filesOf(event.dataTransfer));
});

// Where the training is, said now and then.
let saidAt = 0;
effect(() => {
  const head = frame.value?.head;
  if (!head || !playing() || performance.now() - saidAt < 15000) return;
  saidAt = performance.now();
  const where = t("now_at", { epoch: head.epoch, loss: short(head.test ?? head.loss) });
  announce(head.test_accuracy === null || head.test_accuracy === undefined ? where : `${where}, ${t("accuracy")} ${percent(head.test_accuracy)}`);
});
let status = null;
effect(() => {
  const now = run.value?.status;
  if (status !== null && now !== status && now) announce(t(`status_${now}`));
  status = now ?? status;
});

render(html`<${App} />`, document.getElementById("app"));
begin().catch((problem) => {
  lost.value = problem.message;
  error.value = { message: problem.message, where: "" };
});
