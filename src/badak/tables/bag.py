"""A bag of networks for a table: several kinds, each on several folds, made into one network."""

import itertools
import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.language import message
from badak.activations import softmax
from badak.errors import DivergedError
from badak.layers import Activation, Ensemble, Input, Layer, Rescaling
from badak.network.sequential import Sequential
from badak.tables import intervals
from badak.tables.bag_training import OnTrained, Runs
from badak.tables.blend import blend, sureness
from badak.tables.efforts import Effort, folds_for, networks_for
from badak.tables.judging import Judge, judge_of
from badak.tables.loading import TableData
from badak.tables.members import (
    Member,
    Rows,
    front_for,
    make_member,
    optimizer_for,
)
from badak.tables.network import compile_network, weights_of
from badak.tables.splits import ALWAYS
from badak.tables.states import state_paths
from badak.tables.ways import TIME
from badak.training import History
from badak.typing import Array


@dataclass(frozen=True)
class Bag:
    """The network that the trained ones make together, and what it says of rows left out."""

    model: Sequential
    weights: dict[str, float]
    """How much each kind of networks counts, by its name; they add up to 1."""
    history: History
    """Of each epoch the means over the networks that had it."""
    networks: int
    """How many there are together."""
    batch_size: int
    """Rows of a step."""
    epochs: int
    """How many there could be of each network."""
    diverged: int
    """How many were left out since their loss became infinite."""
    by_loss: int
    """How many ended by their loss although there is a metric: the rows that they left out lack
    what it needs, such as all classes."""
    passed_over: int
    """How many were left out since their kind shares no row left out with the others, by which to
    weigh it: other networks diverged or had no time."""
    left_out: Array
    """The numbers (rows,) of the training or validation rows to which networks of each kind have
    answered that were not trained on them."""
    answers: Array
    """What the bag answers to them by those networks alone, (rows, outputs)."""


def train_bag(
    data: TableData,
    effort: Effort,
    *,
    seed: int = 0,
    name: str = "table",
    time_limit: float | None = None,
    checkpoint: Path | None = None,
    on_trained: OnTrained | None = None,
    class_weight: Any = None,
    metric: str | None = None,
    threshold: float | str | None = None,
) -> Bag:
    """Train the networks of an effort, each on several folds of the training rows, as one.

    Parameters
    ----------
    data : TableData
        The table. Where it has rows to validate with, one network of each kind is trained, and
        watched with these; else each leaves a fold of the training rows out.
    effort : Effort
        The kinds of networks, and how many of each.
    seed : int, default 0
        Settles the folds, initial weights, order of rows and noise.
    name : str, default "table"
        The network's name.
    time_limit : float, optional
        Seconds after which the networks that are trained end, at the end of a cycle if they can,
        and no further one begins. What comes of it depends on the machine.
    checkpoint : Path, optional
        Where the networks' states are kept; see :func:`badak.tables.states.state_paths`.
    on_trained : callable, optional
        Called with :class:`NetworkTrained` after each network, from any thread.
    class_weight : dict, "balanced" or None, optional
        Weights of the classes, by their numbers, in the losses of the networks.
    metric : str, optional
        What tells the networks' best epochs and the kinds' weights; None: the loss.
    threshold : float or "best", optional
        What classes will be decided by: a metric of decisions judges by it; with "best", which is
        chosen by the metric afterwards, the loss does.

    Returns
    -------
    Bag
        Of classes the networks' logits are averaged: the answer is the softmax of their mean, as
        sure as is best on the rows left out.

    Raises
    ------
    DivergedError
        All networks' losses became infinite.
    KeyboardInterrupt
        Ctrl-C before any network had an epoch behind it.
    """
    count = data.counts[0] + data.counts[1]
    if not data.preparation.target.classes:
        Rescaling(*reversed(data.scale))  # refuses what float32 does not hold, before any work
    x, y = data.x[:count], data.learnable(data.y[:count])
    judge = judge_of(metric, data, threshold)
    members = list(_members(data, effort, seed, judge))
    row_weights = None if class_weight is None else weights_of(data, class_weight)[y]
    again = _by_time(data)
    count = len(members) * (2 if again else 1)
    now = time.monotonic()
    until = None if time_limit is None else now + time_limit
    runs = Runs(x, y, row_weights, count, until, on_trained)
    states: list[Path | None] = [None] * count
    if checkpoint is not None:
        states = [*state_paths(checkpoint, count)]
    half = now + time_limit / 2.0 if again and time_limit is not None else None
    learnt, diverged, interrupted = runs.train(members, states[: len(members)], half)
    if not learnt:
        if interrupted:
            raise KeyboardInterrupt
        raise DivergedError(
            message(
                "all {count} networks diverged: look for features of extreme values",
                count=diverged,
            )
        )
    comparable = _comparable(learnt, len(x))
    passed_over = len(learnt) - len(comparable)
    learnt = comparable
    models = [member.model for member in learnt]
    if again and not interrupted:
        places = [members.index(member) for member in learnt]
        states = [states[len(members) + place] for place in places]
        models, interrupted = _relearnt(learnt, data, runs, states, seed)
    together = _together(data, learnt, models, x, y, row_weights, name, seed, judge)
    model, weights, rows, answers = together
    return Bag(
        model,
        weights,
        _mean_history(learnt, interrupted),
        networks=len(learnt),
        batch_size=learnt[0].batch_size,
        epochs=max(member.epochs for member in learnt),
        diverged=diverged,
        by_loss=0 if judge is None else sum(member.judge is None for member in learnt),
        passed_over=passed_over,
        left_out=rows,
        answers=answers,
    )


