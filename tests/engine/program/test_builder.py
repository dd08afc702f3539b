"""The engine gives what the reference gives: answers, and the weights after ten steps."""

import contextlib
import sys
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, activations, layers, losses, optimizers, schedules
from badak.engine.program.inference import InferenceProgram
from badak.layers import (
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    GaussianNoise,
    Layer,
    LayerNormalization,
    Normalization,
    PReLU,
    Rescaling,
    SharedEnsemble,
    Whitening,
)

RNG = np.random.default_rng(7)
FEATURES = 13


@pytest.fixture(autouse=True)
def the_same_numbers_whatever_ran_before(monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "RNG", np.random.default_rng(7))


@pytest.fixture(autouse=True)
def no_fallback():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def two(stack, seed=3):
    """The same network twice: on the reference, on the engine."""
    return [Sequential(stack(), seed=seed, engine=e) for e in ("reference", "compiled")]


def assert_alike(
    stack, x, t, *, optimizer="adam", loss=None, batch_size=6, epochs=5, rtol=2e-4, **settings
):
    """Ten steps and more, in which rounding may grow a little, and answers before and after."""
    models = two(stack)
    for model in models:
        model.compile(
            optimizer=optimizers.get(optimizer.get_config())
            if not isinstance(optimizer, str)
            else optimizer,
            loss=loss,
        )
    reference, engine = models
    for model in models:
        model.adapt(x)
    np.testing.assert_allclose(engine.predict(x), reference.predict(x), rtol=2e-5, atol=2e-6)
    histories = [
        model.fit(x, t, batch_size=batch_size, epochs=epochs, verbose=0, **settings).history
        for model in models
    ]
    np.testing.assert_allclose(histories[1]["loss"], histories[0]["loss"], rtol=rtol)
    for ours, theirs in zip(engine.get_weights(), reference.get_weights(), strict=True):
        scale = max(1e-2, float(np.abs(theirs).max()))
        np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=rtol * scale)
    np.testing.assert_allclose(engine.predict(x), reference.predict(x), rtol=5e-3, atol=5e-4)


def data(rows=17, features=FEATURES, units=3, kind="labels"):
    x = RNG.normal(size=(rows, features)).astype(np.float32)
    t = {
        "labels": lambda: RNG.integers(0, units, rows),
        "values": lambda: RNG.normal(size=(rows, units)).astype(np.float32),
        "counts": lambda: RNG.poisson(2.0, size=(rows, units)).astype(np.float32),
        "positive": lambda: RNG.random((rows, units)).astype(np.float32) + 0.1,
        "not_negative": lambda: RNG.random((rows, units)).astype(np.float32),
        "shares": lambda: RNG.integers(0, 2, (rows, units)),
        "signs": lambda: RNG.integers(0, 2, (rows, units)) * 2 - 1,
        "distribution": lambda: np.eye(units)[RNG.integers(0, units, rows)],
    }[kind]()
    return x, t


LAYERS: dict[str, Callable[[], list[Layer]]] = {
    "dense_without_bias": lambda: [Dense(5, use_bias=False)],
    "rescaling": lambda: [Rescaling(0.5, 0.25)],
    "normalization": lambda: [Normalization()],
    "whitening": lambda: [Whitening("zca")],
    "whitening_within": lambda: [Dense(5, "tanh"), Whitening("pca", epsilon=0.1)],
    "dropout": lambda: [Dense(20, "relu"), Dropout(0.4)],
    "dropout_first": lambda: [Dropout(0.3)],
    "dropout_of_its_own_seed": lambda: [Dense(20, "relu"), Dropout(0.4, seed=5), Dropout(0.1)],
    "gaussian_noise": lambda: [GaussianNoise(0.3), Dense(7, "tanh"), GaussianNoise(0.1)],
    "batch_normalization": lambda: [Dense(18), BatchNormalization(), layers.ReLU()],
    "batch_normalization_first": lambda: [BatchNormalization(momentum=0.8)],
    "batch_normalization_plain": lambda: [BatchNormalization(center=False, scale=False)],
    "layer_normalization": lambda: [Dense(18, "relu"), LayerNormalization()],
    "layer_normalization_first": lambda: [LayerNormalization()],
    "layer_normalization_plain": lambda: [LayerNormalization(center=False, scale=False)],
    "prelu": lambda: [Dense(9), PReLU("normal")],
    "prelu_first": lambda: [PReLU("normal")],
    "leaky_relu": lambda: [Dense(9), layers.LeakyReLU(0.1)],
    "bounded_relu": lambda: [Dense(9), layers.ReLU(1.0, 0.1, 0.2)],
    "softmax_within": lambda: [Dense(9), layers.Softmax()],
    "activation_twice": lambda: [Dense(9, "tanh"), layers.Activation("sigmoid")],
    "everything_else": lambda: [layers.ELU(0.5), layers.ThresholdedReLU(0.1), Flatten()],
    "regularised": lambda: [Dense(9, "relu", kernel_regularizer="l1_l2", bias_regularizer="l2")],
    "ensemble": lambda: [Dense(20, "relu"), Ensemble(members(), [0.5, 0.25, -1.0])],
    "ensemble_first": lambda: [Ensemble(members())],
    "ensemble_of_ensembles": lambda: [Ensemble([[Ensemble(members()), Dense(7)], [Dense(7)]])],
    "shared_ensemble": lambda: [Dense(20, "relu"), shared(4)],
    "shared_ensemble_first": lambda: [shared(3), LayerNormalization()],
    "shared_ensemble_of_one": lambda: [Dropout(0.2), shared(1)],
    "shared_ensemble_of_many": lambda: [BatchNormalization(), shared(33)],
    "shared_ensemble_of_nothing_shared": lambda: [
        layers.Activation("tanh"),
        SharedEnsemble([Dense(7, use_bias=False, kernel_regularizer="l2")], members=5),
    ],
    "ensemble_with_batches": lambda: [Ensemble([[Dense(9), BatchNormalization()], [Dense(9)]])],
}


