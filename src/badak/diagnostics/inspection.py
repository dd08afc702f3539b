"""Inspect a network on a batch: statistics of each layer, and a diagnosis of what is wrong.

Everything is read from a :class:`badak.diagnostics.trace.Trace`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import counted, message
from badak._common.samples import as_array
from badak._common.validation import check_whole
from badak.diagnostics.diagnosis import MANY_UNITS, Verdict, verdicts
from badak.diagnostics.statistics import LayerStatistics, layer_statistics
from badak.diagnostics.trace import Trace, trace_model
from badak.layers.model import Model
from badak.typing import Array, ArrayLike

NUMBERS = (2, 3, 4, 5, 6)
"""The columns of numbers."""


@dataclass(frozen=True, repr=False)
class Inspection:
    """Layer statistics and verdicts of a network; made by :meth:`badak.Sequential.inspect`.

    Printed, and in a notebook, it is a table with a row for each layer, and a line for each
    verdict. ``found[0]`` or ``found["dense"]`` is the statistics of one layer.

    Attributes
    ----------
    layers : list of LayerStatistics
        One entry for each layer, the first layer first.
    verdicts : list of Verdict
        What is wrong, the gravest first; empty if nothing is.
    samples : int
        How many samples were looked at.
    of : int
        How many were given.
    loss : float or None
        The mean loss on the samples looked at, penalties included; None without targets.

    Examples
    --------
    >>> import numpy as np
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(5, "relu"), layers.Dense(1)])
    >>> model.layers[0].bias[...] = -100.0
    >>> found = model.inspect(np.random.default_rng(0).normal(size=(50, 2)))
    >>> print(found.verdicts[0])
    layer dense: 5 of 5 units never fire on these 50 samples: dying ReLU; try a smaller learning \
