"""The experiments by name, in the order of the notes."""

import importlib
from collections.abc import Iterable

from badak._common.registry import Registry
from badak.errors import UnknownNameError
from badak.experiments.base import Experiment

# Each is a file of this package; it is read when the experiment is first asked for.
NAMES = (
    "perceptron",
    "step-and-sigmoid",
    "linear-layers",
    "linear-slope",
    "softmax",
    "vanishing-gradients",
    "zero-centred",
    "dying-relu",
    "relu-speed",
    "activation-cost",
    "output-layer",
    "batches",
    "preprocessing",
    "gradient-descent",
    "optimizers",
    "initialisation",
    "book-network",
    "depth-and-width",
)

_TABLE: Registry[str] = Registry("experiment", {name: name for name in NAMES})


def number_of(experiment: Experiment) -> int:
    """Return the experiment's number, the first being 1."""
    return NAMES.index(experiment.name) + 1


def get(name: str) -> Experiment:
    """Return the experiment of this name or number; UnknownNameError names the nearest.

    >>> get("softmax").title.en == get("5").title.en
    True
    """
    if name.isdecimal():
        if not 1 <= int(name) <= len(NAMES):
            raise UnknownNameError(f"experiments are numbered 1 to {len(NAMES)}, none is {name}")
        known = NAMES[int(name) - 1]
    else:
        known = _TABLE[name]
    module = importlib.import_module(f"badak.experiments.{known.replace('-', '_')}")
    experiment: Experiment = module.experiment
    return experiment


def every() -> Iterable[Experiment]:
    """Return all experiments, one after another."""
    return map(get, NAMES)
