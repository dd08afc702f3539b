"""Data sets that are made by formula: the four planes and the two regressions."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from badak.lab.data.fields import NOISE, SAMPLES, SEED, TEST_SHARE, checked
from badak.lab.data.lab_data import Axis, LabData
from badak.typing import Array

FIELDS = (SAMPLES, NOISE, TEST_SHARE, SEED)

Make = Callable[[int, float, int], tuple[Array, Array]]


def load(make: Make, spec: Mapping[str, Any]) -> LabData:
    """Return the points of one of :mod:`badak.lab.data.planes`, in two parts."""
    given = checked(spec, FIELDS)
    x, t = make(given["samples"], given["noise"], given["seed"])
    count = train_count(len(x), given["test_share"])
    classes = t.ndim == 1
    lines = [
        "import numpy as np",
        "",
        "",
        source_of(make),
        "",
        "",
        f"x, t = {make.__name__}(samples={given['samples']}, noise={given['noise']!r}, "
        f"seed={given['seed']})",
        *split_lines(count),
    ]
    return LabData(
        *(x[:count], t[:count], x[count:], t[count:]),
        task="classes" if classes else "number",
        classes=("0", "1") if classes else (),
        features=("x1", "x2"),
        axes=square(x, ("x1", "x2")),
        code="\n".join(lines),
    )


def train_count(count: int, test_share: float) -> int:
    """Return how many of the samples are trained on; at least one is on either side."""
    return min(max(count - round(count * test_share), 1), count - 1)


def split_lines(count: int) -> list[str]:
    """Return the script's lines that divide samples in random order into the two parts."""
    return [
        f"x_train, t_train = x[:{count}], t[:{count}]",
        f"x_test, t_test = x[{count}:], t[{count}:]",
    ]


def square(x: Array, names: tuple[str, ...]) -> tuple[Axis, ...]:
    """Return axes of one scale that hold all points, with some room at the edges."""
    reach = max(1.0, float(np.abs(x).max())) * 1.1
    return tuple(Axis(name, -reach, reach) for name in names)


def source_of(make: Callable[..., Any]) -> str:
    """Return a function's lines without types and docstring, as a script has them."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(make)))
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.returns = None
    for argument in function.args.args:
        argument.annotation = None
    function.body = function.body[1:]
    return ast.unparse(tree)
