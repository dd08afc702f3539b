"""From a file to training, validation and held-out data, in memory that does not grow with it.

The file is read three times: to tell kinds of columns and the task, to learn from the training
rows, and to turn all rows into numbers. These go into memory where they are few, else into a
temporary file that is mapped: the system keeps in memory what it has room for.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from badak._common.language import message
from badak.errors import InputError
from badak.preprocessing import split_stratified
from badak.tables.chunks import Chunk, TableFile, check_column, listed
from badak.tables.columns import Column, Findings, Learner
from badak.tables.dates import ORDERS
from badak.tables.defaults import CLASSIFICATION, TASKS
from badak.tables.kinds import DATE, IGNORE, KINDS, Dropped, Profile, decide
from badak.tables.preparation import Source, TablePreparation
from badak.tables.reading import open_table
from badak.tables.remarks import Remark, of_column, of_file, of_target
from badak.tables.target import Target, TargetLearner
from badak.tables.values import MISSING, Names, texts_for_missing
from badak.typing import Array

TRAIN, VALIDATE, TEST, LEFT_OUT = range(4)

IN_MEMORY = 256 * 2**20  # bytes of the prepared numbers; more are mapped from a file
LEAST_ROWS = 10
FEW_ROWS = 50
"""Fewer are all trained on: the loss of a handful says little."""


@dataclass(frozen=True)
class TableData:
    r"""A table made ready: rows to train on, to watch training with, and held out to the end.

    Parameters
    ----------
    preparation : TablePreparation
        What the training rows have shown of the columns.
    x : array of float32, (rows, features)
        Training rows first, then validation rows, then those held out.
    y : array, (rows,)
        float64 in the target's own unit, or class numbers, in the same order.
    counts : (int, int, int)
        How many rows are for training, for validation, and held out.
    reason : str
        Why the task is regression or classification.
    left_out : int, default 0
        How many rows have no target.
    findings : Findings, optional
        What rows outside the training held that it had not shown.
    remarks : tuple of Remark, optional
        What was taken of the file and its columns that may be meant otherwise: an encoding, the
        order of dates, units of numbers, codes, likely identifiers, rows left out for a word.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "squares.csv"
    >>> _ = path.write_text("side,area\n" + "".join(f"{i / 2},{i * i / 4}\n" for i in range(50)))
    >>> data = load(path, "area")
    >>> x, y = data.train
    >>> x.shape, data.counts, data.left_out
    ((36, 1), (36, 4, 10), 0)
    """

    preparation: TablePreparation
    x: Array
    y: Array
    counts: tuple[int, int, int]
    reason: str
    left_out: int = 0
    findings: Findings = field(default_factory=Findings)
    remarks: tuple[Remark, ...] = ()

    @property
    def scale(self) -> tuple[float, float]:
        """Mean and standard deviation of the training rows' numbers to predict."""
        y = self.train[1]
        return float(y.mean()), float(y.std()) or 1.0

    def learnable(self, y: Array) -> Array:
        """Return targets as a loss takes them.

        Parameters
        ----------
        y : array, (rows,)
            Class numbers, or numbers in the target's unit.

        Returns
        -------
        array, (rows,)
            Class numbers as they are; numbers standardised by :attr:`scale`, in float32.
        """
        if self.preparation.target.classes:
            return y
        mean, deviation = self.scale
        return ((y - mean) / deviation).astype(np.float32)

    def part(self, which: int) -> tuple[Array, Array]:
        """Return one part of the rows, without copying.

        Parameters
        ----------
        which : int
            TRAIN, VALIDATE or TEST of this module: 0, 1 or 2.

        Returns
        -------
        x : array of float32, (rows, features)
            The samples.
        y : array, (rows,)
            The targets.
        """
        start = sum(self.counts[:which])
        rows = slice(start, start + self.counts[which])
        return self.x[rows], self.y[rows]

    @property
    def train(self) -> tuple[Array, Array]:
        r"""Samples and targets to train on."""
        return self.part(TRAIN)

    @property
    def validation(self) -> tuple[Array, Array]:
        """Samples and targets to watch training with."""
        return self.part(VALIDATE)

    @property
    def test(self) -> tuple[Array, Array]:
        """Samples and targets held out to the end."""
        return self.part(TEST)


