"""One run: a network that a thread of its own trains, and what may be asked of it meanwhile."""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from badak import Sequential
from badak._common.language import message, spoken
from badak.callbacks import Inspect
from badak.errors import BadakError, DivergedError
from badak.lab import network
from badak.lab.data import LabData
from badak.lab.errors import RecipeError
from badak.lab.history import Curves, State, States
from badak.lab.journal import Journal, Segment
from badak.lab.pace import Pace, Watch
from badak.lab.recipe import same_data
from badak.typing import Array

FIT_EPOCHS = 20_000
"""Epochs of one call of fit, whose History grows with them."""
SOON = 0.5
"""Seconds that a command is waited for; it is done later where an epoch takes longer."""
UNSEEN = 10.0
"""Seconds without a look after which nobody is there."""
FIRST_EPOCHS = 50
"""So many epochs are all scored; later ones as often as their cost allows."""
SHARE = 0.02
"""Of the time that scoring may take."""
NEVER = 10**9
A_WHILE = 0.5
"""Seconds over which the speed is measured."""
A_WINK = 0.002
"""Seconds that are not worth a wait."""

COLUMNS = ("step", "epoch", "train", "test", "train_accuracy", "test_accuracy", "rate")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What a run was at one moment; its weights are a copy."""

    number: int
    vector: Array
    step: int
    epoch: int
    samples: int
    """Samples of this epoch that were trained on."""
    loss: float | None = None
    """The mean loss of the epoch so far."""
    model_step: int = 0
    """Steps since the model was compiled, which its schedule goes by."""
    stage: dict[str, Any] | None = None
    """In slow motion: "stage" is "forward", "backward" or "update", "sample" the sample's place."""
    model: Any = field(default=None, repr=False)
    """The network that the weights are of; only its layers may be looked at."""
    recipe: Any = field(default=None, repr=False)
    data: Any = field(default=None, repr=False)


@dataclass(frozen=True, eq=False)
class Found:
    """What ailed a run when it was inspected last."""

    snapshot: Snapshot
    language: str
    texts: list[str]
    again: float
    """When another inspection has earned its time, by :func:`time.perf_counter`."""


