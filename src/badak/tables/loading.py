"""From a file to training, validation and held-out data, in memory that does not grow with it.

The file is read three times: to tell kinds of columns and the task, to learn from the training
rows, and to turn all rows into numbers. These go into memory where they are few, else into a
temporary file that is mapped: the system keeps in memory what it has room for.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from badak._common.language import marked, message
from badak.errors import InputError
from badak.tables.chunks import Chunk, TableFile, check_column, listed
from badak.tables.columns import BoundedLearner, Column, Findings, Learner, NumberLearner
from badak.tables.dates import ORDERS
from badak.tables.defaults import CLASSIFICATION, TASKS
from badak.tables.efforts import watched_share
from badak.tables.kinds import DATE, IGNORE, KINDS, Dropped, Profile, decide
from badak.tables.leaks import find_leaks
from badak.tables.parts import (
    LEFT_OUT,
    TEST,
    TRAIN,
    VALIDATE,
    check_rows,
    folds_by,
    in_words,
    known_rows,
    of_split,
    split,
)
from badak.tables.preparation import Source, TablePreparation
from badak.tables.reading import open_table
from badak.tables.remarks import Remark, of_column, of_file, of_outliers, of_target
from badak.tables.split_column import SplitColumn, read_all, split_column
from badak.tables.splits import codes_of, folds, hold_out
from badak.tables.target import Target, TargetLearner
from badak.tables.values import MISSING, Names, texts_for_missing
from badak.tables.ways import GROUP, TIME, check_split
from badak.typing import Array, ArrayLike

IN_MEMORY = 256 * 2**20  # bytes of the prepared numbers; more are mapped from a file
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
    split_by : SplitColumn, optional
        The column whose groups are in one part each, or by whose time rows were split.
    keys : array, (rows,), optional
        What that column holds, in the order of `x`: a number for each group, or times.

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
    split_by: SplitColumn | None = None
    keys: Array | None = None

    def folds(self, k: int, seed: int = 0) -> Array:
        """Return the fold of each training row, split as the whole table was.

        Parameters
        ----------
        k : int
            How many folds there are to be, 2 or more.
        seed : int, default 0
            Settles which rows are together.

        Returns
        -------
        array of int, (training rows,)
            From 0 to k - 1, or -1 for rows that are to be trained on always; see
            :func:`badak.tables.splits.folds`. There are fewer folds where the column that rows are
            split by has fewer values.

        Raises
        ------
        InputError
            That column has one value only among the training rows.
        """
        y = self.train[1]
        labels = y if self.preparation.target.classes else None
        if self.split_by is None:
            return folds(len(y), k, seed, labels=labels)
        return folds_by(self.split_by, self.keys_of(TRAIN), k, seed, labels, len(y))

    @property
    def split_in_words(self) -> str:
        """How rows were split by a column; "" where they were drawn at random."""
        if self.split_by is None or self.keys is None:
            return ""
        keys = [self.keys_of(part)[self.split_by.argument] for part in (TRAIN, VALIDATE, TEST)]
        return in_words(self.split_by, keys)

    def keys_of(self, which: int) -> dict[str, Array]:
        """Return what keeps rows of one part together, or orders them.

        Parameters
        ----------
        which : int
            TRAIN, VALIDATE or TEST of :mod:`badak.tables.parts`: 0, 1 or 2.

        Returns
        -------
        dict of str to array
            `groups` or `times` for the functions of :mod:`badak.tables.splits`; or empty.
        """
        if self.split_by is None or self.keys is None:
            return {}
        start = sum(self.counts[:which])
        keys = self.keys[start : start + self.counts[which]]
        return {self.split_by.argument: keys}

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
            TRAIN, VALIDATE or TEST of :mod:`badak.tables.parts`: 0, 1 or 2.

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
    validation: float | None = 0.1,
    seed: int = 0,
    group: str | None = None,
    time: str | None = None,
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
        The share of the others that training is watched with. None: none of them, for networks that
        each leave a fold out; or a tenth where there are so many rows that one network of a kind is
        trained, over 100,000.
    seed : int, default 0
        Settles which rows these are; of classes, each keeps its share.
    group : str, optional
        A column: rows of one value are in one part. It is no feature, unless `columns` names it.
    time : str, optional
        A column of numbers or dates: the last rows are held out, and those before them are for
        validation, whatever the seed. It is no feature, unless `columns` names it.

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
    if not (0.0 < held_out < 1.0 and (validation is None or 0.0 <= validation < 1.0)):
        raise InputError(
            message(
                "held_out {held_out} and validation {validation} are to be shares",
                held_out=held_out,
                validation=validation,
            )
        )
    check_split(group, time, target)
    words = MISSING if missing is None else texts_for_missing(missing)
    table = open_table(path, words, encoding)
    learner = TargetLearner(target)
    wishes = Wishes(columns or {}, tuple(ignore), dates or {}, group, time)
    profiles = _profile(table, learner, wishes)
    goal, y, reason = learner.learnt(task)
    by = _split_column(table, profiles, wishes)
    keys = None if by is None else read_all(table, by, known_rows(goal, y))
    share = watched_share(len(y)) if validation is None else validation
    roles = split(goal, y, held_out, share, seed, by, keys)
    source = Source(table.path.name, table.path.stat().st_size, len(y), held_out, seed, by)
    prepare, remarks = _prepare(table, profiles, wishes, goal, roles, words, source)
    of_parts = () if by is None else of_split(by, goal, y, roles)
    remarks = (*of_file(table.remarks), *of_target(learner, goal), *of_parts, *remarks)
    data = _transform(table, prepare, y, roles, reason, remarks)
    like_keys = {profile.name for profile in profiles if profile.like_keys}
    leaks = find_leaks(prepare, data.x, data.y, data.counts, like_keys, seed)
    data = replace(data, remarks=(*remarks, *leaks))
    if keys is None:
        return data
    order = np.argsort(roles[roles != LEFT_OUT], kind="stable")
    return replace(data, split_by=by, keys=keys[order])


def load_rows(
    table: TableFile,
    target: Target,
    y: Array,
    wishes: "Wishes",
    *,
    missing: Names = MISSING,
    validation: float | None = 0.1,
    seed: int = 0,
    groups: ArrayLike | None = None,
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
        None as in :func:`load`.
    seed : int, default 0
        Settles which rows these are.
    groups : array_like, (rows,), optional
        Rows of one value are all trained on or all watched.

    Raises
    ------
    InputError
        No column can be learnt from, or a cell is not of its column's kind.
    """
    profiles = _profile(table, None, wishes)
    roles = np.full(len(y), TRAIN, np.uint8)
    validation = watched_share(len(y)) if validation is None else validation
    if validation > 0.0 and len(y) >= FEW_ROWS:
        labels = y if target.task == CLASSIFICATION else None
        _, watched = hold_out(len(y), validation, seed, labels=labels, groups=groups)
        roles[watched] = VALIDATE
    prepare, remarks = _prepare(table, profiles, wishes, target, roles, missing, None)
    data = _transform(table, prepare, y, roles, "", remarks)
    if groups is None:
        return data
    keys = codes_of(groups, len(y), "groups")[np.argsort(roles, kind="stable")]
    return replace(data, split_by=SplitColumn("groups", GROUP), keys=keys)


