"""What looks at one run: with a network of its own, as often as training can bear."""

import copy
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from badak import Sequential
from badak.lab import health
from badak.lab.frames import Pieces, pieces
from badak.lab.run import Run, Snapshot
from badak.lab.views import Answers, Look, Scene, quietly, seen

SHARE = 0.1
"""Of the time that frames may take while a run trains."""
CHEAP, OFTEN = 0.0125, 0.035
"""Frames that take less than so many seconds may come this often all the same."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a frame shows of a moment."""

    snapshot: Snapshot
    arrays: Pieces
    sample: int
    """The sample that is shown: in slow motion the one that is trained on."""
    answered_at: int
    """The step that the answers to the test samples are of."""


class Eyes:
    """Looks at one run: keeps a network of its own, which takes the weights of each moment.

    Parameters
    ----------
    run : Run
        The run.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.lock = threading.Lock()
        self._twin: tuple[Snapshot, Sequential] | None = None
        self._scene: Scene
        self._answers = Answers()
        self._looked: tuple[Snapshot, Look] | None = None
        self._next = self._last = 0.0

    def wait(self) -> float:
        """Return how many seconds a frame has to wait, so that frames do not delay training."""
        return max(0.0, self._next - time.perf_counter()) if self.run.pace.going else 0.0

    def look(self) -> Look:
        """Return the run as it is now, to be worked out here."""
        return self._look_at(self._take())

    def see(self, views: Sequence[str], sample: int, grid: int) -> Seen:
        """Return the arrays of these views of the run as it is now, and note what ails it."""
        snapshot = self._take()
        if snapshot.stage is not None and self.run.pace.staged:
            sample = snapshot.stage["sample"]
        if grid not in self._scene.grids:
            spec = snapshot.recipe["data"]
            points = snapshot.data.grid(grid, spec.get("plane"), spec.get("held"))
            self._scene.grids = {grid: points}
        inspect = health.is_due(self.run, snapshot)
        with quietly():
            look = self._look_at(snapshot)
            if inspect:  # which has a time of its own
                health.note(self.run, snapshot, health.diagnose(look))
            started = time.thread_time()
            arrays = pieces(seen(look, views, sample, grid))
            self._spent(time.thread_time() - started)
        return Seen(snapshot, arrays, sample, self._answers.step)

    def _take(self) -> Snapshot:
        """Take the run's next moment, and have the network and data that it is of."""
        snapshot = self.run.looked_at()
        known = None if self._twin is None else self._twin[0]
        if (
            known is None
            or known.model is not snapshot.model
            or known.recipe is not snapshot.recipe
        ):
            self._twin = snapshot, copy.deepcopy(snapshot.model)
            self._scene = Scene.of(snapshot.data, snapshot.recipe["data"])
            self._answers = Answers()
        return snapshot

    def _model(self, snapshot: Snapshot) -> Sequential:
        assert self._twin is not None
        return self._twin[1]

    def _look_at(self, snapshot: Snapshot) -> Look:
        if self._looked is None or self._looked[0] is not snapshot:
            model = self._model(snapshot)
            model.parameters.vector[...] = snapshot.vector
            model.step = snapshot.model_step
            look = Look(snapshot.number, snapshot.step, model, self._scene, self._answers)
            self._looked = snapshot, look
        return self._looked[1]

    def _spent(self, seconds: float) -> None:
        """Note what a frame has cost; what is compiled costs it once, and does not count."""
        self._last, seconds = seconds, min(seconds, self._last)
        gap = seconds / SHARE
        if seconds < CHEAP:
            gap = min(gap, OFTEN)
        self._next = time.perf_counter() + gap - seconds
