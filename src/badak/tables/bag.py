"""A bag of networks for a table: several kinds, each on several folds, made into one network."""

import itertools
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.language import message
from badak.activations import softmax
from badak.callbacks import Callback
from badak.engine import allowed_threads
from badak.errors import DivergedError
from badak.layers import Activation, Ensemble, Input, Layer, Rescaling
from badak.network.sequential import Sequential
from badak.tables import intervals
from badak.tables.blend import blend, sureness
from badak.tables.efforts import Effort, NetworkTrained, folds_for, networks_for
from badak.tables.judging import Judge, judge_of
from badak.tables.loading import TableData
from badak.tables.members import (
    Clock,
    Cycles,
    Member,
    Rows,
    count_of,
    front_for,
    make_member,
    optimizer_for,
)
from badak.tables.network import compile_network, weights_of
from badak.tables.splits import ALWAYS
from badak.tables.states import state_paths
from badak.training import History
from badak.training.loop import check_state
from badak.training.many import fit_many
from badak.typing import Array

COPIES = 512 * 2**20
"""Bytes of training rows that networks may have copies of at the same time."""


OnTrained = Callable[[NetworkTrained], None]


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
    trained = _train(members, x, y, row_weights, time_limit, checkpoint, on_trained)
    learnt, diverged, interrupted = trained
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
    model, weights, rows, answers = _together(data, learnt, x, y, row_weights, name, seed, judge)
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
    parts = [_parts(data, effort.folds, seed + repeat) for repeat in range(effort.repeats)]
    return np.unique(np.concatenate([count[left] for _, left in itertools.chain(*parts)]))


def _members(
    data: TableData, effort: Effort, seed: int, judge: Judge | None = None
) -> Iterator[Member]:
    train, validate, _ = data.counts
    x, classes = data.x[: train + validate], len(data.preparation.target.classes)
    outputs, y = max(1, classes), data.learnable(data.y[: train + validate])
    encoded = {kind.intervals for kind in effort.kinds}
    fronts = {intervals: front_for(intervals, x[:train], seed) for intervals in encoded}
    number = itertools.count(seed)
    for repeat in range(effort.repeats):
        parts = [*_parts(data, effort.folds, seed + repeat)]
        for kind in effort.kinds:
            for trained, left in parts:
                front, watching = fronts[kind.intervals], judge
                if judge is not None and not judge.can_judge(y[left], outputs):
                    watching = None
                yield make_member(kind, x, outputs, front, trained, left, next(number), watching)


def _parts(data: TableData, most: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield the rows that a network of each kind is trained on, and those that it leaves out.

    Where rows are to validate with, it is one network: the rows lie together, and are not copied.
    """
    train, validate, _ = data.counts
    count = folds_for(train)
    fold = data.folds(count, seed) if count and not validate else np.zeros(0, np.int64)
    made = int(fold.max(initial=ALWAYS)) + 1  # fewer where rows are split by a column of few values
    if not made:  # also where each row is the only one of its class
        yield slice(0, train), slice(train, train + validate)
    for left in range(min(networks_for(train, most), made)):
        yield np.flatnonzero(fold != left), np.flatnonzero(fold == left)


class _Told(Callback):
    """Reports the end of one network's training, and notes whether its loss became infinite."""

    every_batch = False

    def __init__(self, member: Member, ended: Callable[[Member], None]) -> None:
        self._member = member
        self._ended = ended
        self.diverged = False

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> str:
        """Note it."""
        self.diverged = True
        return ""

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Report it."""
        self._ended(self._member)


def _train(
    members: Sequence[Member],
    x: Array,
    y: Array,
    weights: Array | None,
    time_limit: float | None,
    checkpoint: Path | None,
    on_trained: OnTrained | None,
) -> tuple[list[Member], int, bool]:
    """Return those that have learnt something, how many diverged, and whether Ctrl-C ended it."""
    done = itertools.count(1)
    one_at_a_time = threading.Lock()

    def ended(member: Member) -> None:
        if on_trained is None or not member.history.epoch:  # Ctrl-C came in its first
            return
        with one_at_a_time:
            epochs = len(member.history.epoch)
            kind, best, shown = member.kind.name, member.best, member.watched_in_words
            on_trained(NetworkTrained(next(done), len(members), kind, epochs, best, shown))

    until = None if time_limit is None else time.monotonic() + time_limit
    states = [None] * len(members) if checkpoint is None else state_paths(checkpoint, len(members))
    told = [_Told(member, ended) for member in members]
    for number, state in enumerate(states):
        if state is not None and state.exists():
            check_state(**_run(members[number], x, y, weights, told[number], None, state))
    interrupted = False
    threads = allowed_threads()
    at_once = threads if until is not None else max(threads, COPIES // max(1, x.nbytes))
    for start in range(0, len(members), at_once):
        chosen = range(start, min(start + at_once, len(members)))
        share = None
        if until is not None:
            now = time.monotonic()
            if now > until and start:
                break
            share = now + (until - now) * len(chosen) / (len(members) - start)
        runs = [_run(members[n], x, y, weights, told[n], share, states[n]) for n in chosen]
        try:
            fit_many(runs)
        except ExceptionGroup as errors:
            _, others = errors.split(DivergedError)
            if others is not None:
                raise others.exceptions[0] from None
        interrupted = any(members[n].history.interrupted for n in chosen)
        if interrupted:
            break
    learnt = [
        member
        for member, each in zip(members, told, strict=True)
        if member.history.epoch and not each.diverged
    ]
    return learnt, sum(each.diverged for each in told), interrupted


def _run(
    member: Member,
    x: Array,
    y: Array,
    weights: Array | None,
    told: Callback,
    until: float | None,
    state: Path | None,
) -> dict[str, Any]:
    """Return what fit_many takes."""
    trained, left_out = member.trained, member.left_out
    watches = count_of(left_out) > 0
    watching: list[Callback] = [told]
    if watches:
        watching.insert(0, Cycles(member.first_cycle, until, member.watched))
    elif until is not None:
        watching.insert(0, Clock(until))
    watched: tuple[Array, ...] = x[left_out], y[left_out]
    if weights is not None:
        watched = *watched, weights[left_out]
    return {
        "model": member.model,
        "x": x[trained],
        "y": y[trained],
        "validation_data": watched if watches else None,
        "sample_weight": None if weights is None else weights[trained],
        "batch_size": member.batch_size,
        "epochs": member.epochs,
        "callbacks": watching,
        "checkpoint": state,
    }


def _together(
    data: TableData,
    members: Sequence[Member],
    x: Array,
    y: Array,
    row_weights: Array | None,
    name: str,
    seed: int,
    judge: Judge | None,
) -> tuple[Sequential, dict[str, float], Array, Array]:
    """Return the network, the kinds' weights, and rows left out with the answers to them."""
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
    chosen = [member for member in members if weights[member.kind.name] > 0.0]
    each = [weights[member.kind.name] / counts[member.kind.name] for member in chosen]
    stack: list[Layer] = [Ensemble([member.model for member in chosen], each)]
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
