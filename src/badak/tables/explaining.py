"""See through a model of a table: which columns matter, what each does, one answer in parts."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from badak._common.language import counted, message
from badak._common.validation import check_whole
from badak.diagnostics.classes import class_index
from badak.diagnostics.decomposition import decompose
from badak.diagnostics.dependence import Dependence, partial_dependence
from badak.diagnostics.permutation import (
    Judged,
    permutation_importance,
    shared_columns,
)
from badak.diagnostics.table_explanation import RowExplanation, TableExplanation
from badak.errors import InputError
from badak.losses import Loss, MeanSquaredError, SparseCategoricalCrossentropy
from badak.losses.targets import check_targets
from badak.network.sequential import Sequential
from badak.tables.chunks import Chunk, TableFile
from badak.tables.columns import (
    Category,
    Column,
    Date,
    Findings,
    Number,
    date_column,
    number_array,
)
from badak.tables.frames import FrameTable
from badak.tables.held_out import is_source, rows_to_test
from badak.tables.preparation import TablePreparation
from badak.tables.reading import open_table
from badak.tables.scores import score
from badak.typing import Array

ROWS = 10_000
"""Rows that are shuffled, and whose values are looked at; of more, so many drawn at random."""
ROWS_OF_DEPENDENCE, LINES = 1000, 50
POINTS = 21  # evenly spaced, and as many quantiles
MOST_CLASSES = 7
WEEK = 7  # days over which an answer along time is the mean, where weekdays count
LONG = 60  # days from which on it is
HOURS = (0, 6, 12, 18)
NEW = "\0new"  # a category that no table holds


def explain(
    model: Sequential,
    table: Any,
    *,
    target: int | str | None = None,
    repeats: int = 10,
    most: int = 20,
    seed: int = 0,
    encoding: str | None = None,
    findings: Findings | None = None,
) -> TableExplanation:
    r"""Tell which columns of a table matter to a model, and what each of them does.

    Parameters
    ----------
    model : Sequential
        A network that was trained on a table; its file keeps how rows are prepared.
    table : path-like or frame
        Rows: a file, or a frame of Polars, pandas or PyArrow. Of the file that was trained on those
        that were held out are asked about, else all.
        Without the target's column importances are left out.
    target : int or str, optional
        The class whose probability is told of, by number or name; None: of two classes the second,
        of more up to seven, the most probable ones.
    repeats : int, default 10
        How many times the rows are shuffled.
    most : int, default 20
        Of so many columns, the most important ones, it is told what they do.
    seed : int, default 0
        Settles how rows are shuffled, and which are drawn where there are many (above 10,000).
    encoding : str, optional
        What a CSV or TSV file is written in; None: its bytes tell.
    findings : Findings, optional
        Counts what the rows hold that training had not shown.

    Returns
    -------
    TableExplanation
        Permutation importances with their spread, and partial dependence with lines of single rows
        (ICE), over the range of the training rows if it is the file that was trained on.

    Raises
    ------
    InputError, FileFormatError, OSError
        A model of something else, a table that cannot be read or lacks columns, or no row.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + 2 * (i % 5)}\n" for i in range(140))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum", task="regression")
    >>> model = tables.make_network(data, units=(16,))
    >>> _ = tables.train(model, data, epochs=60)
    >>> told = explain(model, path)
    >>> [each.columns for each in told.importances], told.rows
    ([('b',), ('a',)], 'the 28 rows that were held out from training')
    """
    check_whole(most, "most")
    prepare = TablePreparation.of(model)
    outputs = _outputs(prepare, target)
    rows = _Rows.of(prepare, table, encoding)
    rng = np.random.default_rng(seed)
    seen = Findings() if findings is None else findings
    asked = rows.sample(rows.to_test, rng)
    x = rows.features(asked, seen)
    y = None if rows.y is None else rows.y[asked]
    columns = features_of(prepare)
    judge = None if y is None else _judge(model, prepare, y)
    before = (np.nan, np.nan)
    importances, groups = [], []
    if judge is not None:
        judged = judge(model.predict(x))
        before = float(judged.losses.mean()), judged.measure
        groups = shared_columns(x, columns)
        together = [group.columns for group in groups]
        importances = permutation_importance(
            model.predict, judge, x, columns, together, repeats=repeats, seed=seed
        )
    alone, together_ = importances[: len(columns)], importances[len(columns) :]
    alone.sort(key=lambda each: -each.mean)
    order = [each.columns[0] for each in alone] or list(columns)
    some = x[rng.permutation(len(x))[:ROWS_OF_DEPENDENCE]]
    if outputs is None:
        outputs = _most_probable(model.predict(some))
    values = rows.values(rows.sample(rows.span, rng))
    by_name = {column.name: column for column in prepare.columns}
    dependences = [
        _dependence(model, some, by_name[name], columns[name], values.get(name), outputs)
        for name in (order[:most] if alone else order)
    ]
    if not alone:
        dependences.sort(key=lambda each: -float(each.reach.max()))
    classes = prepare.target.classes
    return TableExplanation(
        prepare.target.name,
        tuple(classes[k] for k in outputs) if classes else (),
        rows.words + _drawn(len(asked), int(rows.to_test.sum())),
        len(asked),
        _loss(model, prepare).name,
        _measure(prepare),
        before,
        tuple(alone),
        tuple(groups),
        tuple(together_),
        tuple(dependences[:most]),
        rows.span_words,
    )


def explain_rows(
    model: Sequential,
    table: Any,
    rows: int | Sequence[int],
    *,
    target: int | str | None = None,
    baseline: int | None = None,
    logit: bool = False,
    method: str = "auto",
    seed: int = 0,
    encoding: str | None = None,
    findings: Findings | None = None,
) -> list[RowExplanation]:
    r"""Take a model's answers to single rows apart: what each column adds to each of them.

    Parameters
    ----------
    model : Sequential
        A network that was trained on a table.
    table : path-like or frame
        The table: a file, or a frame of Polars, pandas or PyArrow.
    rows : int or sequence of int
        Which of its rows, the first being 1.
    target : int or str, optional
        The class whose probability is taken apart; None: the most probable of each row.
    baseline : int, optional
        The row that these are compared with. None: the mean row, of all features: of the training
        rows if it is the file that was trained on, else of all rows.
    logit : bool, default False
        Whether the sum before softmax is taken apart instead of the probability.
    method : {"auto", "exact", "gradients", "shapley"}, default "auto"
        How; see :func:`badak.diagnostics.decomposition.decompose`.
    seed : int, default 0
        Settles the orders of Shapley values.
    encoding : str, optional
        What a CSV or TSV file is written in; None: its bytes tell.
    findings : Findings, optional
        Counts what the rows hold that training had not shown.

    Returns
    -------
    list of RowExplanation
        One for each row, in this order. Baseline, contributions and what is left over sum to the
        answer, in float64.

    Raises
    ------
    InputError, FileFormatError, OSError
        A model of something else, a table that cannot be read or lacks columns, or no such row.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + 2 * (i % 5)}\n" for i in range(140))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum", task="regression")
    >>> model = tables.make_network(data, units=())
    >>> _ = tables.train(model, data, epochs=2)
    >>> [told] = explain_rows(model, path, 3)
    >>> told.values, told.parts.method
    (('2', '2'), 'exact')
    """
    prepare = TablePreparation.of(model)
    outputs = _outputs(prepare, target)
    given = [rows] if isinstance(rows, (int, np.integer)) else list(rows)
    source = _Rows.of(prepare, table, encoding)
    for number in [*given, *([] if baseline is None else [baseline])]:
        source.check_number(number)
    wanted = np.unique([*given, *([] if baseline is None else [baseline])]) - 1
    seen = Findings() if findings is None else findings
    x, cells = source.rows_and_cells(wanted, seen)
    place = {int(row) + 1: index for index, row in enumerate(wanted)}
    if baseline is None:
        start, said = source.mean(), source.mean_words
    else:
        start = x[place[baseline]].astype(np.float64)
        said = message("row {row}", row=baseline)
    columns, classes = features_of(prepare), prepare.target.classes
    answers = model.predict(x) if classes else None
    told = []
    for number in given:
        k, row = place[number], x[place[number]]
        output = 0
        if answers is not None:
            output = int(answers[k].argmax()) if target is None or outputs is None else outputs[0]
        parts = decompose(model, row, start, columns, output, logit=logit, method=method, seed=seed)
        name = classes[output] if classes else ""
        told.append(RowExplanation(number, prepare.target.name, name, cells[k], parts, said, logit))
    return told


def features_of(prepare: TablePreparation) -> dict[str, slice]:
    """Return where the features of each column stand in the network's input."""
    found, start = {}, 0
    for column in prepare.columns:
        stop = start + len(column.features)
        found[column.name] = slice(start, stop)
        start = stop
    return found


