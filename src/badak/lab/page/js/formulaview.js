// A formula of badak's as MathML.

import { h } from "../vendor/preact.js";
import { tree } from "./tex.js";

function element([tag, ...children]) {
  if (tag === "mspace") return h(tag, { width: children[0] });
  if (tag === "mo*") return h("mo", null, children[0]);
  if (tag === "mo" && /[()|[\]]/.test(children[0])) return h(tag, { stretchy: "false" }, children[0]);
  return h(tag, null, ...children.map((child) => (Array.isArray(child) ? element(child) : child)));
}

export function Formula({ latex }) {
  return latex ? element(tree(latex)) : null;
}
