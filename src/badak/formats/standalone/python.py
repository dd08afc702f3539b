"""One file of Python that needs NumPy and nothing else."""

import base64
import math

from badak._version import __version__
from badak.formats.formulas import Formula, Product, Turn, walk
from badak.formats.standalone.plan import TOLERANCE, Apply, Function, Plan, plain, plan_of
from badak.formats.standalone.printing import ATOM, Dialect, Pass, print_formula
from badak.network.sequential import Sequential
from badak.typing import Array


def write(model: Sequential, file: str = "") -> str:
    """Return the content of a file of this name; InputError names what cannot be written."""
    plan = plan_of(model)
    parts = [
        _heading(plan, file),
        _constants(plan),
        _predict(plan),
        *([_classify(plan)] if plan.classifies else []),
        CHECK,
        *(_function(each) for each in plan.functions),
        *([ERF] if any(map(_uses_erf, plan.functions)) else []),
        SELF_TEST.format(tolerance=TOLERANCE),
        FLOATS,
        _weights(plan),
        'if __name__ == "__main__":\n    raise SystemExit(self_test())',
    ]
    return "\n\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def number(value: float) -> str:
    """Return a float as Python writes it."""
    if math.isfinite(value):
        return repr(value)
    return "np.nan" if math.isnan(value) else "np.inf" if value > 0.0 else "-np.inf"


DIALECT = Dialect(
    number=number,
    truth=("True", "False"),
    choice="np.where({0}, {1}, {2})",
    choice_binds=ATOM,
    functions={
        **{
            name: f"np.{name}({{0}})"
            for name in (
                *("sqrt", "exp", "expm1", "log", "log1p", "tanh", "sin", "cos", "floor", "rint"),
                "absolute",
            )
        },
        **{name: f"np.{name}({{0}}, {{1}})" for name in ("maximum", "minimum", "power")},
        "copysign": "np.copysign({0}, {1})",
        "erf": "erf({0})",
        "bitwise_and": "np.logical_and({0}, {1})",
        "bitwise_or": "np.logical_or({0}, {1})",
        "bitwise_xor": "np.logical_xor({0}, {1})",
        "to_float": "np.where({0}, 1.0, 0.0)",
        "to_bool": "np.not_equal({0}, 0.0)",
    },
)

REDUCE = {"sum_columns": "np.sum", "max_columns": "np.max", "min_columns": "np.min"}


def _heading(plan: Plan, file: str) -> str:
    stem = file.removesuffix(".py")
    module = stem if stem.isidentifier() else plan.name
    lines = [
        f'"""{plain(plan.title)}: a neural network as one file of Python.',
        "",
        *plan.drawn(),
        "",
        "It needs NumPy and nothing else.",
        "",
        f"    from {module} import predict{', classify' if plan.classifies else ''}",
        "",
        "Run by itself it tests itself, and prints how far its answers lie from those of badak.",
        "",
        f"Written by badak {__version__}; weights are (inputs, units).",
        '"""',
        "",
        "import base64",
        *(["import math"] if any(map(_uses_erf, plan.functions)) else []),
        "",
        "import numpy as np",
    ]
    return "\n".join(lines)


def _uses_erf(function: Function) -> bool:
    return any(node.operation == "erf" for node in walk(function.formula.value))


def _constants(plan: Plan) -> str:
    lines = [f"INPUT_SHAPE = {plan.input_shape!r}", f"OUTPUT_SHAPE = {plan.output_shape!r}"]
    if plan.class_names:
        names = "".join(f"    {name!r},\n" for name in plan.class_names)
        lines += [f"CLASS_NAMES = [\n{names}]"]
    if plan.preparation:
        lines += ["", "# How the data were prepared for x.", f"PREPARATION = {plan.preparation!r}"]
    return "\n".join(lines)


def _predict(plan: Plan) -> str:
    lines = [
        "def predict(x):",
        f'    """Return the answers (samples, {_sizes(plan.output_shape)}) to samples x '
        f'(samples, {_sizes(plan.input_shape)})."""',
        f"    x = _checked(x){_reshaped(plan)}",
    ]
    at = plan.inputs
    for each in plan.steps:
        if isinstance(each.step, Product):
            kernel, *bias = each.arrays
            lines.append(f"    x = x @ {kernel}" + (f" + {bias[0]}" if bias else ""))
            at = each.step.kernel.shape[1]
        elif isinstance(each.step, Turn):
            lines.append(f"    {_turned(each.step, each.function)}")
            at = each.step.numbers
        else:
            lines += _applied(each, at)
    lines.append("    return x.reshape(-1, *OUTPUT_SHAPE).astype(np.float32)")
    return "\n".join(lines)


