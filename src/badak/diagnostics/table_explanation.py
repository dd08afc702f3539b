"""What is shown of a model of a table: columns that matter, and what each does to its answers."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import counted, message
from badak._common.looks import SHOWN
from badak.diagnostics.dependence import Dependence
from badak.diagnostics.permutation import Importance, Shared
from badak.diagnostics.texts import LONGEST, listed, number, short, signed_zero, written

GROUPS, NAMES = 5, 6
"""Groups of columns that tell the same, and columns of each, that are named at most."""
LEAST_RISE, MOST_RISE = 0.01, 1e4
"""Between these the most important column's rise is written with four digits after the point."""
FEW = 50
"""Rows below which importances are told to be rough."""
STEPS_UP = "▁▂▃▄▅▆▇█"
COURSE = 12  # letters


@dataclass(frozen=True, repr=False)
class TableExplanation:
    """Which columns of a table matter to a model, and what each does to its answers.

    Made by :func:`badak.tables.explain`. Printed, and in a notebook, it is two tables.

    Parameters
    ----------
    target : str
        The column that is predicted.
    outputs : tuple of str
        The classes whose probabilities `dependences` tell of; empty where numbers are predicted.
    rows : str
        Which rows were asked about, in words.
    count : int
        How many these are.
    loss : str
        The name of the model's loss.
    measure : str
        "R²" or "accuracy".
    before : tuple of float
        The loss and the measure on these rows; NaN where they have no target.
    importances : tuple of Importance
        One for each column, the most important first; empty where the rows have no target.
    shared : tuple of Shared
        Columns that tell the same, so that each looks less important than it is.
    together : tuple of Importance
        The importance of each of `shared`, its columns shuffled together.
    dependences : tuple of Dependence
        One for each column, in the order of `importances`.
    trained : bool
        Whether the values in `dependences` run over the range of the training rows; else over that
        of these rows, for the model's file keeps none.
    answers : tuple of float
        The mean answer to the rows as they are, for each output.
    held_out : bool, default False
        Whether the rows are those that were held out from training.
    shown : int, default 20
        How many columns are shown, the most important ones; the number of the others is told.

    Examples
    --------
    >>> found = Importance(("size",), np.array([0.5, 0.7]), np.array([0.2, 0.3]), error=0.1)
    >>> at, mean = np.array([1.0, 2.0]), np.array([[3.0], [8.0]])
    >>> does = Dependence("size", "number", at, mean, mean[np.newaxis], at)
    >>> told = TableExplanation(
    ...     *("price", (), "all 60 rows", 60, "mse", "R²", (0.1, 0.9), (found,), (), (), (does,)),
    ...     *(True, (5.5,)),
    ... )
    >>> print(told.importance_view().rows[0][:4])
    ('size', '0.6000', '0.1000', '0.1000')
    """

    target: str
    outputs: tuple[str, ...]
    rows: str
    count: int
    loss: str
    measure: str
    before: tuple[float, float]
    importances: tuple[Importance, ...]
    shared: tuple[Shared, ...]
    together: tuple[Importance, ...]
    dependences: tuple[Dependence, ...]
    trained: bool
    answers: tuple[float, ...]
    held_out: bool = False
    shown: int = SHOWN

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "target", "outputs", "rows", "count", "loss" and "measure" with their "name" and
            "before", "importances", "shared" ("columns", "association" and "importance"),
            "trained", "answers" and "dependences".
        """
        loss, measure = map(json_data, self.before)
        return {
            "target": self.target,
            "outputs": list(self.outputs),
            "rows": self.rows,
            "count": self.count,
            "loss": {"name": self.loss, "before": loss},
            "measure": {"name": self.measure, "before": measure},
            "importances": [each.to_dict() for each in self.importances],
            "shared": [
                {
                    "columns": list(group.columns),
                    "association": group.association,
                    "importance": importance.to_dict(),
                }
                for group, importance in zip(self.shared, self.together, strict=True)
            ],
            "trained": self.trained,
            "answers": json_data(list(self.answers)),
            "dependences": [each.to_dict() for each in self.dependences],
        }

    def importance_view(self) -> View:
        """Return the table of importances."""
        loss, measure = self.before
        return View(
            (
                message("column"),
                message("loss rises by"),
                message("spread"),
                message("error"),
                message("{measure} falls by", measure=self.measure),
                "",
            ),
            (
                *map(self._importance_row, self.importances[: self.shown]),
                *self._others(),
                *(self._importance_row(each) for _, each in self.groups),
            ),
            title=message("Which columns matter: each shuffled among the rows"),
            headlines=(
                message(
                    "{rows}: loss {loss:.4g} ({name}), {measure} {value:.4f}",
                    rows=self.rows,
                    loss=loss,
                    name=self.loss,
                    measure=self.measure,
                    value=measure,
                ),
            ),
            notes=tuple(self._importance_notes()),
            right=(1, 2, 3, 4),
            whole=(1, 2, 3),
        )

    @property
    def _most(self) -> float:
        return max(each.mean for each in (*self.importances, *self.together))

    def _importance_row(self, each: Importance) -> tuple[str, ...]:
        most, say = self._most, Rise(self._most)
        return (
            listed(each.columns, " + ", 2),
            say(each.mean),
            say(each.spread),
            "-" if math.isnan(each.error) else say(each.error),
            signed_zero(f"{each.measure:.4f}"),
            bar(each.mean / most if most > 0.0 else 0.0) if each.sure else message("chance?"),
        )

    def _others(self) -> Iterator[tuple[str, ...]]:
        others = self.importances[self.shown :]
        if others:
            yield (
                counted("{count} other column", "{count:,} other columns", count=len(others)),
                *(f"≤ {Rise(self._most)(others[0].mean)}", "", "", "", ""),
            )

    @property
    def groups(self) -> list[tuple[Shared, Importance]]:
        """The groups of columns that tell the same which are shown, the most important first.

        These have a column that is shown, and are few.
        """
        names = {each.columns[0] for each in self.importances[: self.shown]}
        found = [
            each
            for each in zip(self.shared, self.together, strict=True)
            if names & set(each[0].columns)
        ]
        return sorted(found, key=lambda each: -each[1].mean)[:GROUPS]

    def _importance_notes(self) -> Iterator[str]:
        repeats = len(self.importances[0].losses)
        yield counted(
            "spread: over {count} shuffle; error: of the mean, as rows differ; chance?: a rise "
            "under 2 errors.",
            "spread: over {count} shuffles; error: of the mean, as rows differ; chance?: a rise "
            "under 2 errors.",
            count=repeats,
        )
        for group, _ in self.groups:
            yield message(
                "{columns} tell much the same (association {strength:.2f}): where one is "
                "shuffled the other makes up for it, so see them together.",
                columns=listed(group.columns, ", ", NAMES),
                strength=group.association,
            )
        more = len(self.shared) - len(self.groups)
        if more:
            yield counted(
                "{count} other group of columns tells much the same, too.",
                "{count} other groups of columns tell much the same, too.",
                count=more,
            )
        if self.count < FEW:
            yield counted(
                "Only {count} row: these importances are rough.",
                "Only {count} rows: these importances are rough.",
                count=self.count,
            )

    def dependence_view(self) -> View:
        """Return the table of what each column does to the mean answer."""
        return View(
            (
                message("column"),
                message("lowest answer"),
                message("highest answer"),
                message("course"),
            ),
            tuple(map(self._dependence_row, self.dependences)),
            title=message("What each column does to the mean answer, all else as it is"),
            notes=tuple(self._dependence_notes()),
            whole=(3,),
        )

    def _dependence_row(self, each: Dependence) -> tuple[str, ...]:
        output = int(each.reach.argmax())
        mean = each.mean[:, output]
        name = short(each.column, LONGEST)
        if len(self.outputs) > 1:
            name = f"{name}: {short(self.outputs[output], LONGEST)}"
        low, high = (
            message(
                "{answer} at {value}",
                answer=number(float(mean[place])),
                value=short(written(each.at[place]), LONGEST),
            )
            for place in (int(mean.argmin()), int(mean.argmax()))
        )
        return name, low, high, course(each, output)

    def _dependence_notes(self) -> Iterator[str]:
        if len(self.outputs) == 1:
            yield message("answer: the probability of {name}", name=self.outputs[0])
        elif self.outputs:
            yield message("answer: the probability of the class that changes most")
        left = max(len(self.importances), len(self.dependences)) - self.shown
        if left > 0:
            yield counted(
                "{count} other column is not shown",
                "{count:,} other columns are not shown",
                count=left,
            )
        if self.trained:
            yield message("values: over the range of the training rows")
        else:
            yield message("values: over the range of these rows")
        outside = [each for each in self.dependences if each.outside]
        if outside:
            yield message(
                "rows with a value outside of what training had: {columns} of {count:,}",
                columns=listed(
                    [f"{short(each.column, LONGEST)} {each.outside:,}" for each in outside],
                    ", ",
                    NAMES,
                ),
                count=self.count,
            )

    @property
    def views(self) -> list[View]:
        """The tables: of importances, where there are any, and of what each column does."""
        return [
            *([self.importance_view()] if self.importances else []),
            *([self.dependence_view()] if self.dependences else []),
        ]

    def __repr__(self) -> str:
        return message(
            "<TableExplanation of {target!r}: {columns} columns>",
            target=self.target,
            columns=len(self.dependences),
        )

    def __rich__(self) -> Any:
        from rich.console import Group

        first, *others = map(display.as_rich, self.views)
        return Group(first, *(part for each in others for part in ("", each)))

    def __str__(self) -> str:
        return "\n\n".join(map(display.as_text, self.views))

    def _repr_html_(self) -> str:
        return "".join(map(display.as_html, self.views))


class Rise:
    """Rises of a loss as texts, with four digits after the point where their size allows."""

    def __init__(self, most: float) -> None:
        self.form = ".4f" if LEAST_RISE <= most < MOST_RISE else ".3e"

    def __call__(self, value: float) -> str:
        """Return the text.

        >>> Rise(2.0)(0.25), Rise(6e9)(6691409991.9)
        ('0.2500', '6.691e+09')
        """
        return signed_zero(f"{value:{self.form}}")


def bar(share: float, width: int = 10) -> str:
    """Return a bar of blocks, at least a thin one.

    >>> bar(1.0, 4), bar(0.01)
    ('████', '▏')
    """
    return "█" * round(share * width) or "▏"


def course(each: Dependence, output: int) -> str:
    """Return the course of the mean answer in a few blocks of rising height.

    >>> at = np.array([0.0, 1.0, 4.0])
    >>> course(Dependence("x", "number", at, at[:, np.newaxis], at[:0], at), 0)
    '▁▂▂▃▄▄▅▅▆▇▇█'
    """
    mean = each.mean[:, output]
    if each.at.dtype.kind in "fM" and len(mean) > 1:
        at = each.at.astype(np.float64)
        mean = np.interp(np.linspace(at[0], at[-1], COURSE), at, mean)
    low, high = float(mean.min()), float(mean.max())
    if high <= low:
        return STEPS_UP[0] * min(len(mean), COURSE)
    heights = np.rint((mean[:COURSE] - low) / (high - low) * (len(STEPS_UP) - 1)).astype(int)
    return "".join(STEPS_UP[height] for height in heights)
