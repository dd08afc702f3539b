"""A validation part that says little of what training does is told."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import DataWarning, InputError
from badak.layers import Dense

X = np.random.default_rng(0).normal(size=(20, 2))
SORTED = np.arange(20) // 5


def network(units=4, activation="softmax", loss="sparse_categorical_crossentropy") -> Sequential:
    made = Sequential([Input((2,)), Dense(units, activation)], engine="reference")
    made.compile("sgd", loss)
    return made


def test_a_share_of_less_than_half_a_sample_is_told():
    with pytest.warns(DataWarning, match="validation_split=0.01 of 20 samples is less than one"):
        network().fit(X, SORTED % 2, validation_split=0.01, verbose=0)


@pytest.mark.parametrize(("share", "said"), [(0.99, "none to train on"), (1e-17, "none to valid")])
def test_a_share_that_leaves_a_part_empty_is_refused(share, said):
    with pytest.raises(InputError, match=f"of 20 samples leaves one part empty, {said}"):
        network().fit(X, SORTED, validation_split=share, verbose=0)


@pytest.mark.parametrize(
    ("made", "y"),
    [
        (network(), SORTED),
        (network(loss="categorical_crossentropy"), np.eye(4)[SORTED]),
        (network(loss="mse"), np.eye(4)[SORTED]),
    ],
)
def test_a_class_that_only_the_last_part_holds_is_told(made, y):
    with pytest.warns(DataWarning, match="hold the class 3, of which .* sorted by class: shuffle"):
        made.fit(X, y, validation_split=0.25, verbose=0)


def test_one_unit_has_two_classes():
    for loss, y in (("binary_crossentropy", SORTED > 1), ("hinge", 2 * (SORTED > 1) - 1)):
        made = network(1, "sigmoid" if loss != "hinge" else "linear", loss)
        with pytest.warns(DataWarning, match="hold the class 1, of which there is no training"):
            made.fit(X, y, validation_split=0.5, verbose=0)


def test_validation_data_of_unseen_classes_are_told():
    with pytest.warns(DataWarning, match="hold the classes 2, 3, of which .*split_stratified"):
        network().fit(X[:10], SORTED[:10], validation_data=(X[10:], SORTED[10:]), verbose=0)


def test_nothing_is_said_of_numbers_of_several_labels_and_of_classes_that_are_all_there():
    order = np.random.default_rng(0).permutation(20)
    network().fit(X[order], SORTED[order], validation_split=0.4, verbose=0)
    network(1, "linear", "mse").fit(X, SORTED > 1, validation_split=0.5, verbose=0)
    labels = np.array([[1, 1, 0, 0]] * 10 + [[0, 0, 1, 1]] * 10)
    network(4, "sigmoid", "binary_crossentropy").fit(X, labels, validation_split=0.5, verbose=0)


def test_the_warning_points_at_the_line_that_called_fit():
    with pytest.warns(DataWarning) as caught:
        network().fit(X, SORTED, validation_split=0.25, verbose=0)
    assert caught[0].filename == __file__
