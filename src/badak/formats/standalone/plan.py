"""What the three kinds of single file have in common: the network as steps, and its own test."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import layers
from badak._common.language import message
from badak.diagnostics.classes import given_names
from badak.errors import InputError
from badak.formats.formulas import Formula, Product, Step, Turn, steps
from badak.layers import Layer
from badak.layers.base import falls_away, is_just
from badak.losses.objective import decide
from badak.network.sequential import Sequential
from badak.typing import Array, Shape

PROBES = 8
TOLERANCE = 1e-5
"""How far a file's answers may lie from badak's: so much of 1, or of the answer where larger."""

_RESERVED = (
    "auto break case char const continue default do double else enum extern float for goto if "
    "inline int long register restrict return short signed sizeof static struct switch typedef "
    "union unsigned void volatile while and as assert async await class def del elif except "
    "finally from global import in is lambda not or pass raise try with yield catch debugger "
    "delete export extends function instanceof let new null super this throw typeof var "
    "arguments eval true false none True False None main"
)
KEYWORDS = frozenset(_RESERVED.split())


@dataclass(frozen=True)
class Apply:
    """One step: a product, or a formula as one function of the file has it."""

    step: Step
    function: str = ""
    """The function's name; of a turn, what the ensemble is called in the file."""
    arrays: tuple[str, ...] = ()
    """The names in the file of the vectors that the function takes in addition to its input."""


@dataclass(frozen=True)
class Function:
    """A formula as a function of the file; several steps may call it."""

    name: str
    formula: Formula


@dataclass(frozen=True)
class Plan:
    """All that goes into a file."""

    name: str
    """An identifier."""
    title: str
    input_shape: Shape
    output_shape: Shape
    table: list[tuple[str, str, str]]
    """For each layer: its name, what it is, the shape that it makes."""
    steps: list[Apply]
    functions: list[Function]
    weights: dict[str, Array]
    """Every array of the file by its name in it, float32."""
    notes: dict[str, str]
    class_names: list[str] | None
    threshold: float | None
    """One unit: the answer above which it is class 1."""
    classifies: bool
    preparation: dict[str, Any]
    x: Array
    """Samples of the self-test (PROBES, *input_shape) ..."""
    y: Array
    """... and badak's answers (PROBES, *output_shape)."""

    @property
    def inputs(self) -> int:
        """Numbers a sample."""
        return int(np.prod(self.input_shape))

    def drawn(self) -> list[str]:
        """Return the table as lines of text."""
        widths = [max(len(row[column]) for row in self.table) for column in range(3)]
        return [
            f"    {name:<{widths[0]}}  {what:<{widths[1]}}  {size:>{widths[2]}}"
            for name, what, size in self.table
        ]

    @property
    def outputs(self) -> int:
        """Numbers an answer."""
        return int(np.prod(self.output_shape))


def plan_of(model: Sequential) -> Plan:
    """Return the plan of a model; InputError names what cannot be written."""
    applied: list[Apply] = []
    functions: list[Function] = []
    weights: dict[str, Array] = {}
    notes: dict[str, str] = {}
    names = _Names()
    ensembles: dict[str, str] = {}
    for step in steps(model):
        if isinstance(step, Turn):
            if step.name not in ensembles:
                ensembles[step.name] = names.new(step.name)
            applied.append(Apply(step, ensembles[step.name]))
            continue
        own = names.new(step.name) if isinstance(step, Product) or step.arrays else ""
        if isinstance(step, Product):
            taken = {"kernel": step.kernel} | ({} if step.bias is None else {"bias": step.bias})
            applied.append(Apply(step, "", tuple(f"{own}_{name}" for name in taken)))
        else:
            taken = step.arrays
            notes |= {f"{own}_{name}": note for name, note in step.notes.items()}
            function = _function(functions, step, names)
            applied.append(Apply(step, function, tuple(f"{own}_{name}" for name in taken)))
        weights |= {f"{own}_{k}": np.ascontiguousarray(v, np.float32) for k, v in taken.items()}
    x = probes(model)
    classifies, threshold = _decision(model)
    return Plan(
        name=slug(model.name),
        title=model.name,
        input_shape=tuple(model.input_shape or ()),
        output_shape=model.output_shape,
        table=_table(model),
        steps=applied,
        functions=functions,
        weights=weights,
        notes=notes,
        class_names=given_names(model) if classifies else None,
        threshold=threshold,
        classifies=classifies,
        preparation=_plain_json(model.preparation),
        x=x,
        y=model.predict(x),
    )


class _Names:
    """Identifiers, each given once."""

    def __init__(self) -> None:
        self.taken: set[str] = set()

    def new(self, wanted: str) -> str:
        base = slug(wanted)
        name, number = base, 2
        while name in self.taken:
            name, number = f"{base}_{number}", number + 1
        self.taken.add(name)
        return name


