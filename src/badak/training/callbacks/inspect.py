"""A callback that inspects the layers while a network trains."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from badak._common.language import message, translated
from badak._common.validation import check_whole, setting_of
from badak.diagnostics.diagnosis import SMALLER_STEPS, Verdict, first_not_finite
from badak.diagnostics.inspection import Inspection, inspect, spread
from badak.diagnostics.trace import Trace, trace
from badak.errors import InputError
from badak.layers.passes import Mode
from badak.losses.objective import Objective
from badak.training.callbacks.base import Callback, Logs
from badak.training.data import Samples
from badak.typing import Array, ArrayLike

SAMPLES = 200
"""How many samples are inspected. More say little more of a unit, and cost a part of an epoch."""

BEGINNING = ("one_sign", "one_class")
"""Kinds that mean nothing before training: an untrained network answers much the same to all."""


def _repeated_well() -> Verdict:
    return Verdict(
        "not_finite",
        "",
        message(
            "the loss was not finite, but every layer stays finite where NumPy repeats the step"
        ),
        message("overflow in the step itself"),
        translated(SMALLER_STEPS),
    )


@dataclass(frozen=True)
class Record:
    """One inspection during training.

    Attributes
    ----------
    epoch : float
        Epochs done by then; with a fraction if it was made within one.
    step : int
        Steps done by then.
    inspection : Inspection
        Layer statistics and verdicts.
    """

    epoch: float
    step: int
    inspection: Inspection


@dataclass(frozen=True)
class Trouble:
    """The first time that a verdict of one kind was found, and when.

    Attributes
    ----------
    verdict : Verdict
        What was found.
    step : int
        Steps done by then.
    when : str
        The same in words: "epoch 3, step 168".
    """

    verdict: Verdict
    step: int
    when: str

    @property
    def kind(self) -> str:
        """The verdict's kind, one of :data:`badak.diagnostics.diagnosis.KINDS`."""
        return self.verdict.kind

    @property
    def layer(self) -> str:
        """The first layer that it was found in; empty if it concerns the whole network."""
        return self.verdict.layer

    def __str__(self) -> str:
        return f"{self.when}: {self.verdict}"


