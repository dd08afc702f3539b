"""A Dense layer for each feature, held to one Dense with zeros between the features."""

import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import (
    CategoryEmbedding,
    Dense,
    Ensemble,
    FeatureDense,
    PeriodicEmbedding,
    PiecewiseLinearEncoding,
)
from badak.layers.parameters import Parameters
from badak.optimizers import SGD

SIZES = [3, 1, 20, 2]
X = np.random.default_rng(0).normal(size=(40, sum(SIZES))).astype(np.float32)
T = np.random.default_rng(1).normal(size=(40, 2)).astype(np.float32)
ENGINES = pytest.mark.parametrize("engine", ["reference", "compiled"])


def between_zeros(kernel, sizes=SIZES):
    """The features' kernels, which stand under one another, in one matrix, written out."""
    units = kernel.shape[1]
    whole = np.zeros((len(kernel), units * len(sizes)))
    feature_of = [feature for feature, size in enumerate(sizes) for _ in range(size)]
    for row, feature in enumerate(feature_of):
        for unit in range(units):
            whole[row, feature * units + unit] = kernel[row, unit]
    return whole


@ENGINES
@pytest.mark.parametrize("units", [1, 5, 16, 19])
def test_it_is_a_dense_layer_with_zeros_between_the_features(units, engine):
    layer = FeatureDense(units, SIZES, "tanh", bias_initializer="normal")
    model = Sequential([Input((26,)), layer], engine=engine)
    expected = np.tanh(X.astype(np.float64) @ between_zeros(layer.kernel) + layer.bias)
    np.testing.assert_allclose(model.predict(X), expected, atol=2e-6)


@ENGINES
@pytest.mark.parametrize("use_bias", [True, False])
def test_a_step_moves_it_as_that_dense_layer_but_for_the_zeros(use_bias, engine):
    own, plain = FeatureDense(5, SIZES, "tanh", use_bias), Dense(20, "tanh", use_bias)
    model = Sequential([Input((26,)), Dense(26), own, Dense(2)], seed=1, engine=engine)
    other = Sequential([Input((26,)), Dense(26), plain, Dense(2)], engine="reference")
    weights = model.get_weights()
    weights[2] = between_zeros(own.kernel)
    other.set_weights(weights)
    for each in (model, other):
        each.compile(SGD(0.5), "mse")
        each.fit(X, T, epochs=1, batch_size=40, shuffle=False, verbose=0)
    mine, theirs = model.get_weights(), other.get_weights()
    mine[2] = between_zeros(own.kernel)
    theirs[2] *= between_zeros(np.ones_like(own.kernel))
    for one, another in zip(mine, theirs, strict=True):
        np.testing.assert_allclose(one, another, atol=1e-5)


@pytest.mark.parametrize("clip", [{}, {"clipnorm": 0.1}, {"global_clipnorm": 0.1}])
def test_both_engines_train_it_alike_and_leave_the_padding_zero(clip):
    found = []
    for engine in ("reference", "compiled"):
        stack = [Input((26,)), Dense(26), FeatureDense(5, SIZES, "relu"), Dense(2)]
        model = Sequential(stack, seed=3, engine=engine)
        model.compile(SGD(0.1, momentum=0.9, **clip), "mse")
        model.fit(X, T, epochs=5, batch_size=16, verbose=0)
        found.append(model.get_weights())
        again = Parameters(model.parameters.specs)
        for layer, views in zip(again.layers, model.parameters.layers, strict=True):
            for name, view in views.items():
                layer[name][...] = view
        np.testing.assert_array_equal(again.vector, model.parameters.vector)
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_each_features_kernel_begins_with_the_values_of_its_own_size():
    model = Sequential([Input((1002,)), FeatureDense(500, [1000, 2])])
    kernel = model.layers[0].kernel
    assert np.abs(kernel[:1000]).max() <= np.sqrt(6 / 1500)
    assert np.abs(kernel[1000:]).max() <= np.sqrt(6 / 502)
    assert np.abs(kernel[1000:]).max() > 0.9 * np.sqrt(6 / 502)


def test_one_hot_columns_are_embedded_by_it():
    categories = np.array([[0, 1], [2, 0], [1, 1]])
    one_hot = np.concatenate([np.eye(3)[categories[:, 0]], np.eye(2)[categories[:, 1]]], axis=1)
    model = Sequential([Input((5,)), FeatureDense(4, [3, 2], use_bias=False)])
    kernel = model.layers[0].kernel
    expected = np.concatenate([kernel[:3][categories[:, 0]], kernel[3:][categories[:, 1]]], axis=1)
    np.testing.assert_array_equal(model.predict(one_hot), expected)


def test_it_follows_an_encoding_of_intervals_of_several_numbers():
    encoding = PiecewiseLinearEncoding([[0.0, 1.0, 2.0], [], [0.0, 1.0]], keep_feature=True)
    model = Sequential([Input((3,)), encoding, FeatureDense(4, encoding.copies(3)), Dense(1)])
    assert model.shapes == [(3,), (6,), (12,), (1,)]


@pytest.mark.parametrize(
    ("sizes", "complaint"),
    [
        (0, "sizes must be a whole number of at least 1"),
        ([2, 0], "sizes of feature 1 must be a whole number of at least 1"),
        ([2, 1.5], "sizes of feature 1 must be a whole number"),
        ([], "sizes must name at least one feature's size"),
        ("ab", "sizes must be a whole number"),
    ],
)
def test_sizes_that_are_none_are_refused(sizes, complaint):
    with pytest.raises(InputError, match=complaint):
        FeatureDense(3, sizes)


@pytest.mark.parametrize("sizes", [4, [3, 3], [2]])
def test_samples_of_another_number_of_columns_are_refused(sizes):
    with pytest.raises(InputError, match="do not add up to the 5 columns"):
        Sequential([Input((5,)), FeatureDense(3, sizes)])


@pytest.mark.filterwarnings("error")
def test_members_of_an_ensemble_with_layers_for_tables_are_compiled():
    x = np.random.default_rng(2).integers(0, 3, size=(40, 3)).astype(np.float32)
    found = []
    for engine in ("reference", "compiled"):
        waves = PeriodicEmbedding([2, 0, 3], keep_feature=True)
        members = [
            [waves, FeatureDense(4, waves.copies(3), "relu"), Dense(2)],
            [CategoryEmbedding([3, 2, 1], 4, learning_rate_multiplier=2.0), Dense(2)],
        ]
        model = Sequential([Input((3,)), Ensemble(members)], seed=1, engine=engine)
        model.compile("adam", "mse")
        model.fit(x, T, epochs=3, batch_size=16, verbose=0)
        found.append([*model.get_weights(), model.predict(x.astype(np.uint8))])
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
