"""The experiments by name, in the order of the notes; each is found by its file."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator

import badak.experiments
from badak._common.language import marked, message
from badak._common.registry import Registry
from badak.errors import UnknownNameError
from badak.experiments.base import Experiment


def number_of(experiment: Experiment) -> int:
    """Return the experiment's number.

    Parameters
    ----------
    experiment : Experiment
        One of badak's.

    Returns
    -------
    int
        Its place in the order of the notes, from 1.

    Examples
    --------
    >>> number_of(get("perceptron"))
    1
    """
    return EXPERIMENTS[experiment.name].number


def get(name: str) -> Experiment:
    """Return the experiment of this name or number.

    Parameters
    ----------
    name : str
        Its name in any spelling, or its number.

    Returns
    -------
    Experiment
        The experiment.

    Raises
    ------
    UnknownNameError
        There is none; the message suggests the nearest name.

    Examples
    --------
    >>> get("softmax").title.en == get("5").title.en
    True
    """
    if not name.isdecimal():
        return EXPERIMENTS[name]
    if not 1 <= int(name) <= len(NAMES):
        raise UnknownNameError(
            message(
                "experiments are numbered 1 to {count}, none is {name}", count=len(NAMES), name=name
            )
        )
    return EXPERIMENTS[NAMES[int(name) - 1]]


def every() -> Iterable[Experiment]:
    """Return all experiments in the order of the notes.

    Returns
    -------
    iterable of Experiment
        Once each.

    Examples
    --------
    >>> [each.name for each in every()][:2]
    ['perceptron', 'step-and-sigmoid']
    """
    return map(get, NAMES)


def _found() -> Iterator[Experiment]:
    """Return what each file of this package calls `experiment`."""
    for file in pkgutil.iter_modules(badak.experiments.__path__, "badak.experiments."):
        found = getattr(importlib.import_module(file.name), "experiment", None)
        if isinstance(found, Experiment):
            yield found


# Below the functions, which modules of this package import while they are searched.
EXPERIMENTS: Registry[Experiment] = Registry(
    marked("experiment"),
    {each.name: each for each in sorted(_found(), key=lambda each: each.number)},
)
"""Every experiment."""

NAMES = tuple(EXPERIMENTS)
"""Their names."""
