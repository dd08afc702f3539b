"""The health of a network on a batch: each layer in numbers, and what is wrong in words.

Everything is read from a :class:`badak.diagnostics.trace.Trace`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.validation import check_whole
from badak.diagnostics.diagnosis import Verdict, verdicts
from badak.diagnostics.statistics import LayerHealth, health_of
from badak.diagnostics.trace import Trace, trace_model
from badak.typing import Array, ArrayLike


@dataclass(frozen=True, repr=False)
class Inspection:
    """The layers in numbers and the verdicts, the gravest first; printed, a table and lines.

    >>> import numpy as np
    >>> from badak import Input, Sequential, layers
    >>> model = Sequential([Input((2,)), layers.Dense(5, "relu"), layers.Dense(1)])
    >>> model.layers[0].bias[...] = -100.0
    >>> found = model.inspect(np.random.default_rng(0).normal(size=(50, 2)))
    >>> print(found.verdicts[0])
    layer dense: 5 of 5 units never fire on these 50 samples: dying ReLU; try a smaller learning \
rate, He initialisation or LeakyReLU
    """

    layers: list[LayerHealth]
    verdicts: list[Verdict]
    samples: int
    """How many were looked at."""
    of: int
    """How many were given."""
    loss: float | None = None

    @property
    def healthy(self) -> bool:
        """Whether nothing is wrong."""
        return not self.verdicts

    def __getitem__(self, layer: int | str) -> LayerHealth:
        """The layer of this number or this name."""
        if isinstance(layer, str):
            return {entry.name: entry for entry in self.layers}[layer]
        return self.layers[layer]

    def kinds(self) -> set[str]:
        """Return the kinds of the verdicts."""
        return {verdict.kind for verdict in self.verdicts}

    def __rich__(self) -> Any:
        from badak.diagnostics.inspection_view import inspection_table

        return inspection_table(self)

    def __str__(self) -> str:
        from badak._common.display import plain

        return plain(self)

    def __repr__(self) -> str:
        found = ", ".join(verdict.kind for verdict in self.verdicts) or "healthy"
        return f"<Inspection of {len(self.layers)} layers on {self.samples:,} samples: {found}>"

    def _repr_html_(self) -> str:
        from badak.diagnostics.inspection_view import inspection_html

        return inspection_html(self)


def inspect_model(
    model: Any, x: ArrayLike, t: Any = None, training: bool = False, samples: int = 1000
) -> Inspection:
    """Inspect a model; the arguments are those of :meth:`badak.Sequential.inspect`."""
    most = check_whole(samples, "samples")
    given = model.checked(x)
    if t is not None:
        model.batch(given, t)  # all of t, so that what is wrong is met where it stands
        t = np.asarray(t)[spread(len(given), most)]
    part = given[spread(len(given), most)]
    return inspect(trace_model(model, part, t, training, "float32"), of=len(given))


def spread(count: int, most: int) -> Array | slice:
    """Return at most `most` of `count` places, evenly spread: sorted data are met whole."""
    if count <= most:
        return slice(None)
    return np.linspace(0, count - 1, most).astype(np.int64)


def inspect(trace: Trace, of: int | None = None) -> Inspection:
    """Judge a trace; `of` is how many samples those in it were taken from."""
    with np.errstate(all="ignore"):
        layers = [health_of(entry, len(trace.x)) for entry in trace]
        found = verdicts(trace, layers)
    count = len(trace.x)
    return Inspection(layers, found, count, count if of is None else of, trace.loss)
