"""What can be seen of a network at one moment: arrays by name, for a frame."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from badak import Sequential
from badak._common.extras import need
from badak.diagnostics.inspection import Inspection, inspect, spread
from badak.diagnostics.trace import Trace
from badak.engine import flushed_subnormals
from badak.errors import BadakError
from badak.lab import network
from badak.lab.data import LabData
from badak.lab.run import Run
from badak.layers.passes import LayerPass
from badak.losses.objective import decide
from badak.typing import Array, Shape

MOST_WEIGHTS = 64
"""Rows and columns of a kernel that are sent; of a larger one as many, evenly spread."""
MOST_UNITS = 64
MOST_OUTPUTS = 4096
GRID = 40
EXTRA = "badak[lab]"
FINEST = 100
SAMPLES = 200
"""Samples that distributions and health are of."""
MOST_POINTS = 1000
MOST_ANSWERED = 2000
"""Test samples that are answered for each frame; more wait until their time has been earned."""
SHARE = 0.1
"""Of the time that answers to more samples may take."""
MOST_WRONG = 24
BINS = 30

Arrays = dict[str, Array]


@dataclass(eq=False)
class Scene:
    """The data that a run is seen on; nothing in it is bound to a process."""

    x_train: Array
    t_train: Array
    x_test: Array
    t_test: Array
    task: str
    classes: tuple[str, ...]
    look: str
    places: Array | None
    """Where the samples lie in the plane; of images they do nowhere."""
    grids: dict[int, Array] = field(default_factory=dict)
    """Samples over the plane, by the grid's points a side."""

    @classmethod
    def of(cls, data: LabData, spec: Mapping[str, Any]) -> "Scene":
        """Return that of a recipe's data."""
        places = None if data.look == "image" else data.places(spec.get("plane"))
        parts = data.x_train, data.t_train, data.x_test, data.t_test
        return cls(*parts, data.task, data.classes, data.look, places)

    @property
    def shape(self) -> Shape:
        """The shape of one sample."""
        return tuple(self.x_train.shape[1:])


class Answers:
    """What a network answers to the test samples; of many what it did a moment ago."""

    def __init__(self) -> None:
        self.step = 0
        """The step that the answers are of."""
        self._number = -1
        self._outputs: Array | None = None
        self._again = 0.0

    def of(self, look: "Look") -> Array:
        """Return the outputs for the test samples."""
        many = len(look.data.x_test) > MOST_ANSWERED
        fresh = self._number == look.number or (many and time.perf_counter() < self._again)
        if self._outputs is not None and fresh:
            return self._outputs
        started = time.perf_counter()
        self._outputs = look.model.predict(look.data.x_test)
        self._number, self.step = look.number, look.step
        self._again = started + (time.perf_counter() - started) / SHARE
        return self._outputs


