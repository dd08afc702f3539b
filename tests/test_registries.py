"""Every registry holds all classes of its wing, and nothing that a user defines."""

import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from badak import activations, initializers, losses, metrics, optimizers, regularizers, schedules
from badak._common.registry import Registry
from badak.activations import ACTIVATIONS, Activation
from badak.initializers import INITIALIZERS, Initializer
from badak.losses import LOSSES, Loss
from badak.metrics import METRICS, Metric
from badak.optimizers import OPTIMIZERS, SGD, Optimizer
from badak.optimizers.base import Scaled
from badak.regularizers import REGULARIZERS, Regularizer
from badak.schedules import SCHEDULES, Schedule

WINGS: dict[str, tuple[ModuleType, Registry[Any], type]] = {
    "losses": (losses, LOSSES, Loss),
    "metrics": (metrics, METRICS, Metric),
    "optimizers": (optimizers, OPTIMIZERS, Optimizer),
    "initializers": (initializers, INITIALIZERS, Initializer),
    "regularizers": (regularizers, REGULARIZERS, Regularizer),
    "schedules": (schedules, SCHEDULES, Schedule),
}
each_wing = pytest.mark.parametrize(("package", "registry", "base"), WINGS.values(), ids=WINGS)

FOR_FUNCTIONS = {losses.OwnLoss, initializers.OwnInitializer}  # made of a user's own functions
OF_ONE_STEP = {Scaled}  # what an optimizer makes of its schedule while it steps; no file names it


def subclasses(base):
    """All classes below `base` that badak defines in the base's own wing."""
    wing = ".".join(base.__module__.split(".")[:2])
    below = {each for child in base.__subclasses__() for each in {child, *subclasses(child)}}
    return {each for each in below if each.__module__.startswith(wing)}


def read_all_modules(package):
    for module in pkgutil.iter_modules(getattr(package, "__path__", [])):
        importlib.import_module(f"{package.__name__}.{module.name}")


@each_wing
def test_every_class_of_the_wing_is_registered(package, registry, base):
    read_all_modules(package)
    registered = {registry[name] for name in registry}
    assert registered == subclasses(base) - FOR_FUNCTIONS - OF_ONE_STEP
    assert len(registered) == len(registry)


@each_wing
def test_every_registered_class_is_public(package, registry, base):
    assert {registry[name].__name__ for name in registry} <= set(dir(package))


def test_every_record_of_an_activation_is_registered():
    read_all_modules(activations)
    records = [each for each in vars(activations).values() if isinstance(each, Activation)]
    assert {record.name for record in records} == set(ACTIVATIONS)
    assert all(ACTIVATIONS[record.name] is record for record in records)


@pytest.mark.parametrize(
    ("registry", "first", "last"),
    [
        (ACTIVATIONS, "step", "log_softmax"),
        (LOSSES, "mean_squared_error", "categorical_hinge"),
        (METRICS, "accuracy", "r2_score"),
        (OPTIMIZERS, "gradient_descent", "lion"),
        (INITIALIZERS, "zeros", "orthogonal"),
        (REGULARIZERS, "l1", "l1_l2"),
        (SCHEDULES, "Constant", "CosineDecayRestarts"),
    ],
    ids=lambda each: getattr(each, "kind", each),
)
def test_names_are_listed_from_simple_to_complex(registry, first, last):
    names = list(registry)
    assert (names[0], names[-1]) == (first, last)


def test_a_users_subclass_takes_no_name_from_a_built_in():
    @dataclass
    class Sgd(SGD):
        """Named as a built-in one, and derived from it."""

    assert OPTIMIZERS["sgd"] is SGD
    assert type(optimizers.get("sgd")) is SGD
    mine = Sgd(0.5)
    assert optimizers.get(mine) is mine


def test_a_users_activation_takes_no_name_from_a_built_in():
    mine = Activation("relu", lambda x: 3.0 * x, lambda x: 0.0 * x + 3.0)
    assert activations.get("relu") is activations.RELU
    assert activations.get(mine) is mine
    assert mine(np.ones(1)) == 3.0


@each_wing
def test_a_name_that_is_taken_is_refused(package, registry, base):
    taken = next(iter(registry))
    with pytest.raises(ValueError, match=f"the {registry.kind} registry has .* already"):
        registry.enter(name=taken)(base)
    assert registry[taken] is not base


def test_every_class_reads_well_in_help():
    for _, registry, _ in WINGS.values():
        for name in registry:
            assert "<factory>" not in str(inspect.signature(registry[name]))