class Inspect(Callback):
    """Inspect the layers before training and after each epoch; report each trouble once.

    An inspection is :meth:`badak.Sequential.inspect` as in a step of training, with dropout and
    batch statistics. If the loss is no longer finite, the step is repeated in NumPy, and the first
    layer with NaN or infinity is reported, also in a note to the DivergedError. Training takes the
    same steps as without it, to the last bit. A run that resumes from a checkpoint is inspected
    from there on.

    Parameters
    ----------
    x : array_like (batch, *input_shape), optional
        The samples to inspect; without them, samples of the training data, evenly spread.
    t : array_like, optional
        The targets of `x`, for the gradients.
    every : int, default 1
        Epochs between two inspections.
    batches : int, optional
        Batches between two inspections within an epoch, counted from its beginning; None inspects
        at its end alone. Training is slower with it, since the engine stops at each batch.
    samples : int, default 200
        How many samples are inspected at most.
    verbose : int, default 1
        1 prints a line when a trouble is first found, 0 does not.

    Attributes
    ----------
    records : list of Record
        All inspections, each with its epoch and step.
    troubles : list of Trouble
        The first trouble of each kind, in the order in which they were found.

    Raises
    ------
    InputError
        If `t` comes without `x`, or a count is not a whole number above 0.

    Examples
    --------
    >>> import numpy as np, badak
    >>> model = badak.Sequential([badak.layers.Dense(4, "step"), badak.layers.Dense(1)])
    >>> watch = badak.callbacks.Inspect(verbose=0)
    >>> x = np.linspace(-1.0, 1.0, 20).reshape(-1, 1)
    >>> history = model.fit(x, 2.0 * x, epochs=2, callbacks=[watch], verbose=0)
    >>> watch.first_trouble.kind, watch.first_trouble.layer, watch.first_trouble.step
    ('no_slope', 'dense', 0)
    >>> watch.history("dense", "dead_share")
    [1.0, 1.0, 1.0]
    """

    def __init__(
        self,
        x: ArrayLike | None = None,
        t: ArrayLike | None = None,
        every: int = 1,
        batches: int | None = None,
        samples: int = SAMPLES,
        verbose: int = 1,
    ) -> None:
        if x is None and t is not None:
            raise InputError(message("Inspect's t are the targets of its x: give both, or neither"))
        self.x = x
        self.t = t
        self.every = check_whole(every, setting_of("Inspect", "every"))
        self.batches = (
            None if batches is None else check_whole(batches, setting_of("Inspect", "batches"))
        )
        self.samples = check_whole(samples, setting_of("Inspect", "samples"))
        self.verbose = verbose
        self.every_batch = batches is not None
        self.records: list[Record] = []
        self.troubles: list[Trouble] = []
        self.run: Any = None
        """The run that is watched, as long as it lasts."""

    @property
    def first_trouble(self) -> Trouble | None:
        """The first trouble found, the gravest if an inspection found several; None without."""
        return self.troubles[0] if self.troubles else None

    def history(self, layer: int | str, number: str) -> list[Any]:
        """Return one statistic of a layer in all records.

        Parameters
        ----------
        layer : int or str
            The layer's number or name.
        number : str
            An attribute of :class:`badak.diagnostics.statistics.LayerStatistics`, such as
            "dead_share" or "gradient_size".

        Returns
        -------
        list
            One value for each record.
        """
        return [getattr(record.inspection[layer], number) for record in self.records]

    def set_run(self, run: Any) -> None:
        """Take over the run, and choose the samples to inspect."""
        self.run = run
        self.records, self.troubles = [], []
        self._seen_first = False
        self._objective: Objective | None = run.objective
        if self.x is None:
            data = run.samples
        elif self.t is None:
            data, self._objective = Samples(self.model.checked(self.x), np.zeros(0)), None
        else:
            x, t, self._objective = self.model.batch(self.x, self.t)
            data = Samples(x, t)
        chosen = spread(len(data), self.samples)
        self._data: Samples | None = (
            data.take(chosen) if self._objective is not None else Samples(data.x[chosen], data.t)
        )

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Inspect the network before its first step, or as the checkpoint has it."""
        self.epoch, self._first_step = epoch, self.model.step
        if not self._seen_first:
            self._seen_first = True
            self._look(
                epoch, message("before training") if not self.model.step else self._when(epoch)
            )

    def on_train_batch_end(self, batch: int, logs: Logs) -> None:
        """Inspect, if it is time."""
        if self.batches is None or not math.isfinite(logs["loss"]):
            return
        done = batch + 1
        length = self.run.length
        if done % self.batches == 0 and (length is None or done < length):
            self._look(self.epoch + (done / length if length else 0.0), self._when(self.epoch + 1))

    def on_epoch_end(self, epoch: int, logs: Logs) -> None:
        """Inspect, if it is time."""
        if (epoch + 1) % self.every == 0:
            self._look(epoch + 1, self._when(epoch + 1))

    def on_diverged(self, epoch: int, batch: int, weights: Array) -> str:
        """Repeat the step that failed, and report where NaN or infinity first occurs."""
        verdict = self._where_it_broke(batch, weights)
        return self._note(
            verdict,
            message("epoch {epoch}, batch {batch}", epoch=epoch + 1, batch=batch + 1),
            self._first_step + batch,
        )

    def close(self) -> None:
        """Release the run and its data."""
        self.run = self._data = None

    def _look(self, epoch: float, when: str) -> None:
        model, data = self.model, self._data
        assert data is not None
        mode = Mode(True, model.seed, model.step)
        t = None if self._objective is None else data.t
        found = inspect(
            trace(
                model.layers, model.parameters, data.x, t, self._objective, data.weight, mode=mode
            ),
            of=len(self.run.samples) if self.x is None else None,
        )
        self.records.append(Record(epoch, model.step, found))
        for verdict in found.verdicts:
            if model.step or verdict.kind not in BEGINNING:
                self._note(verdict, when, model.step)

    def _when(self, epoch: int) -> str:
        return message("epoch {epoch}, step {step}", epoch=epoch, step=self.model.step)

    def _note(self, verdict: Verdict, when: str, step: int) -> str:
        """Keep a trouble of a new kind, and print it."""
        trouble = Trouble(verdict, step, when)
        if verdict.kind not in {known.kind for known in self.troubles}:
            self.troubles.append(trouble)
            if self.verbose:
                print(trouble)
        return str(trouble)

    def _where_it_broke(self, batch: int, weights: Array) -> Verdict:
        """Return where the pass broke; `weights` are those of the step whose loss was not finite.

        Where they were broken themselves, the step before spoiled them: its gradients, from the
        last good weights, tell where.
        """
        good = self.model.parameters.vector
        attempts = [(weights, batch)]
        if not np.isfinite(weights).all():
            attempts = [(good, b) for b in (batch - 1, batch) if b >= 0] + attempts
        for vector, number in attempts:
            found = first_not_finite(self._repeat(vector, number))
            if found is not None:
                return found
        return _repeated_well()

    def _repeat(self, vector: Array, batch: int) -> Trace:
        model, data = self.model, self.run.batch(batch)
        parameters = model.parameters.copy()
        parameters.vector[...] = vector
        mode = Mode(True, model.seed, self._first_step + batch + 1)
        objective = self.run.objective
        return trace(model.layers, parameters, data.x, data.t, objective, data.weight, mode=mode)
