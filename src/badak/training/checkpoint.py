"""A run's state in one file, so that a run that was killed goes on to the same bits.

All that the next step depends on is in it: weights and the optimizer's slots as tensors of a
safetensors file; counters, history, learning rate and what callbacks remember as JSON in its
metadata. Noise and order follow from seed, step and epoch, so they need no state of their own.
"""

import copy
import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from badak._common.files import check_place, write_whole
from badak._common.json_data import read_object
from badak._common.language import marked, message, translated
from badak._common.schema import (
    FLAG,
    NUMBER,
    NUMBER_OR_NAN,
    OBJECT,
    WHOLE,
    check_fields,
    list_of,
    object_of,
)
from badak._common.tensors import checksum, metadata_of, open_tensors, tensors_of
from badak.errors import FileFormatError, InputError
from badak.layers.model import Model
from badak.optimizers.schedules import Schedule
from badak.training.callbacks.base import Callback
from badak.training.callbacks.history import History
from badak.training.callbacks.stopping import Monitor
from badak.training.data import Samples
from badak.training.problem import Problem
from badak.training.stream import Stream
from badak.typing import Array

VERSION = 2
METADATA = "badak.checkpoint"
INTERVAL = 1.0  # seconds between two writings; epochs that take less are soon trained again
PIECE = 2**24  # bytes that are hashed at once


FIELDS = {
    "run": OBJECT,
    "step": WHOLE,
    "model_epoch": WHOLE,
    "next_epoch": WHOLE,
    "rate": NUMBER.or_none(),
    "stopped": FLAG,
    "epochs": list_of(WHOLE),
    "history": object_of(list_of(NUMBER_OR_NAN.or_none())),
    "reported": object_of(list_of(WHOLE)),
    "states": list_of(OBJECT),
}
"""What the file says besides its arrays."""