@dataclass(frozen=True)
class Wishes:
    """What a user says of columns, which is else told by their values."""

    kinds: Mapping[str, str] = field(default_factory=dict)
    """"number", "category", "date" or "ignore", by the column's name."""
    ignore: Sequence[str] = ()
    dates: Mapping[str, str] = field(default_factory=dict)
    """"ymd", "dmy" or "mdy", by the column's name."""
    group: str | None = None
    time: str | None = None
    """The column that rows are split by."""

    @property
    def all_kinds(self) -> dict[str, str]:
        """The kinds, those of columns to ignore too."""
        return {**self.kinds, **dict.fromkeys(self.ignore, IGNORE)}

    @property
    def split_by(self) -> str | None:
        """The column that rows are split by, whichever way."""
        return self.time if self.group is None else self.group

    def only_splits(self, name: str) -> bool:
        """Whether a column is there to split by, and is not wished for as a feature too."""
        return name == self.split_by and name not in self.all_kinds


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
    learnt, far = _learn(table, list(learners.values()), roles)
    remarks += map(of_outliers, far)
    return TablePreparation(target, learnt, dropped, missing, source), tuple(remarks)


def _split_column(table: TableFile, profiles: list[Profile], wishes: Wishes) -> SplitColumn | None:
    name = wishes.split_by
    if name is None:
        return None
    [profile] = [profile for profile in profiles if profile.name == name]
    way = TIME if wishes.group is None else GROUP
    return split_column(table, profile, way, wishes.dates.get(name))


