"""Every number on the way through a network: one pass forward and, with targets, one back."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from badak import reference
from badak._common.files import write_whole
from badak._common.registry import nearest
from badak._common.validation import check_whole
from badak.activations import leaky_relu_slope
from badak.diagnostics.layer_trace import LayerTrace
from badak.errors import InputError
from badak.layers import Layer, PReLU
from badak.layers.parameters import Parameters
from badak.layers.passes import LayerGradients, LayerPass, Mode
from badak.losses.objective import Objective
from badak.typing import Array, ArrayLike

if TYPE_CHECKING:
    from badak.diagnostics.arithmetic import UnitTrace


@dataclass(frozen=True, repr=False)
class Trace:
    """All layers of one pass, the first layer first; made by :meth:`badak.Sequential.trace`.

    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(3, "sigmoid"), layers.Dense(1)])
    >>> trace = model.trace([[1.0, 0.5]], [[1.0]])
    >>> trace["dense"].gradients["kernel"].shape, trace.layers[1].z.shape
    ((2, 3), (1, 1))
    """

    layers: list[LayerTrace]
    training: bool = False
    """Whether dropout and the like were at work, and batch normalisation took the batch's own mean
    and variance."""
    t: Array | None = None
    """The targets, as the loss takes them."""
    objective: Objective | None = None
    loss: float | None = None
    """The mean over the batch, penalties included; None without targets."""

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[LayerTrace]:
        return iter(self.layers)

    def __getitem__(self, layer: int | str) -> LayerTrace:
        """The layer of this number (from 0, or from the end if negative) or this name."""
        if isinstance(layer, str):
            for entry in self.layers:
                if entry.name == layer:
                    return entry
            names = [entry.name for entry in self.layers]
            raise InputError(
                f"no layer is called {layer!r}{nearest(layer, names)} (there are: "
                f"{', '.join(names)})"
            )
        if isinstance(layer, bool) or not isinstance(layer, (int, np.integer)):
            raise InputError(f"a layer is told by its number or its name, not {layer!r}")
        if not -len(self.layers) <= layer < len(self.layers):
            raise InputError(f"layer {layer} of {len(self.layers)}, counted from 0, is not there")
        return self.layers[layer]

    @property
    def x(self) -> Array:
        """The samples, (batch, *input_shape)."""
        return self.layers[0].x

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
    ) -> "UnitTrace":
        """Return the arithmetic of one unit for one sample, which prints as a line of numbers.

        Of more than `terms` inputs those that weigh most are shown, and the others together; None
        shows all.
        """
        from badak.diagnostics.arithmetic import unit_of

        index = self[layer].index
        if terms is not None:
            check_whole(terms, "terms")
        return unit_of(self.layers[index:], unit, sample, terms)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all arrays to an ``.npz`` file, which :func:`numpy.load` reads.

        Keys are "dense.kernel", "dense.a", "dense.gradient_of_kernel" and so on, as
        :meth:`LayerTrace.arrays` names them; besides "layers", the names in their order, and with
        targets "t" and "loss".
        """
        arrays = {"layers": np.array([entry.name for entry in self.layers])}
        if self.t is not None:
            arrays |= {"t": self.t, "loss": np.array(self.loss)}
        for entry in self.layers:
            arrays |= {f"{entry.name}.{name}": array for name, array in entry.arrays().items()}
        write_whole(path, lambda file: np.savez(file, **arrays))  # type: ignore[arg-type]

    def __rich__(self) -> Any:
        from badak.diagnostics.trace_view import trace_table

        return trace_table(self)

    def __str__(self) -> str:
        from badak._common.display import plain

        return plain(self)

    def __repr__(self) -> str:
        names = ", ".join(entry.name for entry in self.layers)
        return f"<Trace of {names}: x {self.x.shape} -> y {self.y.shape}>"

    def _repr_html_(self) -> str:
        from badak.diagnostics.trace_view import trace_html

        return trace_html(self)


def trace_model(model: Any, x: ArrayLike, t: Any, training: bool, dtype: str) -> Trace:
    """Return the trace of a model; the arguments are those of :meth:`badak.Sequential.trace`."""
    if dtype not in ("float32", "float64"):
        raise InputError(f"a trace is worked out in 'float32' or 'float64', not {dtype!r}")
    targets, objective = None, None
    if t is None:
        samples = model.checked(x)
    else:
        samples, targets, objective = model.batch(x, t)
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
    """Return the trace of checked samples, worked out in the type of the parameters.

    Values that overflow stay in it as infinity or NaN.
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
            _with_gradients(passes, met, parameters, flat), mode.training, t, objective, loss
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
    return leaky_relu_slope(p.x, w["alpha"]) if isinstance(p.layer, PReLU) else None
