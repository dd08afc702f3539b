"""A loss that is not finite is laid to the first thing that was not, or was out of scale."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import DivergedError, InputError
from badak.layers import BatchNormalization, Dense, Normalization, Rescaling

RNG = np.random.default_rng(5)
X = RNG.normal(size=(64, 3))
T = RNG.normal(size=(64, 1))


def train(x, t, *before, rate=0.01, engine="reference", **more):
    model = Sequential([Input((3,)), *before, Dense(8, "relu"), Dense(1)], seed=1, engine=engine)
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = rate
    model.fit(x, t, epochs=5, verbose=0, **more)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
@pytest.mark.parametrize(
    ("scale", "rate", "said"), [(1e20, 0.01, "e.20"), (1e6, 0.01, "e.06"), (1.0, 1e9, None)]
)
def test_targets_out_of_scale_are_named_and_else_the_learning_rate(scale, rate, said, engine):
    cause = (
        rf"the targets are as large as \S+{said}; scale" if said else "the learning rate 1e.09 is"
    )
    with pytest.raises(DivergedError, match=cause):
        train(X, scale * T, rate=rate, engine=engine)


def test_inputs_come_before_targets():
    with pytest.raises(DivergedError, match=r"the inputs are as large as .*Rescaling"):
        train(1e30 * X, 1e20 * T)


def test_inputs_whose_squares_overflow_are_named_even_before_a_normalising_layer():
    with pytest.raises(DivergedError, match=r"the inputs are as large as \S+e.30; scale"):
        train(1e30 * X, T, BatchNormalization())


def test_a_layer_whose_output_overflows_is_named():
    with pytest.raises(DivergedError, match="the output of layer 'rescaling' is not finite"):
        train(10.0 * X, T, Rescaling(1e38))


def test_weights_of_samples_that_overflow_the_loss_are_named():
    with pytest.raises(DivergedError, match=r"the weights of samples are as large as 1e.38"):
        train(X, T, sample_weight=np.full(64, 1e38))


@pytest.mark.parametrize("columns", [[0, 1, 2], [2]])
def test_a_variance_that_float32_does_not_hold_is_refused_by_its_feature(columns):
    x = X.copy()
    x[:, columns] *= 1e30
    variance = x.astype(np.float32).astype(np.float64).var(axis=0)[columns[0]]
    said = f"learns a variance of {variance:.3g} for feature {columns[0]}".replace("+", ".")
    with pytest.raises(InputError, match=said):
        train(x, T, Normalization())
    with pytest.raises(InputError, match=said):
        Normalization().adapt(x)


def test_a_variance_just_within_float32_is_learned_as_numpy_has_it():
    x = (1e18 * X).astype(np.float32)
    model = Sequential([Input((3,)), Normalization()])
    model.layers[0].adapt(x)
    wide = x.astype(np.float64)
    expected = (wide - wide.mean(axis=0)) / wide.std(axis=0)
    np.testing.assert_allclose(model.predict(x), expected, rtol=1e-5, atol=1e-6)


def test_a_mean_that_float32_does_not_hold_is_refused():
    with pytest.raises(InputError, match="finite number of float32"):
        Normalization(mean=1e39, variance=1.0)
