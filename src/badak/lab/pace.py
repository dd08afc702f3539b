"""How fast a run goes: by steps, by epochs, by samples a second, or as fast as the engine can."""

import time
from typing import TYPE_CHECKING, Any

from badak.callbacks import Callback

if TYPE_CHECKING:
    from badak.lab.run import Run

STAGED = 8.0
"""Samples a second up to which each one is shown forward, backward and in the update."""
A_MOMENT = 0.3
"""Seconds for which a pause waits for the epoch's end."""
SLOWEST, FASTEST = 0.05, 1e7


class Pace:
    """What a run has been asked for; all of it is read and set with the run's lock held."""

    def __init__(self) -> None:
        self.speed: float | None = None
        """Samples a second; None is as many as the engine can."""
        self.playing = False
        self._steps = 0
        self._epochs = 0
        self._paused = self._due = 0.0

    @property
    def going(self) -> bool:
        """Whether more is to be trained."""
        return self.playing or self._steps > 0 or self._epochs > 0

    @property
    def each_step(self) -> bool:
        """Whether the engine is to stop after each step."""
        return self.speed is not None or self._steps > 0

    @property
    def staged(self) -> bool:
        """Whether each sample is shown by itself."""
        return self.speed is not None and self.speed <= STAGED

    def play(self) -> None:
        """Go on until a pause."""
        self._go_on(playing=True)

    def pause(self) -> None:
        """Stop."""
        self.playing, self._steps, self._epochs = False, 0, 0
        self._paused = time.monotonic()

    def take_steps(self, count: int) -> None:
        """Go on for so many steps."""
        self._go_on(steps=count)

    def take_epochs(self, count: int) -> None:
        """Go on to the end of so many epochs."""
        self._go_on(epochs=count)

    def _go_on(self, *, playing: bool = False, steps: int = 0, epochs: int = 0) -> None:
        self.playing, self._steps, self._epochs = playing, steps, epochs
        self._due = self._paused = 0.0

    def step_taken(self) -> None:
        """Count a step."""
        self._steps = max(0, self._steps - 1)

    def epoch_over(self) -> None:
        """Count an epoch."""
        self._epochs = max(0, self._epochs - 1)

    @property
    def stops_here(self) -> bool:
        """Whether the run stops at the end of the epoch that it is in."""
        return not self.playing and self._steps == 0 and self._epochs == 0

    def may_pass(self, *, at_end: bool) -> bool:
        """Return whether the run may go on; a pause within an epoch lets a short one end."""
        if self.going:
            return True
        moment = self._paused > 0.0 and time.monotonic() - self._paused < A_MOMENT
        return not at_end and moment and self.speed is None

    def delay(self, samples: int) -> float:
        """Return how many seconds to wait after a step of so many samples."""
        if self.speed is None:
            return 0.0
        now = time.monotonic()
        if self._due < now - A_MOMENT:
            self._due = now
        self._due += samples / self.speed
        return max(0.0, self._due - now)


class Watch(Callback):
    """What a run's calls of fit are watched and paced by."""

    def __init__(self, run: "Run") -> None:
        self._run = run

    @property
    def every_batch(self) -> bool:  # type: ignore[override]
        """Whether the engine is to stop after each step: asked before each."""
        return self._run.pace.each_step and not self._run.leaving

    def set_run(self, run: Any) -> None:
        """Keep the run, which knows the order of the samples."""
        self._steps = run.steps

    def on_train_batch_begin(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """In slow motion, show each sample of the batch going forward and back."""
        if not self._run.pace.staged:
            return
        size = self._steps.batch_size
        for sample in self._steps.order[batch * size : (batch + 1) * size].tolist():
            for stage in ("forward", "backward"):
                speed = self._run.pace.speed
                if not self._run.pace.staged or speed is None or self._run.leaving:
                    return
                self._run.shows(stage, sample, 0.5 / speed)

    def on_train_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        """Tell what was done, and wait where the run is to wait."""
        run, steps = self._run, self._steps
        done = min((batch + 1) * steps.batch_size, len(steps.order))
        samples, run.position, run.running = done - run.position, done, logs["loss"]
        run.seen_samples += samples
        run.pace.step_taken()
        speed = run.pace.speed
        if run.pace.staged and speed is not None:
            run.shows("update", run.stage["sample"] if run.stage else 0, 0.5 / speed)
        else:
            run.stage = None
            run.rest(run.pace.delay(samples))
        if batch + 1 < steps.count and not run.may_pass(at_end=False):
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Count the epoch, unless it was broken off, and wait where the run is to wait."""
        run = self._run
        if run.position < len(self._steps.order):
            return
        run.pace.epoch_over()
        run.epoch_over(logs)
        if not run.may_pass(at_end=True):
            self.model.stop_training = True