def _outputs(prepare: TablePreparation, target: int | str | None) -> list[int] | None:
    """Return the outputs to tell of; None where that is for the answers to say."""
    classes = prepare.target.classes
    if target is not None:
        if not classes:
            raise InputError(
                message(
                    "the model predicts numbers of {name!r}, so that there is no class "
                    "{target!r} to tell of",
                    name=prepare.target.name,
                    target=target,
                )
            )
        return [class_index(target, classes)]
    return None if len(classes) > 2 else [max(len(classes) - 1, 0)]


def _most_probable(answers: Array) -> list[int]:
    order = (-answers.mean(axis=0)).argsort(kind="stable")[:MOST_CLASSES]
    return sorted(int(k) for k in order)


def _loss(model: Sequential, prepare: TablePreparation) -> Loss:
    if model.loss is not None:
        return model.loss
    return SparseCategoricalCrossentropy() if prepare.target.classes else MeanSquaredError()


def _measure(prepare: TablePreparation) -> str:
    return "accuracy" if prepare.target.classes else "R²"


def _judge(model: Sequential, prepare: TablePreparation, y: Array) -> Callable[[Array], Judged]:
    """Return what tells how good answers to rows with these targets are."""
    loss, measure, target = _loss(model, prepare), _measure(prepare), prepare.target
    own = not isinstance(loss, SparseCategoricalCrossentropy)  # the scores keep it finite
    t = check_targets(y, loss.targets, model.output_shape[0], loss.name) if own else None

    def judge(answers: Array) -> Judged:
        scores = score(target, y, answers)
        losses = scores.losses if t is None else loss.rows(answers.astype(np.float64), t)
        return Judged(np.asarray(losses, np.float64), scores.values[measure])

    return judge


