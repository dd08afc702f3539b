// Formulas in the LaTeX that badak writes, as a tree of MathML: ["mfrac", ["mn", "1"], ["mi", "x"]].
// A "mo*" is an operator that grows with what it holds.

const SIGNS = {
  le: "≤", ge: "≥", cdot: "·", partial: "∂", sum: "∑", infty: "∞", times: "×", pm: "±",
  alpha: "α", beta: "β", gamma: "γ", theta: "θ", lambda: "λ", sigma: "σ", Phi: "Φ", pi: "π", mu: "μ",
};
const OPERATORS = new Set(["le", "ge", "cdot", "times", "pm", "sum", "partial"]);
const NAMES = new Set(["max", "min", "tanh", "log", "exp", "sin", "cos", "erf"]);
const SPACES = { ",": "0.17em", ";": "0.28em", quad: "1em", " ": "0.25em" };

/** The tree of a formula. */
export function tree(latex) {
  const tokens = latex.match(/\\[a-zA-Z]+|\\\\|\\.|[{}^_&]|\d+(?:\.\d+)?|[a-zA-Z]|[^\s]/g) ?? [];
  const parser = { tokens, at: 0 };
  return ["math", ...sequence(parser, () => false)];
}

function sequence(parser, ends) {
  const made = [];
  while (parser.at < parser.tokens.length && !ends(parser.tokens[parser.at])) {
    const token = parser.tokens[parser.at];
    if (token === "^" || token === "_") {
      parser.at++;
      const base = made.pop() ?? ["mrow"];
      const script = argument(parser);
      // Both scripts of one base stand on top of each other.
      const joined = { msub: "^", msup: "_" }[base[0]] === token && base.length === 3;
      if (joined) made.push(["msubsup", base[1], ...(token === "^" ? [base[2], script] : [script, base[2]])]);
      else made.push([token === "^" ? "msup" : "msub", base, script]);
      continue;
    }
    made.push(atom(parser));
  }
  return made;
}

function argument(parser) {
  if (parser.tokens[parser.at] !== "{") return atom(parser);
  parser.at++;
  const inner = sequence(parser, (token) => token === "}");
  parser.at++;
  return inner.length === 1 ? inner[0] : ["mrow", ...inner];
}

function text(parser) {
  parser.at++; // {
  let letters = "";
  while (parser.tokens[parser.at] !== "}") letters += parser.tokens[parser.at++];
  parser.at++;
  return letters;
}

function cases(parser) {
  const rows = [[]];
  while (parser.at < parser.tokens.length && parser.tokens[parser.at] !== "\\end") {
    rows.at(-1).push(["mtd", ...sequence(parser, (token) => token === "&" || token === "\\\\" || token === "\\end")]);
    if (parser.tokens[parser.at] === "\\\\") rows.push([]);
    if (parser.tokens[parser.at] !== "\\end") parser.at++;
  }
  parser.at++;
  text(parser);
  return ["mrow", ["mo", "{"], ["mtable", ...rows.map((cells) => ["mtr", ...cells])]];
}

function atom(parser) {
  const token = parser.tokens[parser.at];
  if (token === "{") return argument(parser);
  parser.at++;
  if (/^\d/.test(token)) return ["mn", token];
  if (/^[a-zA-Z]$/.test(token)) return ["mi", token];
  if (!token.startsWith("\\")) return ["mo", token === "-" ? "−" : token === "'" ? "′" : token];
  const name = token.slice(1);
  if (name in SPACES) return ["mspace", SPACES[name]];
  if (name === "frac") return ["mfrac", argument(parser), argument(parser)];
  if (name === "sqrt") return ["msqrt", argument(parser)];
  if (name === "mathrm") return ["mi", text(parser)];
  if (name === "text") return ["mtext", text(parser)];
  if (name === "left" || name === "right") return ["mo*", parser.tokens[parser.at++]];
  if (name === "begin") {
    text(parser);
    return cases(parser);
  }
  if (NAMES.has(name)) return ["mi", name];
  if (OPERATORS.has(name)) return ["mo", SIGNS[name]];
  return ["mi", SIGNS[name] ?? name];
}