def shared(members: int) -> Layer:
    """Members that share layers of several kinds, with noise."""
    hidden = [Dense(18, "relu", kernel_regularizer="l2"), Dropout(0.2), PReLU("normal")]
    return SharedEnsemble([*hidden, Dense(9, "tanh", use_bias=False), Dense(7)], members)


def members() -> list[list[Layer]]:
    """Members that begin in all the ways there are, and differ in length."""
    return [
        [Dense(18, "relu", kernel_regularizer="l2"), Dropout(0.2), Dense(7)],
        [layers.Activation("tanh"), PReLU("normal"), Dense(7, "sigmoid")],
        [Rescaling(0.5), LayerNormalization(), Dense(7), GaussianNoise(0.1)],
    ]


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer(kind):
    def stack():
        return [Input((FEATURES,)), *LAYERS[kind](), Dense(3, "softmax")]

    # Adam makes steps of any gradient, of one that is 0 but for rounding too
    assert_alike(stack, *data(), optimizer="sgd" if "batch" in kind else "adam")


def test_answers_of_many_members_take_no_more_memory_than_those_of_one():
    def memory(count):
        member = [Dense(64, "relu"), Dense(64, "relu"), Dense(1)]
        model = Sequential([Input((FEATURES,)), Ensemble([member] * count)])
        return InferenceProgram(model, np.dtype(np.float32), True).program.workspace_bytes

    assert memory(16) == memory(1)


@pytest.mark.parametrize("name", list(activations.ACTIVATIONS))
def test_every_activation(name):
    def stack():
        return [Input((FEATURES,)), Dense(18, name), Dense(5, name), Dense(3)]

    x, t = data(kind="values")
    assert_alike(stack, 0.3 * x, t, optimizer=optimizers.SGD(0.001))


LOSSES = [
    losses.MeanSquaredError(),
    losses.MeanAbsoluteError(),
    losses.MeanSquaredLogarithmicError(),
    losses.MeanAbsolutePercentageError(),
    losses.Huber(0.5),
    losses.Pinball(0.9),
    losses.LogCosh(),
    losses.Poisson(),
    losses.CosineSimilarity(),
    losses.BinaryCrossentropy(label_smoothing=0.1),
    losses.BinaryCrossentropy(from_logits=True),
    losses.BinaryFocalCrossentropy(apply_class_balancing=True),
    losses.BinaryFocalCrossentropy(from_logits=True),
    losses.CategoricalCrossentropy(label_smoothing=0.2),
    losses.CategoricalCrossentropy(from_logits=True),
    losses.SparseCategoricalCrossentropy(),
    losses.SparseCategoricalCrossentropy(from_logits=True),
    losses.SparseCategoricalCrossentropy(label_smoothing=0.2),
    losses.SparseCategoricalCrossentropy(from_logits=True, label_smoothing=0.2),
    losses.CategoricalFocalCrossentropy(),
    losses.CategoricalFocalCrossentropy(from_logits=True),
    losses.KLDivergence(),
    losses.Hinge(),
    losses.SquaredHinge(),
    losses.CategoricalHinge(),
    losses.OwnLoss("cubic", lambda y, t: np.abs(y - t) ** 3.0,
                   lambda y, t: 3.0 * (y - t) * np.abs(y - t)),
]  # fmt: skip


def output_for(loss):
    if getattr(loss, "from_logits", False) or not loss.needs_probabilities:
        return "softplus" if loss.targets in ("counts", "positive", "not_negative") else None
    return "sigmoid" if loss.targets == "shares" else "softmax"


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: f"{loss.name}-{loss.get_config()}"[:60])
def test_every_loss(loss, weighted):
    output = output_for(loss)

    def stack():
        return [Input((FEATURES,)), Dense(7, "tanh"), Dense(3, output)]

    x, t = data(kind=loss.targets)
    weight = RNG.random(len(x)) if weighted else None
    assert_alike(stack, x, t, loss=loss, sample_weight=weight, rtol=1e-3)


