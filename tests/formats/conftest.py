"""Networks that the tests of several formats export."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

from badak import Input, Sequential, activations
from badak.activations import Activation
from badak.layers import (
    ELU,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
    ThresholdedReLU,
    Whitening,
)
from badak.layers import Activation as ActivationLayer

BUILTIN = sorted(activations.ACTIVATIONS)


@pytest.fixture(scope="session")
def samples() -> np.ndarray:
    """Sixty samples of two rows of three."""
    return np.random.default_rng(1).normal(size=(60, 2, 3)).astype(np.float32)


@pytest.fixture(scope="session")
def everything(samples: np.ndarray) -> Sequential:
    """A trained network with every kind of layer, some of them on samples of two axes."""
    model = Sequential(
        [
            Input((2, 3)),
            Rescaling(2.0, 0.5),
            Normalization(),
            BatchNormalization(),
            LayerNormalization(),
            PReLU(),
            Flatten(),
            Normalization(),
            Whitening("zca", epsilon=0.1),
            Dense(6, "leaky_relu"),
            BatchNormalization(epsilon=0.01),
            PReLU("he_normal"),
            Dropout(0.2),
            Dense(5, {"name": "elu", "alpha": 0.7}, use_bias=False),
            LayerNormalization(center=False),
            GaussianNoise(0.1),
            ReLU(6.0, 0.1),
            LeakyReLU(0.4),
            ThresholdedReLU(0.01),
            ELU(0.3),
            ActivationLayer("gelu"),
            Dense(4),
            Softmax(),
        ],
        name="every thing",
        seed=5,
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # that NumPy takes over
        model.fit(samples, np.arange(60) % 4, epochs=2, verbose=0)
    model.class_names = ["하나", "둘", "three", "넷"]
    model.preparation = {"kind": "digit", "shape": [2, 3]}
    return model


@pytest.fixture(scope="session")
def network_of() -> Callable[..., Sequential]:
    """Return a network whose hidden layer applies an activation."""

    def made(activation: object, output: object = None, name: str = "small") -> Sequential:
        layers = [Input((5,)), Dense(7, activation), Dense(3, output)]
        return Sequential(layers, name=name, seed=3)

    return made


@pytest.fixture(scope="session")
def inputs() -> np.ndarray:
    """Samples of five numbers, some of them large."""
    x = np.random.default_rng(2).normal(size=(40, 5)).astype(np.float32)
    x[30:] *= 10.0
    return x


@pytest.fixture(scope="session")
def square() -> Activation:
    """An activation of the user's own."""
    return Activation("square", lambda x: x * x / (1.0 + np.abs(x)), lambda x: 2.0 * x)
