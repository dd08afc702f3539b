"""Steps one after another: shares of the penalty, and other samples in the same memory."""

import numpy as np
import pytest

from badak import Input, Sequential, layers, optimizers, regularizers
from badak.engine.program.steps import EngineSteps
from badak.engine.reference_engine import ReferenceSteps
from badak.errors import DivergedError
from badak.training.data import Samples

RNG = np.random.default_rng(8)
X = RNG.normal(size=(50, 6)).astype(np.float32)
T = RNG.normal(size=(50, 2)).astype(np.float32)
W = RNG.random(50).astype(np.float32)
BATCH = 20  # the last batch of an epoch is short

both = pytest.mark.parametrize("kind", [EngineSteps, ReferenceSteps])


def network(regularizer):
    model = Sequential(
        [
            Input((6,)),
            layers.Dense(7, "tanh", kernel_regularizer=regularizer),
            layers.BatchNormalization(),
            layers.Dense(2, bias_regularizer=regularizer),
        ]
    )
    model.compile("adam", "mse", [])
    return model


def run(steps, epochs=2):
    losses = []
    for _ in range(epochs):
        steps.begin_epoch(np.arange(len(steps.samples))[::-1].copy())
        done = 0
        while done < steps.count:
            taken = steps.take(done, one=False)
            losses += list(taken.losses)
            done += len(taken.losses)
    return np.array(losses)


@both
@pytest.mark.parametrize("regularizer", [regularizers.L2(0.3), regularizers.L1(0.2)], ids=repr)
def test_half_of_a_penalty_is_a_penalty_half_as_large(kind, regularizer):
    name = dict(regularizer.get_config()).popitem()[0]
    halved = type(regularizer)(getattr(regularizer, name) / 2)
    ends = []
    for each, shares in ((regularizer, np.full(3, 0.5)), (halved, None)):
        model = network(each)
        steps = kind(model, model.objective(T), Samples(X, T), BATCH, shares)
        ends.append((run(steps), model.parameters.vector))
    np.testing.assert_allclose(ends[0][0], ends[1][0], rtol=1e-6)
    np.testing.assert_allclose(ends[0][1], ends[1][1], atol=1e-6)


def test_each_step_of_an_epoch_pays_its_own_share_and_shares_may_change():
    ends = []
    for kind in (EngineSteps, ReferenceSteps):
        model, shares = network(regularizers.L2(0.5)), np.array([0.0, 1.0, 5.0])
        steps = kind(model, model.objective(T), Samples(X, T, W), BATCH, shares)
        losses = run(steps, 1)
        shares[...] = [2.0, 0.0, 0.1]
        ends.append((np.concatenate([losses, run(steps, 1)]), model.parameters.vector))
    np.testing.assert_allclose(ends[0][0], ends[1][0], rtol=1e-5)
    np.testing.assert_allclose(ends[0][1], ends[1][1], atol=2e-5)
    model = network(None)
    free = kind(model, model.objective(T), Samples(X, T, W), BATCH)
    assert run(free, 1)[0] == pytest.approx(ends[0][0][0], rel=1e-6)  # the first step paid nothing


@both
def test_other_samples_in_the_same_memory_train_as_new_steps_would(kind):
    ends = []
    for again in (True, False):
        model = network(None)
        steps = kind(model, model.objective(T), Samples(X.copy(), T.copy(), W.copy()), BATCH)
        run(steps, 1)
        other = Samples(2 * X, -T, 1 - W)
        if again:
            steps.refill(other)
        else:
            steps = kind(model, model.objective(T), other, BATCH)
        ends.append((run(steps), model.parameters.vector))
    np.testing.assert_array_equal(ends[0][0], ends[1][0])
    np.testing.assert_array_equal(ends[0][1], ends[1][1])


@both
def test_samples_that_diverge_after_others_leave_the_weights_as_they_were(kind):
    model = network(None)
    steps = kind(model, model.objective(T), Samples(X.copy(), T.copy()), BATCH)
    run(steps, 1)
    before = model.parameters.vector.copy()
    steps.refill(Samples(X, np.full_like(T, 1e30)))
    steps.begin_epoch(np.arange(50))
    assert steps.take(0, one=False).failure is not None
    steps.undo()
    np.testing.assert_array_equal(model.parameters.vector, before)


def until_failure(steps):
    """Take an epoch's steps in the samples' own order; return the failure, if there is one."""
    steps.begin_epoch(np.arange(len(steps.samples)))
    done = 0
    while done < steps.count:
        taken = steps.take(done, one=False)
        done += len(taken.losses)
        if taken.failure is not None:
            return taken.failure
    return None


