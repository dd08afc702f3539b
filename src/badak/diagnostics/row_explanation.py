"""What is shown of one row's answer: the baseline, what each column adds, and the sum."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common import display
from badak._common.display import View
from badak._common.language import counted, message
from badak._common.looks import SHOWN
from badak.diagnostics.decomposition import EXACT, GRADIENTS, Decomposition
from badak.diagnostics.texts import LONGEST, number, short, shown_cell, signed_zero
from badak.typing import Array


@dataclass(frozen=True)
class Baseline:
    """Which row an answer is compared with; ``str`` says it in words.

    Parameters
    ----------
    kind : {"mean", "median", "row"}
        The mean of the features of rows, the median of their numbers and dates with the most
        frequent categories, or one of the table's rows.
    count : int
        How many rows it is the mean or the median of; of a row its number.
    trained : bool, default False
        Whether these are training rows.

    Examples
    --------
    >>> print(Baseline("mean", 800, trained=True))
    the mean of 800 training rows
    >>> print(Baseline("row", 3))
    row 3
    """

    kind: str
    count: int
    trained: bool = False

    def __str__(self) -> str:
        match self.kind, self.trained:
            case "row", _:
                return message("row {row}", row=self.count)
            case "mean", True:
                return message("the mean of {count:,} training rows", count=self.count)
            case "mean", False:
                return message("the mean of {count:,} rows", count=self.count)
            case _, True:
                return message("the median of {count:,} training rows", count=self.count)
        return message("the median of {count:,} rows", count=self.count)


@dataclass(frozen=True, repr=False)
class RowExplanation:
    """The answer to one row of a table, taken apart column by column.

    Made by :func:`badak.tables.explain_rows`. Printed, and in a notebook, it is a table.

    Parameters
    ----------
    row : int
        The row's number in its table, the first being 1.
    target : str
        The column that is predicted.
    output : str
        The class whose probability is taken apart; "" where a number is predicted.
    values : tuple of str
        What the row holds in each column; "" where it is missing.
    parts : Decomposition
        What each column adds.
    baseline : Baseline
        Which row the answer is compared with.
    logit : bool, default False
        Whether it is the sum before softmax that is taken apart, not the probability.
    beyond : tuple of str, optional
        For each column whose value lies outside of what the training rows held, the end that it
        lies beyond, as "> 227.2" or "< 2021-01-01"; else "". Empty: no value does.
    shown : int, default 20
        How many columns are shown, those that add most; the others are summed up.

    Examples
    --------
    >>> parts = Decomposition(("size", "age"), np.array([40.0, -5.0]), 100.0, 135.0, "exact", 1)
    >>> print(RowExplanation(3, "price", "", ("80", "12"), parts, Baseline("row", 1)))
    row 3: price = 135.0
    <BLANKLINE>
    column            value    adds
    ───────────────────────────────
    (row 1)                   100.0
    size              80      +40.0
    age               12       -5.0
    sum: the answer           135.0
    <BLANKLINE>
    Exact: the network adds up its columns.
    """

    row: int
    target: str
    output: str
    values: tuple[str, ...]
    parts: Decomposition
    baseline: Baseline
    logit: bool = False
    beyond: tuple[str, ...] = ()
    shown: int = SHOWN

    @property
    def answer(self) -> float:
        """The number, or the probability of the class."""
        return self.parts.answer

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "row", "target", "class" (None for a number), "logit", "values" by the columns' names,
            "beyond" by the names of those that lie beyond the training rows, what
            :meth:`Decomposition.to_dict` returns, and "baseline_row" in words.
        """
        return {
            "row": self.row,
            "target": self.target,
            "class": self.output or None,
            "logit": self.logit,
            "values": dict(zip(self.parts.columns, self.values, strict=True)),
            "beyond": {
                name: end for name, end in zip(self.parts.columns, self.beyond, strict=False) if end
            },
            **self.parts.to_dict(),
            "baseline_row": str(self.baseline),
        }

    def view(self) -> View:
        """Return what is shown: the baseline, a row for each column, and the sum."""
        parts = self.parts
        places = Scale(np.array([*parts.added, parts.answer, parts.baseline]))
        shown, others = parts.order[: self.shown], parts.order[self.shown :]
        rows = [(f"({self.baseline})", "", places.number(parts.baseline))]
        for k in shown:
            value = short(shown_cell(self.values[k]), LONGEST) or message("missing")
            if self.beyond and self.beyond[k]:
                value = f"{value} ({self.beyond[k]})"
            rows.append((short(parts.columns[k], 2 * LONGEST), value, places.added(parts.added[k])))
        if others:
            rest = float(parts.added[others].sum())
            rows.append(
                (
                    counted("{count} other column", "{count:,} other columns", count=len(others)),
                    "",
                    places.added(rest),
                )
            )
        if places.shows(parts.rest):
            rows.append((message("left over"), "", places.added(parts.rest)))
        rows.append((message("sum: the answer"), "", places.number(parts.answer)))
        return View(
            (message("column"), message("value"), message("adds")),
            tuple(rows),
            headlines=(self.headline(places),),
            notes=(self.way(), *self._beyond_note()),
            right=(2,),
            whole=(2,),
        )

    @property
    def views(self) -> list[View]:
        """The table, alone."""
        return [self.view()]

    def headline(self, places: "Scale | None" = None) -> str:
        """Return the row and its answer in a line."""
        said = number(self.answer) if places is None else places.number(self.answer)
        if self.output and self.logit:
            return message(
                "row {row}: sum of {target} = {name} before softmax: {said}",
                row=self.row,
                target=self.target,
                name=self.output,
                said=said,
            )
        if self.output:
            return message(
                "row {row}: probability of {target} = {name}: {said}",
                row=self.row,
                target=self.target,
                name=self.output,
                said=said,
            )
        return message("row {row}: {target} = {said}", row=self.row, target=self.target, said=said)

    def way(self) -> str:
        """Return in a sentence how the parts were worked out, and how far they are exact."""
        parts = self.parts
        if parts.method == EXACT:
            return message("Exact: the network adds up its columns.")
        if parts.method == GRADIENTS:
            return message("Integrated gradients in {steps:,} steps.", steps=parts.steps)
        if parts.errors is None:
            return message("Shapley values of all {steps:,} sets of columns.", steps=parts.steps)
        return message(
            "Shapley values of {steps:,} random orders of the columns; standard error at most "
            "{error:.2g}.",
            steps=parts.steps,
            error=float(parts.errors.max()),
        )

    def _beyond_note(self) -> tuple[str, ...]:
        if not any(self.beyond):
            return ()
        return (
            message(
                "> or <: beyond the training rows, whose end this is; ≠: a category that they "
                "had not."
            ),
        )

    def __repr__(self) -> str:
        return message(
            "<RowExplanation of row {row}: {target!r} {answer}>",
            row=self.row,
            target=self.target,
            answer=number(self.answer),
        )

    __rich__ = display.as_rich
    __str__ = display.as_text
    _repr_html_ = display.as_html


class Scale:
    """Numbers that are added up, written with as many digits after the point as one another."""

    def __init__(self, values: Array) -> None:
        size = float(np.abs(values).max(initial=0.0))
        self.digits = min(max(4 - math.floor(math.log10(size)) - 1, 0), 12) if size > 0.0 else 0

    def number(self, value: float) -> str:
        """Return a sum."""
        return signed_zero(f"{value:,.{self.digits}f}")

    def added(self, value: float) -> str:
        """Return what is added, with its sign."""
        return f"{value:+,.{self.digits}f}"

    def shows(self, value: float) -> bool:
        """Whether it is not 0 as it is written."""
        return bool(self.added(value).strip("+-0.,"))
