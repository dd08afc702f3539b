"""Losses by name and by configuration."""

import inspect
import json

import numpy as np
import pytest

from badak import losses
from badak.errors import InputError, UnknownNameError
from badak.losses import LOSSES, Formula, Loss, get

CLASSES = {name: LOSSES[name] for name in LOSSES}
every_class = pytest.mark.parametrize("loss", CLASSES.values(), ids=CLASSES)
CHANGED = [
    losses.Huber(0.5),
    losses.Pinball(0.9),
    losses.BinaryCrossentropy(True, 0.1),
    losses.BinaryFocalCrossentropy(True, 0.3, 1.5, label_smoothing=0.1),
    losses.CategoricalFocalCrossentropy(0.3, 1.5, from_logits=True),
    losses.SparseCategoricalCrossentropy(from_logits=True, label_smoothing=0.2),
]


@every_class
def test_every_loss_is_found_by_class_and_by_name(loss):
    made = loss()
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in loss.__name__).lstrip("_")
    for spec in (loss.name, loss.__name__, loss.name.upper(), snake, loss, made, made.get_config()):
        assert get(spec) == made
    assert get(made) is made


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        *(
            ("mse", "mean_squared_error"),
            ("mae", "mean_absolute_error"),
            ("bce", "binary_crossentropy"),
        ),
        *(("msle", "mean_squared_logarithmic_error"), ("mape", "mean_absolute_percentage_error")),
        *(
            ("kld", "kl_divergence"),
            ("KL-divergence", "kl_divergence"),
            ("cce", "categorical_crossentropy"),
        ),
        *(("Log Cosh", "log_cosh"), ("kullback_leibler_divergence", "kl_divergence")),
    ],
)
def test_short_names(alias, name):
    assert get(alias).name == name


@pytest.mark.parametrize("loss", CHANGED, ids=repr)
def test_a_configuration_rebuilds_an_equal_loss(loss):
    config = json.loads(json.dumps(loss.get_config()))
    assert config["name"] == type(loss).__name__
    assert get(config) == loss
    assert get(config) != type(loss)()
    assert eval(repr(loss), vars(losses)) == loss


@every_class
def test_formula_and_source_are_told(loss):
    forms = [getattr(loss(), form, None) for form in ("formula", "probabilities", "logits")]
    for form in (f for f in forms if f is not None):
        assert isinstance(form, Formula)
        assert form.latex.startswith("L = ")
        assert form.latex.count("{") == form.latex.count("}")
        assert form.source


@every_class
def test_every_class_is_a_public_name(loss):
    assert getattr(losses, loss.__name__) is loss
    assert loss.__name__ in losses.__all__
    assert issubclass(loss, Loss)


@every_class
def test_losses_cannot_be_changed_once_made(loss):
    with pytest.raises(AttributeError):
        loss().name = "other"


@every_class
def test_a_formula_has_the_same_defaults_as_its_class(loss):
    forms = [getattr(loss(), form, None) for form in ("formula", "probabilities", "logits")]
    for function in (f for form in forms if form for f in (form.value, form.slope)):
        arguments = list(inspect.signature(function).parameters.values())[2:]
        assert {a.name: a.default for a in arguments} == dict(loss().parameters)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "mean_squarred_error",
            "unknown loss 'mean_squarred_error'; did you mean 'mean_squared_error'",
        ),
        ("hubber", "did you mean 'huber'"),
        ("qqqqqqq", "unknown loss 'qqqqqqq'; known: mean_squared_error, mean_absolute_error"),
        ({"name": "hinges"}, "unknown loss 'hinges'; did you mean 'hinge'"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(spec, message):
    with pytest.raises(UnknownNameError, match=message):
        get(spec)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"delta": 1.0}, "the configuration of a loss has no 'name'"),
        ({"name": "huber", "width": 1.0}, "loss 'huber': .*unexpected keyword argument 'width'"),
        ({"name": "huber", "delta": -1.0}, r"delta must be a number in \(0, inf\), not -1\.0"),
        (np.subtract, "the slope of the loss 'subtract' is not known; give losses.OwnLoss"),
        (lambda y, t: y - t, "the slope of the loss '<lambda>' is not known"),
        (None, "loss"),
        (3, "loss"),
    ],
)
def test_what_get_refuses(spec, message):
    with pytest.raises(InputError, match=message):
        get(spec)