def _turned(turn: Turn, name: str) -> str:
    return {
        "begin": f"{name}_input, {name}_sum = x, 0.0",
        "member": f"x = {name}_input",
        "add": f"{name}_sum = {name}_sum + {number(turn.weight)} * x",
        "end": f"x = {name}_sum",
    }[turn.kind]


def _reshaped(plan: Plan) -> str:
    return f".reshape(-1, {plan.inputs})" if len(plan.input_shape) > 1 else ""


def _applied(each: Apply, at: int) -> list[str]:
    given = "".join(f", {name}" for name in each.arrays)
    call = f"{each.function}(x{given})"
    step = each.step
    assert isinstance(step, Formula)
    if step.rows == 1 or not (step.rowwise or step.arrays):
        return [f"    x = {call}"]
    folded = f"{each.function}(x.reshape(-1, {step.rows}, {step.columns}){given})"
    return [f"    x = {folded}.reshape(-1, {at})"]


def _classify(plan: Plan) -> str:
    if plan.threshold is None:
        choice = "predict(x).argmax(axis=1)"
    else:
        choice = f"(predict(x)[:, 0] > {plan.threshold}).astype(np.int64)"
    return f'def classify(x):\n    """Return the class numbers (samples,)."""\n    return {choice}'


def _function(function: Function) -> str:
    formula = function.formula
    printed = print_formula(formula.value, DIALECT, "x", {name: name for name in formula.arrays})
    given = "".join(f", {name}" for name in formula.arrays)
    lines = [f"def {function.name}(x{given}):"]
    for each in printed.reductions:
        lines += _named(each)
        reduce = REDUCE[each.operation]
        lines.append(f"    {each.name} = {reduce}({each.value}, axis=-1, keepdims=True)")
    lines += [*_named(printed.result), f"    return {printed.result.value}"]
    return "\n".join(lines)


def _named(each: Pass) -> list[str]:
    return [f"    {name} = {text}" for _, name, text in each.named]


def _weights(plan: Plan) -> str:
    lines = ["# The weights, little-endian float32 in base64."]
    for name, array in plan.weights.items():
        note = f"# {plan.notes[name]}" if name in plan.notes else ""
        lines += _floats(name, array, note)
    lines += ["", "# Samples, and what badak answers to them."]
    lines += [*_floats("TEST_X", plan.x), *_floats("TEST_Y", plan.y)]
    return "\n".join(lines)


def _floats(name: str, array: Array, note: str = "") -> list[str]:
    rows = base64_lines(array)
    return [*([note] if note else []), f'{name} = _floats({array.shape!r}, """', *rows, '""")']


def base64_lines(array: Array) -> list[str]:
    """Return the numbers as little-endian float32 in base64, 96 characters a line."""
    text = base64.b64encode(array.astype("<f4").tobytes()).decode()
    return [text[start : start + 96] for start in range(0, len(text), 96)]


def _sizes(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))


CHECK = '''\
def _checked(x):
    """Return the samples as float32, or raise ValueError."""
    x = np.asarray(x, dtype=np.float32)
    if x.shape[1:] != INPUT_SHAPE or x.ndim == 0:
        raise ValueError(f"x is {x.shape}, but the network takes (samples, *{INPUT_SHAPE})")
    if not np.isfinite(x).all():
        raise ValueError("x holds NaN, infinity, or what float32 cannot")
    return x'''

ERF = """\
def erf(x):
    return _erf(x).astype(np.float32)


_erf = np.frompyfunc(math.erf, 1, 1)"""

SELF_TEST = '''\
def self_test():
    """Print how far the answers lie from badak's; return 0 if that is near enough, else 1."""
    y = predict(TEST_X)
    farthest = np.max(np.abs(y - TEST_Y) / np.maximum(1.0, np.abs(TEST_Y)))
    print(f"{{len(TEST_X)}} samples, farthest from badak's answers: {{farthest:g}}")
    return 0 if farthest <= {tolerance} else 1'''

FLOATS = """\
def _floats(shape, text):
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32).reshape(shape)"""