class Look:
    """One moment of a run; what is worked out of it is worked out once."""

    def __init__(
        self, number: int, step: int, model: Sequential, data: Scene, answers: Answers
    ) -> None:
        self.number = number
        self.step = step
        self.model = model
        self.data = data
        self.answers = answers
        self._sampled: dict[int, Trace] = {}
        self._over: dict[int, list[LayerPass]] = {}

    # -- passes

    @cached_property
    def batch(self) -> Trace:
        """The trace of some training samples, forward and back."""
        data = self.data
        chosen = spread(len(data.x_train), SAMPLES)
        t = network.targets(self.model, data.t_train[chosen])
        return self.model.trace(data.x_train[chosen], t)

    def health(self) -> Inspection:
        """Return the inspection of the same samples, in the language that is spoken."""
        return inspect(self.batch, of=len(self.data.x_train))

    def sample(self, index: int) -> Trace:
        """Return the trace of one sample; test samples come after those of training."""
        if index not in self._sampled:
            x, t = self.sample_of(index)
            self._sampled[index] = self.model.trace(x, t)
        return self._sampled[index]

    def sample_of(self, index: int) -> tuple[Array, Array]:
        """Return a sample and its target, each in a batch of one."""
        data = self.data
        count = len(data.x_train) + len(data.x_test)
        index = min(max(index, 0), count - 1)
        x, t = (data.x_train, data.t_train)
        if index >= len(data.x_train):
            x, t, index = data.x_test, data.t_test, index - len(data.x_train)
        place = slice(index, index + 1)
        return x[place], network.targets(self.model, t[place])

    def over_plane(self, grid: int) -> list[LayerPass]:
        """Return the passes of a grid of samples over the plane."""
        if grid not in self._over:
            x = self.data.grids[grid]
            self._over[grid] = self.model.forward(x) if len(x) else []
        return self._over[grid]

    # -- views

    def network(self, sample: int, _: int) -> Arrays:
        """Kernels and biases, and what a sample makes of them."""
        arrays: Arrays = {}
        trace = self.sample(sample)
        arrays["z.input"] = _few(trace.x[0].ravel(), MOST_OUTPUTS)
        for entry in trace:
            index = entry.index
            kernel = entry.weights.get("kernel")
            if kernel is not None and kernel.ndim == 2:
                rows, columns = (_places(n, MOST_WEIGHTS) for n in kernel.shape)
                arrays[f"kernel.{index}"] = kernel[np.ix_(rows, columns)]
                if len(rows) < kernel.shape[0] or len(columns) < kernel.shape[1]:
                    arrays[f"kernel.{index}.rows"] = rows
                    arrays[f"kernel.{index}.columns"] = columns
                if "kernel" in entry.gradients:
                    gradient = entry.gradients["kernel"]
                    arrays[f"gradient.{index}"] = gradient[np.ix_(rows, columns)]
            if "bias" in entry.weights:
                arrays[f"bias.{index}"] = _few(entry.weights["bias"], MOST_OUTPUTS)
            arrays[f"z.{index}"] = _few(entry.z[0].ravel(), MOST_OUTPUTS)
            if entry.delta is not None:
                arrays[f"delta.{index}"] = _few(entry.delta[0].ravel(), MOST_OUTPUTS)
        return arrays

    def units(self, _: int, grid: int) -> Arrays:
        """What each unit does over the plane, or the image that a unit of the first layer wants."""
        if self.data.look == "image":
            return self._wanted_images()
        arrays: Arrays = {}
        for index, step in enumerate(self.over_plane(grid)):
            if step.z.ndim == 2:
                places = _places(step.z.shape[1], MOST_UNITS)
                arrays[f"unit.{index}"] = _over_plane(step.z[:, places], grid)
                if len(places) < step.z.shape[1]:
                    arrays[f"unit.{index}.rows"] = places
        return arrays

    def _wanted_images(self) -> Arrays:
        shape = self.data.shape
        for index, layer in enumerate(self.model.layers):
            kernel = layer.weights.get("kernel")
            if kernel is None:
                continue
            if kernel.shape[0] != np.prod(shape):
                return {}
            places = _places(kernel.shape[1], MOST_UNITS)
            arrays = {f"unit.{index}": kernel[:, places].T.reshape(len(places), *shape).copy()}
            if len(places) < kernel.shape[1]:
                arrays[f"unit.{index}.rows"] = places
            return arrays
        return {}

    def boundary(self, _: int, grid: int) -> Arrays:
        """The network's output over the plane."""
        passes = self.over_plane(grid)
        if not passes:
            return {}
        z = _over_plane(passes[-1].z, grid)  # (units, grid, grid)
        return {"boundary": z[0] if len(z) == 1 else np.moveaxis(z, 0, -1)}

    def distributions(self, _: int, __: int) -> Arrays:
        """Histograms of sums, outputs and gradients of each layer, over some samples."""
        arrays: Arrays = {}
        for entry in self.batch:
            named = {"a": entry.a, "z": entry.z, "gradient": entry.delta}
            for name, values in named.items():
                if values is None or (name == "z" and entry.a is None and not entry.weights):
                    continue
                counts, edges = _histogram(values)
                arrays[f"{name}.{entry.index}.counts"] = counts
                arrays[f"{name}.{entry.index}.edges"] = edges
        return arrays

    def points(self, _: int, __: int) -> Arrays:
        """Where samples lie in the plane."""
        data, places = self.data, self.data.places
        if places is None:
            return {}
        t = np.concatenate([data.t_train, data.t_test])
        chosen = _places(len(places), MOST_POINTS)
        return {
            "points.x": places[chosen],
            "points.t": t[chosen] if t.ndim == 1 else t[chosen, 0],
            "points.test": (chosen >= len(data.x_train)).astype(np.uint8),
            "points.index": chosen,
        }

    def confusion(self, _: int, __: int) -> Arrays:
        """How many test samples of each class were given which class."""
        found = self._decided()
        if found is None:
            return {}
        answers, count = found, len(self.data.classes)
        size = max(count, int(answers.max(initial=0)) + 1)
        table = np.zeros((count, size), np.int32)
        np.add.at(table, (self.data.t_test, answers), 1)
        return {"confusion": table}

    def wrong(self, _: int, __: int) -> Arrays:
        """The test samples that the network gets wrong, the first ones."""
        answers = self._decided()
        if answers is None:
            return {}
        places = np.flatnonzero(answers != self.data.t_test)
        shown = places[:MOST_WRONG]
        return {
            "wrong.index": (shown + len(self.data.x_train)).astype(np.int32),
            "wrong.answer": answers[shown].astype(np.int32),
            "wrong.t": self.data.t_test[shown].astype(np.int32),
            "wrong.x": self.data.x_test[shown].astype(np.float32),
            "wrong.count": np.array([len(places)], np.int32),
        }

    def one(self, sample: int, _: int) -> Arrays:
        """The chosen sample, its target and the network's answer."""
        x, t = self.sample_of(sample)
        trace = self.sample(sample)
        return {
            "sample.x": x[0].astype(np.float32),
            "sample.t": np.atleast_1d(t[0]).astype(np.float32),
            "sample.y": trace.y[0],
        }

    def _decided(self) -> Array | None:
        """Return the classes of the answers to the test samples."""
        if self.data.task != "classes" or not len(self.data.x_test):
            return None
        outputs = self.answers.of(self)
        try:
            return decide(self.model.layers[-1].activation, self.model.loss, outputs)
        except BadakError:  # an output that was made wrong on purpose
            return None


