"""What is to be predicted: a number, or one of the classes that the training has seen."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from badak._common.language import message
from badak.errors import InputError
from badak.tables import values
from badak.tables.chunks import Chunk, listed
from badak.tables.columns import number_array
from badak.tables.defaults import CLASSIFICATION, REGRESSION, TASKS
from badak.typing import Array, Config

FEW_CLASSES = 10
"""Whole numbers 0, 1, ... or 1, 2, ... up to so many different ones are classes."""
MOST_CLASSES = 1000
LARGEST = 1e30  # of numbers to predict: answers are float32
NONE = -1


@dataclass(frozen=True)
class Target:
    """The column to predict."""

    name: str
    task: str
    """"regression" or "classification"."""
    classes: tuple[str, ...] = ()
    """Names of the classes in their order; numbers by size, texts by the alphabet."""
    numeric: bool = True
    """Whether the column holds numbers."""
    style: str = values.PLAIN
    unit: str = ""
    """What stands before or behind all numbers; answers are without it."""

    def read(self, chunk: Chunk) -> tuple[Array, Array]:
        """Return targets (rows,) and which rows have one.

        float64 for regression, else class numbers; InputError for a class that is not known.
        """
        if self.task == REGRESSION:
            y = number_array(chunk, self.name, self.style, self.unit)
            return y, ~np.isnan(y)
        cells = self._texts(chunk)
        known = {name: place for place, name in enumerate(self.classes)}
        y = np.array([NONE if cell is None else known.get(cell, -2) for cell in cells], np.int64)
        if (y < NONE).any():
            row = int((y < NONE).argmax())
            raise InputError(
                message(
                    "{place}: {name!r} is {cells!r}, which is none of the model's classes, "
                    "{listed}",
                    place=chunk.place(row),
                    name=self.name,
                    cells=cells[row],
                    listed=listed(self.classes),
                )
            )
        return y, y != NONE

    def _texts(self, chunk: Chunk) -> list[str | None]:
        if not self.numeric:
            return values.texts(chunk.frame[self.name]).to_list()
        x = number_array(chunk, self.name, self.style, self.unit)
        return [None if math.isnan(value) else written(value) for value in x.tolist()]

    def get_config(self) -> Config:
        """Return the target as JSON holds it."""
        return {
            "name": self.name,
            "task": self.task,
            "classes": list(self.classes),
            "numeric": self.numeric,
            "style": self.style,
            "unit": self.unit,
        }

    @classmethod
    def from_config(cls, config: Any) -> "Target":
        """Return the target of a configuration; ValueError, TypeError or KeyError where none."""
        name, task, classes = config["name"], config["task"], config["classes"]
        if not isinstance(name, str) or not isinstance(classes, list):
            raise TypeError(
                message(
                    "no target is called {name!r} or has the classes {classes!r}",
                    name=name,
                    classes=classes,
                )
            )
        if not all(isinstance(each, str) for each in classes):
            raise TypeError(message("the names of the classes are no texts"))
        if (
            task not in TASKS[1:]
            or config["style"] not in values.STYLES
            or config.get("unit", "") not in ("", *values.UNITS)
            or (len(set(classes)) < 2) == (task == CLASSIFICATION)
        ):
            raise ValueError(
                message("task {task!r} with {count} classes", task=task, count=len(classes))
            )
        return cls(
            name,
            task,
            tuple(classes),
            bool(config["numeric"]),
            config["style"],
            config.get("unit", ""),
        )


def written(value: float) -> str:
    """Return a number as text, a whole one without a point.

    >>> written(3.0), written(0.5)
    ('3', '0.5')
    """
    return str(int(value)) if value == math.floor(value) and abs(value) < 2**53 else repr(value)


class TargetLearner:
    """Collects the target of all rows; tells the task from it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.missing = 0
        self.rows = 0
        self.words: Counter[str] = Counter()
        """What cells say that were taken for missing, empty ones left out."""
        self._unit: str | None = None
        """What all cells have before or behind their numbers; None until the first is met."""
        self._whole, self._code = True, False
        self._codes: list[Array] = []
        self._texts: dict[str, int] = {}
        self._odd: tuple[str, str] | None = None
        self._numbers: dict[str, list[Array]] = {style: [] for style in values.STYLES}
        """Each chunk's numbers, as long as all cells are some, by the way they are written."""

    def add(self, chunk: Chunk) -> None:
        """Take in more rows."""
        cells = chunk.frame[self.name]
        if not values.is_readable(cells) and cells.null_count() < len(cells):
            raise InputError(
                message(
                    "the target {name!r} of {source} holds values that are no number or text "
                    "({dtype}): choose another",
                    name=self.name,
                    source=chunk.source,
                    dtype=cells.dtype,
                )
            )
        self.rows += len(cells)
        self.missing += cells.null_count()
        if (said := chunk.words.get(self.name)) is not None:
            self.words.update(text for text in said.to_list() if text)
        if self._unit is None and cells.null_count() < len(cells):
            self._unit = values.unit(cells.drop_nulls())
        for style in list(self._numbers):
            found = values.numbers(cells, style, self._unit or "")
            wrong = (found.is_null() & cells.is_not_null()).to_numpy()
            if wrong.any():
                del self._numbers[style]
                if style == values.PLAIN:
                    row = int(wrong.argmax())
                    self._odd = chunk.place(row), str(cells[row])
            else:
                self._numbers[style].append(values.array(found))
        self._look_for_codes(cells)
        self._add_texts(chunk)

    def _look_for_codes(self, cells: pl.Series) -> None:
        if self._whole and values.PLAIN in self._numbers:
            x = self._numbers[values.PLAIN][-1]
            self._whole = bool(((x == np.floor(x)) | np.isnan(x)).all())
            self._code = self._code or bool(self._whole and values.codes(cells).any())

    @property
    def _has_codes(self) -> bool:
        """Whether whole numbers are written with zeros before them."""
        return self._whole and self._code

    def _add_texts(self, chunk: Chunk) -> None:
        if len(self._texts) > MOST_CLASSES:
            return  # too many to be classes
        cells = values.texts(chunk.frame[self.name])
        for text in cells.unique().drop_nulls().sort().to_list():
            self._texts.setdefault(text, len(self._texts))
        codes = cells.replace_strict(self._texts, default=NONE, return_dtype=pl.Int32)
        self._codes.append(codes.to_numpy())

    def learnt(self, task: str = "auto") -> tuple[Target, Array, str]:
        """Return the target, y of all rows, and why it is this task.

        y is float64 with NaN where missing, or class numbers with -1 there. Raises InputError
        where there is nothing to predict or it is not of the task that is wanted.
        """
        if self.missing == self.rows:
            raise InputError(
                message("the target {name!r} is empty: choose another column", name=self.name)
            )
        style = next(iter(self._numbers), None)
        x = None if style is None else np.concatenate(self._numbers[style])
        unit = self._unit or ""
        self._check_varies(x)
        if task == "auto":
            task, reason = self._infer(x)
        else:
            reason = message("as asked")
        if task == CLASSIFICATION:
            named = None if unit or self._has_codes else x  # what numbers do not say is kept
            return *self._classes(named, style), reason
        if x is None or style is None:
            place, text = self._odd or (self.name, "")
            raise InputError(
                message(
                    "{place}: the target {name!r} holds {text!r}, which is no number, so that it "
                    "is no regression: leave --task out, or correct it",
                    place=place,
                    name=self.name,
                    text=text,
                )
            )
        if (np.abs(x[~np.isnan(x)]) > LARGEST).any():
            raise InputError(
                message(
                    "the target {name!r} holds infinite values, or some beyond {largest:g}: "
                    "remove their rows",
                    name=self.name,
                    largest=LARGEST,
                )
            )
        return Target(self.name, REGRESSION, style=style, unit=unit), x, reason

    def _check_varies(self, x: Array | None) -> None:
        only = len(self._texts) == 1 if x is None else np.nanmin(x) == np.nanmax(x)
        if only:
            raise InputError(
                message(
                    "the target {name!r} is {next!r} in all {rows:,} rows that have one: there is "
                    "nothing to predict",
                    name=self.name,
                    next=next(iter(self._texts)),
                    rows=self.rows - self.missing,
                )
            )

    def _infer(self, x: Array | None) -> tuple[str, str]:
        if x is None:
            return CLASSIFICATION, message("texts")
        if self._has_codes:
            return CLASSIFICATION, message("codes with leading zeros")
        found = np.unique(x[~np.isnan(x)])
        if len(found) == 2:
            return CLASSIFICATION, message("two different numbers")
        if self._unit:
            return REGRESSION, message("numbers in {way}", way=self._unit)
        counted = np.arange(len(found)) + found[0]
        if len(found) <= FEW_CLASSES and found[0] in (0.0, 1.0) and (found == counted).all():
            return CLASSIFICATION, message(
                "whole numbers from {least:.0f} to {most:.0f}", least=found[0], most=found[-1]
            )
        return REGRESSION, message("numbers")

    def _classes(self, x: Array | None, style: str | None) -> tuple[Target, Array]:
        if x is not None and style is not None:
            known = ~np.isnan(x)
            found, places = np.unique(x[known], return_inverse=True)
            self._check_classes(len(found))
            y = np.full(len(x), NONE, np.int64)
            y[known] = places
            names = tuple(written(value) for value in found.tolist())
            return Target(self.name, CLASSIFICATION, names, True, style), y
        self._check_classes(len(self._texts))
        names = tuple(sorted(self._texts))
        place = np.array([names.index(text) for text in self._texts] + [NONE])
        y = place[np.concatenate(self._codes)]
        return Target(self.name, CLASSIFICATION, names, False), y

    def _check_classes(self, count: int) -> None:
        if count > MOST_CLASSES:
            raise InputError(
                message(
                    "the target {name!r} has more than {most_classes} different values, too many "
                    "for classes: choose another column, or --task regression if they are numbers",
                    name=self.name,
                    most_classes=MOST_CLASSES,
                )
            )
