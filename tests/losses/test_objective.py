import numpy as np
import pytest

from badak import losses
from badak.activations import get
from badak.errors import InputError
from badak.losses.objective import decide, fitting_loss, objective_of

ONE_HOT = np.eye(3)
LABELS = np.arange(3)


@pytest.mark.parametrize(
    ("output", "units", "targets", "loss"),
    [
        ("identity", 1, np.ones((4, 1)), "mean_squared_error"),
        ("identity", 3, ONE_HOT, "mean_squared_error"),
        ("sigmoid", 1, LABELS, "binary_crossentropy"),
        ("sigmoid", 3, ONE_HOT, "binary_crossentropy"),
        ("softmax", 3, ONE_HOT, "categorical_crossentropy"),
        ("softmax", 3, LABELS, "sparse_categorical_crossentropy"),
    ],
)
def test_the_loss_follows_from_the_output_layer(output, units, targets, loss):
    assert fitting_loss(get(output), units, targets).name == loss


def test_no_loss_follows_from_relu():
    with pytest.raises(InputError, match="compile"):
        fitting_loss(get("relu"), 1, LABELS)


def test_softmax_and_sigmoid_are_joined_with_their_cross_entropies():
    for loss, output in (
        (losses.CategoricalCrossentropy(), "softmax"),
        (losses.SparseCategoricalCrossentropy(), "softmax"),
        (losses.CategoricalFocalCrossentropy(), "softmax"),
        (losses.BinaryCrossentropy(), "sigmoid"),
        (losses.BinaryFocalCrossentropy(), "sigmoid"),
    ):
        objective = objective_of(loss, get(output))
        assert objective.at_sum
        assert objective.loss.from_logits
    assert not objective_of(losses.MeanSquaredError(), get("softmax")).at_sum


def test_probabilities_are_wanted_where_logarithms_are_taken():
    for output in ("identity", "relu", "tanh", None):
        with pytest.raises(InputError, match="takes probabilities"):
            objective_of(losses.CategoricalCrossentropy(), None if output is None else get(output))
    with pytest.raises(InputError, match="activation='sigmoid'"):
        objective_of(losses.BinaryCrossentropy(), get("identity"))


def test_logits_behind_softmax_are_refused():
    with pytest.raises(InputError, match="already ends in softmax"):
        objective_of(losses.CategoricalCrossentropy(from_logits=True), get("softmax"))
    with pytest.raises(InputError, match="already ends in sigmoid"):
        objective_of(losses.BinaryCrossentropy(from_logits=True), get("sigmoid"))


def test_decisions():
    values = np.array([[0.2, 0.7, 0.1], [0.5, 0.1, 0.4]])
    assert decide(get("softmax"), None, values).tolist() == [1, 0]
    assert decide(get("sigmoid"), None, np.array([[0.4], [0.6]])).tolist() == [0, 1]
    hinge = losses.Hinge()
    assert decide(get("identity"), hinge, np.array([[-0.4], [0.1]])).tolist() == [0, 1]
    with pytest.raises(InputError, match="predict"):
        decide(get("identity"), losses.MeanSquaredError(), np.array([[3.0]]))
