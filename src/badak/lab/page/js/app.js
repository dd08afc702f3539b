// The page: its parts, and which of them a narrow page shows.

import { CurvesCard } from "./curves.js";
import { DataPanel } from "./datapanel.js";
import { Distributions } from "./distributions.js";
import { DrawingCard } from "./drawing.js";
import { HealthCard } from "./health.js";
import { KeysDialog } from "./keysdialog.js";
import { LayerPanel } from "./layerpanel.js";
import { LessonCard, LessonsDialog, lesson } from "./lessons.js";
import { Confusion, WrongSamples } from "./mistakes.js";
import { NetworkCard } from "./network.js";
import { PlaneCard } from "./planecard.js";
import { SampleBar } from "./samplebar.js";
import { catalog, error, inspector, lost, run, said, state, t, tab } from "./store.js";
import { TakeDialog } from "./take.js";
import { TrainingPanel } from "./training.js";
import { Runs, Transport } from "./transport.js";
import { UnitPanel } from "./unitpanel.js";
import { IconButton, html, useRef } from "./ui.js";

const PANELS = {
  unit: UnitPanel, layer: LayerPanel, distributions: Distributions, confusion: Confusion, wrong: WrongSamples,
};
const TABS = ["network", "answers", "data", "training"];

/** A list of tabs that arrows walk through. */
function Tabs({ names, chosen, onChoose, label, class: more, prefix, controls }) {
  const ref = useRef(null);
  const key = (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const next = names[(names.indexOf(chosen) + way + names.length) % names.length];
    onChoose(next);
    setTimeout(() => ref.current?.querySelector('[aria-selected="true"]')?.focus());
  };
  return html`<div class=${`tabs ${more}`} role="tablist" aria-label=${label} ref=${ref} onKeyDown=${key}>
    ${names.map((name) => html`<button type="button" role="tab" id=${`${prefix}-${name}`} aria-controls=${controls} aria-selected=${name === chosen ? "true" : "false"}
      tabindex=${name === chosen ? 0 : -1} onClick=${() => onChoose(name)}>${t(`${prefix}_${name}`)}</button>`)}</div>`;
}

function Inspector() {
  const classes = run.value?.data?.task === "classes";
  const names = Object.keys(PANELS).filter((name) => classes || (name !== "confusion" && name !== "wrong"));
  const chosen = names.includes(inspector.value) ? inspector.value : "unit";
  const Panel = PANELS[chosen];
  return html`<section class="card inspector" data-part="inspector" aria-label=${t("inspector")}>
    <${Tabs} class="inspector-tabs" prefix="see" controls="inspector-panel" label=${t("inspector")} names=${names} chosen=${chosen} onChoose=${(name) => { inspector.value = name; }} />
    <div role="tabpanel" id="inspector-panel" aria-labelledby=${`see-${chosen}`} class=${`panel panel-${chosen}`}><${Panel} /></div>
  </section>`;
}

function Trouble() {
  if (lost.value) return html`<p class="trouble" role="alert">${t("server_lost")}</p>`;
  if (!error.value) return null;
  return html`<p class="trouble" role="alert"><span>${error.value.message}</span>
    <${IconButton} icon="close" name=${t("close")} onClick=${() => { error.value = null; }} /></p>`;
}

export function App() {
  if (!state.value || !catalog.value) return lost.value ? html`<p class="trouble" role="alert">badak lab: ${lost.value}</p>` : null;
  const plane = run.value?.data?.look !== "image";
  const tabs = lesson() ? ["lesson", ...TABS] : TABS;
  const shown = tabs.includes(tab.value) ? tab.value : "network";
  return html`<a class="skip" href="#network">${t("skip_to_network")}</a>
    <${Transport} /><${Trouble} />
    <${Tabs} class="page-tabs" prefix="tab" controls="page" label=${t("parts_of_page")} names=${tabs} chosen=${shown} onChoose=${(name) => { tab.value = name; }} />
    <main id="page">
      <${Runs} />
      <div class=${`page ${lesson() ? "with-lesson" : ""}`} data-tab=${shown}>
      <div class="side"><${LessonCard} /><${DataPanel} /><${TrainingPanel} /></div>
      <div class="middle" id="network"><${NetworkCard} /><${Inspector} /></div>
      <div class="answers">${plane ? html`<${PlaneCard} />` : html`<${DrawingCard} />`}<${SampleBar} /><${CurvesCard} /><${HealthCard} /></div>
      </div>
    </main>
    <${LessonsDialog} /><${TakeDialog} /><${KeysDialog} />
    <p class="unseen" role="status" aria-live="polite">${said.value}</p>`;
}
