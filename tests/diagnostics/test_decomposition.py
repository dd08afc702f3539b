"""One answer in parts: exact where the network adds up its columns, and always summing to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, layers
from badak.diagnostics import decomposition
from badak.diagnostics.decomposition import decompose
from badak.errors import InputError
from tests.own_layers import RowShare

THREE = {"a": slice(0, 1), "b": slice(1, 3), "c": slice(3, 4)}  # b has two features


def linear(*, softmax=False):
    return Sequential([Input((4,)), layers.Dense(2, "softmax" if softmax else None)], seed=1)


def deep(activation, seed):
    stack = [layers.Dense(16, activation), layers.Dense(16, activation), layers.Dense(1)]
    return Sequential([Input((4,)), *stack], seed=seed)


def test_a_linear_network_adds_weight_times_distance_from_the_baseline():
    model = linear()
    kernel, bias = model.get_weights()
    x, start = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.2, 0.1, -0.4, 1.0])
    found = decompose(model, x, start, THREE, 1)
    adds = kernel[:, 1].astype(np.float64) * (x - start)
    np.testing.assert_allclose(found.added, [adds[0], adds[1] + adds[2], adds[3]], rtol=1e-12)
    np.testing.assert_allclose(found.answer, x @ kernel[:, 1].astype(np.float64) + bias[1])
    assert found.method == "exact"
    assert abs(found.rest) < 1e-12


def test_before_softmax_a_network_without_hidden_layers_is_exact_too():
    model, x, start = linear(softmax=True), np.ones(4), np.zeros(4)
    assert decompose(model, x, start, THREE, 0, logit=True).method == "exact"
    assert decompose(model, x, start, THREE, 0).method == "gradients"


class TwoNetworks(layers.Dense):
    """A subclass of Dense that is the weighted sum of two networks: a quarter of one is tanh."""

    def forward(self, w, x, mode):
        straight = x @ w["kernel"] + w["bias"]
        return 0.75 * straight + 0.25 * np.tanh(straight), None

    def backward(self, w, p, gradient):
        slope = 0.75 + 0.25 / np.cosh(p.x @ w["kernel"] + w["bias"]) ** 2
        at = gradient * slope
        return at @ w["kernel"].T, {"kernel": p.x.T @ at, "bias": at.sum(axis=0)}


@pytest.mark.parametrize("first", [[TwoNetworks(1)], [RowShare(), layers.Dense(1)]])
def test_a_layer_whose_pass_is_its_own_is_not_taken_for_one_that_adds_up_its_columns(first):
    model = Sequential([Input((4,)), *first], seed=2, engine="reference")
    x, start = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.2, 0.1, -0.4, 1.0])
    found = decompose(model, x, start, THREE)
    assert found.method == "gradients"
    ends = model.predict(np.stack([start, x]))[:, 0]
    np.testing.assert_allclose([found.baseline, found.answer], ends, rtol=1e-5)
    assert abs(found.rest) <= 1e-3 * np.abs(found.added).sum()
    with pytest.raises(InputError, match="does not add up its columns"):
        decompose(model, x, start, THREE, method="exact")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-3, 3), min_size=8, max_size=8),
    st.sampled_from(["relu", "tanh", "sigmoid"]),
    st.sampled_from(["auto", "shapley"]),
    st.integers(0, 5),
)
def test_baseline_contributions_and_rest_sum_to_the_answer(numbers, activation, method, seed):
    model = deep(activation, seed)
    x, start = np.array(numbers[:4]), np.array(numbers[4:])
    found = decompose(model, x, start, THREE, method=method)
    np.testing.assert_allclose(found.answer, model.predict(x[np.newaxis])[0, 0], atol=1e-4)
    np.testing.assert_allclose(found.baseline, model.predict(start[np.newaxis])[0, 0], atol=1e-4)
    size = max(np.abs(found.added).sum(), abs(found.answer - found.baseline))
    allowed = 1e-12 if method == "shapley" else 1e-3 * size
    assert abs(found.rest) <= allowed + 1e-12


@pytest.mark.parametrize("method", ["gradients", "shapley"])
def test_what_an_ensemble_adds_is_the_weighted_sum_of_what_its_members_add(method):
    members = [deep("tanh", seed) for seed in range(3)]
    weights = [0.5, 0.75, -0.25]
    whole = Sequential([Input((4,)), layers.Ensemble(members, weights)])
    x, start = np.array([1.0, -2.0, 0.5, 0.3]), np.array([0.2, 0.1, -0.4, 1.0])
    found = decompose(whole, x, start, THREE, method=method)
    parts = [decompose(member, x, start, THREE, method=method).added for member in members]
    np.testing.assert_allclose(found.added, np.array(weights) @ np.array(parts), atol=1e-3)
    np.testing.assert_allclose(found.answer, whole.predict(x[np.newaxis])[0, 0], atol=1e-5)
    assert abs(found.rest) < 1e-3


def test_layers_of_each_feature_and_networks_that_add_up_side_by_side_stay_exact():
    clip = layers.SmoothClip(centre=[0.1, 0.0, -0.2, 0.5], spread=[1.0, 2.0, 0.5, 1.0])
    one = Sequential([Input((4,)), clip, layers.Dense(1)], seed=1)
    two = Sequential([Input((4,)), layers.PReLU("ones"), layers.Dense(1)], seed=2)
    whole = Sequential([Input((4,)), layers.Ensemble([one, two], [0.25, 0.75])])
    x, start = np.array([1.0, -2.0, 0.5, 3.0]), np.array([0.2, 0.1, -0.4, 1.0])
    found = decompose(whole, x, start, THREE)
    assert found.method == "exact"
    one_by_one = [
        np.where(np.isin(np.arange(4), range(4)[part]), x, start) for part in THREE.values()
    ]
    ends = whole.predict(np.stack([start, *one_by_one]))[:, 0]
    np.testing.assert_allclose(found.added, ends[1:] - ends[0], atol=1e-5)
    assert abs(found.rest) < 1e-12


def test_networks_side_by_side_are_exact_only_where_each_is_and_nothing_mixes_before():
    straight = Sequential([Input((4,)), layers.Dense(4)], seed=1)
    bent = Sequential([Input((4,)), layers.Dense(4, "tanh")], seed=2)
    x, start = np.array([1.0, -2.0, 0.5, 0.3]), np.array([0.2, 0.1, -0.4, 1.0])
    clip = layers.SmoothClip(np.zeros(4), np.ones(4))
    clipped = Sequential([Input((4,)), clip, layers.Dense(1)], seed=3)
    for stack in (
        [layers.Ensemble([straight, bent])],
        [layers.Dense(4), layers.Ensemble([clipped])],  # a clip of sums of columns
        [layers.Ensemble([straight]), layers.Dense(1, "tanh")],
    ):
        model = Sequential([Input((4,)), *stack], seed=4)
        assert decompose(model, x, start, THREE).method == "gradients"
    linear = Sequential([Input((4,)), layers.Ensemble([straight]), layers.Dense(1)], seed=4)
    assert decompose(linear, x, start, THREE).method == "exact"


def test_shapley_values_are_those_of_their_definition():
    model, x, start = deep("tanh", 3), np.array([1.0, -1.0, 2.0, 0.5]), np.zeros(4)
    two = {"a": slice(0, 2), "b": slice(2, 4)}
    only_a, only_b = (np.where(np.arange(4) // 2 == side, x, start) for side in (0, 1))
    f = [float(model.predict(row[np.newaxis])[0, 0]) for row in (start, only_a, only_b, x)]
    found = decompose(model, x, start, two, method="shapley")
    np.testing.assert_allclose(found.added[0], ((f[1] - f[0]) + (f[3] - f[2])) / 2, atol=1e-5)
    np.testing.assert_allclose(found.added[1], ((f[2] - f[0]) + (f[3] - f[1])) / 2, atol=1e-5)


def test_where_the_slope_is_flat_shapley_values_are_taken():
    model, x, start = deep("step", 2), np.array([3.0, -3.0, 2.0, 3.0]), np.full(4, -1.0)
    found = decompose(model, x, start, THREE)
    assert found.method == "shapley"
    assert abs(found.rest) < 1e-12
    with pytest.raises(InputError, match="Shapley"):
        decompose(model, x, start, THREE, method="gradients")


def test_waves_and_categories_of_each_column_add_up_exactly():
    waves = layers.PeriodicEmbedding(3, sigma=1.0)
    made = [waves, layers.FeatureDense(2, waves.copies(4)), layers.Dense(1)]
    x, start = np.array([1.0, -2.0, 0.5, 0.3]), np.array([0.2, 0.1, -0.4, 1.0])
    found = decompose(Sequential([Input((4,)), *made], seed=1), x, start, THREE)
    assert found.method == "exact"
    assert abs(found.rest) < 1e-12
    tables = [layers.CategoryEmbedding([3] * 4, 2), layers.Dense(1)]
    model = Sequential([Input((4,)), *tables], seed=1)
    found = decompose(model, np.array([0.0, 1.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 5.0]), THREE)
    assert found.method == "exact"
    assert abs(found.rest) < 1e-12
    tables = [layers.CategoryEmbedding([3] * 4, 2), layers.Dense(5, "tanh"), layers.Dense(1)]
    bent = Sequential([Input((4,)), *tables], seed=1)
    found = decompose(bent, np.array([0.0, 1.0, 2.0, 1.0]), np.array([1.0, 1.0, 0.0, 5.0]), THREE)
    assert found.method == "shapley"  # a category has no slope
    assert abs(found.rest) < 1e-12


def test_where_the_answer_jumps_more_steps_are_not_waited_for(monkeypatch):
    monkeypatch.setattr(decomposition, "MOST_STEPS", 1024)
    seen = []
    integrated = decomposition._Asked._integrated
    monkeypatch.setattr(
        decomposition._Asked,
        "_integrated",
        lambda asked, steps: seen.append(steps) or integrated(asked, steps),
    )
    encoding = layers.PiecewiseLinearEncoding([[0.0, 1e-9, 1.0, 2.0]])
    model = Sequential([Input((1,)), encoding, layers.Dense(8, "tanh"), layers.Dense(1)], seed=3)
    found = decompose(model, np.array([1.5]), np.array([-1.0]), {"a": slice(0, 1)})
    assert found.method == "shapley"
    assert max(seen) == 256
    np.testing.assert_allclose(found.added, found.answer - found.baseline)


def test_of_many_columns_random_orders_come_near_the_exact_values():
    weights = np.random.default_rng(0).normal(size=(12, 1))
    model = Sequential([Input((12,)), layers.Dense(1)])
    model.set_weights([weights, np.zeros(1)])
    columns = {str(k): slice(k, k + 1) for k in range(12)}
    found = decompose(model, np.ones(12), np.zeros(12), columns, method="shapley")
    np.testing.assert_allclose(found.added, weights[:, 0], atol=1e-6)
    assert found.errors.max() < 1e-6
    assert abs(found.rest) < 1e-12


def test_what_cannot_be_exact_is_refused():
    with pytest.raises(InputError, match="does not add up its columns"):
        decompose(deep("relu", 0), np.ones(4), np.zeros(4), THREE, method="exact")
