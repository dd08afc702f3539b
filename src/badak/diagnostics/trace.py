"""Trace a network: every number of one forward pass and, with targets, one backward pass."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak import reference
from badak._common import display
from badak._common.display import View
from badak._common.files import write_whole
from badak._common.json_data import json_data
from badak._common.language import counted, message, translated
from badak._common.registry import nearest
from badak._common.validation import check_whole
from badak.activations import leaky_relu_slope
from badak.diagnostics.arithmetic import UnitTrace, unit_of
from badak.diagnostics.backward import UnitGradient, gradient_of_unit
from badak.diagnostics.layer_trace import HEADINGS, LayerTrace, number
from badak.errors import InputError
from badak.layers import Layer, PReLU
from badak.layers.base import is_just
from badak.layers.model import Model
from badak.layers.parameters import Parameters
from badak.layers.passes import LayerGradients, LayerPass, Mode
from badak.layers.shared_ensemble import rows_a_sample
from badak.losses.objective import Objective
from badak.typing import Array, ArrayLike


@dataclass(frozen=True, repr=False)
class Trace:
    """Every number of one pass through a network; made by :meth:`badak.Sequential.trace`.

    Printed, and in a notebook, it is a table of the layers' arrays. ``len(trace)`` is the number
    of layers, ``for entry in trace`` goes through them, and ``trace[0]`` or ``trace["dense"]`` is
    one of them.

    Attributes
    ----------
    layers : list of LayerTrace
        One entry for each layer, the first layer first.
    training : bool
        Whether the pass is that of training: dropout and noise are active, and batch
        normalisation takes the batch's own mean and variance.
    t : ndarray or None
        The targets, as the loss takes them; None without targets.
    objective : Objective or None
        The loss, and whether it is computed from the last pre-activation; None without targets.
    loss : float or None
        The mean loss over the batch, penalties included; None without targets.

    Examples
    --------
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(3, "sigmoid"), layers.Dense(1)])
    >>> trace = model.trace([[1.0, 0.5]], [[1.0]])
    >>> trace["dense"].gradients["kernel"].shape, trace.layers[1].z.shape
    ((2, 3), (1, 1))
    """

    layers: list[LayerTrace]
    training: bool = False
    t: Array | None = None
    objective: Objective | None = None
    loss: float | None = None

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[LayerTrace]:
        return iter(self.layers)

    def __getitem__(self, layer: int | str) -> LayerTrace:
        """The layer of this number (from 0, or from the end if negative) or this name.

        Raises
        ------
        InputError
            If there is no such layer.
        """
        if isinstance(layer, str):
            for entry in self.layers:
                if entry.name == layer:
                    return entry
            names = [entry.name for entry in self.layers]
            raise InputError(
                message(
                    "no layer is called {layer!r}{nearest} (there are: {names})",
                    layer=layer,
                    nearest=nearest(layer, names),
                    names=", ".join(names),
                )
            )
        if isinstance(layer, bool) or not isinstance(layer, (int, np.integer)):
            raise InputError(
                message("a layer is told by its number or its name, not {layer!r}", layer=layer)
            )
        if not -len(self.layers) <= layer < len(self.layers):
            raise InputError(
                message(
                    "layer {layer} of {count}, counted from 0, is not there",
                    layer=layer,
                    count=len(self.layers),
                )
            )
        return self.layers[layer]

    @property
    def x(self) -> Array:
        """The samples, (batch, *input_shape)."""
        return self.layers[0].x

    @property
    def samples(self) -> int:
        """How many samples were traced: in training a SharedEnsemble makes several rows of each."""
        rows = rows_a_sample([entry.layer for entry in self.layers]) if self.training else 1
        return len(self.x) // rows

    @property
    def y(self) -> Array:
        """The network's outputs, (batch, *output_shape)."""
        return self.layers[-1].z

    def unit(
        self,
        layer: int | str,
        unit: int | tuple[int, ...],
        sample: int = 0,
        terms: int | None = 6,
    ) -> UnitTrace:
        """Return the arithmetic of one unit for one sample, which prints as a line of numbers.

        Of a unit of more than 6 inputs it prints as a table, the largest products first.

        Parameters
        ----------
        layer : int or str
            The layer's number or name.
        unit : int or tuple of int
            The unit's place among the layer's outputs: a number, counted flat, or one number for
            each axis.
        sample : int, default 0
            The sample's place in the batch.
        terms : int or None, default 6
            Most products of an input and a weight that are shown: the largest; the others are
            added up. None shows all.

        Returns
        -------
        UnitTrace
            The line or table, and its numbers as data.

        Raises
        ------
        InputError
            If there is no such layer, unit or sample, or `terms` is not a whole number above 0.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1, "relu")])
        >>> model.set_weights([[[0.5], [-1.0]], [0.25]])
        >>> print(model.trace([[1.0, 0.5]]).unit("dense", 0))
        0.5*1.0 - 1.0*0.5 + 0.25 = 0.25 -> relu -> 0.25
        """
        index = self[layer].index
        if terms is not None:
            check_whole(terms, "terms")
        return unit_of(self.layers[index:], unit, sample, terms)

    def unit_gradient(
        self,
        layer: int | str,
        unit: int | tuple[int, ...],
        sample: int = 0,
        terms: int | None = 6,
    ) -> UnitGradient:
        """Return how the loss's gradient comes to one unit and its weights, for one sample.

        Parameters
        ----------
        layer : int or str
            The layer's number or name.
        unit : int or tuple of int
            The unit's place among the layer's outputs, as :meth:`unit` takes it.
        sample : int, default 0
            The sample's place in the batch.
        terms : int or None, default 6
            Most terms and weights that are shown: the largest. None shows all.

        Returns
        -------
        UnitGradient
            A line for each step of the chain rule, and its numbers as data.

        Raises
        ------
        InputError
            If the trace is one without targets, there is no such layer, unit or sample, or `terms`
            is not a whole number above 0.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.set_weights([[[0.5], [-1.0]], [0.25]])
        >>> print(model.trace([[1.0, 0.5]], [[1.0]]).unit_gradient("dense", 0))
        dL/dz = -1.5
        dL/da = -1.5*1.0 = -1.5
        dL/dw = 1.0*(-1.5) = -1.5
        dL/dw = 0.5*(-1.5) = -0.75
        dL/dbias = -1.5
        """
        index = self[layer].index
        if terms is not None:
            check_whole(terms, "terms")
        return gradient_of_unit(self.layers[index:], self.objective, self.t, unit, sample, terms)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all arrays to an ``.npz`` file, which :func:`numpy.load` reads without pickle.

        Keys are "dense.kernel", "dense.a", "dense.gradient_of_kernel" and so on, as
        :meth:`LayerTrace.arrays` names them; "layers", the names in their order; and, with
        targets, "t" and "loss".

        Parameters
        ----------
        path : path-like
            The file; its folder must exist. A file that is there is replaced.

        Raises
        ------
        FileNotFoundError
            If the folder does not exist.

        Examples
        --------
        >>> import os, tempfile
        >>> import numpy as np
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> path = os.path.join(tempfile.mkdtemp(), "trace.npz")
        >>> model.trace([[1.0, 0.5]]).save(path)
        >>> with np.load(path) as saved:
        ...     print(sorted(saved))
        ['dense.a', 'dense.bias', 'dense.kernel', 'dense.slope', 'dense.x', 'dense.z', 'layers']
        """
        arrays = {"layers": np.array([entry.name for entry in self.layers])}
        if self.t is not None:
            arrays |= {"t": self.t, "loss": np.array(self.loss)}
        for entry in self.layers:
            arrays |= {f"{entry.name}.{name}": array for name, array in entry.arrays().items()}
        write_whole(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, Any]:
        """Return the trace as data that JSON can hold.

        Returns
        -------
        dict
            "training", "t", "loss", "loss_name" and "layers", a list of what
            :meth:`LayerTrace.to_dict` returns. Arrays are nested lists; NaN, infinity and what is
            not there are None.

        Examples
        --------
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.set_weights([[[0.5], [1.0]], [0.0]])
        >>> data = model.trace([[1.0, 0.5]]).to_dict()
        >>> data["layers"][0]["z"], data["loss"]
        ([[1.0]], None)
        """
        return {
            "training": self.training,
            "t": json_data(self.t),
            "loss": json_data(self.loss),
            "loss_name": None if self.objective is None else self.objective.loss.name,
            "layers": [entry.to_dict() for entry in self.layers],
        }

    def view(self) -> View:
        """Return what is shown: the arrays layer by layer, what was traced in the first line."""
        rows = tuple(row for entry in self.layers for row in entry.rows())
        headings = tuple(map(translated, HEADINGS))
        return View(headings, rows, headlines=(self._headline(),), whole=(1,))

    def _headline(self) -> str:
        samples = counted("{count:,} sample", "{count:,} samples", self.samples)
        rows = len(self.x) // self.samples
        if rows > 1:
            samples = message("{samples} of {rows} rows each", samples=samples, rows=rows)
        mode = message("in training") if self.training else message("answering")
        if self.loss is None or self.objective is None:
            return f"{samples}, {mode}"
        return message(
            "{samples}, {mode}; loss L = {loss} ({name})",
            samples=samples,
            mode=mode,
            loss=number(self.loss),
            name=self.objective.loss.name,
        )

    def __repr__(self) -> str:
        names = ", ".join(entry.name for entry in self.layers)
        return message(
            "<Trace of {names}: x {x} -> y {y}>", names=names, x=self.x.shape, y=self.y.shape
        )

    __rich__ = display.as_rich
    __str__ = display.as_text
    _repr_html_ = display.as_html


def trace_model(model: Model, x: ArrayLike, t: Any, training: bool, dtype: str) -> Trace:
    """Return the trace of a model; the arguments are those of :meth:`badak.Sequential.trace`."""
    if dtype not in ("float32", "float64"):
        raise InputError(
            message("a trace is worked out in 'float32' or 'float64', not {dtype!r}", dtype=dtype)
        )
    targets, objective = None, None
    if t is None:
        samples = model.checked(x)
    else:
        samples, targets, objective = model.batch(x, t)
        if not training and rows_a_sample(model.layers) > 1:
            raise InputError(
                message(
                    "a SharedEnsemble is trained by the loss of each member, not by that of their "
                    "mean: for its gradients give training=True, or leave the targets out"
                )
            )
    parameters = model.parameters if dtype == "float32" else model.parameters.copy(np.float64)
    mode = Mode(training, model.seed, model.step)
    return trace(model.layers, parameters, samples, targets, objective, mode=mode)


def trace(
    network: Sequence[Layer],
    parameters: Parameters,
    x: Array,  # (batch, *input_shape)
    t: Array | None = None,  # as check_targets leaves it
    objective: Objective | None = None,  # with t
    sample_weight: Array | None = None,  # (batch,)
    *,
    mode: Mode,
) -> Trace:
    """Return the trace of checked samples, computed in the type of the parameters.

    Values that overflow are kept as infinity or NaN.
    """
    x = np.array(x, dtype=parameters.vector.dtype)
    with np.errstate(all="ignore"):
        if t is None or objective is None:
            passes = reference.forward(network, parameters.layers, x, mode)
            return Trace(_forward(passes, parameters), mode.training)
        loss, flat, passes, met = reference.loss_and_gradients(
            network, parameters, objective, x, t, sample_weight, mode
        )
        return Trace(
            _with_gradients(passes, met, parameters, flat),
            mode.training,
            reference.repeated(network, t) if mode.training else t,
            objective,
            loss,
        )


def _forward(passes: Sequence[LayerPass], parameters: Parameters) -> list[LayerTrace]:
    return [
        _layer_trace(index, p, w)
        for index, (p, w) in enumerate(zip(passes, parameters.layers, strict=True))
    ]


def _with_gradients(
    passes: Sequence[LayerPass],
    met: Sequence[LayerGradients],
    parameters: Parameters,
    flat: Array,
) -> list[LayerTrace]:
    """Return the layers' traces; gradients of weights are those of `flat`, with penalties."""
    return [
        _layer_trace(
            index,
            p,
            w,
            gradients={name: g.copy() for name, g in gradients.items()},
            gradient_at_z=at.at_z,
            gradient_at_a=at.at_a,
            gradient_at_x=at.at_x,
        )
        for index, (p, at, w, gradients) in enumerate(
            zip(passes, met, parameters.layers, parameters.views(flat), strict=True)
        )
    ]


def _layer_trace(index: int, p: LayerPass, w: dict[str, Array], **backward: Any) -> LayerTrace:
    weights = {name: view.copy() for name, view in w.items()}
    return LayerTrace(index, p.layer, weights, p.x, p.a, p.z, _slope(p, w), p.memo, **backward)


def _slope(p: LayerPass, w: dict[str, Array]) -> Array | None:
    h = p.layer.activation
    if h is not None and p.a is not None:
        return None if h.rowwise else h.derivative(p.a, p.z)
    return leaky_relu_slope(p.x, w["alpha"]) if is_just(p.layer, PReLU) else None