def _drawn(count: int, of: int) -> str:
    return "" if count == of else message(", {count:,} of them drawn at random", count=count)


# -- what each column does


@dataclass(frozen=True)
class _Points:
    """The values that a column takes, and what they are as features."""

    at: Array
    features: Array
    """(points, ways, width)."""
    marks: Array


def _dependence(
    model: Sequential,
    x: Array,
    column: Column,
    features: slice,
    values: Array | None,
    outputs: list[int],
) -> Dependence:
    def answer(rows: Array) -> Array:
        return model.predict(rows)[:, outputs]

    match column:
        case Number():
            points = _of_numbers(column, np.empty(0) if values is None else values)
        case Category():
            points = _of_categories(column)
        case Date():
            points = _of_dates(column, np.empty(0, "M8[us]") if values is None else values)
    mean, lines = partial_dependence(answer, x, features, points.features, LINES)
    missing = None
    if column.missing:
        gap = _features(column, pl.Series([None], dtype=pl.String))
        missing = partial_dependence(answer, x, features, gap)[0][0]
    return Dependence(column.name, column.kind, points.at, mean, lines, points.marks, missing)


def _of_numbers(column: Number, values: Array) -> _Points:
    known = values[~np.isnan(values)]
    different = np.unique(known if len(known) else [column.mean])
    if len(different) > 2 * POINTS:
        even = np.linspace(different[0], different[-1], POINTS)
        different = np.unique([*even, *np.quantile(known, np.linspace(0.0, 1.0, POINTS))])
    features = _features(column, pl.Series(different))
    return _Points(different, features[:, np.newaxis], _tenths(known))