rate, He initialisation or LeakyReLU
    >>> found.healthy, sorted(found.kinds()), found["dense"].dead_share
    (False, ['dead'], 1.0)
    """

    layers: list[LayerStatistics]
    verdicts: list[Verdict]
    samples: int
    of: int
    loss: float | None = None

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.verdicts

    def __getitem__(self, layer: int | str) -> LayerStatistics:
        """The statistics of the layer of this number or this name."""
        if isinstance(layer, str):
            return {entry.name: entry for entry in self.layers}[layer]
        return self.layers[layer]

    def kinds(self) -> set[str]:
        """Return the kinds of the verdicts.

        Returns
        -------
        set of str
            Some of :data:`badak.diagnostics.diagnosis.KINDS`, such as "dead" or "saturated".
        """
        return {verdict.kind for verdict in self.verdicts}

    def to_dict(self) -> dict[str, Any]:
        """Return the inspection as data that JSON can hold.

        Returns
        -------
        dict
            "samples", "of", "loss", "healthy", "layers" (what
            :meth:`~badak.diagnostics.statistics.LayerStatistics.to_dict` returns of each) and
            "verdicts" (what :meth:`~badak.diagnostics.diagnosis.Verdict.to_dict` returns of
            each). Arrays are lists; NaN, infinity and what is not there are None.

        Examples
        --------
        >>> import numpy as np
        >>> from badak import Input, Sequential, layers
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.layers[0].kernel[...] = 0.0
        >>> data = model.inspect(np.eye(2)).to_dict()
        >>> data["layers"][0]["mean"], data["healthy"]
        (0.0, True)
        """
        return {
            "samples": self.samples,
            "of": self.of,
            "loss": json_data(self.loss),
            "healthy": self.healthy,
            "layers": [layer.to_dict() for layer in self.layers],
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
        }

    def view(self) -> View:
        """Return what is shown: a row for each layer, and the verdicts below."""
        headings = (
            message("layer"),
            message("activation"),
            message("output"),
            message("dead"),
            message("flat"),
            message("gradient"),
            message("1 sign"),
        )
        return View(
            headings,
            tuple(map(_row, self.layers)),
            headlines=(self._headline(),),
            notes=(*self._verdict_lines(), *self._dead_but_few(), *self._not_judged()),
            right=NUMBERS,
            whole=(1, *NUMBERS),
        )

    def _headline(self) -> str:
        """Return in a line what was looked at."""
        line = counted("{count:,} sample", "{count:,} samples", self.samples)
        if self.samples < self.of:
            line = message("{samples}, evenly spread among {of:,}", samples=line, of=self.of)
        if self.loss is None:
            return message(
                "{samples}; with targets, inspect(x, t), the gradients are looked at too",
                samples=line,
            )
        return message("{samples}, loss {loss:.4g}", samples=line, loss=self.loss)

    def _verdict_lines(self) -> list[str]:
        """Return a line for each verdict, or one that says that all is well."""
        if self.healthy:
            count = len(self.layers)
            if self.loss is None:
                return [
                    message("healthy: no trouble seen in the units of {count} layers", count=count)
                ]
            return [
                message(
                    "healthy: no trouble seen in the units and gradients of {count} layers",
                    count=count,
                )
            ]
        return [str(verdict) for verdict in self.verdicts]

    def _dead_but_few(self) -> Iterator[str]:
        """Yield what is in the table but no verdict: dead units that are few enough."""
        few = [h.dead_share for h in self.layers if 0.0 < h.dead_share <= MANY_UNITS]
        if few and "not_finite" not in self.kinds():
            yield message(
                "up to {share:.0%} of a layer's units are dead, within the {most:.0%} that count "
                "as healthy",
                share=max(few),
                most=MANY_UNITS,
            )

    def _not_judged(self) -> Iterator[str]:
        for layer in self.layers:
            if layer.kernel_not_judged is not None:
                yield message(
                    "layer {layer}: the signs of its weight gradients are not judged: its kernel "
                    "of shape {shape} is not that of a Dense layer",
                    layer=layer.name,
                    shape=layer.kernel_not_judged,
                )

    def __repr__(self) -> str:
        found = ", ".join(verdict.kind for verdict in self.verdicts) or message("healthy")
        return message(
            "<Inspection of {layers} layers on {samples:,} samples: {found}>",
            layers=len(self.layers),
            samples=self.samples,
            found=found,
        )

    __rich__ = display.as_rich
    __str__ = display.as_text
    _repr_html_ = display.as_html


def inspect_model(
    model: Model, x: ArrayLike, t: Any = None, training: bool = False, samples: int = 1000
) -> Inspection:
    """Inspect a model; the arguments are those of :meth:`badak.Sequential.inspect`."""
    most = check_whole(samples, "samples")
    given = model.checked(x)
    if t is not None:
        model.batch(given, t)  # all of t, so that an error names the target's own place
        t = as_array(t, "t")[spread(len(given), most)]
    part = given[spread(len(given), most)]
    return inspect(trace_model(model, part, t, training, "float32"), of=len(given))


def spread(count: int, most: int) -> Array | slice:
    """Return at most `most` of `count` places, evenly spread: sorted data are covered whole."""
    if count <= most:
        return slice(None)
    return np.linspace(0, count - 1, most).astype(np.int64)


def inspect(trace: Trace, of: int | None = None) -> Inspection:
    """Return the inspection of a trace; `of` is how many samples its own were taken from."""
    with np.errstate(all="ignore"):
        layers = [layer_statistics(entry, len(trace.x)) for entry in trace]
        found = verdicts(trace, layers)
    count = trace.samples
    return Inspection(layers, found, count, count if of is None else of, trace.loss)


def _row(layer: LayerStatistics) -> tuple[str, ...]:
    one_sign = None if layer.one_sign is None else float(layer.one_sign.mean())
    sloped = layer.activation != "" and layer.saturated is not None
    return (
        layer.name,
        layer.activation,
        _spread(layer.mean, layer.deviation),
        _share(layer.dead_share if sloped else None),
        _share(layer.saturated_share),
        _spread(layer.gradient_mean, layer.gradient_deviation, 1),
        _share(one_sign),
    )


def _spread(mean: float | None, deviation: float | None, digits: int = 2) -> str:
    if mean is None or deviation is None:
        return ""
    return f"{mean:.{digits}g} ± {deviation:.{digits}g}"


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
