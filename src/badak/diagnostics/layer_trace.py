"""What one layer computed in a traced pass: its input, weights, output and gradients."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import marked, message, translated
from badak.activations import Activation, is_builtin
from badak.layers import Layer
from badak.typing import Array

HEADINGS = (marked("layer"), marked("what"), marked("shape"), marked("values"))
SHOWN_WHOLE = 12
"""Numbers of an array that is shown whole; of a larger one its range and its mean."""

SYMBOLS = {"gradient_at_z": "dL/dz", "gradient_at_a": "dL/da", "gradient_at_x": "dL/dx"}
BY_ROW = marked("by row: dz/da is a matrix")

Row = tuple[str, str, str, str]


@dataclass(frozen=True, repr=False)
class LayerTrace:
    """What one layer computed: an entry of :class:`badak.diagnostics.trace.Trace`.

    Weights are copies; they are attributes under their names, too: ``entry.kernel``,
    ``entry.bias``, ``entry.gamma``. Gradients are those of the mean loss over the batch. All
    arrays have the trace's type, float32 or float64. Following the book, ``a`` is the
    pre-activation and ``z`` the output; CS231n, Nielsen and Ng have the letters the other way
    round.

    Attributes
    ----------
    index : int
        The layer's number, from 0.
    layer : Layer
        The layer itself.
    weights : dict of str to ndarray
        Its weights by name.
    x : ndarray, shape (batch, *input_shape)
        Its input.
    a : ndarray or None, shape (batch, units)
        Its pre-activation, of the shape of `z`; None in a layer without an activation.
    z : ndarray, shape (batch, *output_shape)
        Its output.
    slope : ndarray or None
        dz/da of each number, of the shape of `z`; None without an activation, and where the
        activation works by row, as softmax does, so that dz/da is a matrix.
    memo : object
        What the forward pass saved for the backward pass: a dropout's mask, a batch's mean and
        standard deviation.
    gradients : dict of str to ndarray
        The gradient of each trained array of weights, penalties included; empty without targets.
    gradient_at_z : ndarray or None
        dL/dz; None without targets, and where the loss is computed from the last
        pre-activation, so that it is never formed.
    gradient_at_a : ndarray or None
        dL/da, the textbook's delta; None without targets or without an activation.
    gradient_at_x : ndarray or None
        dL/dx; None without targets.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(1, use_bias=False)])
    >>> model.set_weights([[[2.0], [-1.0]]])
    >>> entry = model.trace([[1.0, 0.5]], [[1.0]])["dense"]
    >>> entry.z, entry.kernel.shape, entry.gradients["kernel"]  # L = (z - t)^2
    (array([[1.5]], dtype=float32), (2, 1), array([[1. ],
           [0.5]], dtype=float32))
    """

    index: int
    layer: Layer
    weights: dict[str, Array]
    x: Array
    a: Array | None
    z: Array
    slope: Array | None
    memo: Any = None
    gradients: dict[str, Array] = field(default_factory=dict)
    gradient_at_z: Array | None = None
    gradient_at_a: Array | None = None
    gradient_at_x: Array | None = None

    @property
    def name(self) -> str:
        """The layer's name."""
        return str(self.layer.name)

    @property
    def activation(self) -> Activation | None:
        """The layer's activation; None without one."""
        return self.layer.activation

    @property
    def by_row(self) -> bool:
        """Whether the activation works by row, as softmax does: each output depends on them all."""
        return self.activation is not None and self.activation.rowwise

    @property
    def delta(self) -> Array | None:
        """The gradient at the pre-activation, or at the output of a layer that has none."""
        return self.gradient_at_z if self.a is None else self.gradient_at_a

    def arrays(self) -> dict[str, Array]:
        """Return all arrays that are there by name, in the order in which they are computed.

        Returns
        -------
        dict of str to ndarray
            "x", the weights by name, "a", "slope", "z", "gradient_at_z", "gradient_at_a",
            "gradient_of_kernel" and so on, "gradient_at_x".
        """
        found: dict[str, Array | None] = {"x": self.x, **self.weights}
        found |= {"a": self.a, "slope": self.slope, "z": self.z}
        found |= {"gradient_at_z": self.gradient_at_z, "gradient_at_a": self.gradient_at_a}
        found |= {f"gradient_of_{name}": g for name, g in self.gradients.items()}
        found |= {"gradient_at_x": self.gradient_at_x}
        return {name: array for name, array in found.items() if array is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return the layer's numbers as data that JSON can hold.

        Returns
        -------
        dict
            "index", "name", "kind" (the layer's class), "activation" (its name or None), "by_row",
            and the arrays under the attributes' names. Arrays are nested lists; NaN, infinity and
            what is not there are None. `memo` is left out.
        """
        names = ("weights", "x", "a", "slope", "z", "gradients")
        at = ("gradient_at_z", "gradient_at_a", "gradient_at_x")
        return {
            "index": self.index,
            "name": self.name,
            "kind": type(self.layer).__name__,
            "activation": None if self.activation is None else self.activation.name,
            "by_row": self.by_row,
            **{name: json_data(getattr(self, name)) for name in (*names, *at)},
        }

    def view(self) -> View:
        """Return what is shown: a row for each array, the input's included."""
        headings = tuple(map(translated, HEADINGS))
        return View(headings, tuple(_with_names(self, _rows(self))), whole=(1,))

    def rows(self) -> Iterator[Row]:
        """Yield the rows of a trace: what the layer before has shown is shown once."""
        repeated = ("x", "dL/dx") if self.index else ()
        yield from _with_names(self, (row for row in _rows(self) if row[0] not in repeated))

    def __repr__(self) -> str:
        shapes = [f"{name} {array.shape}" for name, array in self.arrays().items()]
        return f"<LayerTrace {self.name}: {', '.join(shapes)}>"

    def __getattr__(self, name: str) -> Array:
        weights = self.__dict__.get("weights", {})
        if name in weights:
            return weights[name]
        raise AttributeError(
            message(
                "the trace of a layer has no {name!r}; weights: {weights}",
                name=name,
                weights=list(weights),
            )
        )

    __rich__ = display.as_rich
    __str__ = display.as_text
    _repr_html_ = display.as_html


def number(value: float) -> str:
    """Return a number of a table, to four significant digits: "1", "0.5744"."""
    return f"{float(value) + 0.0:.4g}"


def _with_names(entry: LayerTrace, rows: Iterable[tuple[str, str, str]]) -> Iterator[Row]:
    """Put the layer's name before its first row, and its activation's before the second."""
    h = entry.activation
    names = [entry.name] if h is None else [entry.name, f"  {h.name}"]
    for row in rows:
        yield names.pop(0) if names else "", *row


def _rows(entry: LayerTrace) -> Iterator[tuple[str, str, str]]:
    linear = is_builtin(entry.activation, "identity")
    for name, array in entry.arrays().items():
        if linear and name in ("slope", "gradient_at_z"):
            continue  # 1, and the same as at the pre-activation
        yield _symbol(name), _shape(array), _values(array)
        if name == "a" and entry.by_row:
            yield "slope", "", translated(BY_ROW)


def _symbol(name: str) -> str:
    return SYMBOLS.get(name, name.replace("gradient_of_", "dL/d"))


def _shape(array: Array) -> str:
    return f"({', '.join(map(str, array.shape))})"


def _values(array: Array) -> str:
    """Return the numbers, rows separated by ";", or the range and mean of many."""
    if array.size <= SHOWN_WHOLE:
        lines = array.reshape(-1, array.shape[-1]) if array.ndim else array.reshape(1, 1)
        return "; ".join("  ".join(map(number, line)) for line in lines)
    finite = array[np.isfinite(array)].astype(np.float64)
    broken = array.size - finite.size
    if not finite.size:
        return message("all {broken:,} are NaN or infinite", broken=broken)
    line = message(
        "{low} to {high}, mean {mean}",
        low=number(finite.min()),
        high=number(finite.max()),
        mean=number(finite.mean()),
    )
    if broken:
        return message("{line}; {broken:,} are NaN or infinite", line=line, broken=broken)
    return line