def load(
    path: str | os.PathLike[str],
    target: str,
    *,
    task: str = "auto",
    columns: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
    missing: Iterable[str] | None = None,
    dates: Mapping[str, str] | None = None,
    encoding: str | None = None,
    held_out: float = 0.2,
    validation: float = 0.1,
    seed: int = 0,
) -> TableData:
    r"""Return a table's rows as a network takes them, in three parts.

    Parameters
    ----------
    path : path-like
        A file that ends in .csv, .tsv (also .gz), .parquet, .arrow or .feather.
    target : str
        The column to predict. Rows without it are left out.
    task : {"auto", "regression", "classification"}, default "auto"
        "regression", "classification", or "auto": told by the target.
    columns : dict of str to str, optional
        Kinds of columns that are not to be told by what they hold: "number", "category", "date" or
        "ignore", by the column's name.
    ignore : iterable of str, optional
        Columns that are not to be used.
    missing : iterable of str, optional
        Texts that say that there is no value, as an empty cell does; None: NA, N/A, NaN, null, ?
        and their like.
    dates : dict of str to str, optional
        In which order year, month and day are written, "ymd", "dmy" or "mdy", by the column's name.
    encoding : str, optional
        What a CSV or TSV file is written in, such as "cp949"; None: its bytes tell.
    held_out : float, default 0.2
        The share of the rows that is held out.
    validation : float, default 0.1
        The share of the others that training is watched with.
    seed : int, default 0
        Settles which rows these are; of classes, each keeps its share.

    Returns
    -------
    TableData
        The rows.

    Raises
    ------
    InputError, FileFormatError, OSError
        They name the file, the column and, where there is one, the line.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "squares.csv"
    >>> rows = "".join(f"{i / 2},{i * i / 4}\n" for i in range(50))
    >>> _ = path.write_text("side,area\n" + rows)
    >>> data = load(path, "area")
    >>> data.preparation.target.task, data.preparation.features, data.counts
    ('regression', ['side'], (36, 4, 10))
    """
    if task not in TASKS:
        raise InputError(
            message("task is one of {tasks}, not {task!r}", tasks=", ".join(TASKS), task=task)
        )
    if not (0.0 < held_out < 1.0 and 0.0 <= validation < 1.0):
        raise InputError(
            message(
                "held_out {held_out} and validation {validation} are to be shares",
                held_out=held_out,
                validation=validation,
            )
        )
    words = MISSING if missing is None else texts_for_missing(missing)
    table = open_table(path, words, encoding)
    learner = TargetLearner(target)
    wishes = Wishes(columns or {}, tuple(ignore), dates or {})
    profiles = _profile(table, learner, wishes)
    goal, y, reason = learner.learnt(task)
    roles = split(goal, y, held_out, validation, seed)
    source = Source(table.path.name, table.path.stat().st_size, len(y), held_out, seed)
    prepare, remarks = _prepare(table, profiles, wishes, goal, roles, words, source)
    remarks = (*of_file(table.remarks), *of_target(learner, goal), *remarks)
    return _transform(table, prepare, y, roles, reason, remarks)


def load_rows(
    table: TableFile,
    target: Target,
    y: Array,
    wishes: "Wishes",
    *,
    missing: Names = MISSING,
    validation: float = 0.1,
    seed: int = 0,
) -> TableData:
    """Return all rows of a table to train on and to validate, given their targets.

    Parameters
    ----------
    table : TableFile
        The rows, without the target's column.
    target : Target
        What `y` is.
    y : array, (rows,)
        float64, or class numbers.
    wishes : Wishes
        What is not left to the columns' values.
    missing : tuple of str, optional
        Texts that say that there is no value.
    validation : float, default 0.1
        The share of the rows that training is watched with; none of the rows where they are few.
    seed : int, default 0
        Settles which rows these are.

    Raises
    ------
    InputError
        No column can be learnt from, or a cell is not of its column's kind.
    """
    profiles = _profile(table, None, wishes)
    roles = np.full(len(y), TRAIN, np.uint8)
    if validation > 0.0 and len(y) >= FEW_ROWS:
        strata = y if target.task == CLASSIFICATION else np.zeros(len(y), np.int8)
        _, watched = split_stratified(strata, validation, seed)
        roles[watched] = VALIDATE
    prepare, remarks = _prepare(table, profiles, wishes, target, roles, missing, None)
    return _transform(table, prepare, y, roles, "", remarks)


