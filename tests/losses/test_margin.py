"""Losses of margins, beside their formulas and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import hinge_loss

from badak.losses import CategoricalHinge, Hinge, SquaredHinge

RNG = np.random.default_rng(3)
Y = RNG.normal(0, 2, size=(50, 3))
SIGNS = RNG.choice([-1.0, 1.0], size=(50, 3))
LABELS = RNG.integers(3, size=50)
ONE_HOT = np.eye(3)[LABELS]


def missing(y, t):
    """How far each margin is from 1, where it is less."""
    return np.clip(1 - y * t, 0, None)


def test_hinge_and_its_square():
    np.testing.assert_allclose(Hinge().rows(Y, SIGNS), missing(Y, SIGNS).mean(axis=1))
    np.testing.assert_allclose(SquaredHinge().rows(Y, SIGNS), (missing(Y, SIGNS) ** 2).mean(axis=1))
    assert Hinge()(SIGNS[:, 0], Y[:, 0]) == pytest.approx(hinge_loss(SIGNS[:, 0], Y[:, 0]))


@pytest.mark.parametrize("loss", [Hinge(), SquaredHinge()], ids=repr)
def test_yes_and_no_may_be_one_and_zero(loss):
    assert loss((SIGNS + 1) / 2, Y) == loss(SIGNS, Y)
    assert loss(SIGNS > 0, Y) == loss(SIGNS, Y)


def test_categorical_hinge_asks_the_right_class_to_lead_by_one():
    """Crammer and Singer, with Keras's floor: no wrong class counts as less than 0."""
    rivals = np.where(ONE_HOT == 1, -np.inf, Y).max(axis=1)
    lead = Y[np.arange(50), LABELS] - np.maximum(rivals, 0)
    np.testing.assert_allclose(CategoricalHinge().rows(Y, ONE_HOT), np.clip(1 - lead, 0, None))
    positive = np.abs(Y)
    assert CategoricalHinge()(ONE_HOT, positive) == pytest.approx(hinge_loss(LABELS, positive))


@pytest.mark.parametrize("loss", [Hinge(), SquaredHinge()], ids=repr)
def test_a_margin_of_one_is_enough(loss):
    y = SIGNS * RNG.uniform(1, 5, size=SIGNS.shape)
    np.testing.assert_array_equal(loss.rows(y, SIGNS), 0.0)
    np.testing.assert_array_equal(loss.gradient(y, SIGNS), 0.0)
    np.testing.assert_array_equal(loss.gradient(SIGNS, SIGNS), 0.0)


def test_categorical_hinge_moves_the_best_wrong_class_and_the_right_one_only():
    y = np.array([[1.0, 3.0, 2.0], [5.0, 1.0, 1.0]])
    gradient = CategoricalHinge().gradient(y, np.array([[0.0, 0, 1], [1, 0, 0]]))
    np.testing.assert_array_equal(gradient, [[0, 1, -1], [0, 0, 0]])
