// The bar of the run: play, pause, step, epoch, back, speed, and where the training is.

import { Choice } from "./fields.js";
import { percent, rate, short, whole } from "./numbers.js";
import {
  catalog, command, dialog, frame, frames, language, names, run, selected, speak, state, switchTheme,
  t, theme, together,
} from "./store.js";
import { Icon, IconButton, html } from "./ui.js";

export const SPEEDS = [1, 2, 5, 10, 30, 100, 300, 1000, 3000, 10000, 100000, null];

/** Whether the run trains; a frame knows of its end before the state does. */
export function playing() {
  const { status, version } = frame.value?.head ?? {};
  return (version >= state.value?.version ? status : run.value?.status) === "playing";
}

/** The place in SPEEDS of the run's speed; null is as fast as the engine goes. */
export function speedPlace() {
  const speed = run.value?.speed ?? null;
  const place = SPEEDS.findIndex((each) => each !== null && speed !== null && each >= speed);
  return place < 0 ? SPEEDS.length - 1 : place;
}

export function setSpeed(place) {
  const at = Math.max(0, Math.min(SPEEDS.length - 1, place));
  return command("speed", { speed: SPEEDS[at] });
}

function speedText(speed) {
  return speed === null ? t("full_speed") : t("samples_a_second", { rate: rate(speed) });
}

function Speed() {
  const place = speedPlace();
  const text = speedText(SPEEDS[place]);
  // At full speed the number is what it comes to.
  const measured = SPEEDS[place] === null && playing() && frame.value?.head.rate;
  return html`<div class="speed"><label class="label" for="speed">${t("speed")}</label>
    <output for="speed">${measured ? t("samples_a_second", { rate: rate(measured) }) : text}</output>
    <input type="range" id="speed" min="0" max=${SPEEDS.length - 1} step="1" value=${place} aria-valuetext=${text}
      onInput=${(event) => setSpeed(Number(event.target.value))} /></div>`;
}

function Buttons() {
  const epoch = frame.value?.head.epoch ?? run.value?.epoch ?? 0;
  const kept = run.value?.epochs_kept ?? [];
  return html`<div class="buttons" role="group" aria-label=${t("run")}>
    <${IconButton} icon="reset" name=${t("start_anew")} keys="R" onClick=${() => command("reset")} />
    <${IconButton} icon="back" name=${t("back_one_epoch")} keys="," disabled=${epoch < 1 && !(frame.value?.head.samples > 0)} onClick=${goBack} />
    ${kept.length > 1 && html`<label class="back-menu" title=${t("back")}><span aria-hidden="true">▾</span>
      <${Choice} label=${t("back")} hidden=${true} value="" choices=${[["", t("back")], ...[...kept].reverse().slice(0, 300).map((each) => [String(each), t("back_to_epoch", { epoch: each })])]}
        onChange=${(chosen) => chosen !== "" && command("back", { epoch: Number(chosen) })} /></label>`}
    <button type="button" class="play" aria-pressed=${playing()} title=${`${t("play_or_pause")} (Space)`}
      onClick=${toggle}><${Icon} name=${playing() ? "pause" : "play"} />
      <span>${t(playing() ? "pause" : "play")}</span></button>
    <${IconButton} icon="step" name=${t("one_step")} keys="." onClick=${() => command("step")} />
    <${IconButton} icon="epoch" name=${t("one_epoch")} keys="E" onClick=${() => command("epoch")} />
  </div>`;
}

export function toggle() {
  return command(playing() ? "pause" : "play");
}

/** Back to the beginning of this epoch, or of the one before. */
export function goBack() {
  const { epoch = 0, samples = 0 } = frame.value?.head ?? {};
  return command("back", { epoch: samples > 0 ? epoch : Math.max(0, epoch - 1) });
}

function Reading({ label, value, title }) {
  return html`<div class="reading" title=${title}><span class="label">${label}</span><span class="value">${value}</span></div>`;
}

function Readings() {
  const head = frame.value?.head ?? {};
  const classes = run.value?.data?.task === "classes";
  return html`<div class="readings">
    <${Reading} label=${t("epoch")} value=${whole(head.epoch ?? run.value?.epoch ?? 0)} />
    <${Reading} label=${t("step")} value=${whole(head.step ?? run.value?.step ?? 0)} />
    <${Reading} label=${t("loss_test")} value=${short(head.test ?? head.loss, 3)} />
    ${classes && html`<${Reading} label=${t("accuracy_test")} value=${percent(head.test_accuracy ?? head.accuracy)} />`}
  </div>`;
}

function Second() {
  if (names.value.length > 1) return null;
  return html`<button type="button" class="plain-button" aria-label=${t("second_run")} title=${t("second_run_tip")}
    onClick=${() => command("copy", {}, "a")}><${Icon} name="compare" /><span>${t("second_run")}</span></button>`;
}

/** Two runs side by side: how each does, and which one is shown and changed. */
export function Runs() {
  if (names.value.length < 2) return null;
  const classes = run.value?.data?.task === "classes";
  return html`<div class="runs" role="group" aria-label=${t("chosen_run")}>
    ${names.value.map((name) => {
      const head = frames[name].value?.head ?? {};
      return html`<button type="button" class="run-choice" aria-pressed=${selected.value === name} onClick=${() => { selected.value = name; }}>
        <b>${name.toUpperCase()}</b><small>${t("loss_test")} ${short(head.test ?? head.loss, 3)}</small>
        ${classes && html`<small>${percent(head.test_accuracy)}</small>`}<small>${t("epoch")} ${whole(head.epoch)}</small>
        ${head.status === "diverged" && html`<small class="diverged">${t("status_diverged")}</small>`}</button>`;
    })}
    <label class="both"><input type="checkbox" checked=${together.value}
      onChange=${(event) => { together.value = event.target.checked; }} />${t("both_runs")}</label>
    <${IconButton} icon="close" name=${t("remove_run", { run: "B" })} onClick=${removeSecond} />
  </div>`;
}

async function removeSecond() {
  selected.value = "a";
  await command("remove", {}, "b");
  frames.b.value = null;
}

function Page() {
  const other = language.value === "ko" ? "en" : "ko";
  return html`<nav class="page-tools" aria-label=${t("page")}>
    <${Second} />
    <button type="button" class="plain-button" aria-label=${t("lessons")} onClick=${() => { dialog.value = "lessons"; }}><${Icon} name="book" /><span>${t("lessons")}</span></button>
    <button type="button" class="plain-button" aria-label=${t("take_away")} onClick=${() => { dialog.value = "take"; }}><${Icon} name="take" /><span>${t("take_away")}</span></button>
    <button type="button" class="icon-button text" lang=${other} aria-label=${other === "ko" ? "한국어" : "English"}
      title=${`${other === "ko" ? "한국어" : "English"} (L)`} onClick=${() => speak(other)}>${other === "ko" ? "한" : "EN"}</button>
    <${IconButton} icon="light" name=${t(theme.value === "dark" ? "light" : "dark")} keys="T" onClick=${switchTheme} />
    <${IconButton} icon="keys" name=${t("keys_of_the_page")} keys="?" onClick=${() => { dialog.value = "keys"; }} />
  </nav>`;
}

/** The page's head, with the run's bar in it. */
export function Transport() {
  if (!state.value || !catalog.value) return null;
  return html`<header class="bar">
    <h1><img src="/static/icon.svg" alt="" width="22" height="22" /><span>${t("lab")}</span></h1>
    <${Buttons} /><${Speed} /><${Readings} /><${Page} />
  </header>`;
}