def _function(functions: list[Function], step: Formula, names: _Names) -> str:
    """Return the name of the function for this formula, a new one if there is none yet."""
    for known in functions:
        if known.formula.value is step.value and known.formula.rowwise == step.rowwise:
            return known.name
    ending = "row" if step.rowwise else "unit"
    functions.append(Function(names.new(f"{step.name}_{ending}"), step))
    return functions[-1].name


def slug(text: str) -> str:
    """Return an identifier of C, Python and JavaScript that is like the text.

    >>> slug("my net-1"), slug("2nd"), slug("for"), slug("숫자")
    ('my_net_1', 'n2nd', 'for_', 'network')
    """
    name = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_") or "network"
    name = f"n{name}" if name[0].isdigit() else name
    return f"{name}_" if name in KEYWORDS else name


def plain(text: str) -> str:
    r"""Return the text as it may stand in a comment: on one line, with nothing that ends it.

    >>> plain("a */ b\n\'\'\'")
    "a * / b.' ' '"
    """
    shown = "".join(c if c.isprintable() else "." for c in text).replace("\\", "/")
    for ending in ("*/", "/*", "</", '"""', "'''", "??"):
        shown = shown.replace(ending, " ".join(ending))
    return shown


def _table(model: Sequential) -> list[tuple[str, str, str]]:
    rows = [("input", "", _size(model.input_shape or ()))]
    for layer, shape in zip(model.layers, model.shapes[1:], strict=True):
        rows.append((plain(str(layer.name)), plain(_described(layer)), _size(shape)))
    return rows


def _described(layer: Layer) -> str:
    """Return the description of a layer in the file's table."""
    if is_just(layer, layers.Ensemble):
        weights = ", ".join(f"{weight:.6g}" for weight in layer.member_weights)
        return f"{len(layer.members)} networks side by side, times {weights}"
    if is_just(layer, layers.SharedEnsemble):
        return f"mean of {layer.members} networks that share their hidden layers"
    if is_just(layer, layers.Rescaling):
        return f"x * {layer.scale:.6g} + {layer.offset:.6g}"
    if layer.activation is None:
        return "nothing when answering" if falls_away(layer) else type(layer).__name__
    given = ", ".join(f"{k}={v:g}" for k, v in layer.activation.parameters.items())
    applied = layer.activation.name + (f"({given})" if given else "")
    return applied if isinstance(layer, layers.Activation) else f"{type(layer).__name__}, {applied}"


def _size(shape: Shape) -> str:
    return " x ".join(map(str, shape))


def _decision(model: Sequential) -> tuple[bool, float | None]:
    """Return whether the network predicts classes, and for one unit the threshold of class 1."""
    if len(model.output_shape) != 1:
        return False, None
    output = model.layers[-1].activation
    try:
        decide(output, model.loss, np.zeros((1, model.output_shape[0])))
    except InputError:
        return False, None
    if model.output_shape[0] > 1:
        return True, None
    at_half = decide(output, model.loss, np.array([[0.25]]))[0] == 0
    return True, 0.5 if at_half else 0.0


def _plain_json(preparation: dict[str, Any]) -> dict[str, Any]:
    try:
        copied = json.loads(json.dumps(preparation, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(
            message("the model's preparation is not plain data: {error}", error=error)
        ) from None
    return dict(copied or {})


def probes(model: Sequential, count: int = PROBES) -> Array:
    """Return samples such as the network may meet, (count, *input_shape) float32.

    They follow from the preparation at its front: whole numbers of the range of its pixels, or
    numbers of the mean and deviation that a normalisation knows.
    """
    rng = np.random.default_rng(0)
    shape = (count, *(model.input_shape or ()))
    first = _first_of(model.layers)
    normal = rng.normal(size=shape)
    maximum = model.preparation.get("maximum") if model.preparation else None
    if isinstance(maximum, int):
        x = rng.integers(0, maximum + 1, shape).astype(np.float64)
    elif first is not None and is_just(first, layers.Rescaling) and first.scale:
        x = (rng.uniform(size=shape) - first.offset) / first.scale
    elif first is not None and is_just(first, layers.Normalization):
        spread = np.sqrt(first.variance)
        x = (first.mean + spread * normal.reshape(count, -1, len(spread))).reshape(shape)
    elif first is not None and is_just(first, layers.Whitening):
        x = (first.mean + normal.reshape(count, -1)).reshape(shape)
    else:
        x = normal
    return x.astype(np.float32)


def _first_of(chain: Sequence[Layer]) -> Layer | None:
    """Return the first layer that computes anything; of an ensemble, that of its first member."""
    first = next((each for each in chain if not is_just(each, layers.Flatten)), None)
    if first is not None and is_just(first, layers.Ensemble):
        return _first_of(first.members[0])
    return first
