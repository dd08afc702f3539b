"""Losses beside Keras 3: values, gradients by PyTorch, arguments and their order."""

import inspect
import os

import numpy as np
import pytest

from badak import losses
from badak.losses import LOSSES

# Keras 3's own reading of a PyTorch tensor, under NumPy 2
KERAS_WARNING = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings(KERAS_WARNING)]

RNG = np.random.default_rng(8)
BATCH, UNITS = 20, 4
LOGITS = RNG.normal(0, 2, size=(BATCH, UNITS))
SHARES = RNG.uniform(0.05, 0.95, size=(BATCH, UNITS))
LABELS = RNG.integers(UNITS, size=BATCH)
TARGETS = {
    "values": RNG.normal(size=(BATCH, UNITS)),
    "not_negative": RNG.uniform(0.5, 3.0, size=(BATCH, UNITS)),
    "shares": RNG.integers(2, size=(BATCH, UNITS)).astype(float),
    "signs": RNG.choice([-1.0, 1.0], size=(BATCH, UNITS)),
    "distribution": np.eye(UNITS)[LABELS],
    "labels": LABELS,
}
NOT_IN_KERAS = ("pinball", "scaled_squared_error")  # compared with scikit-learn elsewhere
KERAS_HAS = [name for name in LOSSES if name not in NOT_IN_KERAS]
CASES = [
    *((LOSSES[name].__name__, {}) for name in KERAS_HAS),
    ("Huber", {"delta": 0.3}),
    *(
        (name, {**form, **extra})
        for form in ({"from_logits": False}, {"from_logits": True})
        for name, extra in [
            ("SparseCategoricalCrossentropy", {}),
            ("BinaryCrossentropy", {"label_smoothing": 0.2}),
            ("CategoricalCrossentropy", {"label_smoothing": 0.2}),
            ("BinaryFocalCrossentropy", {"gamma": 1.0, "label_smoothing": 0.2}),
            ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4}),
            ("CategoricalFocalCrossentropy", {"alpha": 0.4, "gamma": 3.0}),
            ("CategoricalFocalCrossentropy", {"gamma": 0.5, "label_smoothing": 0.2}),
        ]
    ),
]
# What Keras's classes take and these do not: how the batch is reduced, and other shapes.
NOT_TAKEN = {"reduction", "name", "dtype", "axis", "ignore_class"}


@pytest.fixture
def keras(monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    before = keras.config.floatx()
    keras.config.set_floatx("float64")
    yield keras
    keras.config.set_floatx(before)


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


@pytest.mark.parametrize(("name", "arguments"), CASES, ids=str)
def test_value_and_gradient_are_those_of_keras(name, arguments, keras, torch):
    mine = getattr(losses, name)(**arguments)
    t = TARGETS[mine.targets]
    shares = mine.needs_probabilities and not arguments.get("from_logits")
    given = SHARES if shares or mine.targets == "not_negative" else LOGITS
    y = torch.tensor(given, requires_grad=True)
    value = getattr(keras.losses, name)(**arguments)(torch.tensor(t), y)
    value.backward()
    assert mine(t, given) == pytest.approx(value.item(), rel=1e-6)
    gradient = mine.gradient(given, t) / BATCH
    np.testing.assert_allclose(gradient, y.grad.numpy(), rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_smoothed_labels_are_those_of_pytorch(share, torch):
    x = torch.tensor(LOGITS, requires_grad=True)
    value = torch.nn.CrossEntropyLoss(label_smoothing=share)(x, torch.tensor(LABELS))
    value.backward()
    mine = losses.SparseCategoricalCrossentropy(from_logits=True, label_smoothing=share)
    assert mine(LABELS, LOGITS) == pytest.approx(value.item(), rel=1e-12)
    gradient = mine.gradient(LOGITS, LABELS) / BATCH
    np.testing.assert_allclose(gradient, x.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", KERAS_HAS)
def test_sample_weights_count_as_in_keras(name, keras):
    t = TARGETS[LOSSES[name].targets]
    weights = RNG.integers(0, 4, size=BATCH) / 2
    mine = LOSSES[name]()(t, SHARES, weights)
    theirs = getattr(keras.losses, LOSSES[name].__name__)()(t, SHARES, sample_weight=weights)
    assert mine == pytest.approx(float(theirs), rel=1e-6)


@pytest.mark.parametrize("name", KERAS_HAS)
def test_arguments_have_the_names_the_order_and_the_defaults_of_keras(name, keras):
    mine = dict(inspect.signature(LOSSES[name]).parameters)
    if name == "sparse_categorical_crossentropy":
        del mine["label_smoothing"]  # PyTorch has it
    peer = inspect.signature(getattr(keras.losses, LOSSES[name].__name__)).parameters
    theirs = {n: p.default for n, p in peer.items() if n not in NOT_TAKEN}
    assert {n: p.default for n, p in mine.items()} == theirs
    positional = [n for n, p in mine.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == list(theirs)[: len(positional)]
    assert positional or not theirs