class Checkpoint:
    """The file of one call of fit: looked at before training, written after its epochs.

    Raises InputError where the file belongs to another run,
    FileFormatError where it is damaged or no checkpoint, OSError where it could not be written.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        problem: Problem,
        callbacks: Sequence[Callback],
        epochs: int,
    ) -> None:
        self.path = Path(path)
        self.model = problem.model
        self.callbacks = [callback for callback in callbacks if callback.remembers]
        known = [_known_by(callback) for callback in self.callbacks]
        run = {**describe(problem), "callbacks": known}
        self.run = json.loads(json.dumps(run, default=_named))
        self._written = time.monotonic()
        self._unwritten: State | None = None
        check_place(self.path, message("checkpoint"))
        self._found = read(self.path) if self.path.exists() else None
        if self._found is not None:
            self._check(self._found, epochs)
            self.run = self._found.run

    def _check(self, found: "State", epochs: int) -> None:
        given = self.run
        # Callbacks may have moved the rate of a model that has trained already.
        if self.model.step and not self.model.optimizer.scheduled:
            given["optimizer"]["learning_rate"] = found.run["optimizer"]["learning_rate"]
        difference = _difference(found.run, given)
        if difference:
            raise InputError(
                message(
                    "the checkpoint {path} is of another run: {difference}; go on with the same, "
                    "or remove the file to begin anew",
                    path=self.path,
                    difference=difference,
                )
            )
        if found.next_epoch > epochs:
            raise InputError(
                message(
                    "the checkpoint {path} is {next_epoch} epochs on, more than epochs={epochs}: "
                    "ask for as many, or remove the file to begin anew",
                    path=self.path,
                    next_epoch=found.next_epoch,
                    epochs=epochs,
                )
            )
        expected = {"weights": self.model.parameters.vector, **_slots(self.model)}
        memories = [set(callback.remembers) for callback in self.callbacks]
        if _layout(expected) != _layout(found.arrays) or memories != [set(s) for s in found.states]:
            raise FileFormatError(
                message("{path}: its arrays are not those of the network it names", path=self.path)
            )

    def restore(self, history: History, first: int) -> int:
        """Bring model, callbacks and history to where the run was; return the epoch that is next.

        `first` where there was no file. A run that a callback had stopped stays stopped.
        """
        found, self._found = self._found, None
        if found is None:
            return first
        model = self.model
        model.parameters.vector[...] = found.arrays["weights"]
        for name, slot in _slots(model).items():
            slot[...] = found.arrays[name]
        model.step, model.epoch = found.step, found.model_epoch
        model.stop_training = found.stopped
        if found.rate is not None:
            model.optimizer.learning_rate = found.rate
        for callback, state in zip(self.callbacks, found.states, strict=True):
            for name, value in state.items():
                setattr(callback, name, value)
        history.epoch, history.history = found.epochs, found.history
        history.epochs = found.reported
        return found.next_epoch

    def epoch_ended(self, history: History, *, last: bool) -> None:
        """Write the file, unless that was done a moment ago and more epochs are to come."""
        state = self._state(history)
        if last or time.monotonic() - self._written >= INTERVAL:
            self._write(state)
        else:
            self._unwritten = state.copied()

    def run_broken_off(self) -> None:
        """Write what the last whole epoch left, before anything of a broken one is noted."""
        if self._unwritten is not None:
            self._write(self._unwritten)

    def _write(self, state: "State") -> None:
        state.write(self.path)
        self._unwritten = None
        self._written = time.monotonic()

    def _state(self, history: History) -> "State":
        model, rate = self.model, self.model.optimizer.learning_rate
        return State(
            run=self.run,
            step=model.step,
            model_epoch=model.epoch,
            next_epoch=history.epoch[-1] + 1,
            rate=None if isinstance(rate, Schedule) else float(rate),
            stopped=model.stop_training,
            epochs=history.epoch,
            history=history.history,
            reported=history.epochs,
            states=[{n: getattr(c, n) for n in c.remembers} for c in self.callbacks],
            arrays={"weights": model.parameters.vector, **_slots(model)},
        )


@dataclass
class State:
    """What a run's next epoch depends on, and what it has to show so far."""

    run: dict[str, Any]
    """What it trains, on what and how: another run may not go on with it."""
    step: int
    model_epoch: int
    """Epochs that the model has behind it, those of earlier runs included."""
    next_epoch: int
    rate: float | None
    """The learning rate, where no schedule tells it."""
    stopped: bool
    epochs: list[int]
    history: dict[str, list[float]]
    reported: dict[str, list[int]]
    """The epochs of each value of the history."""
    states: list[dict[str, Any]]
    """What each callback remembers, of those that do."""
    arrays: dict[str, Array]
    """The flat vectors: weights, and each of the optimizer's slots."""

    def copied(self) -> "State":
        """Return a state that keeps its arrays when training goes on."""
        arrays = {name: array.copy() for name, array in self.arrays.items()}
        states = [{name: copy.copy(value) for name, value in s.items()} for s in self.states]
        return dataclasses.replace(self, arrays=arrays, states=states)

    def write(self, path: Path) -> None:
        """Write it whole, or leave what was there; InputError for what JSON cannot hold."""
        from safetensors.numpy import save as tensors_to_bytes

        described = {**vars(self), "states": [], "version": VERSION}
        tensors = dict(described.pop("arrays"))
        for number, state in enumerate(self.states):
            arrays = {n: value for n, value in state.items() if isinstance(value, np.ndarray)}
            tensors |= {f"callbacks.{number}.{n}": value for n, value in arrays.items()}
            described["states"].append({n: v for n, v in state.items() if n not in arrays})
        tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        try:
            text = json.dumps(described, default=_number)
        except (TypeError, ValueError) as error:
            raise InputError(
                message("the run holds something that no file can: {error}", error=error)
            ) from None
        described = {**json.loads(text), "checksum": checksum(text, tensors)}
        write_whole(path, tensors_to_bytes(tensors, {METADATA: json.dumps(described)}))


