"""One file of JavaScript, an ES module for browsers and Node alike."""

import json
import math
import shlex

from badak._version import __version__
from badak.formats.formulas import Formula, Product, Turn, walk
from badak.formats.standalone.plan import TOLERANCE, Apply, Function, Plan, plain, plan_of
from badak.formats.standalone.printing import Dialect, Pass, print_formula
from badak.formats.standalone.python import base64_lines
from badak.network.sequential import Sequential
from badak.typing import Array


def write(model: Sequential, file: str = "") -> str:
    """Return the content of a file of this name; InputError names what cannot be written."""
    plan = plan_of(model)
    used = {node.operation for each in plan.functions for node in walk(each.formula.value)}
    parts = [
        _heading(plan, file or f"{plan.name}.mjs"),
        _constants(plan),
        _predict(plan),
        *([_classify(plan)] if plan.classifies else []),
        CHECK,
        *([PRODUCT] if any(isinstance(each.step, Product) for each in plan.steps) else []),
        *(_function(each) for each in plan.functions),
        *(text for operation, text in HELPERS.items() if operation in used),
        FLOATS,
        _weights(plan),
        SELF_TEST.format(tolerance=TOLERANCE, answer=plan.outputs, sample=plan.inputs),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _number(value: float) -> str:
    if math.isfinite(value):
        return repr(value)
    return "NaN" if math.isnan(value) else "Infinity" if value > 0.0 else "-Infinity"


DIALECT = Dialect(
    number=_number,
    truth=("true", "false"),
    repeats=True,
    functions={
        **{
            name: f"Math.{name}({{0}})"
            for name in ("sqrt", "exp", "expm1", "log", "log1p", "tanh", "sin", "cos", "floor")
        },
        "absolute": "Math.abs({0})",
        "power": "Math.pow({0}, {1})",
        "maximum": "Math.max({0}, {1})",
        "minimum": "Math.min({0}, {1})",
        "erf": "erf({0})",
        "rint": "rint({0})",
        "copysign": "copysign({0}, {1})",
        "bitwise_and": "({0} && {1})",
        "bitwise_or": "({0} || {1})",
        "bitwise_xor": "({0} !== {1})",
        "equal": "({0} === {1})",
        "not_equal": "({0} !== {1})",
        "to_float": "Number({0})",
        "to_bool": "({0} !== 0.0)",
    },
)

REDUCE = {
    "sum_columns": ("0.0", "{0} += {1};"),
    "max_columns": ("-Infinity", "{0} = Math.max({0}, {1});"),
    "min_columns": ("Infinity", "{0} = Math.min({0}, {1});"),
}


def _heading(plan: Plan, file: str) -> str:
    names = "predict, classify" if plan.classifies else "predict"
    lines = [
        f"{plain(plan.title)}: a neural network as one ES module.",
        "",
        *plan.drawn(),
        "",
        "It needs nothing else, in a browser or in Node.",
        "",
        f"    import {{ {names} }} from {plain(json.dumps('./' + file))};",
        "",
        "Self-test, which prints how far the answers lie from those of badak:",
        "",
        f"    node {plain(shlex.quote(file))}",
        "",
        f"Written by badak {__version__}; weights are (inputs, units), row by row.",
    ]
    return "\n".join(f"// {line}".rstrip() for line in lines)


def _constants(plan: Plan) -> str:
    lines = [
        f"export const inputShape = {list(plan.input_shape)};",
        f"export const outputShape = {list(plan.output_shape)};",
    ]
    if plan.class_names:
        names = "".join(f"  {_text(name)},\n" for name in plan.class_names)
        lines.append(f"export const classNames = [\n{names}];")
    if plan.preparation:
        lines += [
            "",
            "// How the data were prepared for x.",
            f"export const preparation = {_text(plan.preparation)};",
        ]
    return "\n".join(lines)


def _text(value: object) -> str:
    """Return JSON that a page may hold in a script, without characters that cannot be seen."""
    shown = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return "".join(c if c.isprintable() else f"\\u{{{ord(c):x}}}" for c in shown)


def _predict(plan: Plan) -> str:
    lines = [
        "/**",
        f" * The answer to one sample: a Float32Array of {plan.outputs}.",
        f" * @param x {plan.inputs} finite numbers, in one array or in nested ones.",
        " */",
        "export function predict(x) {",
        "  let y = checked(x);",
    ]
    for each in plan.steps:
        if isinstance(each.step, Product):
            kernel, bias = (*each.arrays, "null")[:2]
            units = each.step.kernel.shape[1]
            lines.append(f"  y = product(y, {kernel}, {bias}, {units});")
        elif isinstance(each.step, Turn):
            lines += [f"  {line}" for line in _turned(each.step, each.function)]
        else:
            lines.append(f"  y = {_applied(each)};")
    return "\n".join([*lines, "  return y;", "}"])


def _turned(turn: Turn, name: str) -> list[str]:
    total = f"{name}Sum"
    return {
        "begin": [f"const {name}Input = y;", f"let {total} = new Float32Array({turn.units});"],
        "member": [f"y = {name}Input;"],
        "add": [f"{total} = {total}.map((sum, i) => sum + {_number(turn.weight)} * y[i]);"],
        "end": [f"y = {total};"],
    }[turn.kind]


def _applied(each: Apply) -> str:
    step = each.step
    assert isinstance(step, Formula)
    if step.rowwise:
        return f"{each.function}({', '.join(['y', str(step.columns), *each.arrays])})"
    if not each.arrays:
        return f"y.map((x) => {each.function}(x))"
    index = "i" if step.rows == 1 else f"i % {step.columns}"
    given = ", ".join(f"{name}[{index}]" for name in each.arrays)
    return f"y.map((x, i) => {each.function}(x, {given}))"


def _classify(plan: Plan) -> str:
    if plan.threshold is None:
        choice = "y.indexOf(y.reduce((largest, value) => Math.max(largest, value)))"
    else:
        choice = f"Number(y[0] > {plan.threshold})"
    return (
        "/** The number of the sample's class. */\n"
        "export function classify(x) {\n"
        "  const y = predict(x);\n"
        f"  return {choice};\n"
        "}"
    )


def _function(function: Function) -> str:
    formula = function.formula
    arrays = {name: f"{name}[i]" if formula.rowwise else name for name in formula.arrays}
    variable = "row[i]" if formula.rowwise else "x"
    printed = print_formula(formula.value, DIALECT, variable, arrays)
    if not formula.rowwise:
        given = ", ".join(["x", *formula.arrays])
        body = [*_named(printed.result, 2), f"  return {printed.result.value};"]
        return "\n".join([f"function {function.name}({given}) {{", *body, "}"])
    given = ", ".join(["x", "n", *formula.arrays])
    lines = [
        f"function {function.name}({given}) {{",
        "  const y = new Float32Array(x.length);",
        "  for (let start = 0; start < x.length; start += n) {",
        "    const row = x.subarray(start, start + n);",
    ]
    for each in printed.reductions:
        begin, add = REDUCE[each.operation]
        lines += [
            f"    let {each.name} = {begin};",
            "    for (let i = 0; i < n; i++) {",
            *_named(each, 6),
            f"      {add.format(each.name, each.value)}",
            "    }",
        ]
    lines += [
        "    for (let i = 0; i < n; i++) {",
        *_named(printed.result, 6),
        f"      y[start + i] = {printed.result.value};",
        "    }",
        "  }",
        "  return y;",
        "}",
    ]
    return "\n".join(lines)


def _named(each: Pass, indent: int) -> list[str]:
    return [f"{'':{indent}}const {name} = {text};" for _, name, text in each.named]


def _weights(plan: Plan) -> str:
    lines = ["// The weights, little-endian float32 in base64."]
    for name, array in plan.weights.items():
        note = f": {plan.notes[name]}" if name in plan.notes else ""
        lines.append(f"// ({', '.join(map(str, array.shape))}){note}")
        lines += _floats(name, array)
    lines += ["", "// Samples, and what badak answers to them."]
    lines += [*_floats("testX", plan.x), *_floats("testY", plan.y)]
    return "\n".join(lines)


def _floats(name: str, array: Array) -> list[str]:
    return [f"const {name} = floats(`", *base64_lines(array), "`);"]


CHECK = """\
/** The sample as a Float32Array, or an error that says what is wrong with it. */
function checked(x) {
  const count = inputShape.reduce((product, size) => product * size, 1);
  const flat = ArrayBuffer.isView(x) ? x : Array.from(x).flat(Infinity);
  if (flat.length !== count) {
    throw new RangeError(`a sample is ${count} numbers, not ${flat.length}`);
  }
  const sample = Float32Array.from(flat);
  if (!sample.every(Number.isFinite)) {
    throw new RangeError("a sample holds finite numbers only");
  }
  return sample;
}"""

PRODUCT = """\
/** x times the kernel (inputs, units), plus the bias where there is one. */
function product(x, kernel, bias, units) {
  const sums = new Float64Array(units);
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < units; j++) {
      sums[j] += x[i] * kernel[i * units + j];
    }
  }
  return Float32Array.from(sums, (sum, j) => (bias ? sum + bias[j] : sum));
}"""

HELPERS = {
    "erf": """\
/** Gauss's error function, by its series; from 6 on it is 1 to the last digit. */
function erf(x) {
  if (Math.abs(x) > 6) {
    return Math.sign(x);
  }
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}""",
    "rint": """\
/** The nearest whole number, of two equally near the even one. */
function rint(x) {
  const below = Math.floor(x);
  const over = x - below;
  return over < 0.5 || (over === 0.5 && below % 2 === 0) ? below : below + 1;
}""",
    "copysign": """\
/** The size of x with the sign of y. */
function copysign(x, y) {
  return y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x);
}""",
}

FLOATS = """\
function floats(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}"""

SELF_TEST = """\
/** How far the answers lie from badak's; up to {tolerance} is near enough. */
export function selfTest() {{
  let farthest = 0;
  for (let s = 0; s * {sample} < testX.length; s++) {{
    const y = predict(testX.subarray({sample} * s, {sample} * (s + 1)));
    y.forEach((value, i) => {{
      const expected = testY[{answer} * s + i];
      const error = Math.abs(value - expected) / Math.max(1, Math.abs(expected));
      farthest = Math.max(farthest, error);
    }});
  }}
  return farthest;
}}

if (typeof process !== "undefined" && process.argv?.[1]) {{
  const {{ realpathSync }} = await import("node:fs");
  const {{ fileURLToPath }} = await import("node:url");
  if (fileURLToPath(import.meta.url) === realpathSync(process.argv[1])) {{
    const [count, farthest] = [testX.length / {sample}, selfTest()];
    console.log(`${{count}} samples, farthest from badak's answers: ${{farthest}}`);
    process.exitCode = farthest <= {tolerance} ? 0 : 1;
  }}
}}
"""