@pytest.mark.parametrize(
    "clip", [{}, {"clipvalue": 0.02}, {"clipnorm": 0.05}, {"global_clipnorm": 0.05}]
)
@pytest.mark.parametrize("name", list(optimizers.OPTIMIZERS))
def test_every_optimizer(name, clip):
    def stack():
        hidden = Dense(18, "tanh", kernel_regularizer="l2")
        return [Input((FEATURES,)), hidden, Dense(5, "tanh"), Dense(3, "softmax")]

    optimizer = optimizers.get({"name": name, **clip})
    batch = 17 if optimizer.full_batch else 6
    assert_alike(stack, *data(), optimizer=optimizer, batch_size=batch, epochs=4)


@pytest.mark.parametrize(
    "optimizer",
    [
        optimizers.Adam(amsgrad=True),
        optimizers.Adam(weight_decay=0.1, clipnorm=0.5),
        optimizers.RMSprop(momentum=0.9, centered=True),
        optimizers.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        optimizers.SGD(schedules.ExponentialDecay(0.1, 3, 0.5)),
        optimizers.Nadam(schedules.CosineDecay(0.01, 10)),
    ],
    ids=repr,
)
def test_variants_of_optimizers(optimizer):
    def stack():
        return [Input((FEATURES,)), Dense(18, "tanh"), Dense(3, "softmax")]

    assert_alike(stack, *data(), optimizer=optimizer)


@settings(max_examples=40, deadline=None)
@given(
    rows=st.integers(1, 60),
    features=st.integers(1, 70),
    hidden=st.lists(st.integers(1, 70), max_size=3),
    units=st.integers(1, 20),
    batch=st.integers(1, 70),
    name=st.sampled_from(["relu", "sigmoid", "tanh", "gelu", "identity"]),
)
def test_any_shape(rows, features, hidden, units, batch, name):
    def stack():
        return [Input((features,)), *(Dense(u, name) for u in hidden), Dense(units)]

    x, t = data(rows, features, units, "values")
    slow = optimizers.SGD(1e-3)  # wide networks without bounds diverge at 0.01
    assert_alike(stack, x, t, optimizer=slow, batch_size=batch, epochs=2, rtol=1e-3)


@pytest.mark.parametrize(
    "kind", ["uint8", "int8", "uint16", "int64", "float16", "float32", "float64", "bool", ">f4"]
)
def test_samples_of_any_type_and_shape(kind):
    x = np.maximum(RNG.random((17, 5, 4)) * 3.0 - 1.0, 0.0).astype(kind)  # some are 0
    t = RNG.integers(0, 3, 17)

    def stack():
        prepared = [Input((5, 4)), Rescaling(0.5), Normalization(), Dropout(0.1), Flatten()]
        return [*prepared, Dense(7, "relu"), Dense(3, "softmax")]

    assert_alike(stack, x, t)


def test_samples_that_do_not_lie_in_a_row():
    x = np.asfortranarray(RNG.normal(size=(17, FEATURES)))

    def stack():
        return [Input((FEATURES,)), Dense(3, "softmax")]

    assert_alike(stack, x, data()[1])
    assert_alike(stack, RNG.normal(size=(34, FEATURES))[::2], data()[1])


def test_an_activation_and_an_optimizer_of_ones_own():
    own = activations.Activation(
        "own",
        lambda x: np.where(x > 0.0, np.log1p(x * x), 0.1 * x),
        lambda x: np.where(x > 0.0, 2.0 * x / (1.0 + x * x), 0.1),
    )

    def stack():
        return [Input((FEATURES,)), Dense(18, own), Dense(3, "softmax")]

    assert_alike(stack, *data())


def test_weights_for_classes():
    def stack():
        return [Input((FEATURES,)), Dense(18, "relu"), Dense(3, "softmax")]

    assert_alike(stack, *data(), class_weight={0: 2.0, 2: 0.5}, validation_split=0.2)


def test_a_formula_that_branches_falls_back_and_says_so_once():
    def branching(x):
        return x if (x > 1e9).any() else 0.5 * x

    own = activations.Activation("own", branching, lambda x: 0.0 * x + 0.5)
    model = Sequential([Input((FEATURES,)), Dense(5, own), Dense(1)])
    x, t = data(units=1, kind="values")
    with pytest.warns(RuntimeWarning, match="cannot run this network"):
        model.predict(x)
    model.fit(x, t, verbose=0)  # no second warning


def test_a_loss_that_does_not_reduce_is_left_to_the_reference():
    loss = losses.OwnLoss("unreduced", lambda y, t: (y - t) ** 2, lambda y, t: 2.0 * (y - t), "row")
    for units in (1, 3, 17):
        model = Sequential([Input((4,)), layers.Dense(units)])
        model.compile("sgd", loss)
        with (
            pytest.warns(RuntimeWarning, match="a number for each unit where one a sample"),
            contextlib.suppress(ValueError),  # what NumPy says to more than one unit
        ):
            model.fit(np.ones((9, 4)), np.ones((9, units)), batch_size=4, verbose=0)
