"""Report on a network for tables: all that its page tells, worked out, and the page itself."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.files import write_whole
from badak._common.json_data import json_data
from badak._common.language import language, message, spoken
from badak._common.seeds import check_seed
from badak._common.validation import check_whole
from badak.diagnostics.bootstrap import Interval, Resampled, bootstrap
from badak.diagnostics.calibration import Calibration, calibration, wilson
from badak.diagnostics.table_explanation import TableExplanation
from badak.errors import InputError
from badak.network.sequential import Sequential
from badak.tables.asked_rows import AskedRows
from badak.tables.chunks import TableFile, check_column
from badak.tables.columns import Date, Findings
from badak.tables.explaining import explain, explain_rows, features_of
from badak.tables.frames import FrameTable
from badak.tables.measures import ACCURACY, counting_measures, row_losses
from badak.tables.preparation import TablePreparation, tell
from badak.tables.reading import open_table
from badak.tables.remarks import of_columns, of_file
from badak.tables.reporting.hazards import Hazard, hazards
from badak.tables.reporting.holdings import Holding, holdings
from badak.tables.reporting.mistakes import Mistake, mistake, places_of, worst
from badak.tables.reporting.rivals import Rival, rivals_of
from badak.tables.split_column import read_all
from badak.tables.ways import GROUP
from badak.typing import Array

NETWORK = "network"
MOST_ROWS = 100_000
"""Rows that are scored; of more, so many drawn at random."""
MOST_CELLS = 50_000_000
"""Features, over all rows, that are held in memory at once: 200 MB."""
LEAST_SURE = 3
"""Rows that are shown where none is answered wrong."""
MANY_PARAMETERS = 100_000
"""Of larger networks answers are taken apart by Shapley values: the many steps of an integral,
which often does not come near enough, would take minutes."""
REPEATS = 5
"""How many times rows are shuffled to tell which columns matter."""


@dataclass(frozen=True)
class TableReport:
    r"""What a network for tables does on rows that it was not trained on.

    Made by :func:`badak.tables.report`. :meth:`page` is the report as a page, :meth:`to_dict` its
    numbers.

    Parameters
    ----------
    name : str
        What the report calls the network.
    table : str
        What it calls the table.
    preparation : TablePreparation
        How rows become the network's input, and what is predicted.
    rows : str
        Which rows are scored, in words.
    count : int
        How many they are.
    trained : bool
        Whether it is the file that was trained on, of which the rows held out are scored.
    suspicious : bool
        Whether the table has as many rows as the file that was trained on, and is another.
    copies : int or None
        How many of the scored rows are in the training rows as well; None where these are not
        known.
    train_count : int
        On how many rows the models that the network is compared with were trained; 0 for none.
    holdings : list of Holding
        What the columns hold in all rows of the table.
    remarks : list of str
        What was taken of the file and its columns that may be meant otherwise, and what rows hold
        that training had not shown.
    y : ndarray, shape (rows,)
        The targets: numbers, or class numbers.
    answers : ndarray, shape (rows, outputs)
        The network's answers.
    rivals : list of Rival
        What the network is compared with.
    scores : dict of str to Resampled
        The scores of the network and of those rivals that have answers, by their names.
    groups : int or None
        How many groups the rows are of, where the model's were split by groups: intervals draw
        whole groups. None for rows that are drawn one by one.
    calibration : Calibration or None
        Of two classes that of the second's probability, of more that of the answered class's; None
        for numbers.
    bias : Interval or None
        By how much the answers are above the truth on average; None for classes.
    explanation : TableExplanation
        Which columns matter, and what each does.
    mistakes : list of Mistake
        The rows of the largest losses.
    hazards : list of Hazard
        What changed columns do to the scores.
    seed : int
        What settled all that is drawn at random.
    language : {"en", "ko"}
        The language of all texts.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + 2 * (i % 5)}\n" for i in range(140))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum", task="regression")
    >>> model = tables.make_network(data, units=(16,))
    >>> _ = tables.train(model, data, epochs=60)
    >>> told = tables.report(model, path)
    >>> told.interval("network", "R²").value > told.interval("mean", "R²").value
    True
    >>> [each.column for each in told.hazards[:2]]
    ['b', 'b']
    """

    name: str
    table: str
    preparation: TablePreparation
    rows: str
    count: int
    trained: bool
    suspicious: bool
    copies: int | None
    train_count: int
    holdings: list[Holding]
    remarks: list[str]
    y: Array
    answers: Array
    rivals: list[Rival]
    scores: dict[str, Resampled]
    groups: int | None
    calibration: Calibration | None
    bias: Interval | None
    explanation: TableExplanation
    mistakes: list[Mistake]
    hazards: list[Hazard]
    seed: int
    language: str

    @property
    def decided(self) -> Array:
        """The class that is decided for in each row, (rows,)."""
        return self.preparation.decide(self.answers)

    @property
    def coverages(self) -> list[tuple[float, float, float]]:
        """Of each coverage that intervals are known for: it, the rows within, the mean width.

        Empty for classes, and for a model without intervals.
        """
        known = self.preparation.intervals
        if known is None:
            return []
        answers = self.answers[:, 0]
        return [(each, *known.held_to(self.y, answers, each)) for each in known.widths]

    def page(self) -> str:
        """Return the report as a page of HTML, whole in itself.

        Returns
        -------
        str
            A page without scripts that needs no network, light and dark, on a screen of any width
            and on paper.
        """
        from badak.tables.reporting.page import page  # imports matplotlib: slow, so only here

        with spoken(self.language):
            return page(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the page to a file, whole or not at all.

        Parameters
        ----------
        path : path-like
            The file; its folder must exist.

        Raises
        ------
        OSError
            The file cannot be written; the message names it.
        """
        write_whole(path, self.page().encode())

    def interval(self, name: str, measure: str) -> Interval:
        """Return a score of a model with its 95% interval.

        Parameters
        ----------
        name : str
            The network or a rival, as in `scores`.
        measure : str
            The score's name.

        Returns
        -------
        Interval
            Of the bootstrap draws; of an accuracy Wilson's, which is not empty where all or none of
            the answers are right.
        """
        found = self.scores[name].interval(measure)
        if measure == ACCURACY and self.groups is None:
            low, high = wilson(np.array(found.value), np.array(self.count))
            return Interval(found.value, float(low), float(high))
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as data that JSON can hold.

        Returns
        -------
        dict
            "target", "task", "rows", "count", "trained", "copies", "train_count", "remarks",
            "scores" and "differences" (the network's less a rival's) with their intervals by the
            models' names, "calibration", "bias", "coverages" (share, rows within and mean width of
            the intervals), "explanation", "mistakes", "hazards" and "seed".
        """
        target = self.preparation.target
        mine = self.scores[NETWORK]
        return {
            "target": target.name,
            "task": target.task,
            "rows": self.rows,
            "count": self.count,
            "trained": self.trained,
            "copies": self.copies,
            "train_count": self.train_count,
            "remarks": self.remarks,
            "scores": {
                name: {measure: self.interval(name, measure).to_dict() for measure in each.values}
                for name, each in self.scores.items()
            },
            "differences": {
                name: {measure: mine.less(each, measure).to_dict() for measure in each.values}
                for name, each in self.scores.items()
                if name != NETWORK
            },
            "calibration": None if self.calibration is None else self.calibration.to_dict(),
            "bias": None if self.bias is None else self.bias.to_dict(),
            "coverages": [list(each) for each in self.coverages],
            "explanation": self.explanation.to_dict(),
            "mistakes": [each.to_dict() for each in self.mistakes],
            "hazards": [each.to_dict() for each in self.hazards],
            "seed": json_data(self.seed),
        }

    def __repr__(self) -> str:
        return (
            f"<TableReport on {self.name!r}: {self.preparation.target.name!r}, {self.count} rows>"
        )


def report(
    model: Sequential,
    table: Any,
    *,
    trained_on: str | os.PathLike[str] | None = None,
    name: str | None = None,
    most: int = 8,
    worst_rows: int = 10,
    language: str | None = None,
    seed: int = 0,
    encoding: str | None = None,
    on_step: Callable[[str], object] | None = None,
) -> TableReport:
    r"""Report on a network for tables: how good it is, what it goes by, where it errs.

    Parameters
    ----------
    model : Sequential
        A network that was trained on a table; its file keeps how rows are prepared.
    table : path-like or frame
        Rows with the target's column. Of the file that was trained on, those that were held out are
        scored; of another, all. At most 100,000 rows, drawn at random where there are more.
    trained_on : path-like, optional
        The file that was trained on, where `table` is another: simple models learn from it to be
        compared with. Without it there is no comparison.
    name : str, optional
        What the report calls the network; None: its own name.
    most : int, default 8
        Of so many columns, the most important ones, it is told what they do and what happens when
        they fail.
    worst_rows : int, default 10
        How many of the rows with the largest losses are shown.
    language : {"en", "ko"}, optional
        The language of all texts; None: that which is spoken.
    seed : int, default 0
        Settles all that is drawn at random.
    encoding : str, optional
        What a CSV or TSV file is written in; None: its bytes tell.
    on_step : callable, optional
        Called with what is done next, in words.

    Returns
    -------
    TableReport
        The numbers; its method `save` writes the page.

    Raises
    ------
    InputError, FileFormatError, OSError
        A model of something else, a table that cannot be read, lacks columns or the target, or a
        `trained_on` that is not the file that was trained on.

    Examples
    --------
    >>> from badak import tables
    >>> path = getfixture("tmp_path") / "sums.csv"
    >>> rows = "".join(f"{i % 7},{i % 5},{i % 7 + 2 * (i % 5)}\n" for i in range(140))
    >>> _ = path.write_text("a,b,sum\n" + rows)
    >>> data = tables.load(path, target="sum", task="regression")
    >>> model = tables.make_network(data, units=(16,))
    >>> _ = tables.train(model, data, epochs=60)
    >>> told = report(model, path)
    >>> told.count, list(told.scores)[:2]
    (28, ['network', 'linear regression'])
    >>> told.save(path.with_suffix(".html"))
    """
    check_whole(most, "most")
    check_whole(worst_rows, "worst_rows")
    check_seed(seed)
    with spoken(language):
        return _Making(model, table, encoding, seed, on_step or (lambda _: None)).report(
            trained_on, name or model.name, most, worst_rows
        )


class _Making:
    """The steps of one report."""

    def __init__(
        self,
        model: Sequential,
        table: Any,
        encoding: str | None,
        seed: int,
        on_step: Callable[[str], object],
    ) -> None:
        self.model, self.table, self.encoding, self.seed = model, table, encoding, seed
        self.on_step = on_step
        self.prepare = TablePreparation.of(model)
        self.file: TableFile
        if isinstance(table, str | os.PathLike):
            self.file = open_table(table, self.prepare.missing, encoding)
            self.called = self.file.path.name
        else:
            self.file = FrameTable(table, missing=self.prepare.missing)
            self.called = message("a table in memory")
        check_column(
            self.prepare.target.name, self.file.columns, self.called, message("the target")
        )
        self.rows = AskedRows.of(self.prepare, table, encoding)

    def report(
        self,
        trained_on: str | os.PathLike[str] | None,
        name: str,
        most: int,
        worst_rows: int,
    ) -> TableReport:
        """Return the report."""
        prepare, target, seed = self.prepare, self.prepare.target, self.seed
        train_rows = self._train_rows(trained_on)
        self.on_step(message("reading the table"))
        held = holdings(prepare.columns, self.rows.chunks())
        remarks = [*of_file(self.file.remarks), *of_columns(prepare.columns, self.rows.chunks())]
        places, said = self._drawn(self.rows.to_test)
        findings = Findings()
        x = self.rows.features(places, findings)
        assert self.rows.y is not None
        y = self.rows.y[places]
        answers = self.model.predict(x)
        rivals, copies, train_count = list[Rival](), None, 0
        if train_rows is not None:
            self.on_step(message("training models to compare with"))
            train_places, _ = self._drawn(train_rows.span)
            assert train_rows.y is not None
            train = train_rows.features(train_places, Findings()), train_rows.y[train_places]
            train_count = len(train_places)
            copies = _copies(train, (x, y))
            rivals = rivals_of(prepare, train, x, seed)
        self.on_step(message("scoring, and drawing the rows again and again"))
        asked = {NETWORK: answers, **{r.name: r.answers for r in rivals if r.answers is not None}}
        measures = [
            counting_measures(target, y, each, prepare.decide(each)) for each in asked.values()
        ]
        groups = self._groups(places)
        drawn = bootstrap(measures, len(y), groups=groups, seed=seed)
        scores = dict(zip(asked, drawn, strict=True))
        self.on_step(message("asking which columns matter"))
        explanation = explain(
            self.model,
            self.table,
            repeats=REPEATS,
            columns=most,
            seed=seed,
            encoding=self.encoding,
        )
        self.on_step(message("taking the worst answers apart"))
        mistakes = self._mistakes(places, y, answers, worst_rows)
        self.on_step(message("changing columns, to see what spoils the answers"))
        return TableReport(
            name,
            self.called,
            prepare,
            self.rows.words + said,
            len(y),
            self.rows.trained,
            self._suspicious,
            copies,
            train_count,
            held,
            [*map(str, remarks), *tell(findings)],
            y,
            answers,
            rivals,
            scores,
            None if groups is None else int(groups.max()) + 1,
            self._calibration(y, answers),
            self._bias(y, answers, groups),
            explanation,
            mistakes,
            self._hazards([each.column for each in explanation.dependences[:most]]),
            seed,
            language(),
        )

    def _train_rows(self, trained_on: str | os.PathLike[str] | None) -> AskedRows | None:
        """Return the table whose `span` are the training rows, if there is one."""
        if trained_on is None:
            return self.rows if self.rows.trained else None
        if self.rows.trained and os.path.realpath(trained_on) == os.path.realpath(self.table):
            return self.rows
        if self.rows.trained:
            raise InputError(
                message(
                    "{table} is the file that was trained on already: leave {path} out",
                    table=self.called,
                    path=Path(trained_on),
                )
            )
        found = AskedRows.of(self.prepare, trained_on, None)
        if not found.trained:
            source = self.prepare.source
            raise InputError(
                message(
                    "{path} is not the file that was trained on, which was called {name!r} and had "
                    "{rows:,} rows and {size:,} bytes: give that, or leave it out",
                    path=Path(trained_on),
                    name=source.name,
                    rows=source.rows,
                    size=source.size,
                )
                if source is not None
                else message(
                    "the model does not know the file that it was trained on: leave {path} out",
                    path=Path(trained_on),
                )
            )
        return found

    @property
    def _suspicious(self) -> bool:
        source = self.prepare.source
        return (
            not self.rows.trained and source is not None and source.rows == len(self.rows.to_test)
        )

    def _drawn(self, chosen: Array) -> tuple[Array, str]:
        """Return the places of rows, of many some drawn at random, and what is to be said of it."""
        places = np.flatnonzero(chosen)
        most = max(min(MOST_ROWS, MOST_CELLS // len(self.prepare.features)), 1)
        if len(places) <= most:
            return places, ""
        drawn = np.random.default_rng(self.seed).choice(places, most, replace=False)
        return np.sort(drawn), message(", {count:,} of them drawn at random", count=most)

    def _calibration(self, y: Array, answers: Array) -> Calibration | None:
        if not self.prepare.target.classes:
            return None
        if answers.shape[1] == 2:
            return calibration(answers[:, 1], y == 1, seed=self.seed)
        return calibration(answers.max(axis=1), answers.argmax(axis=1) == y, seed=self.seed)

    def _groups(self, places: Array) -> Array | None:
        """Return the group of each of these rows, where rows were split by groups."""
        source = self.prepare.source
        by = None if source is None else source.split
        if by is None or by.way != GROUP or by.name not in self.file.columns:
            return None
        chosen = np.zeros(len(self.rows.to_test), bool)
        chosen[places] = True
        return np.unique(read_all(self.file, by, chosen), return_inverse=True)[1]

    def _bias(self, y: Array, answers: Array, groups: Array | None) -> Interval | None:
        if self.prepare.target.classes:
            return None
        errors = answers[:, 0].astype(np.float64) - y

        def measure(counts: Array) -> dict[str, Array]:
            return {"bias": counts @ errors / counts.sum(axis=1)}

        [found] = bootstrap([measure], len(errors), groups=groups, seed=self.seed)
        return found.interval("bias")

    def _mistakes(self, places: Array, y: Array, answers: Array, most: int) -> list[Mistake]:
        target = self.prepare.target
        losses = row_losses(target, y, answers)
        chosen = worst(losses, most)
        if target.classes:
            wrong = chosen[self.prepare.decide(answers[chosen]) != y[chosen]]
            chosen = wrong if len(wrong) else chosen[:LEAST_SURE]
        if not len(chosen):
            return []
        rows = places[chosen]
        where = places_of(self.rows.chunks(), rows)
        decided = self.prepare.decide(answers[chosen]) if target.classes else np.zeros_like(chosen)
        parts = {
            each.row: each
            for answer in np.unique(decided).tolist()
            for each in explain_rows(
                self.model,
                self.table,
                [int(row) + 1 for row in rows[decided == answer]],
                target=answer if target.classes else None,
                method="shapley" if self.model.count_params() > MANY_PARAMETERS else "auto",
                seed=self.seed,
                encoding=self.encoding,
            )
        }
        return [
            mistake(target, place, float(y[k]), answers[k], said, float(losses[k]), parts[row + 1])
            for place, k, row, said in zip(
                where, chosen, rows.tolist(), decided.tolist(), strict=True
            )
        ]

    def _hazards(self, names: list[str]) -> list[Hazard]:
        places = self.rows.sample(self.rows.to_test, np.random.default_rng(self.seed))
        assert self.rows.y is not None
        values = self.rows.values(places)
        dates = {
            column.name: values[column.name]
            for column in self.prepare.columns
            if isinstance(column, Date)
        }
        return hazards(
            self.model,
            self.prepare,
            self.rows.features(places, Findings()),
            self.rows.y[places],
            features_of(self.prepare),
            names,
            dates,
            groups=self._groups(places),
            seed=self.seed,
        )


def _copies(train: tuple[Array, Array], scored: tuple[Array, Array]) -> int:
    """Return how many of the scored rows are training rows in all features and the target."""
    known = set(_bytes(*train))
    return sum(each in known for each in _bytes(*scored))


def _bytes(x: Array, y: Array) -> Iterator[bytes]:
    for row, target in zip(x, y.tolist(), strict=True):
        yield row.tobytes() + repr(target).encode()