def line(kind, x, t, rate=0.1, weight=None, shares=None, regularizer=None):
    """Steps of three batches of two samples, for a network that is a line."""
    layer = layers.Dense(1, use_bias=False, kernel_regularizer=regularizer)
    model = Sequential([Input((1,)), layer], seed=3)
    model.compile(optimizers.SGD(rate), "mse", [])
    samples = Samples(x, t, weight)
    return kind(model, model.objective(t), samples, 2, shares)


@pytest.mark.parametrize("bad", [0, 1, 2])
def test_undoing_leaves_the_same_step_and_weights_whichever_step_diverges(bad):
    x, t = np.ones((6, 1), np.float32), np.ones((6, 1), np.float32)
    t[2 * bad] = 3e38
    ends = []
    for kind in (EngineSteps, ReferenceSteps):
        steps = line(kind, x, t)
        assert until_failure(steps) == np.inf
        steps.undo()
        assert steps.model.step == bad
        ends.append(steps.model.parameters.vector)
    np.testing.assert_array_equal(*ends)


def test_a_last_step_that_moves_the_weights_to_infinity_is_the_only_one_undone():
    x, t = np.full((2, 6, 1), 0.1, np.float32)
    x[4:] = 8e18  # their loss is finite still
    ends = []
    for kind in (EngineSteps, ReferenceSteps):
        steps = line(kind, x, t, rate=10.0)
        assert np.isnan(until_failure(steps))
        steps.undo()
        assert steps.model.step == 2
        ends.append(steps.model.parameters.vector)
    np.testing.assert_allclose(*ends, rtol=1e-6)


def test_steps_are_repeated_with_the_shares_weights_and_rate_that_they_had():
    x, t = np.ones((6, 1), np.float32), np.ones((6, 1), np.float32)
    ends = []
    for kind in (EngineSteps, ReferenceSteps):
        shares, weight = np.array([1.0, 2.0, 3.0]), np.ones(6, np.float32)
        steps = line(kind, x, t, 0.01, weight, shares, regularizers.L2(1.0))
        assert until_failure(steps) is None
        shares[...] = 0.0
        weight[...] = 3e38
        steps.model.optimizer.learning_rate = 0.1
        assert until_failure(steps) == np.inf  # at once: an epoch's last step is undone
        steps.undo()
        assert (shares == 0.0).all()
        assert (weight == np.float32(3e38)).all()
        assert steps.model.optimizer.learning_rate == 0.1
        ends.append(steps.model.parameters.vector)
    np.testing.assert_allclose(*ends, rtol=1e-6)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_after_undoing_training_goes_on_as_the_reference_does(optimizer):
    """Infinity times the padding's zeros is NaN, which must not stay; nor must Adam's memory."""
    x, t = np.abs(X[:12]), np.tile(T[:12], 2)[:, :3]
    overflowing = x.copy()
    overflowing[8:] = 3e38
    ends = []
    for kind in (EngineSteps, ReferenceSteps):
        model = Sequential([Input((6,)), layers.Dense(5, "relu"), layers.Dense(3, "tanh")], seed=3)
        model.compile(optimizer, "mse", [])
        model.set_weights([np.abs(w) + 0.1 for w in model.get_weights()])
        samples = Samples(overflowing.copy(), t.copy())
        steps = kind(model, model.objective(t), samples, 4)
        assert np.isnan(until_failure(steps))
        steps.undo()
        assert model.step == 2
        assert np.isfinite(model.parameters.vector).all()
        steps.refill(Samples(x, t))
        assert until_failure(steps) is None
        ends.append(model.parameters.vector)
    np.testing.assert_allclose(*ends, atol=1e-5)


@pytest.mark.parametrize("engine", ["compiled", "reference"])
def test_the_error_names_the_step_and_the_network_can_be_trained_again(engine):
    x, t = np.ones((6, 1), np.float32), np.ones((6, 1), np.float32)
    model = Sequential([Input((1,)), layers.Dense(1)], seed=3, engine=engine)
    model.compile("sgd", "mse")
    whole = {"batch_size": 2, "shuffle": False, "verbose": 0}
    with pytest.raises(DivergedError, match=r"inf in epoch 1, batch 2 \(step 1\)"):
        model.fit(x, np.where(np.arange(6) < 2, 1.0, 3e38), **whole)
    assert model.fit(x, t, epochs=2, **whole).params["steps"] == 3
    assert model.step == 7