@dataclass(frozen=True)
class Wishes:
    """What a user says of columns, which is else told by their values."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    """"number", "category", "date" or "ignore", by the column's name."""
    ignore: Sequence[str] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    """"ymd", "dmy" or "mdy", by the column's name."""

    @property
    def all_kinds(self) -> dict[str, str]:
        """The kinds, those of columns to ignore too."""
        return {**self.kinds, **dict.fromkeys(self.ignore, IGNORE)}


def _prepare(
    table: TableFile,
    profiles: list[Profile],
    wishes: Wishes,
    target: Target,
    roles: Array,
    missing: Names,
    source: Source | None,
) -> tuple[TablePreparation, tuple[Remark, ...]]:
    """Return what the training rows have shown of the columns, and what was taken of them."""
    learners, dropped = _decide(table, profiles, wishes)
    remarks = [
        remark
        for profile in profiles
        if profile.name in learners
        for remark in of_column(profile, learners[profile.name])
    ]
    learnt = _learn(table, list(learners.values()), roles)
    return TablePreparation(target, learnt, dropped, missing, source), tuple(remarks)


def split(target: Target, y: Array, held_out: float, validation: float, seed: int) -> Array:
    """Return each row's part, (rows,): TRAIN, VALIDATE, TEST, or LEFT_OUT without a target."""
    classes = target.task == CLASSIFICATION
    known = np.flatnonzero(y >= 0 if classes else ~np.isnan(y))
    _check_rows(target.name, len(known))
    strata = y[known] if classes else np.zeros(len(known), np.int8)
    rest, test = split_stratified(strata, held_out, seed)
    roles = np.full(len(y), LEFT_OUT, np.uint8)
    roles[known[rest]], roles[known[test]] = TRAIN, TEST
    if validation > 0.0:
        _, watched = split_stratified(strata[rest], validation, seed)
        roles[known[rest[watched]]] = VALIDATE
    return roles


def _wanted_kinds(table: TableFile, target: str | None, wishes: Wishes) -> dict[str, str]:
    where = table.path.name
    if target is not None:
        check_column(target, table.columns, where, message("the target"))
    kinds = wishes.all_kinds
    for name, kind in kinds.items():
        check_column(name, table.columns, where, message("the column"))
        if kind not in KINDS:
            raise InputError(
                message(
                    "the kind of {name!r} is one of {kinds}, not {kind!r}",
                    name=name,
                    kinds=", ".join(KINDS),
                    kind=kind,
                )
            )
        if name == target:
            raise InputError(
                message(
                    "{name!r} is the target: its kind is told by --task, not as a column", name=name
                )
            )
    for name, order in wishes.dates.items():
        check_column(name, table.columns, where, message("the column"))
        if order not in ORDERS:
            raise InputError(
                message(
                    "dates of {name!r} are one of {orders}, not {order!r}",
                    name=name,
                    orders=", ".join(ORDERS),
                    order=order,
                )
            )
        if name == target or kinds.get(name, DATE) != DATE:
            told = (
                message("the target")
                if name == target
                else message("to be {kind}", kind=kinds[name])
            )
            raise InputError(
                message(
                    "{name!r} is {told}, so that it holds no dates: leave --dates out",
                    name=name,
                    told=told,
                )
            )
    return kinds


