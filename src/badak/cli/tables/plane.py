"""A network trained on a table of two columns of numbers, in the plane of these columns."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from badak._common.language import message
from badak.cli.tables import rows
from badak.errors import InputError

if TYPE_CHECKING:
    from badak.layers import Layer
    from badak.network.sequential import Sequential
    from badak.tables import TablePreparation
    from badak.typing import Array, Shape


@dataclass(frozen=True)
class InPlane:
    """A network that takes points (n, 2) in the columns' own units, and prepares them itself."""

    network: "Sequential"
    prepare: "TablePreparation"

    built = True
    input_shape: "Shape" = (2,)

    @property
    def layers(self) -> "list[Layer]":
        """The network's layers."""
        return self.network.layers

    @property
    def names(self) -> tuple[str, str]:
        """The names of the two columns."""
        first, second = (column.name for column in self.prepare.columns)
        return first, second

    def classify(self, points: "Array") -> "Array":
        """Return class numbers, (n,)."""
        return self.prepare.decide(self.predict(points))

    def predict(self, points: "Array") -> "Array":
        """Return outputs, (n, units)."""
        return self.network.predict(self._prepared(points))

    def _prepared(self, points: "Array") -> "Array":
        import polars as pl

        columns = dict(zip(self.names, points.T, strict=True))
        return self.prepare.transform(pl.DataFrame(columns))


def in_plane(network: "Sequential", model: Path, path: Path) -> "tuple[InPlane, Array, Array]":
    """Return the network in the plane of its columns, a table's points (n, 2), and their classes.

    Rows without a target or with a gap are left out. Raises InputError for a network whose answers
    are no classes, or whose columns are not two of numbers.
    """
    prepare, table = rows.opened(network, model, path)
    from badak.tables.columns import Number, number_array

    columns = [column for column in prepare.columns if isinstance(column, Number)]
    if not (len(columns) == len(prepare.columns) == 2 and prepare.target.classes):
        kinds = ", ".join(f"{column.name} ({column.kind})" for column in prepare.columns)
        raise InputError(
            message(
                "a boundary between classes is drawn in the plane of two columns of numbers, but "
                "{model} does {task} from {kinds}",
                model=model,
                task=prepare.target.task,
                kinds=kinds,
            )
        )
    points, classes = [], []
    for chunk in table.chunks():
        y, known = prepare.target.read(chunk)
        x = np.column_stack(
            [number_array(chunk, each.name, each.style, each.unit) for each in columns]
        )
        known &= ~np.isnan(x).any(axis=1)
        points.append(x[known])
        classes.append(y[known])
    if not sum(map(len, points)):
        raise InputError(message("no row of {path} has both columns and a target", path=path))
    return InPlane(network, prepare), np.concatenate(points), np.concatenate(classes)
