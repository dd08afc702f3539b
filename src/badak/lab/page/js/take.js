// What can be taken away: each file with what it is for; and the link that holds the state.

import { takeAddress, takeFile } from "./api.js";
import { Dialog } from "./dialog.js";
import { TextField } from "./fields.js";
import { announce, dialog, follow, language, linkHere, names, run, selected, t, theme } from "./store.js";
import { Icon, html, useSignal } from "./ui.js";

const FILES = [
  { what: "model", title: "take_model", about: "take_model_about" },
  { what: "onnx", title: "take_onnx", about: "take_onnx_about" },
  { what: "javascript", title: "take_javascript", about: "take_javascript_about" },
  { what: "script", title: "take_script", about: "take_script_about" },
  { what: "keras", title: "take_keras", about: "take_keras_about" },
  { what: "page", title: "take_page", about: "take_page_about" },
  { what: "data", title: "take_data", about: "take_data_about", kinds: ["pictures", "drawn", "given"] },
];
const PICTURES = ["network", "weights", "boundary", "curves", "distributions", "activation", "confusion", "wrong"];

/** A link to a file, which says why where there is none. */
function File({ query, class: more, children }) {
  const waiting = useSignal(false);
  const refused = useSignal(null);
  const click = async (event) => {
    event.preventDefault();
    if (waiting.value) return;
    waiting.value = true;
    refused.value = null;
    try {
      const { name, blob } = await takeFile(query);
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      announce(t("file_is_there", { name }));
    } catch (error) {
      refused.value = error.message;
    }
    waiting.value = false;
  };
  return html`<a class=${more} href=${takeAddress(query)} download aria-busy=${waiting.value} onClick=${click}>${children}</a>
    ${refused.value && html`<p class="refused" role="alert">${refused.value}</p>`}`;
}

export function TakeDialog() {
  const link = linkHere();
  const copied = useSignal(false);
  const wrong = useSignal(false);
  const about = { run: selected.value, theme: theme.value, language: language.value };
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      copied.value = true;
      announce(t("link_copied"));
    } catch {
      document.getElementById("link-here").select();
    }
  };
  const open = async (text) => {
    wrong.value = !(await follow(text.trim()));
    if (!wrong.value) dialog.value = null;
  };
  return html`<${Dialog} name="take" title=${t("take_away")}>
    ${names.value.length > 1 && html`<p class="note">${t("of_run", { run: selected.value.toUpperCase() })}</p>`}
    <ul class="take">${FILES.filter(({ kinds }) => !kinds || kinds.includes(run.value?.data?.kind)).map(({ what, title, about: says }) => html`<li><${File} class="take-file" query=${{ ...about, what }}><${Icon} name="take" /><span><b>${t(title)}</b><span class="note">${t(says)}</span></span></${File}></li>`)}</ul>
    <h3>${t("pictures_svg")}</h3>
    <ul class="take-pictures">${PICTURES.filter((view) => fits(view)).map((view) => html`<li><${File} class="plain-button" query=${{ ...about, what: "svg", view }}>${t(`picture_${view}`)}</${File}></li>`)}</ul>
    <h3>${t("link_to_this")}</h3>
    <p class="note">${t("link_about")}</p>
    <div class="row link-row"><input id="link-here" type="text" readonly value=${link} aria-label=${t("link_to_this")} onFocus=${(event) => event.target.select()} />
      <button type="button" class="plain-button" onClick=${copy}><${Icon} name="link" />${t(copied.value ? "link_copied" : "copy_link")}</button></div>
    <${TextField} label=${t("link_of_others")} value="" onChange=${(text) => text && open(text)} />
    ${wrong.value && html`<p class="refused" role="alert">${t("no_link")}</p>`}
  </${Dialog}>`;
}

/** Whether there is such a picture of these data. */
function fits(view) {
  const { look, task, axes = [] } = run.value?.data ?? {};
  if (view === "boundary") return task === "classes" && look !== "image" && axes.length === 2;
  if (view === "wrong") return look === "image";
  return view !== "confusion" || task === "classes";
}