class Run:
    """A network, its data and its thread.

    Parameters
    ----------
    recipe : dict
        A complete recipe.
    data : LabData
        Its data.
    seen : callable
        Returns when somebody last looked, by :func:`time.monotonic`.
    given : Sequential, optional
        A model from outside that the recipe is of.
    language : callable
        Returns the language of what is said.
    """

    def __init__(
        self,
        recipe: dict[str, Any],
        data: LabData,
        *,
        seen: Callable[[], float] = time.monotonic,
        given: Sequential | None = None,
        language: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.recipe = recipe
        self.data = data
        self.given = given
        self._seen = seen
        self._language = language
        self.control = threading.Condition()
        self.position = 0
        """Samples of this epoch that were trained on."""
        self.pace = Pace()
        self._orders: deque[tuple[Callable[[], None], Future[None], bool]] = deque()
        self._closed = False
        self._still = True
        """Whether the weights stay as they are for now."""
        self.error: dict[str, str] | None = None
        self.notices: list[str] = []
        self.diverged = False
        self._changes = self._moves = 0
        self._wanted = False
        self.seen_samples = 0
        """Samples that were trained on since the run was made."""
        self._measured = time.monotonic(), 0
        self._rate = 0.0
        with self.control:
            self._begin(recipe, data)
            self._capture()
        self._thread = threading.Thread(target=self._work, name="badak-lab-run", daemon=True)
        self._thread.start()

    # -- what it is

    @property
    def status(self) -> str:
        """One of "ready", "playing", "paused" and "diverged"."""
        if self.pace.going:
            return "playing"
        if self.diverged:
            return "diverged"
        return "paused" if self.model.step or self.epoch else "ready"

    @property
    def closed(self) -> bool:
        """Whether it has ended for good."""
        return self._closed

    @property
    def rests(self) -> bool:
        """Whether no step is being taken, so that its weights stay as they are."""
        return self._still

    @property
    def number(self) -> int:
        """Rises with everything that can be seen of the run."""
        return self._changes + self._moves

    @property
    def last_epoch(self) -> int:
        """The last epoch that can be gone to."""
        return self.journal.epochs

    def measured_rate(self) -> float:
        """Return how many samples a second it has been trained on of late."""
        now, seen = time.monotonic(), self.seen_samples
        since, before = self._measured
        if now - since >= A_WHILE:
            self._rate = (seen - before) / (now - since)
            self._measured = now, seen
        return self._rate if self.pace.going else 0.0

    def looked_at(self, timeout: float = 1.0) -> Snapshot:
        """Return what the run is now: while it trains, at its next moment between two steps."""
        with self.control:
            if not self._still:
                before = self.snapshot
                self._wanted = True
                self.control.wait_for(
                    lambda: self.snapshot is not before or not self._wanted or self._closed, timeout
                )
            return self.snapshot

    # -- what may be asked of it

    def play(self) -> None:
        """Train from here on."""
        self._set_going(lambda pace: pace.play())

    def pause(self) -> None:
        """Stop after this epoch if that is in a moment, or else after this step."""
        with self.control:
            self.pace.pause()
            self._changed()

    def step(self) -> None:
        """Take one step, and stop."""
        self._set_going(lambda pace: pace.take_steps(1))

    def one_epoch(self) -> None:
        """Train to the end of the epoch, or one whole epoch, and stop."""
        self._set_going(lambda pace: pace.take_epochs(1))

    def set_speed(self, speed: float | None) -> None:
        """Train so many samples a second, or as many as the engine can."""
        with self.control:
            self.pace.speed = speed
            self._changed()

    def look_again(self) -> None:
        """Take a new snapshot: for a test that has changed the weights itself."""
        with self.control:
            self._changed()

    def reset(self) -> None:
        """Stop, and begin anew with the first weights."""
        self.pause()
        self._order(lambda: self._begin(self.recipe, self.data), at_once=True)

    def back(self, epoch: int) -> None:
        """Go to an epoch that has been trained; from there the run goes on to the same bits."""
        if not 0 <= epoch <= self.last_epoch:
            raise RecipeError(
                message(
                    "epoch {epoch} is not among those that have been trained, 0 to {last}",
                    epoch=epoch,
                    last=self.last_epoch,
                ),
                "epoch",
            )
        first = self.states.epochs[0]
        if epoch < first:
            raise RecipeError(
                message(
                    "epoch {epoch} is no longer kept, to save memory: the earliest is {first}",
                    epoch=epoch,
                    first=first,
                ),
                "epoch",
            )
        self.pause()
        self._order(lambda: self._go_to(epoch), at_once=True)

    def change(self, recipe: dict[str, Any], data: LabData) -> None:
        """Train by another recipe: at once, or when the epoch is over.

        Raises
        ------
        RecipeError
            Something does not fit; the run stays as it is.
        """
        if not same_data(recipe, self.recipe) or network.begins_anew(self.recipe, recipe):
            network.build(recipe, data, self.given)
            self._order(lambda: self._begin(recipe, data), at_once=True)
            return
        if recipe["network"] == self.recipe["network"] and (
            recipe["training"] == self.recipe["training"]
        ):  # only how it is shown
            with self.control:
                self.recipe = recipe
                self.journal.reword(recipe)
                self._changed()
            return
        network.build(recipe, data, self.given)
        self._order(lambda: self._change(recipe), at_once=False)

    def copied(self) -> "Run":
        """Return a run that stands where this one stands, with a past of its own."""
        made: list[Run] = []

        def copy() -> None:
            other = Run(
                self.recipe,
                self.data,
                seen=self._seen,
                given=self.given,
                language=self._language,
            )
            other._take_over(self)
            made.append(other)

        self.pause()
        self._order(copy, at_once=False, wait=10.0)
        if not made:
            raise RecipeError(message("the epoch is not over yet: try again in a moment"), "do")
        return made[0]

    def close(self) -> None:
        """End its thread."""
        with self.control:
            self._closed = True
            self.pace.pause()
            self.control.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(5.0)

    # -- the thread's own

    def _work(self) -> None:
        while True:
            with self.control:
                self.control.wait_for(lambda: self._closed or self._orders or self.pace.going)
                if self._closed:
                    return
            with spoken(self._language()):
                try:
                    if self._orders:
                        self._obey()
                    else:
                        self._fit()
                except Exception as error:  # a fault of the lab's own: the thread lives on
                    self.pause()
                    self._tell(error)

    def _obey(self) -> None:
        with self.control:
            order, done, _ = self._orders.popleft()
            self._still = False
        failure: BaseException | None = None
        try:
            order()
        except Exception as error:
            failure = error
            self._stand_where_it_was()
            self._tell(error)
        with self.control:
            self._still = True
            self._changed()
        if failure is None:
            done.set_result(None)
        else:
            done.set_exception(failure)

    def _fit(self) -> None:
        with self.control:
            self._still = False
        self._cut()
        model, data = self.model, self.data
        watch = Watch(self)
        try:
            model.fit(
                data.x_train,
                self._targets,
                batch_size=network.batch_size(model, self.recipe),
                epochs=FIT_EPOCHS,
                verbose=0,
                callbacks=[watch, Inspect(every=NEVER, verbose=0)],
            )
        except DivergedError as error:
            self._has_diverged(error)
        except Exception as error:
            with self.control:
                self.pace.pause()
            self._stand_where_it_was()
            self._tell(error)
        finally:
            with self.control:
                self._still = True
                self._changed()

    def _has_diverged(self, error: DivergedError) -> None:
        """Tell it, and stand where the epoch began: what it spoiled is in no journal."""
        self._stand_where_it_was()
        notes = [*getattr(error, "__notes__", []), str(error)]
        notes.append(message("the run stands at the end of epoch {epoch} again", epoch=self.epoch))
        self.error = {"message": "\n".join(notes), "where": "training.optimizer.learning_rate"}
        with self.control:
            self.diverged = True
            self.pace.pause()

    def _stand_where_it_was(self) -> None:
        """Go back to the end of the last epoch that is in the journal."""
        self._go_to(self.epoch)

    def _tell(self, error: BaseException) -> None:
        self.error = {"message": str(error), "where": getattr(error, "where", "")}

    def _begin(self, recipe: dict[str, Any], data: LabData) -> None:
        model = network.build(recipe, data, self.given)
        begin: network.Begin = "new"
        if self.given is not None and _is_whole(recipe, self.given, data):
            model.set_weights(self.given.get_weights())
            begin = "given"
        self.recipe, self.data = recipe, data
        self.journal = Journal([Segment(recipe, 0, begin)])
        self.states = States()
        self.curves = Curves(COLUMNS)
        self.gradient = Curves(("step", "size"))
        self.health: dict[Any, int] = {}
        """The step at which each kind of trouble was first seen."""
        self.found: Found | None = None
        self._stand_on(model, 0)
        self._note({"loss": self._score(data.x_train, self._targets)[0]}, 0)

    def _stand_on(self, model: Sequential, epoch: int) -> None:
        """Go on with this model at the beginning of a stretch."""
        self.model = model
        self._targets = network.targets(model, self.data.t_train)
        self._test_targets = network.targets(model, self.data.t_test)
        self.epoch = epoch
        self.position = 0
        self.running: float | None = None
        self.stage: dict[str, Any] | None = None
        self.diverged = False
        self.error = None
        self._next_score = 0.0
        self.states.keep(epoch, State.of(model), pinned=True)

    def _take_over(self, other: "Run") -> None:
        with self.control:
            model = network.build(other.recipe, other.data, other.given)
            self.journal = other.journal.copy()
            self.states = other.states.copy()
            self.curves, self.gradient = other.curves.copy(), other.gradient.copy()
            self.health = dict(other.health)
            State.of(other.model).restore(model)
            self._stand_on(model, other.epoch)
            self._capture()

    def _change(self, recipe: dict[str, Any]) -> None:
        if self.epoch == 0 and self.model.step == 0 and self.journal.segments[0].begin == "new":
            self._begin(recipe, self.data)
            return
        self._cut()
        steps = self.model.step
        made = network.change(self.model, self.recipe, recipe, self.data, self.given)
        self.recipe = recipe
        self.journal.add(Segment(recipe, 0, made.begin, made.kept), steps)
        for remark in made.remarks:
            self.notify(remark)
        self._stand_on(made.model, self.epoch)

    def _go_to(self, epoch: int) -> None:
        """Restore the nearest state before an epoch, and train from there to it."""
        nearest = self.states.nearest(epoch)
        assert nearest is not None
        segment = self.journal.at(nearest)
        model = self.model
        if segment.recipe is not self.recipe:
            model = network.build(segment.recipe, self.data, self.given)
        self.recipe = segment.recipe
        self.states[nearest].restore(model)
        self.model = model
        targets = network.targets(model, self.data.t_train)
        if epoch > nearest:
            model.fit(
                self.data.x_train,
                targets,
                batch_size=network.batch_size(model, self.recipe),
                epochs=epoch - nearest,
                verbose=0,
            )
        self._targets, self._test_targets = targets, network.targets(model, self.data.t_test)
        self.epoch, self.position, self.running, self.stage = epoch, 0, None, None
        self.diverged, self.error = False, None
        if epoch > nearest:
            self.states.keep(epoch, State.of(model))

    def _cut(self) -> None:
        """Forget what came after the epoch that the run stands at: it goes on from here."""
        if self.epoch < self.journal.epochs:
            self.journal = self.journal.cut_at(self.epoch)
            self.states.cut(self.epoch)
            self.curves.cut("epoch", self.epoch)
            self.gradient.cut("step", self.total_step)
            self.health = {k: s for k, s in self.health.items() if s <= self.total_step}

    # -- called by the thread while it trains

    def may_pass(self, *, at_end: bool) -> bool:
        """Wait until the run may go on; return whether this call of fit may, too."""
        self._moves += 1
        unseen = time.monotonic() - self._seen() > UNSEEN
        if self.pace.playing and not (self._orders or self._wanted or unseen or self._closed):
            return True  # the usual way, a thousand times a second
        with self.control:
            if self.pace.going and unseen:
                self.pace.pause()
                self.notify(message("paused: no page has been looking for a while"))
            if self._wanted:
                self._capture()
            if not self._may_pass(at_end):
                self._still = True
                self._capture()
                self.control.wait_for(lambda: self._may_pass(at_end))
                self._still = False
            if self._closed or any(at_once for _, _, at_once in self._orders):
                return False
            return not (self._orders and at_end)

    def _may_pass(self, at_end: bool) -> bool:
        return self._closed or self.leaving or self.pace.may_pass(at_end=at_end)

    @property
    def leaving(self) -> bool:
        """Whether something is to be done when this epoch is over, or before."""
        return bool(self._orders)

    def shows(self, stage: str, sample: int, seconds: float) -> None:
        """Show a stage of slow motion for a while."""
        self.stage = {"stage": stage, "sample": sample}
        self.rest(seconds)
        self.may_pass(at_end=False)

    def rest(self, seconds: float) -> None:
        """Wait a while, unless something is to be done or the pace has changed meanwhile."""
        if seconds < A_WINK:
            return
        with self.control:
            self._moves += 1
            self._still = True
            self._capture()
            speed = self.pace.speed
            self.control.wait_for(
                lambda: self._closed or self.leaving or self.pace.speed != speed, seconds
            )
            self._still = False

    def epoch_over(self, logs: dict[str, float]) -> None:
        """Keep what the epoch has left."""
        model = self.model
        self.epoch += 1
        self.position = 0
        self.journal.epoch_over()
        if self.states.wants(self.epoch):
            self.states.keep(self.epoch, State.of(model))
        now = time.perf_counter()
        if self.epoch <= FIRST_EPOCHS or now >= self._next_score or self.pace.stops_here:
            self._note(logs, self.epoch)
            self._next_score = time.perf_counter() + (time.perf_counter() - now) / SHARE

    @property
    def total_step(self) -> int:
        """Steps since the run began; those of the model are counted from its last compilation."""
        return self.journal.cut_at(self.epoch).steps_before + self.model.step

    def _note(self, logs: dict[str, float], epoch: int) -> None:
        test = self._score(self.data.x_test, self._test_targets)
        names = [name for name in logs if name.endswith("accuracy")]
        step = max(self.model.step, 1)
        self.curves.put(
            step=self.total_step,
            epoch=epoch,
            train=logs["loss"],
            test=test[0],
            train_accuracy=logs[names[0]] if names else np.nan,
            test_accuracy=test[1],
            rate=float(self.model.optimizer.rate(step)),
        )

    def _score(self, x: Array, t: Array) -> tuple[float, float]:
        """Return loss and accuracy, NaN where there is none."""
        if not len(x):
            return np.nan, np.nan
        with suppress(BadakError):
            scores = self.model.evaluate(x, t, return_dict=True)
            names = [name for name in scores if name.endswith("accuracy")]
            return scores["loss"], scores[names[0]] if names else np.nan
        return np.nan, np.nan

    # -- inside

    def _order(self, order: Callable[[], None], *, at_once: bool, wait: float = SOON) -> None:
        """Let the thread do something between two calls of fit; wait for it a moment."""
        done: Future[None] = Future()
        with self.control:
            self._orders.append((order, done, at_once))
            self._changed()
        with suppress(NotYet):
            done.result(wait)

    def _set_going(self, begin: Callable[[Pace], None]) -> None:
        with self.control:
            self.error = None
            self.diverged = False
            self.notices = []
            begin(self.pace)
            self._changed()

    def notify(self, text: str) -> None:
        """Add a notice to those that the page shows."""
        self.notices = [*self.notices, text][-5:]

    def _changed(self) -> None:
        self._changes += 1
        if self._still:
            self._capture()
        self.control.notify_all()

    def _capture(self) -> None:
        """Copy what can be seen; only where no step is being taken."""
        self._wanted = False
        self.snapshot = Snapshot(
            self.number,
            self.model.parameters.vector.copy(),
            self.total_step,
            self.epoch,
            self.position,
            self.running,
            self.model.step,
            self.stage,
            self.model,
            self.recipe,
            self.data,
        )
        self.control.notify_all()


def _is_whole(recipe: dict[str, Any], given: Sequential, data: LabData) -> bool:
    """Return whether the recipe's network is the given one, all of whose weights it takes."""
    model = network.build(recipe, data, given)
    shapes = [[w.shape for w in m.get_weights()] for m in (model, given)]
    return shapes[0] == shapes[1]