def read(path: Path) -> State:
    """Return the state in a checkpoint; FileFormatError where it is damaged or of another kind."""
    with open_tensors(path, message("checkpoint")) as file:
        metadata, tensors = metadata_of(file), tensors_of(file)
    if METADATA not in metadata:
        raise FileFormatError(
            message("{path} is no checkpoint: give another name, it is left as it is", path=path)
        )
    described = read_object(
        metadata[METADATA], message("{path}: its description of the run", path=path)
    )
    try:
        version = described.pop("version", None)
        given = described.pop("checksum", None)
        sound = given == checksum(json.dumps({**described, "version": version}), tensors)
        if sound and version == VERSION:
            check_fields(described, FIELDS)
            for name in [name for name in tensors if name.startswith("callbacks.")]:
                _, number, attribute = name.split(".", 2)
                described["states"][int(number)][attribute] = tensors.pop(name)
            return State(**described, arrays=tensors)
    except (LookupError, TypeError, ValueError) as error:
        raise FileFormatError(
            message("{path}: its description of the run is broken: {error}", path=path, error=error)
        ) from None
    if not sound:
        raise FileFormatError(
            message(
                "{path} is damaged, its checksum is not that of its content: remove it to begin "
                "anew",
                path=path,
            )
        )
    raise FileFormatError(
        message(
            "{path} is of version {version!r}, but this badak reads version {version_2}: go on "
            "with the badak that wrote it, or remove the file to begin anew",
            path=path,
            version=version,
            version_2=VERSION,
        )
    )


def describe(problem: Problem) -> dict[str, Any]:
    """Return what tells a run from another one: what it trains, on what data, and how."""
    model, held_out = problem.model, problem.held_out
    if problem.stream is not None or isinstance(held_out, Stream):
        raise InputError(
            message(
                "{what} gives batches, but a checkpoint knows its run again by the data: give "
                "arrays, or keep the model with callbacks.ModelCheckpoint",
                what="validation_data" if problem.stream is None else "x",
            )
        )
    return {
        marked("seed"): model.seed,
        marked("batch size"): problem.batch_size,
        marked("shuffle"): problem.shuffle,
        marked("network"): {layer.name: layer.get_config() for layer in model.layers},
        marked("optimizer"): model.optimizer.get_config(),
        marked("loss"): problem.objective.loss.get_config(),
        marked("metrics"): [metric.name for metric in problem.metrics],
        marked("data"): _known_again(problem.samples),
        marked("validation data"): None if held_out is None else _known_again(held_out),
    }


def _known_again(samples: Samples) -> dict[str, Any]:
    """Return what tells the data from all others; their hash takes a second for each gigabyte."""
    return {
        marked("shape"): samples.x.shape,
        marked("type"): str(samples.x.dtype),
        marked("targets"): f"{samples.t.shape} {samples.t.dtype}",
        marked("hash"): _hash(samples.x, samples.t, samples.weight),
    }


def _hash(*arrays: Array | None) -> str:
    """Return a hash of all numbers of the arrays, read in pieces, so that no copy is made."""
    found = hashlib.sha256()
    for array in arrays:
        if array is None:
            continue
        rows = max(1, PIECE * len(array) // max(array.nbytes, 1))
        for start in range(0, len(array), rows):
            found.update(np.ascontiguousarray(array[start : start + rows]).data.cast("B"))
    return found.hexdigest()


def _known_by(callback: Callback) -> str:
    watched = f" of {callback.monitor}" if isinstance(callback, Monitor) else ""
    return type(callback).__name__ + watched


def _difference(kept: Any, given: Any, where: str = "") -> str:
    """Return the first difference of two descriptions in words, or nothing."""
    if isinstance(kept, dict) and isinstance(given, dict):
        if list(kept) == list(given):
            within = f"{where}, " if where else ""
            found = (
                _difference(kept[name], given[name], within + translated(name)) for name in kept
            )
            return next(filter(None, found), "")
        kept, given = list(kept), list(given)
    if kept == given:
        return ""
    return message(
        "{where} was {kept!r}, but now is {given!r}", where=where, kept=kept, given=given
    )


def _slots(model: Model) -> dict[str, Array]:
    return {f"slots.{name}": slot for name, slot in model.slots().items()}


def _layout(arrays: dict[str, Array]) -> dict[str, Any]:
    return {name: (array.shape, array.dtype) for name, array in arrays.items()}


def _number(value: Any) -> Any:
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(message("{value!r} is neither a number, a text nor an array", value=value))


def _named(value: Any) -> Any:
    """Return what an object is known by that JSON cannot hold: a function's or class's name."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    return getattr(value, "__name__", type(value).__name__)
