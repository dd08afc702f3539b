"""Weights of classes: each is that of its samples; numbers to predict have no classes."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        ("mse", [0.0, 1.0, 2.0, 3.0]),
        ("mae", [0.5, 1.0, 0.0, 1.0]),
        ("poisson", [4.0, 1.0, 0.0, 1.0]),
        ("mse", [[1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]]),
    ],
)
def test_class_weight_on_numbers_is_refused(loss, y):
    model = Sequential([Input((2,)), Dense(np.ndim(y[0]) + 1)], engine="reference")
    model.compile("sgd", loss)
    with pytest.raises(InputError, match=r"class_weight weighs classes.* give .*sample_weight"):
        model.fit(np.ones((4, 2)), y, class_weight={0: 5.0}, verbose=0)


@pytest.mark.parametrize("y", [[0, 1, 1, 0], [[1, 0], [0, 1], [0, 1], [1, 0]]])
def test_class_weight_on_classes_is_their_samples_weight_whatever_the_loss(y):
    losses = []
    for weighed in ({"class_weight": {1: 3.0}}, {"sample_weight": [1.0, 3.0, 3.0, 1.0]}):
        model = Sequential([Input((2,)), Dense(np.ndim(y))], engine="reference", seed=1)
        model.compile("sgd", "mse")
        history = model.fit(np.eye(4, 2), y, epochs=2, verbose=0, **weighed)
        losses.append(history.history["loss"])
    assert losses[0] == losses[1]
