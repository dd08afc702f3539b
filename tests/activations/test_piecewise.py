"""Formulas are plain: elementwise NumPy, float literals, no branches, so that they can be compiled.

Read from the source of every activation, loss and optimizer rule that works number by number.
"""

import ast
import inspect
import textwrap
import types

import numpy as np
import pytest

from badak.activations import ACTIVATIONS, erf
from badak.losses import LOSSES
from badak.optimizers import rules

NUMPY = {"exp", "log", "log1p", "expm1", "tanh", "sqrt", "abs", "sign"} | {
    "where",
    "maximum",
    "minimum",
}
PLAIN = (
    *(ast.Return, ast.Assign, ast.Name, ast.Load, ast.Store, ast.Tuple, ast.Constant),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub),
    *(ast.Compare, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.Call, ast.Attribute),
)


def formulas():
    for record in map(ACTIVATIONS.__getitem__, ACTIVATIONS):
        if not record.rowwise:
            yield from (record.value, record.slope)
    for loss in map(LOSSES.__getitem__, LOSSES):
        forms = [getattr(loss, form, None) for form in ("formula", "probabilities", "logits")]
        for form in forms:
            if hasattr(form, "over_units") and form.over_units != "row":
                yield from (form.value, form.slope)
    public = [f for f in vars(rules).values() if isinstance(f, types.FunctionType)]
    yield from (f for f in public if f.__module__ == rules.__name__)


FORMULAS = {f.__name__: f for f in formulas()}


def parsed(function):
    return ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]


def faults(function):
    """What is not plain in the function, and in the project's own functions that it calls."""
    definition = parsed(function)
    body = definition.body[1:] if ast.get_docstring(definition) else definition.body
    known = {a.arg for a in definition.args.args}
    helpers = []
    for node in (n for part in [*body, *definition.args.defaults] for n in ast.walk(part)):
        if not isinstance(node, PLAIN):
            yield type(node).__name__
        elif isinstance(node, ast.Constant) and type(node.value) is not float:
            yield f"the literal {node.value!r}"
        elif isinstance(node, ast.Attribute) and not is_elementwise(node):
            yield ast.unparse(node)
        elif isinstance(node, ast.Call) and node.keywords:
            yield f"keywords in {ast.unparse(node)}"
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            known.add(node.id)
        elif isinstance(node, ast.Name) and node.id not in known | {"np"}:
            helpers.append(inspect.unwrap(function).__globals__.get(node.id))
    for helper in helpers:
        if isinstance(helper, types.FunctionType) and helper.__module__.startswith(
            ("badak.", __name__)
        ):
            # NumPy has no error function: the one formula that a compiler has to bring itself
            yield from () if helper is erf else faults(helper)
        elif type(helper) is not float:
            yield f"the name of {helper!r}"


def is_elementwise(node):
    return isinstance(node.value, ast.Name) and node.value.id == "np" and node.attr in NUMPY


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_can_be_compiled_as_it_stands(name):
    assert not list(faults(FORMULAS[name]))


def test_all_three_kinds_are_looked_at():
    assert {"sigmoid", "gelu_slope", "huber", "binary_focal_of_logits_slope", "adam"} <= set(
        FORMULAS
    )
    assert len(FORMULAS) > 80


def branching(x):
    return x if x > 0.0 else -x


def whole(x):
    return 1 - x


def reducing(x):
    return np.sum(x)


def calling(x):
    return whole(x) + abs(x)


@pytest.mark.parametrize("function", [branching, whole, reducing, calling])
def test_what_is_not_plain_is_seen(function):
    assert list(faults(function))
