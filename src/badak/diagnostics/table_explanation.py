"""What is shown of a model of a table: columns that matter, what each does, answers in parts."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common import display
from badak._common.display import View
from badak._common.json_data import json_data
from badak._common.language import counted, message
from badak.diagnostics.decomposition import EXACT, GRADIENTS, Decomposition
from badak.diagnostics.dependence import Dependence
from badak.diagnostics.permutation import Importance, Shared
from badak.typing import Array

SHOWN = 20
"""Columns in a table of a row's answer; of more, the others are summed up."""
FEW = 50
"""Rows below which importances are told to be rough."""
LONGEST = 22
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
    span : str
        Where the values in `dependences` come from, in words.

    Examples
    --------
    >>> found = Importance(("size",), np.array([0.5, 0.7]), np.array([0.2, 0.3]), error=0.1)
    >>> at, mean = np.array([1.0, 2.0]), np.array([[3.0], [8.0]])
    >>> does = Dependence("size", "number", at, mean, mean[np.newaxis], at)
    >>> told = TableExplanation(
    ...     "price", (), "all 60 rows", 60, "mse", "R²", (0.1, 0.9), (found,), (), (), (does,), ""
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
    span: str

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "target", "outputs", "rows", "count", "loss" and "measure" with their "name" and
            "before", "importances", "shared" ("columns", "association" and "importance"), and
            "dependences".
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
            "span": self.span,
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
            tuple(map(self._importance_row, (*self.importances, *self.together))),
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

    def _importance_row(self, each: Importance) -> tuple[str, ...]:
        most = max(found.mean for found in (*self.importances, *self.together))
        name = " + ".join(short(name, LONGEST) for name in each.columns)
        return (
            name,
            signed_zero(f"{each.mean:.4f}"),
            f"{each.spread:.4f}",
            "-" if math.isnan(each.error) else f"{each.error:.4f}",
            signed_zero(f"{each.measure:.4f}"),
            bar(each.mean / most if most > 0.0 else 0.0) if each.sure else message("chance?"),
        )

    def _importance_notes(self) -> Iterator[str]:
        repeats = len(self.importances[0].losses)
        yield counted(
            "spread: over {count} shuffle; error: of the mean, as rows differ; chance?: a rise "
            "under 2 errors.",
            "spread: over {count} shuffles; error: of the mean, as rows differ; chance?: a rise "
            "under 2 errors.",
            count=repeats,
        )
        for group in self.shared:
            yield message(
                "{columns} tell much the same (association {strength:.2f}): where one is "
                "shuffled the other makes up for it, so see them together.",
                columns=", ".join(group.columns),
                strength=group.association,
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
        yield self.span

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
    baseline : str
        Which row the answer is compared with, in words.
    logit : bool, default False
        Whether it is the sum before softmax that is taken apart, not the probability.

    Examples
    --------
    >>> parts = Decomposition(("size", "age"), np.array([40.0, -5.0]), 100.0, 135.0, "exact", 1)
    >>> print(RowExplanation(3, "price", "", ("80", "12"), parts, "the mean row"))
    row 3: price = 135.0
    <BLANKLINE>
    column            value    adds
    ───────────────────────────────
    (the mean row)            100.0
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
    baseline: str
    logit: bool = False

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
            what :meth:`Decomposition.to_dict` returns, and "baseline_row" in words.
        """
        return {
            "row": self.row,
            "target": self.target,
            "class": self.output or None,
            "logit": self.logit,
            "values": dict(zip(self.parts.columns, self.values, strict=True)),
            **self.parts.to_dict(),
            "baseline_row": self.baseline,
        }

    def view(self) -> View:
        """Return what is shown: the baseline, a row for each column, and the sum."""
        parts = self.parts
        places = Scale(np.array([*parts.added, parts.answer, parts.baseline]))
        shown, others = parts.order[:SHOWN], parts.order[SHOWN:]
        rows = [(f"({self.baseline})", "", places.number(parts.baseline))]
        for k in shown:
            value = short(self.values[k], LONGEST) or message("missing")
            rows.append((short(parts.columns[k], 2 * LONGEST), value, places.added(parts.added[k])))
        if others:
            rest = float(parts.added[others].sum())
            rows.append(
                (
                    counted("{count} other column", "{count} other columns", count=len(others)),
                    "",
                    places.added(rest),
                )
            )
        if places.added(parts.rest).strip("+-0.,"):
            rows.append((message("left over"), "", places.added(parts.rest)))
        rows.append((message("sum: the answer"), "", places.number(parts.answer)))
        return View(
            (message("column"), message("value"), message("adds")),
            tuple(rows),
            headlines=(self.headline(places),),
            notes=(self.way(),),
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


def number(value: float) -> str:
    """Return a number as short as it can be read.

    >>> number(312_400.0), number(0.83125), number(2.0)
    ('312,400', '0.8313', '2')
    """
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e12 else f"{value:.4g}"


def written(value: Any) -> str:
    """Return a value of a column as text: a date without the time where that is 0 h.

    >>> written(np.datetime64("2024-02-29T00:00")), written(np.float64(0.5))
    ('2024-02-29', '0.5')
    """
    if isinstance(value, np.datetime64):
        return str(np.datetime_as_string(value, "m")).removesuffix("T00:00").replace("T", " ")
    return value if isinstance(value, str) else number(float(value))


def short(text: str, longest: int) -> str:
    """Return the text without control characters, cut where it is too long.

    >>> short("a very long name", 9)
    'a very l…'
    """
    text = display.printable(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


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


def signed_zero(text: str) -> str:
    """Return a number's text without the sign of a zero.

    >>> signed_zero("-0.00"), signed_zero("-0.01")
    ('0.00', '-0.01')
    """
    return text.removeprefix("-") if not text.strip("-0.,") else text
