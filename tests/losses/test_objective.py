import dataclasses

import numpy as np
import pytest

from badak import Input, Sequential, layers, losses
from badak.activations import Activation, get
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
        ("softmax", 3, LABELS[:, np.newaxis], "sparse_categorical_crossentropy"),
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
        assert vars(objective.loss)["from_logits"]
    assert not objective_of(losses.MeanSquaredError(), get("softmax")).at_sum


def test_probabilities_are_wanted_where_logarithms_are_taken():
    for output in ("identity", "relu", "tanh", None):
        with pytest.raises(InputError, match="takes probabilities"):
            objective_of(losses.CategoricalCrossentropy(), None if output is None else get(output))
    with pytest.raises(InputError, match="activation='sigmoid'"):
        objective_of(losses.BinaryCrossentropy(), get("identity"))


@pytest.mark.parametrize(
    ("low", "high", "are_probabilities"),
    [
        *((0.0, 1.0, True), (0.25, 0.75, True), (0.0, 0.5, True)),
        *((-1e-9, 1.0, False), (0.0, 1.0 + 1e-9, False), (-np.inf, 1.0, False), (0.0, 6.0, False)),
    ],
)
def test_outputs_that_all_lie_between_0_and_1_are_probabilities(low, high, are_probabilities):
    output = dataclasses.replace(get("tanh"), name="own", range=(low, high))
    if are_probabilities:
        assert not objective_of(losses.KLDivergence(), output).at_sum
    else:
        with pytest.raises(InputError, match="takes probabilities"):
            objective_of(losses.KLDivergence(), output)


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


def squashed(x):
    return 1.0 / (1.0 + np.exp(-x / 4.0))


OWN_SIGMOID = Activation(
    "sigmoid",
    squashed,
    lambda y: 0.25 * y * (1.0 - y),
    range=(0.0, 1.0),
)


def test_an_own_activation_with_a_builtin_name_is_trained_as_what_it_computes():
    """Of -mean(t log y + (1 - t) log(1 - y)) with y = sigmoid(a / 4), as float64 has it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 3)).astype(np.float32)
    t = (x[:, :1] > 0.0).astype(np.float32)
    for engine in ("compiled", "reference"):
        model = Sequential([Input((3,)), layers.Dense(1, OWN_SIGMOID)], seed=1, engine=engine)
        model.compile(loss=losses.BinaryCrossentropy())
        a = x.astype(np.float64) @ model.layers[0].kernel + model.layers[0].bias
        y = 1.0 / (1.0 + np.exp(-a / 4.0))
        expected = -np.mean(t * np.log(y) + (1.0 - t) * np.log(1.0 - y))
        assert model.evaluate(x, t, verbose=0) == pytest.approx(expected, rel=1e-5)
        assert model.fit(x, t, batch_size=64, epochs=1, verbose=0).history["loss"][0] == (
            pytest.approx(expected, rel=1e-5)
        )
    assert model.check_gradients(x, t).passed()


def test_an_own_activation_of_unknown_range_is_no_probability():
    own = Activation("sigmoid", squashed, lambda y: 0.25 * y * (1.0 - y))
    model = Sequential([Input((3,)), layers.Dense(1, own)])
    with pytest.raises(InputError, match=r"your own 'sigmoid', of range \(-inf, inf\)"):
        model.compile(loss="binary_crossentropy")


def test_no_loss_follows_from_an_own_activation_whatever_its_name():
    model = Sequential([Input((3,)), layers.Dense(1, OWN_SIGMOID)])
    with pytest.raises(InputError, match=r"no loss follows from .* your own 'sigmoid'"):
        model.fit(np.zeros((4, 3)), np.zeros((4, 1)))
