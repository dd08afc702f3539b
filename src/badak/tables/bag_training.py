"""The training of a bag's networks: side by side, within a time, each with a state on disk."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from badak.callbacks import Callback
from badak.engine import allowed_threads
from badak.errors import DivergedError
from badak.tables.efforts import NetworkTrained
from badak.tables.members import Clock, Cycles, Member, count_of
from badak.training.checkpoint import read
from badak.training.loop import check_state
from badak.training.many import fit_many
from badak.typing import Array

COPIES = 512 * 2**20
"""Bytes of training rows that networks may have copies of at the same time."""

OnTrained = Callable[[NetworkTrained], None]


@dataclass
class Runs:
    """What the trainings of a bag's networks have in common, and how far they are."""

    x: Array
    y: Array
    """Training and validation rows, and their targets as the loss takes them."""
    weights: Array | None
    """How much each row counts in the loss."""
    count: int
    """How many networks there are to train in all."""
    until: float | None
    """The time by which all are to end, as time.monotonic tells it; None: there is enough."""
    on_trained: OnTrained | None
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def train(
        self, members: Sequence[Member], states: Sequence[Path | None], until: float | None = None
    ) -> tuple[list[Member], int, bool]:
        """Train networks, going on from their states.

        `until` is when these are to end, if that is before the others.

        Returns
        -------
        learnt : list of Member
            Those that have learnt something.
        diverged : int
            How many have not since their loss became infinite.
        interrupted : bool
            Whether Ctrl-C ended it.
        """
        until = self.until if until is None else until
        told = [_Told(member, self._ended) for member in members]
        self._check(members, states)
        interrupted = False
        threads = allowed_threads()
        at_once = threads if until is not None else max(threads, COPIES // max(1, self.x.nbytes))
        for start in range(0, len(members), at_once):
            chosen = range(start, min(start + at_once, len(members)))
            share = None
            if until is not None:
                now = time.monotonic()
                if now > until and start:
                    break
                share = now + (until - now) * len(chosen) / (len(members) - start)
            runs = [self._run(members[n], told[n], share, states[n]) for n in chosen]
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

    def _check(self, members: Sequence[Member], states: Sequence[Path | None]) -> None:
        """Refuse states of another run, or damaged ones, before any work.

        All are of one run, so that the rows of one of them, which are copied to be compared, tell
        for all; a training compares its own once more.
        """
        compared = False
        for member, state in zip(members, states, strict=True):
            if state is None or not state.exists():
                continue
            if compared:
                read(state)
            else:
                check_state(**self._run(member, _Told(member, self._ended), None, state))
            compared = True

    def _ended(self, member: Member) -> None:
        if self.on_trained is None or not member.history.epoch:  # Ctrl-C came in its first
            return
        with self.lock:
            self.done += 1
            epochs = len(member.history.epoch)
            kind, best, shown = member.kind.name, member.best, member.watched_in_words
            self.on_trained(NetworkTrained(self.done, self.count, kind, epochs, best, shown))

    def _run(
        self, member: Member, told: Callback, until: float | None, state: Path | None
    ) -> dict[str, Any]:
        """Return what fit_many takes."""
        x, y, weights = self.x, self.y, self.weights
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