VIEWS: Mapping[str, Callable[[Look, int, int], Arrays]] = {
    "network": Look.network,
    "units": Look.units,
    "boundary": Look.boundary,
    "distributions": Look.distributions,
    "confusion": Look.confusion,
    "wrong": Look.wrong,
    "sample": Look.one,
    "points": Look.points,
}


@cache
def _products() -> Any:
    """Return what holds NumPy's products to one thread."""
    return need("threadpoolctl", EXTRA, "badak.lab").ThreadpoolController()


@contextmanager
def quietly() -> Iterator[None]:
    """Work something out without delaying training: in one thread, and with no subnormal numbers.

    NumPy's products would else take all cores, and over subnormal numbers, which a network that
    has learnt all by heart is full of, ten times as long.
    """
    with _products().limit(limits=1, user_api="blas"), flushed_subnormals():
        yield


NAMES = ("loss", *VIEWS)
"""All that a page may ask for; the curves are the run's own."""


def curves_of(run: Run) -> Arrays:
    """Return the curves of a run, for the view "loss"."""
    arrays = {f"loss.{name}": run.curves.column(name) for name in run.curves.names}
    arrays["gradient.step"] = run.gradient.column("step")
    arrays["loss.gradient"] = run.gradient.column("size")
    return arrays


def seen(look: Look, views: Iterable[str], sample: int, grid: int) -> Arrays:
    """Return the arrays of these views."""
    arrays: Arrays = {}
    with np.errstate(all="ignore"):
        for view in views:
            if view in VIEWS:
                arrays |= VIEWS[view](look, sample, grid)
    return arrays


def gradient_size(trace: Trace) -> float:
    """Return the length of the loss's gradient in all weights."""
    squares = [np.square(g, dtype=np.float64).sum() for e in trace for g in e.gradients.values()]
    return float(np.sqrt(sum(squares)))


def _places(count: int, most: int) -> Array:
    """Return at most `most` of so many places, evenly spread."""
    chosen = spread(count, most)
    return np.arange(count)[chosen].astype(np.int32)


def _few(values: Array, most: int) -> Array:
    return values[_places(len(values), most)]


def _over_plane(z: Array, grid: int) -> Array:
    """Return outputs (samples, units) as (units, grid, grid); along a line (units, 1, grid)."""
    return z.T.reshape(z.shape[1], -1, grid)


def _histogram(values: Array) -> tuple[Array, Array]:
    """Return counts and edges, as :func:`numpy.histogram` does but in a third of its time."""
    low, high = values.min(), values.max()
    if not np.isfinite(low) or not np.isfinite(high):
        values = values[np.isfinite(values)]
        if not values.size:
            return np.zeros(BINS, np.int32), np.linspace(0.0, 1.0, BINS + 1, dtype=np.float32)
        low, high = values.min(), values.max()
    if low == high:
        low, high = low - 0.5, high + 0.5
    places = ((values.ravel() - low) * (BINS / (high - low))).astype(np.int32)
    np.clip(places, 0, BINS - 1, out=places)
    counts = np.bincount(places, minlength=BINS).astype(np.int32)
    return counts, np.linspace(low, high, BINS + 1, dtype=np.float32)
