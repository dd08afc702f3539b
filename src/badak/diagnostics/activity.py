"""What one layer computed for one sample: output, share of active units, most active units."""

from dataclasses import dataclass
from typing import Any

from badak._common.json_data import json_data
from badak._common.registry import snake_case
from badak.typing import Array, Shape


@dataclass(frozen=True)
class ActiveUnit:
    """A unit, its output, and what it adds to the target's logit: its gradient there, times z."""

    unit: int
    z: float
    adds: float


@dataclass(frozen=True)
class LayerActivity:
    """What one layer computed for the sample.

    Attributes
    ----------
    name, kind : str
        The layer's name and its class.
    activation : str
        The activation's name; empty without one.
    shape : tuple of int
        The output's shape, without the batch axis.
    z : ndarray, float64, of this shape
        The output.
    fire : float or None
        The share of units whose pre-activation and output are above zero; None without an
        activation that decides it.
    most_active : tuple of ActiveUnit
        Of a hidden Dense layer, the units of the largest outputs in size, the largest first.
    linear : bool
        Whether the activation is the identity, badak's own.
    """

    name: str
    kind: str
    activation: str
    shape: Shape
    z: Array
    fire: float | None
    most_active: tuple[ActiveUnit, ...]
    linear: bool = False

    @property
    def beside_name(self) -> list[str]:
        """What its name does not say: its kind, and its activation unless that is the identity."""
        kind = [] if self.name.startswith(snake_case(self.kind)) else [self.kind]
        return kind + ([] if self.linear or not self.activation else [self.activation])

    def to_dict(self) -> dict[str, Any]:
        """Return the attributes by their names, as data that JSON can hold.

        Returns
        -------
        dict
            `z` is nested lists, `most_active` a list of {"unit", "z", "adds"}.
        """
        names = ("name", "kind", "activation", "shape", "z", "fire")
        data = {name: json_data(getattr(self, name)) for name in names}
        return {**data, "most_active": [vars(unit) for unit in self.most_active]}


def activity_row(layer: LayerActivity) -> tuple[str, ...]:
    """Return the row of a layer; what its name does not say, and its units, have their lines."""
    return (
        "\n  ".join([layer.name, *layer.beside_name]),
        "x".join(map(str, layer.shape)),
        "" if layer.fire is None else f"{layer.fire:.0%}",
        *(f"{value:.3g}" for value in (layer.z.min(), layer.z.mean(), layer.z.max())),
        "\n".join(
            f"{u.unit:>5} {_short(u.z):>6} {_short(u.adds, '+'):>7}" for u in layer.most_active
        ),
    )


def _short(value: float, sign: str = "") -> str:
    return f"{value:{sign}.3g}"
