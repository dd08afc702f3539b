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


def weighed(class_weight, y, units=3, loss="sparse_categorical_crossentropy"):
    """Return the losses of a fit with these weights of classes."""
    model = Sequential([Input((2,)), Dense(units, "softmax")], engine="reference", seed=1)
    model.compile("sgd", loss)
    x = np.random.default_rng(0).normal(size=(len(y), 2))
    return model.fit(x, y, epochs=2, verbose=0, class_weight=class_weight).history["loss"]


@pytest.mark.parametrize(
    "same",
    [
        {0.0: 1.0, 1.0: 2.0, 2.0: 0.5},
        {np.int8(0): 1.0, np.float32(1.0): 2.0, 2: 0.5},
        [1.0, 2.0, 0.5],
        (1, 2, 0.5),
        np.array([1.0, 2.0, 0.5]),
    ],
)
def test_weights_of_classes_may_come_in_many_forms(same):
    y = np.array([0, 1, 2, 1, 0, 2, 2])
    assert weighed(same, y) == weighed({0: 1.0, 1: 2.0, 2: 0.5}, y)


@pytest.mark.parametrize("y", [[0, 0, 0, 1, 2, 2], [0, 0, 0, 2, 2, 2, 2]])
def test_balanced_weights_are_those_of_scikit_learn(y):
    utils = pytest.importorskip("sklearn.utils.class_weight")
    present = np.unique(y)
    expected = utils.compute_class_weight("balanced", classes=present, y=y)
    assert weighed("balanced", y) == weighed(dict(zip(present, expected, strict=True)), y)
    one_hot = np.eye(3)[y]
    assert weighed("balanced", one_hot, loss="categorical_crossentropy") == pytest.approx(
        weighed("balanced", y), rel=1e-6
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({0.5: 1.0}, r"names the class 0\.5, but they are 0\.\.2"),
        ({"0": 1.0}, r"names the class '0', but they are 0\.\.2"),
        ({3: 1.0}, "names the class 3"),
        ({1.0: -1.0}, r"the weight of class 1\.0 must be"),
        ([1.0, 2.0], r"of shape \(2,\), but there are 3 classes: give one weight for each"),
        ("uniform", "class_weight is weights or 'balanced', not 'uniform'"),
    ],
)
def test_other_weights_of_classes_are_refused(wrong, said):
    with pytest.raises(InputError, match=said):
        weighed(wrong, [0, 1, 2])
