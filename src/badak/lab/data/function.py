"""A function of one or two variables that the user types, with noise: numbers to learn."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from badak._common.language import marked, message
from badak.lab.data.fields import NOISE, SAMPLES, SEED, TEST_SHARE, Field, checked
from badak.lab.data.generated import split_lines, train_count
from badak.lab.data.lab_data import Axis, LabData
from badak.lab.expressions import written
from badak.lab.formula import Formula, FormulaError, parse

WHERE = "data.formula"
FIELDS = (
    Field("formula", marked("Formula"), "text", "sin(3 * x)"),
    Field("low", marked("From"), "number", -2.0, -100.0, 100.0),
    Field("high", marked("To"), "number", 2.0, -100.0, 100.0),
    SAMPLES,
    NOISE,
    TEST_SHARE,
    SEED,
)
NUMPY = {
    **{name: f"np.{name}({{0}})" for name in ("abs", "sign", "floor", "sqrt", "exp", "log")},
    **{name: f"np.{name}({{0}})" for name in ("sin", "cos")},
    "max": "np.maximum({0}, {1})",
    "min": "np.minimum({0}, {1})",
    "where": "np.where({0} != 0.0, {1}, {2})",
    **{
        name: f"np.where({{0}} {sign} {{1}}, 1.0, 0.0)"
        for name, sign in (
            ("less", "<"),
            ("less_equal", "<="),
            ("greater", ">"),
            ("greater_equal", ">="),
        )
    },
}
"""How a script writes what NumPy has."""


def load(spec: Mapping[str, Any]) -> LabData:
    """Return points on the function's graph, spread evenly at random."""
    given = checked(spec, FIELDS)
    formula = read(given["formula"])
    low, high, count = given["low"], given["high"], given["samples"]
    if low >= high:
        raise FormulaError(
            message("the range goes from {low:g} to {high:g}, but must rise", low=low, high=high),
            where="data.low",
        )
    names = ("x",) if formula.used <= {"x"} else ("x1", "x2")
    rng = np.random.default_rng(given["seed"])
    x = rng.uniform(low, high, (count, len(names)))
    with np.errstate(all="ignore"):
        t = values(formula, x)
    bad = ~np.isfinite(t) | (np.abs(t) > np.finfo(np.float32).max)
    if bad.any():
        place = ", ".join(
            f"{name} = {value:.3g}" for name, value in zip(names, x[bad][0], strict=True)
        )
        raise FormulaError(
            message(
                "{text} is not a finite number at {place}: choose another range or formula",
                text=formula.text,
                place=place,
            ),
            0,
            len(formula.text),
            WHERE,
        )
    t = (t + given["noise"] * rng.standard_normal(count))[:, np.newaxis]
    split = train_count(count, given["test_share"])
    x, t = x.astype(np.float32), t.astype(np.float32)
    return LabData(
        *(x[:split], t[:split], x[split:], t[split:]),
        task="number",
        features=names,
        axes=tuple(Axis(name, low, high, 0.5 * (low + high)) for name in names),
        code=_code(formula, names, given, split),
    )


def read(text: str) -> Formula:
    """Return a formula of x alone or of x1 and x2."""
    formula = parse(text, ("x", "x1", "x2"), WHERE)
    if "x" in formula.used and formula.used != {"x"}:
        raise FormulaError(
            message("a formula is of x alone, or of x1 and x2; this one mixes them"),
            0,
            len(text),
            WHERE,
        )
    return formula


def values(formula: Formula, x: Any) -> Any:
    """Return the formula's values (n,) at points (n, 1 or 2), in float64."""
    first, second = x[:, 0], x[:, -1]
    return formula(first, first, second)


def _code(formula: Formula, names: tuple[str, ...], given: dict[str, Any], split: int) -> str:
    text = written(formula.tree, NUMPY | _of_badak(formula))
    columns = ["x = x[:, 0]"] if len(names) == 1 else ["x1, x2 = x[:, 0], x[:, 1]"]
    imports = ["import numpy as np"]
    if "activations." in text:
        imports = ["from badak import activations", *imports]
    count = given["samples"]
    return "\n".join(
        [
            *imports,
            "",
            "",
            "def function(x):",
            f"    {columns[0]}",
            f"    return np.zeros(len({names[0]})) + {text}",
            "",
            "",
            f"rng = np.random.default_rng({given['seed']})",
            f"x = rng.uniform({given['low']!r}, {given['high']!r}, ({count}, {len(names)}))",
            f"t = (function(x) + {given['noise']!r} * rng.standard_normal({count}))[:, np.newaxis]",
            "x, t = x.astype(np.float32), t.astype(np.float32)",
            *split_lines(split),
        ]
    )


def _of_badak(formula: Formula) -> dict[str, str]:
    from badak.activations import ACTIVATIONS

    return {name: f'activations.get("{name}")({{0}})' for name in ACTIVATIONS}