def _of_categories(column: Category) -> _Points:
    names = [*column.levels, *([NEW] if column.other else [])]
    if not names:  # all values were missing in training
        return _Points(
            np.array([""]),
            _features(column, pl.Series([None], dtype=pl.String))[:, np.newaxis],
            np.empty(0),
        )
    at = np.array([*column.levels, *([message("(other)")] if column.other else [])], dtype=object)
    return _Points(at, _features(column, pl.Series(names))[:, np.newaxis], np.empty(0))


def _of_dates(column: Date, values: Array) -> _Points:
    known = np.sort(values[~np.isnat(values)])
    if not len(known):
        year = int(column.mean)
        known = np.array([f"{year:04d}-07-01"], "M8[us]")
    low, high = known[0], known[-1]
    days = int((high - low) / np.timedelta64(1, "D"))
    at = np.unique(low + (high - low) * np.linspace(0.0, 1.0, 2 * POINTS))
    long = days >= LONG
    if long or "hour" not in column.parts:
        at = np.unique(at.astype("M8[D]").astype("M8[us]"))
    near = np.zeros(1, "m8[us]")
    if long and "weekday" in column.parts:
        near = np.arange(WEEK).astype("m8[D]").astype("m8[us]") - np.timedelta64(WEEK // 2, "D")
    if long and "hour" in column.parts:
        hours = np.array(HOURS).astype("m8[h]").astype("m8[us]")
        near = (near[:, np.newaxis] + hours).ravel()
    moments = np.clip(at[:, np.newaxis] + near, low, high).ravel()
    features = _features(column, pl.Series(moments))
    return _Points(at, features.reshape(len(at), len(near), -1), _tenths(known))


def _tenths(known: Array) -> Array:
    if not len(known):
        return known
    places = np.rint(np.arange(1, 10) / 10.0 * (len(known) - 1)).astype(int)
    return np.sort(known)[places]


def _features(column: Column, cells: pl.Series) -> Array:
    frame = cells.alias(column.name).to_frame()
    chunk = Chunk(frame, message("the values of the column"), "row", np.arange(1, len(frame) + 1))
    return column.transform(chunk, Findings())


# -- the rows


@dataclass(frozen=True)
class _Rows:
    """A table that is gone through chunk by chunk, and which of its rows are for what."""

    prepare: TablePreparation
    chunks: Callable[[], Iterator[Chunk]]
    y: Array | None
    """All rows' targets; None without the target's column."""
    to_test: Array
    """Booleans (rows,): those to ask about."""
    words: str
    span: Array
    """Booleans (rows,): those whose values and mean row are taken."""
    trained: bool
    """Whether `span` are the rows that were trained on."""

    @classmethod
    def of(
        cls,
        prepare: TablePreparation,
        table: Any,
        encoding: str | None,
    ) -> "_Rows":
        file: TableFile
        path: Path | None = None
        if isinstance(table, str | os.PathLike):
            file = open_table(table, prepare.missing, encoding)
            path = file.path
        else:
            file = FrameTable(table, missing=prepare.missing)
        columns, chunks = file.columns, file.chunks
        prepare.check_columns(columns, os.fspath(path or message("the table")))
        if prepare.target.name in columns:
            y = np.concatenate([prepare.target.read(chunk)[0] for chunk in chunks()])
            chosen, words = rows_to_test(prepare, file, path, y)
            trained = path is not None and is_source(prepare, path, len(y))
            known = y >= 0 if prepare.target.classes else ~np.isnan(y)
            span = known & ~chosen if trained else chosen
            return cls(prepare, chunks, y, chosen, words, span, trained)
        count = sum(map(len, chunks()))
        if not count:
            raise InputError(message("{table} has no row", table=path or message("the table")))
        every = np.ones(count, bool)
        said = counted("{count} row", "{count:,} rows", count=count)
        words = message("{rows} without the column {name!r}", rows=said, name=prepare.target.name)
        return cls(prepare, chunks, None, every, words, every, trained=False)

    @property
    def span_words(self) -> str:
        """Which rows the values are of."""
        if self.trained:
            return message("values: over the range of the training rows")
        return message("values: over the range of these rows")

    @property
    def mean_words(self) -> str:
        """Which rows the mean row is of."""
        count = int(self.span.sum())
        if self.trained:
            return message("the mean of {count:,} training rows", count=count)
        return message("the mean of {count:,} rows", count=count)

    def check_number(self, number: int) -> None:
        """Raise InputError unless it is the number of a row."""
        check_whole(number, "row")
        if number > len(self.to_test):
            raise InputError(
                counted(
                    "there is no row {number}: the table has {count} row, numbered from 1",
                    "there is no row {number}: the table has {count:,} rows, numbered from 1",
                    number=number,
                    count=len(self.to_test),
                )
            )

    def sample(self, chosen: Array, rng: np.random.Generator) -> Array:
        """Return places of the chosen rows in their order, of many some drawn at random."""
        places = np.flatnonzero(chosen)
        if len(places) > ROWS:
            places = np.sort(rng.choice(places, ROWS, replace=False))
        return places

    def features(self, places: Array, findings: Findings) -> Array:
        """Return these rows as the network takes them."""
        return np.concatenate(
            [self.prepare.transform(chunk, findings) for chunk in self._taken(places)]
        )

    def values(self, places: Array) -> dict[str, Array]:
        """Return what these rows hold in columns of numbers and dates."""
        found: dict[str, list[Array]] = {}
        for chunk in self._taken(places):
            for column in self.prepare.columns:
                if isinstance(column, Number):
                    cells = number_array(chunk, column.name, column.style, column.unit)
                elif isinstance(column, Date):
                    cells = date_column(chunk, column.name, column.order).to_numpy()
                else:
                    continue
                found.setdefault(column.name, []).append(cells)
        return {name: np.concatenate(parts) for name, parts in found.items()}

    def rows_and_cells(
        self, places: Array, findings: Findings
    ) -> tuple[Array, list[tuple[str, ...]]]:
        """Return these rows as the network takes them, and what their cells say."""
        x, cells = [], []
        for chunk in self._taken(places):
            x.append(self.prepare.transform(chunk, findings))
            frame = chunk.frame.select([column.name for column in self.prepare.columns])
            cells += [tuple(map(_said, row)) for row in frame.iter_rows()]
        return np.concatenate(x), cells

    def mean(self) -> Array:
        """Return the mean of the features of the rows of `span`, (features,)."""
        total = np.zeros(len(self.prepare.features))
        start = 0
        for chunk in self.chunks():
            chosen = self.span[start : start + len(chunk)]
            start += len(chunk)
            if chosen.any():
                rows = self.prepare.transform(chunk.take(chosen))
                total += rows.sum(axis=0, dtype=np.float64)
        return total / self.span.sum()

    def _taken(self, places: Array) -> Iterator[Chunk]:
        """Yield the rows at these places, chunk by chunk."""
        wanted = np.zeros(len(self.to_test), bool)
        wanted[places] = True
        start = 0
        for chunk in self.chunks():
            chosen = wanted[start : start + len(chunk)]
            start += len(chunk)
            if chosen.any():
                yield chunk.take(chosen)


def _said(cell: object) -> str:
    if cell is None:
        return ""
    return str(cell).removesuffix(" 00:00:00")
