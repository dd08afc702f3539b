// The lessons: an experiment as a run that one starts, bends and resets; and the verdict on it.

import { get, post } from "./api.js";
import { Card } from "./card.js";
import { Dialog } from "./dialog.js";
import { catalog, dialog, error, frame, guarded, run, selected, state, t, tab } from "./store.js";
import { Icon, IconButton, html, signal, useEffect } from "./ui.js";

const verdict = signal(null);

export const lesson = () => catalog.value?.lessons?.find(({ id }) => id === lessonId());
const lessonId = () => (typeof state.value?.lesson === "object" ? state.value?.lesson?.id : state.value?.lesson);

export async function start(id, action = "start") {
  const told = await guarded(() => post("lesson", { id, do: action }));
  if (!told) return;
  state.value = told;
  error.value = null;
  verdict.value = null;
  selected.value = "a";
  dialog.value = null;
  tab.value = id ? "lesson" : "network";
}

export function LessonsDialog() {
  return html`<${Dialog} name="lessons" title=${t("lessons")}>
    <p class="note">${t("lessons_are")}</p>
    <ol class="lessons">${(catalog.value.lessons ?? []).map((each) => html`<li>
      <button type="button" class=${each.id === lessonId() ? "chosen" : ""} onClick=${() => start(each.id)}>
        <span class="number">${each.number}</span><span><b>${each.title}</b><span class="note">${each.statement}</span></span></button></li>`)}</ol>
  </${Dialog}>`;
}

const list = (value) => (Array.isArray(value) ? value : value ? [value] : []);

export function LessonCard() {
  const now = lesson();
  const number = Math.floor((frame.value?.head.epoch ?? 0) / 5);
  useEffect(() => { verdict.value = null; }, [now?.id]);
  const ask = async () => {
    const told = await guarded(() => get("verdict", { lesson: now.id }));
    if (told) verdict.value = told;
  };
  useEffect(() => { if (verdict.value && now) ask(); }, [number, run.value?.status]);
  if (!now) return null;
  const found = verdict.value;
  return html`<${Card} title=${`${now.number}. ${now.title}`} part="lesson" class="lesson" tools=${html`
      <${IconButton} icon="reset" name=${t("reset_lesson")} onClick=${() => start(now.id, "reset")} />
      <${IconButton} icon="close" name=${t("end_lesson")} onClick=${() => start(null, "start")} />`}>
    <blockquote>${now.statement}</blockquote>
    <div class="lesson-parts">
      <div><h3>${t("try_this")}</h3><ul>${list(now.try ?? now.what_to_try).map((text) => html`<li>${text}</li>`)}</ul></div>
      <div><h3>${t("look_for")}</h3><ul>${list(now.look_for ?? now.look ?? now.what_to_look_for).map((text) => html`<li>${text}</li>`)}</ul></div>
      <div class="verdict"><h3>${t("verdict")}</h3>
        <button type="button" class="plain-button" onClick=${ask}><${Icon} name="right" />${t("ask_verdict")}</button>
        ${found && html`<p role="status" class=${`verdict-text ${found.holds}`}><b>${found.verdict}</b> ${found.says}</p>
          <dl class="numbers">${(found.numbers ?? []).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`}
        ${now.experiment && html`<details><summary><code>${now.experiment.command}</code>: ${now.experiment.verdict}</summary><p class="note">${now.experiment.result}</p></details>`}
      </div>
    </div>
  </${Card}>`;
}