def _profile(table: TableFile, learner: TargetLearner | None, wishes: Wishes) -> list[Profile]:
    """Return what the columns hold; `learner` takes in the target's column if there is one."""
    target = None if learner is None else learner.name
    kinds = _wanted_kinds(table, target, wishes)
    profiles = [Profile(name, name in table.unnamed) for name in table.columns if name != target]
    looked_at = [profile for profile in profiles if kinds.get(profile.name) != IGNORE]
    previous: Chunk | None = None
    for chunk in table.chunks():
        if learner is not None:
            learner.add(chunk)
        _profile_chunk(looked_at, previous)
        previous = chunk
    if learner is not None:  # before the columns, which may take longer than few rows
        _check_rows(learner.name, learner.rows - learner.missing)
    _profile_chunk(looked_at, previous)
    return profiles


def _profile_chunk(profiles: list[Profile], chunk: Chunk | None) -> None:
    if chunk is not None:
        for profile in profiles:
            profile.add(chunk)


def _check_rows(target: str, known: int) -> None:
    if known < LEAST_ROWS:
        raise InputError(
            message(
                "only {known} rows have a target {target!r}: at least {least_rows} are needed, so "
                "that some can be held out",
                known=known,
                target=target,
                least_rows=LEAST_ROWS,
            )
        )


def _decide(
    table: TableFile, profiles: list[Profile], wishes: Wishes
) -> tuple[dict[str, Learner], tuple[Dropped, ...]]:
    """Return what learns each column, by its name, and the columns that are not used."""
    kinds = wishes.all_kinds
    learners, dropped = dict[str, Learner](), list[Dropped]()
    for profile in profiles:
        decided = decide(profile, kinds.get(profile.name), wishes.dates.get(profile.name))
        if isinstance(decided, Dropped):
            dropped.append(decided)
        else:
            learners[profile.name] = decided
    if not learners:
        reasons = listed(f"{column.name} ({column.told})" for column in dropped)
        raise InputError(
            message(
                "{name} has no column to learn from beside the target: {reasons}",
                name=table.path.name,
                reasons=reasons or message("none"),
            )
        )
    return learners, tuple(dropped)


def _learn(table: TableFile, learners: list[Learner], roles: Array) -> tuple[Column, ...]:
    """Return what the training rows show of the columns."""
    start = 0
    for chunk in table.chunks():
        chosen = chunk.take(roles[start : start + len(chunk)] == TRAIN)
        start += len(chunk)
        if len(chosen):
            for learner in learners:
                learner.add(chosen)
    return tuple(learner.learnt() for learner in learners)


def _transform(
    table: TableFile,
    prepare: TablePreparation,
    y: Array,
    roles: Array,
    reason: str,
    remarks: tuple[Remark, ...],
) -> TableData:
    counts = np.bincount(roles, minlength=LEFT_OUT + 1)
    used = int(counts[:LEFT_OUT].sum())
    x = _room(used, len(prepare.features))
    order = np.argsort(roles, kind="stable")[:used]
    place = np.empty(len(roles), np.int64)
    place[order] = np.arange(used)
    findings, start = Findings(), 0
    for chunk in table.chunks():
        rows = slice(start, start + len(chunk))
        start += len(chunk)
        kept = roles[rows] != LEFT_OUT
        if kept.any():
            x[place[rows][kept]] = prepare.transform(chunk.take(kept), findings)
    train, validate, test, left_out = map(int, counts)
    parts = (train, validate, test)
    return TableData(prepare, x, y[order], parts, reason, left_out, findings, remarks)


def _room(rows: int, features: int) -> Array:
    """Return an array to be filled: in memory, or mapped from a file that goes with it."""
    if 4 * rows * features <= IN_MEMORY:
        return np.empty((rows, features), np.float32)
    with tempfile.TemporaryFile(prefix="badak-") as file:  # it has no name: nothing stays behind
        if hasattr(os, "posix_fallocate"):  # a full disk is met here, not by a signal later
            os.posix_fallocate(file.fileno(), 0, 4 * rows * features)
        return np.memmap(file, np.float32, "w+", shape=(rows, features))