def rows_left_out(data: TableData, effort: Effort, seed: int = 0) -> Array:
    """Return which training and validation rows each kind of networks will leave out, (rows,).

    The answers to them tell how much each kind counts; none where all are trained on all rows.
    """
    count = np.arange(data.counts[0] + data.counts[1])
    parts = _parts(data, effort.folds, seed)
    return np.unique(np.concatenate([count[left] for _, left in parts]))


def _members(
    data: TableData, effort: Effort, seed: int, judge: Judge | None = None
) -> Iterator[Member]:
    train, validate, _ = data.counts
    x, classes = data.x[: train + validate], len(data.preparation.target.classes)
    outputs, y = max(1, classes), data.learnable(data.y[: train + validate])
    encoded = {kind.intervals for kind in effort.kinds}
    fronts = {intervals: front_for(intervals, x[:train], seed) for intervals in encoded}
    number = itertools.count(seed)
    parts = [*_parts(data, effort.folds, seed)]
    for kind in effort.kinds:
        for trained, left in parts:
            front, watching = fronts[kind.intervals], judge
            if judge is not None and not judge.can_judge(y[left], outputs):
                watching = None
            yield make_member(kind, x, outputs, front, trained, left, next(number), watching)


def _parts(data: TableData, most: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the rows that a network of each kind is trained on, and those that it leaves out.

    Split by time, a network learns from earlier rows only than it leaves out: those are of the
    later half, block by block, so that it has half of the rows or more.

    Where rows are to validate with, it is one network: the rows lie together, and are not copied.
    """
    train, validate, _ = data.counts
    count = folds_for(train)
    fold = data.folds(count, seed) if count and not validate else np.zeros(0, np.int64)
    made = int(fold.max(initial=ALWAYS)) + 1  # fewer where rows are split by a column of few values
    networks = networks_for(train, most)
    if not made:  # also where each row is the only one of its class
        yield slice(0, train), slice(train, train + validate)
    elif _by_time(data):
        later = range(made - made // 2, made)
        for number in sorted(itertools.islice(itertools.cycle(reversed(later)), networks)):
            yield np.flatnonzero(fold < number), np.flatnonzero(fold == number)
    else:
        for left in range(min(networks, made)):
            yield np.flatnonzero(fold != left), np.flatnonzero(fold == left)


def _together(
    data: TableData,
    members: Sequence[Member],
    models: Sequence[Sequential],
    x: Array,
    y: Array,
    row_weights: Array | None,
    name: str,
    seed: int,
    judge: Judge | None,
) -> tuple[Sequential, dict[str, float], Array, Array]:
    """Return the network, the kinds' weights, and rows left out with the answers to them.

    The answers are of the members, the network is made of `models`, one for each of them.
    """
    target = data.preparation.target
    kinds = list(dict.fromkeys(member.kind.name for member in members))
    rows, parts = _left_out_answers(kinds, members, x)
    count = None if row_weights is None else row_weights[rows]
    if not len(rows) or (count is not None and not count.any()):
        rows, count = rows[:0], None
    if judge is not None and not judge.can_judge(y[rows], parts[0].shape[1]):
        judge = None
    shares = (
        blend(parts, y[rows], count, judge and judge.loss)
        if len(rows)
        else np.full(len(kinds), 1.0 / len(kinds))
    )
    weights = {kind: float(share) for kind, share in zip(kinds, shares, strict=True)}
    answers = np.tensordot(shares, parts, 1) if len(rows) else parts[0][:0]
    counts = Counter(member.kind.name for member in members)
    each = [weights[member.kind.name] / counts[member.kind.name] for member in members]
    chosen = [(model, share) for model, share in zip(models, each, strict=True) if share > 0.0]
    stack: list[Layer] = [Ensemble(*map(list, zip(*chosen, strict=True)))]
    if target.classes:
        factor = sureness(answers, y[rows], count) if len(rows) else 1.0
        stack += [Rescaling(factor), Activation("softmax")]
        answers = softmax(factor * answers)
    else:
        mean, deviation = data.scale
        stack.append(Rescaling(deviation, mean))
        answers = answers * deviation + mean
    model = Sequential([Input((x.shape[1],)), *stack], name=name, seed=seed)
    model.class_names = list(target.classes) or None
    prepare = data.preparation
    if not target.classes and len(rows):
        known = intervals.learn(answers[:, 0], data.y[rows])
        prepare = replace(prepare, intervals=known)
    model.preparation = prepare.as_dict()
    kind = members[0].kind
    compile_network(model, data, optimizer_for(kind, kind.learning_rate))
    return model, weights, rows, answers


def _by_time(data: TableData) -> bool:
    """Whether networks leave later rows out than they learn from, to learn from all afterwards."""
    by_time = data.split_by is not None and data.split_by.way == TIME
    return by_time and not data.counts[1] and folds_for(data.counts[0]) > 0


def _relearnt(
    members: Sequence[Member], data: TableData, runs: Runs, states: Sequence[Path | None], seed: int
) -> tuple[list[Sequential], bool]:
    """Return a network for each, which has learnt from all rows, and whether Ctrl-C ended it.

    It is trained as far as was best for the network that knew the earlier rows only; where that
    failed, or its time was over, it is that network itself.
    """
    x, rows = runs.x, len(runs.x)
    fronts = {n: front_for(n, x, seed) for n in {member.kind.intervals for member in members}}
    outputs = max(1, len(data.preparation.target.classes))
    every, none = slice(0, rows), slice(rows, rows)
    again = [
        replace(
            make_member(
                each.kind, x, outputs, fronts[each.kind.intervals], every, none, each.model.seed
            ),
            length=each.length_on(rows),
        )
        for each in members
    ]
    learnt, _, interrupted = runs.train(again, states)
    whole = {id(each) for each in learnt if len(each.history.epoch) == each.epochs}
    models = [
        new.model if id(new) in whole else old.model
        for old, new in zip(members, again, strict=True)
    ]
    return models, interrupted


def _comparable(members: Sequence[Member], rows: int) -> list[Member]:
    """Return the networks of kinds that have left out the same rows, so that they can be weighed.

    Where networks diverged or had no time two kinds may share none: that with fewer rows is passed
    over.
    """
    left = dict[str, Array]()
    for member in members:
        mask = left.setdefault(member.kind.name, np.zeros(rows, bool))
        mask[member.left_out] = True
    kept, shared = set[str](), np.ones(rows, bool)
    for kind, mask in sorted(left.items(), key=lambda item: -np.count_nonzero(item[1])):
        both = shared & mask
        if not kept or both.any() or not mask.any():
            kept.add(kind)
            shared = both
    return [member for member in members if member.kind.name in kept]


def _left_out_answers(
    kinds: Sequence[str], members: Sequence[Member], x: Array
) -> tuple[Array, list[Array]]:
    """Return the rows that networks of each kind left out, and each kind's mean answers to them."""
    own = [np.arange(len(x))[member.left_out] for member in members]
    asked = np.unique(np.concatenate(own))  # of very many rows a part
    sums = {kind: np.zeros((len(asked), members[0].model.output_shape[0])) for kind in kinds}
    counts = {kind: np.zeros(len(asked)) for kind in kinds}
    for member, numbers in zip(members, own, strict=True):
        if len(numbers):
            places = np.searchsorted(asked, numbers)
            sums[member.kind.name][places] += member.model.predict(x[member.left_out])
            counts[member.kind.name][places] += 1.0
    rows = np.flatnonzero(np.all([counts[kind] > 0.0 for kind in kinds], axis=0))
    return asked[rows], [sums[kind][rows] / counts[kind][rows, np.newaxis] for kind in kinds]


def _mean_history(members: Sequence[Member], interrupted: bool) -> History:
    """Return of each epoch the means over the networks that had it."""
    histories = [member.history for member in members]
    together = History({"epochs": max(member.epochs for member in members)})
    together.interrupted = interrupted
    for epoch in range(max(len(history.epoch) for history in histories)):
        had = [history for history in histories if len(history.epoch) > epoch]
        names = had[0].history
        together.add(
            epoch, {n: math.fsum(h.history[n][epoch] for h in had) / len(had) for n in names}
        )
    return together
