"""Piecewise-linear encoding, held to the formula of the paper and to what it must preserve."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense, FeatureScale, PiecewiseLinearEncoding
from badak.optimizers import Adam


def by_the_paper(x, edges):
    """Equation 1 of Gorishniy et al. 2022, for one number."""
    numbers, last = [], len(edges) - 2
    for t in range(len(edges) - 1):
        share = (x - edges[t]) / (edges[t + 1] - edges[t])
        if x < edges[t] and t > 0:
            numbers.append(0.0)
        elif x >= edges[t + 1] and t < last:
            numbers.append(1.0)
        else:
            numbers.append(share)
    return numbers


EDGES = [[-2.0, -0.5, 0.25, 4.0], [], [0.0, 1.0]]


def encoded(x, edges=EDGES, engine=None):
    layer = PiecewiseLinearEncoding(edges)
    return Sequential([Input((len(edges),)), layer], engine=engine).predict(x)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_it_is_the_formula_of_the_paper(engine):
    x = np.random.default_rng(0).normal(size=(50, 3), scale=3.0).astype(np.float32)
    x[:4, 0] = EDGES[0]  # the edges themselves
    expected = [
        [*by_the_paper(row[0], EDGES[0]), row[1], *by_the_paper(row[2], EDGES[2])] for row in x
    ]
    np.testing.assert_allclose(encoded(x, engine=engine), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_kept_feature_stands_before_its_intervals(engine):
    x = np.random.default_rng(1).normal(size=(9, 3)).astype(np.float32)
    layer = PiecewiseLinearEncoding(EDGES, keep_feature=True)
    kept = Sequential([Input((3,)), layer], engine=engine).predict(x)
    np.testing.assert_array_equal(kept[:, [0, 4, 5]], x)
    intervals = kept[:, [1, 2, 3, 6]]
    without = encoded(x, engine=engine)[:, [0, 1, 2, 4]]
    np.testing.assert_array_equal(intervals, np.clip(without, 0.0, 1.0))


finite = st.floats(-1000.0, 1000.0, width=32)


@given(arrays(np.float32, 5, elements=finite), st.sets(st.integers(-500, 500), min_size=2))
def test_lengths_times_numbers_add_up_to_the_feature(x, edges):
    edges = sorted(map(float, edges))
    z = encoded(x[:, np.newaxis], [edges], "reference").astype(np.float64)
    np.testing.assert_allclose(edges[0] + z @ np.diff(edges), x, atol=2e-3)
    assert (np.diff(z[np.argsort(x)], axis=0) >= 0.0).all()  # each rises with the feature


@given(arrays(np.float32, st.tuples(st.integers(3, 60), st.just(2)), elements=finite))
def test_edges_of_data_take_in_all_of_it_with_as_many_samples_in_each_interval(x):
    for column, edges in zip(x.T, PiecewiseLinearEncoding.quantile_edges(x, 4), strict=True):
        if len(np.unique(column)) <= 2:
            assert edges == []
            continue
        assert (edges[0], edges[-1]) == (column.min(), column.max())
        if len(np.unique(column)) == len(column):  # no ties
            counts, _ = np.histogram(column, edges)
            assert counts.max() - counts.min() <= 3


def test_a_network_with_it_learns_a_kink_that_a_line_cannot():
    x = np.linspace(-1.0, 1.0, 200, dtype=np.float32)[:, np.newaxis]
    t = np.abs(x)
    losses = {}
    for name, first in (("line", []), ("pieces", [PiecewiseLinearEncoding([[-1.0, 0.0, 1.0]])])):
        model = Sequential([Input((1,)), *first, Dense(1)], seed=0)
        model.compile(Adam(0.05), "mse")
        losses[name] = model.fit(x, t, epochs=150, batch_size=20, verbose=0).history["loss"][-1]
    assert losses["pieces"] < 1e-4
    assert losses["line"] > 0.05


def test_what_lies_below_it_is_trained_by_both_engines_alike():
    x = np.random.default_rng(1).normal(size=(64, 3)).astype(np.float32)
    t = np.random.default_rng(2).normal(size=(64, 2)).astype(np.float32)
    weights = []
    for engine in ("reference", "compiled"):
        stack = [Input((3,)), FeatureScale(), PiecewiseLinearEncoding(EDGES), Dense(2)]
        model = Sequential(stack, seed=0, engine=engine)
        model.compile("adam", "mse")
        model.fit(x, t, epochs=5, batch_size=16, verbose=0)
        weights.append(model.get_weights())
    assert not np.allclose(weights[0][0], 1.0)
    for one, other in zip(*weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "edges",
    [
        [[1.0]],
        [[1.0, 1.0]],
        [[2.0, 1.0]],
        [[0.0, np.nan]],
        [[0.0, 1e40]],
        [["a", "b"]],
        [[0, 1e-45]],
    ],
)
def test_edges_that_do_not_rise_are_refused(edges):
    with pytest.raises(InputError, match="the edges of feature 0 must be two or more finite"):
        PiecewiseLinearEncoding(edges)


def test_samples_of_another_number_of_features_are_refused():
    with pytest.raises(InputError, match="has edges for 3 features, but the samples have 2"):
        Sequential([Input((2,)), PiecewiseLinearEncoding(EDGES)])


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_many_features_with_their_bounds_train(engine):
    x = np.random.default_rng(0).normal(size=(40, 12)).astype(np.float32)
    layers = [Input((12,)), PiecewiseLinearEncoding([[]] * 10 + [[-1.0, 0.0, 1.0]] * 2), Dense(1)]
    model = Sequential(layers, seed=0, engine=engine)
    model.compile("adam", "mse")
    history = model.fit(x, x[:, :1], epochs=3, batch_size=16, verbose=0)
    assert history.history["loss"][-1] < history.history["loss"][0]
