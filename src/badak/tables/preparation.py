"""From rows of a table to rows of numbers: what the training learnt of the columns."""

import json
import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from badak._common.language import counted, message
from badak._common.registry import nearest
from badak.errors import FileFormatError, InputError
from badak.layers.model import Model
from badak.tables.chunks import Chunk, listed
from badak.tables.columns import Column, Findings, from_config, get_config
from badak.tables.deciding import decide
from badak.tables.defaults import REGRESSION
from badak.tables.intervals import Intervals
from badak.tables.kinds import Dropped
from badak.tables.split_column import SplitColumn
from badak.tables.target import Target
from badak.tables.values import MISSING, canonical
from badak.typing import Array

KIND = "table"


@dataclass(frozen=True)
class Source:
    """The file that was trained on, and which of its rows were held out."""

    name: str
    size: int
    """In bytes."""
    rows: int
    held_out: float
    """A share of the rows."""
    seed: int
    split: SplitColumn | None = None
    """The column that the rows were split by."""

    def as_dict(self) -> dict[str, Any]:
        """Return what goes into the model's file."""
        told = {name: value for name, value in vars(self).items() if name != "split"}
        return told if self.split is None else {**told, "split": self.split.get_config()}


@dataclass(frozen=True)
class TablePreparation:
    """All that is needed to ask a network for a table's rows; kept in the model's file.

    Parameters
    ----------
    target : Target
        What is predicted.
    columns : tuple of Number, Category or Date
        The columns that are learnt from, each with what the training rows have shown of it.
    dropped : tuple of Dropped, optional
        The columns that are not used, each with the reason.
    missing : tuple of str, optional
        Texts that say that there is no value.
    source : Source, optional
        The file that was trained on.
    threshold : float, optional
        Of two classes, the probability from which on the second is decided for; None: the likelier.
    intervals : Intervals, optional
        Of numbers, how far the truth lies from the answers.

    Examples
    --------
    >>> import polars as pl
    >>> from badak.tables.columns import Category, Number
    >>> columns = (Number("age", mean=40.0, deviation=10.0), Category("sex", ("f", "m")))
    >>> prepare = TablePreparation(Target("income", "regression"), columns)
    >>> prepare.features
    ['age', 'sex=f', 'sex=m']
    >>> prepare.transform(pl.DataFrame({"age": [50, None], "sex": ["m", "f"]}))
    array([[1., 0., 1.],
           [0., 1., 0.]], dtype=float32)
    """

    target: Target
    columns: tuple[Column, ...]
    dropped: tuple[Dropped, ...] = ()
    missing: tuple[str, ...] = MISSING
    """Texts that say that there is no value."""
    source: Source | None = field(default=None, compare=False)
    threshold: float | None = None
    intervals: Intervals | None = None

    @property
    def features(self) -> list[str]:
        """The names of the features, in the order of the network's inputs."""
        return [feature for column in self.columns for feature in column.features]

    def decide(self, answers: Array) -> Array:
        """Return the class that is decided for in each row.

        Parameters
        ----------
        answers : array, (rows, classes)
            Probabilities, as the network answers.

        Returns
        -------
        array of int, (rows,)
            The likeliest; with a threshold, the second of two classes where its probability
            reaches it.
        """
        return decide(answers, self.threshold)

    @property
    def decision(self) -> str:
        """What is decided for from the threshold on, in words; "" without one."""
        if self.threshold is None:
            return ""
        return message(
            "{name} from a probability of {threshold:.4g} on",
            name=self.target.classes[1],
            threshold=self.threshold,
        )

    def check_columns(self, names: Sequence[str], where: str) -> list[str]:
        """Check that all columns that the model needs are there.

        Parameters
        ----------
        names : sequence of str
            The columns of a table.
        where : str
            What the table is called in messages.

        Returns
        -------
        list of str
            Those that the model does not know.

        Raises
        ------
        InputError
            Some are missing; the message names them.
        """
        needed = [column.name for column in self.columns]
        there, wanted = set(names), set(needed)
        absent = [name for name in needed if name not in there]
        if absent:
            hint = nearest(absent[0], [name for name in names if name not in wanted])
            raise InputError(
                counted(
                    "{where} lacks the column {listed}{hint}: the model was trained with {needed}",
                    "{where} lacks the columns {listed}{hint}: the model was trained with {needed}",
                    len(absent),
                    where=where,
                    listed=listed(map(repr, absent)),
                    hint=hint,
                    needed=listed(needed),
                )
            )
        known = {*needed, self.target.name, *(column.name for column in self.dropped)}
        return [name for name in names if name not in known]

    def transform(self, rows: Chunk | pl.DataFrame, findings: Findings | None = None) -> Array:
        """Turn rows of a table into rows of numbers.

        Parameters
        ----------
        rows : Chunk or polars.DataFrame
            The rows, with the columns of the training in any order.
        findings : Findings, optional
            Counts what the training had not shown: missing values in columns that had none, and
            categories that are new.

        Returns
        -------
        array of float32, (rows, features)
            The network's inputs.

        Raises
        ------
        InputError
            A column is missing, or a cell is not of its column's kind; the message names its place.
        """
        chunk = rows if isinstance(rows, Chunk) else self._chunk(rows)
        self.check_columns(chunk.frame.columns, chunk.source)
        counted = Findings() if findings is None else findings
        return np.column_stack([column.transform(chunk, counted) for column in self.columns])

    def _chunk(self, frame: pl.DataFrame) -> Chunk:
        places = np.arange(1, len(frame) + 1)
        return Chunk(canonical(frame, self.missing), message("the table"), "row", places)

    def as_dict(self) -> dict[str, Any]:
        """Return what goes into the model's file."""
        return {
            "kind": KIND,
            "target": self.target.get_config(),
            "columns": [get_config(column) for column in self.columns],
            "dropped": [[column.name, column.reason] for column in self.dropped],
            "missing": list(self.missing),
            "source": None if self.source is None else self.source.as_dict(),
            **({} if self.threshold is None else {"threshold": self.threshold}),
            **({} if self.intervals is None else {"intervals": self.intervals.as_dict()}),
        }

    @classmethod
    def from_dict(cls, told: Any) -> "TablePreparation":
        """Return what :meth:`as_dict` gave; FileFormatError where it did not."""
        try:
            json.dumps(told, ensure_ascii=False).encode()  # half a character would fail later
            source = None if told["source"] is None else _source(told["source"])
            return cls(
                Target.from_config(told["target"]),
                _columns(told["columns"]),
                tuple(Dropped(*map(str, pair)) for pair in told["dropped"]),
                tuple(map(str, told["missing"])),
                source,
                _threshold(told),
                Intervals.from_dict(told["intervals"]) if "intervals" in told else None,
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            raise FileFormatError(
                message("how it prepares tables is broken: {error!r}", error=error)
            ) from None

    @classmethod
    def of(cls, model: Model, path: str | os.PathLike[str] | None = None) -> "TablePreparation":
        """Return what a model says of itself, `path` naming it in messages.

        Raises InputError for a model that takes no tables, FileFormatError for one that is broken.
        """
        path = path or message("the model")
        told = model.preparation
        if not isinstance(told, dict) or told.get("kind") != KIND:
            raise InputError(
                message(
                    "{path} takes no tables: it was not trained by `badak train` on one", path=path
                )
            )
        try:
            prepare = cls.from_dict(told)
            prepare.check_network(model)
        except FileFormatError as error:
            raise FileFormatError(f"{path}: {error}") from None
        return prepare

    def check_network(self, model: Model) -> None:
        """Check that a network takes the features and answers the target.

        Parameters
        ----------
        model : Sequential
            The network.

        Raises
        ------
        FileFormatError
            Its input or output is of another shape.
        """
        outputs = 1 if self.target.task == REGRESSION else len(self.target.classes)
        shapes = (len(self.features),), (outputs,)
        if (model.input_shape, tuple(model.output_shape)) != shapes:
            raise FileFormatError(
                message(
                    "its network takes {input_shape} and answers {output_shape}, but its table "
                    "has {shapes} features and {outputs} to answer",
                    input_shape=model.input_shape,
                    output_shape=model.output_shape,
                    shapes=shapes[0][0],
                    outputs=outputs,
                )
            )


def _columns(told: Any) -> tuple[Column, ...]:
    columns = tuple(map(from_config, told))
    if not columns or len({column.name for column in columns}) < len(columns):
        raise ValueError(message("its columns are none, or two have one name"))
    return columns


def _threshold(told: Any) -> float | None:
    threshold = told.get("threshold")
    if threshold is None:
        return None
    if not 0.0 < float(threshold) < 1.0 or len(told["target"]["classes"]) != 2:
        raise ValueError(message("threshold {threshold!r}", threshold=threshold))
    return float(threshold)


def _source(told: Any) -> Source:
    held_out, seed = float(told["held_out"]), int(told["seed"])
    size, rows = int(told["size"]), int(told["rows"])
    if not (0.0 < held_out < 1.0 and math.isfinite(held_out) and min(seed, size, rows) >= 0):
        raise ValueError(message("source {told!r}", told=told))
    split = SplitColumn.from_config(told["split"]) if "split" in told else None
    return Source(str(told["name"]), size, rows, held_out, seed, split)


def tell(findings: Findings) -> Iterable[str]:
    """Return a sentence for each column in which rows held what the training had not shown."""
    for name, count in sorted(findings.missing.items()):
        yield counted(
            "{count} value is missing in the column {name!r}, which had all in training: taken as "
            "the mean or as no category",
            "{count:,} values are missing in the column {name!r}, which had all in training: taken "
            "as the mean or as no category",
            count,
            name=name,
        )
    for name, count in sorted(findings.unseen.items()):
        yield counted(
            "{count} row holds a category of {name!r} that the training had not: taken as none of "
            "them",
            "{count:,} rows hold a category of {name!r} that the training had not: taken as none "
            "of them",
            count,
            name=name,
        )
