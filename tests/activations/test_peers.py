"""Activations beside Keras 3, and their slopes beside PyTorch's automatic ones."""

import os

import numpy as np
import pytest

from badak.activations import ACTIVATIONS, BOUNDED_RELU, get

# Keras 3's own reading of a PyTorch tensor, under NumPy 2
KERAS_WARNING = "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings(KERAS_WARNING)]

X = np.random.default_rng(4).normal(0, 3, size=(50, 4))  # no corner among them
G = np.random.default_rng(5).normal(size=(50, 4))
DIFFERENT = {"threshold"}  # Keras's has two arguments and lets x through, as thresholded_relu


@pytest.fixture
def keras(monkeypatch):
    monkeypatch.setitem(os.environ, "KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.fixture
def torch():
    return pytest.importorskip("torch")


def with_gradient(torch, function):
    x = torch.tensor(X, requires_grad=True)
    y = function(x)
    y.backward(torch.tensor(G))
    return y.detach().numpy(), x.grad.numpy()


def assert_same(record, value, gradient):
    y = record(X)
    np.testing.assert_allclose(y, value, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(record.backward(X, y, G), gradient, rtol=1e-7, atol=1e-10)


def test_every_activation_that_keras_has_too(keras, torch):
    theirs = vars(keras.activations)
    shared = [n for n in theirs if callable(theirs[n]) and n in ACTIVATIONS and n not in DIFFERENT]
    assert len(shared) >= 16
    for name in shared:
        assert_same(get(name), *with_gradient(torch, theirs[name]))


def test_gelu_approximate_is_that_of_keras(keras, torch):
    def theirs(x):
        return keras.activations.gelu(x, approximate=True)

    assert_same(get("gelu_tanh"), *with_gradient(torch, theirs))


@pytest.mark.parametrize(
    "arguments",
    [{}, {"max_value": 4.0}, {"negative_slope": 0.1, "threshold": 0.5}, {"threshold": 1.0}],
    ids=str,
)
def test_the_bounded_relu_is_the_relu_of_keras(keras, torch, arguments):
    def theirs(x):
        return keras.ops.convert_to_tensor(keras.activations.relu(x, **arguments))

    record = BOUNDED_RELU.with_parameters(**arguments)
    y, gradient = with_gradient(torch, theirs)
    np.testing.assert_allclose(record(X), y, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(record.backward(X, y, G), gradient, rtol=1e-6, atol=1e-7)
