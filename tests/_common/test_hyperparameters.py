"""Every hyperparameter of every registered class: what it may be, and what is kept of it."""

import dataclasses
import json
from dataclasses import dataclass

import numpy as np
import pytest

from badak import initializers, losses, metrics, optimizers, regularizers
from badak._common.hyperparameters import hyperparameter
from badak._common.validation import Choice, Flag, Interval, Whole, shown
from badak.errors import InputError
from badak.initializers.registry import INITIALIZERS
from badak.losses.registry import LOSSES
from badak.metrics.registry import METRICS
from badak.optimizers.registry import OPTIMIZERS
from badak.optimizers.schedules import SCHEDULES
from badak.regularizers import REGULARIZERS

REGISTRIES = (INITIALIZERS, LOSSES, METRICS, OPTIMIZERS, REGULARIZERS, SCHEDULES)


def declared_in(kind):
    fields = dataclasses.fields(kind) if isinstance(kind, type) else ()
    return [field for field in fields if "allowed" in field.metadata]


HYPERPARAMETERS = {
    f"{kind.__name__}.{field.name}": (kind, field)
    for registry in REGISTRIES
    for kind in (registry[name] for name in registry)
    for field in declared_in(kind)
}


def made(kind, **given):
    """An object whose fields without a default are 0.5, or what is given."""
    required = {
        field.name: 0.5
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING
    }
    return kind(**{**required, **given})


def test_all_kinds_of_things_declare_hyperparameters():
    found = {kind.__module__.split(".")[1] for kind, _ in HYPERPARAMETERS.values()}
    assert found == {"initializers", "losses", "metrics", "optimizers", "regularizers"}
    assert len(HYPERPARAMETERS) > 60


@pytest.mark.parametrize("name", HYPERPARAMETERS)
@pytest.mark.parametrize("value", [10**400, -(10**400), "high", float("nan"), [[]]])
def test_what_no_float32_holds_is_refused_by_name(name, value):
    kind, field = HYPERPARAMETERS[name]
    with pytest.raises(InputError, match=rf"{kind.__name__}'s {field.name}"):
        made(kind, **{field.name: value})


def as_numpy(value, allowed):
    if isinstance(allowed, Flag):
        return np.bool_(value)
    if isinstance(allowed, Whole):
        return np.int64(3 if value is None else value)
    if isinstance(allowed, Choice):
        return None if value is None else np.str_(value)
    return np.float32(0.5 if value is None else value)


@pytest.mark.parametrize("name", HYPERPARAMETERS)
def test_numpys_scalars_are_kept_as_pythons(name):
    kind, field = HYPERPARAMETERS[name]
    default = None if field.default is dataclasses.MISSING else field.default
    thing = made(kind, **{field.name: as_numpy(default, field.metadata["allowed"])})
    kept = getattr(thing, field.name)
    assert kept is None or type(kept) in (bool, int, float, str)
    json.dumps(thing.get_config())


def test_a_field_of_your_own_may_be_anything_whatever_its_name():
    """`scale` and `mode` are hyperparameters of VarianceScaling, and something else here."""

    @dataclass(frozen=True)
    class Own(initializers.Initializer):
        scale: float = -1.0
        mode: str = "mirrored"

        def draw(self, shape, rng):
            return np.full(shape, self.scale)

    assert Own()((2,)).tolist() == [-1.0, -1.0]

    @dataclass(frozen=True, repr=False)
    class Cooling(optimizers.schedules.Schedule):
        alpha: float = 7.0

        def __call__(self, iteration):
            return self.alpha / (1.0 + iteration)

    assert Cooling()(6) == 1.0


def test_the_metrics_functions_refuse_what_their_classes_refuse():
    t, y = [0, 1, 1], [0.2, 0.6, 0.7]
    with pytest.raises(InputError, match="auc's curve must be one of 'ROC', 'PR', not 'pr'"):
        metrics.auc(t, y, curve="pr")
    with pytest.raises(InputError, match="f1_score's average must be one of None, 'micro'"):
        metrics.f1_score(t, y, average="mean")
    with pytest.raises(InputError, match="r2_score's class_aggregation must be one of None"):
        metrics.r2_score(t, y, class_aggregation="sum")
    with pytest.raises(InputError, match="precision's class_id must be None or a whole number"):
        metrics.precision(t, y, class_id=0.5)


def test_a_long_value_is_cut_in_a_message():
    assert shown(10**400) == "100000000000000000...(401 digits)"
    assert shown(-(10**60) - 1).endswith("(61 digits)")
    assert len(shown("x" * 10_000)) < 300


def test_a_dataclass_checks_what_it_declares():
    @dataclass
    class Own(losses.Loss):
        name = "own"
        weight: float = hyperparameter(1.0, Interval(0.0))

    assert type(Own(np.float32(2)).weight) is float
    with pytest.raises(InputError, match="Own's weight"):
        Own(-1.0)


def test_a_regularizer_takes_what_numpy_computes():
    assert regularizers.L2(np.float64(0.25)) == regularizers.L2(0.25)