def _wanted_kinds(table: TableFile, target: str | None, wishes: Wishes) -> dict[str, str]:
    where = table.path.name
    if target is not None:
        check_column(target, table.columns, where, message("the target"))
    kinds = wishes.all_kinds
    if wishes.split_by is not None:
        what = message("the column to split by")
        check_column(wishes.split_by, table.columns, where, what)
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
        read = (DATE, IGNORE) if name == wishes.time else (DATE,)
        if name == target or kinds.get(name, DATE) not in read:
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
    looked_at = [
        profile
        for profile in profiles
        if kinds.get(profile.name) != IGNORE or profile.name == wishes.split_by
    ]
    previous: Chunk | None = None
    for chunk in table.chunks():
        if learner is not None:
            learner.add(chunk)
        _profile_chunk(looked_at, previous)
        previous = chunk
    if learner is not None:  # before the columns, which may take longer than few rows
        check_rows(learner.name, learner.rows - learner.missing)
    _profile_chunk(looked_at, previous)
    return profiles


def _profile_chunk(profiles: list[Profile], chunk: Chunk | None) -> None:
    if chunk is not None:
        for profile in profiles:
            profile.add(chunk)


def _decide(
    table: TableFile, profiles: list[Profile], wishes: Wishes
) -> tuple[dict[str, Learner], tuple[Dropped, ...]]:
    """Return what learns each column, by its name, and the columns that are not used."""
    kinds = wishes.all_kinds
    learners, dropped = dict[str, Learner](), list[Dropped]()
    for profile in profiles:
        if wishes.only_splits(profile.name):
            dropped.append(Dropped(profile.name, marked("rows are split by it")))
            continue
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


def _learn(
    table: TableFile, learners: list[Learner], roles: Array
) -> tuple[tuple[Column, ...], list[BoundedLearner]]:
    """Return what the training rows show of the columns, and those of a few absurd numbers.

    Only for these the rows are read once more.
    """
    _teach(table, learners, roles)
    limits = [each.limits if isinstance(each, NumberLearner) else None for each in learners]
    bounded = {
        each.name: BoundedLearner(each, limit)
        for each, limit in zip(learners, limits, strict=True)
        if isinstance(each, NumberLearner) and limit is not None
    }
    if bounded:
        _teach(table, [*bounded.values()], roles)
    columns = tuple(bounded.get(each.name, each).learnt() for each in learners)
    return columns, [each for each in bounded.values() if each.few]


def _teach(table: TableFile, learners: Sequence[Learner | BoundedLearner], roles: Array) -> None:
    """Let them take in the training rows."""
    start = 0
    for chunk in table.chunks():
        chosen = chunk.take(roles[start : start + len(chunk)] == TRAIN)
        start += len(chunk)
        if len(chosen):
            for learner in learners:
                learner.add(chosen)


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
