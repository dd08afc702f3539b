// A window over the page: closed by Escape, its button, or a click beside it.

import { useId } from "./fields.js";
import { dialog, t } from "./store.js";
import { IconButton, html, useEffect, useRef } from "./ui.js";

export function Dialog({ name, title, children }) {
  const ref = useRef(null);
  const id = useId("dialog");
  const open = dialog.value === name;
  useEffect(() => {
    if (open && !ref.current.open) ref.current.showModal();
    if (!open && ref.current.open) ref.current.close();
  }, [open]);
  return html`<dialog ref=${ref} aria-labelledby=${id} onClose=${() => { if (dialog.value === name) dialog.value = null; }}
    onClick=${(event) => { if (event.target === ref.current) dialog.value = null; }}>
    ${open && html`<div class="dialog-inner"><header><h2 id=${id}>${title}</h2><${IconButton} icon="close" name=${t("close")} onClick=${() => { dialog.value = null; }} /></header>${children}</div>`}
  </dialog>`;
}
