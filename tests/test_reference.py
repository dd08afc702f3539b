"""Backpropagation against central differences in float64, and the textbook's worked numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, layers, reference
from badak._common import prng
from badak.activations import ACTIVATIONS
from badak.layers import (
    ELU,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    LayerNormalization,
    LeakyReLU,
    Normalization,
    PReLU,
    ReLU,
    Rescaling,
    Softmax,
    ThresholdedReLU,
    Whitening,
)
from badak.layers.parameters import Parameters
from badak.layers.passes import Mode
from badak.losses import LOSSES, Huber

BATCH, FEATURES, UNITS = 7, 5, 3
LAYERS = {
    "none": lambda: [],
    "dense_without_bias": lambda: [Dense(4, use_bias=False)],
    "regularised": lambda: [Dense(4, kernel_regularizer="l2", bias_regularizer="l1")],
    "rescaling": lambda: [Rescaling(0.5, 0.25)],
    "normalization": lambda: [Normalization(mean=np.ones(FEATURES), variance=[4.0] * FEATURES)],
    "whitening": lambda: [Whitening("zca")],
    "dropout": lambda: [Dense(6), Dropout(0.4)],
    "gaussian_noise": lambda: [GaussianNoise(0.3)],
    "batch_normalization": lambda: [Dense(4), BatchNormalization()],
    "batch_normalization_plain": lambda: [BatchNormalization(center=False, scale=False)],
    "layer_normalization": lambda: [Dense(4), LayerNormalization()],
    "layer_normalization_plain": lambda: [LayerNormalization(center=False, scale=False)],
    "prelu": lambda: [Dense(4), PReLU(alpha_initializer="random_normal")],
    "relu": lambda: [ReLU(max_value=0.5, negative_slope=0.1, threshold=0.2)],
    "leaky_relu": lambda: [LeakyReLU()],
    "thresholded_relu": lambda: [ThresholdedReLU(0.3)],
    "elu": lambda: [ELU(0.5)],
    "softmax": lambda: [Softmax()],
}
OUTPUT = {"shares": "sigmoid", "distribution": "softmax", "labels": "softmax"}
POSITIVE = {"poisson", "mean_squared_logarithmic_error"}


def samples(seed=1):
    return np.random.default_rng(seed).normal(size=(BATCH, FEATURES))


def targets(kind, seed=2):
    rng = np.random.default_rng(seed)
    labels = rng.integers(UNITS, size=BATCH)
    return {
        "values": rng.normal(size=(BATCH, UNITS)),
        "not_negative": rng.uniform(0.5, 3.0, size=(BATCH, UNITS)),
        "shares": rng.uniform(size=(BATCH, UNITS)),
        "signs": rng.choice([-1.0, 1.0], size=(BATCH, UNITS)),
        "distribution": np.eye(UNITS)[labels],
        "labels": labels,
    }[kind]


def network(middle, loss):
    if loss.name in POSITIVE:
        output = "softplus"
    else:
        output = OUTPUT.get(loss.targets, "identity") if loss.needs_probabilities else "identity"
    model = Sequential(
        [Input((FEATURES,)), *middle, Dense(UNITS, output, bias_initializer="random_normal")]
    )
    model.compile(loss=loss)
    model.adapt(samples())
    return model


def assert_gradients_right(model, t):
    check = model.check_gradients(samples(), t)
    assert check.errors
    assert check.passed(1e-6), str(check)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_with_every_loss(layer, loss):
    loss = LOSSES[loss]()
    assert_gradients_right(network(LAYERS[layer](), loss), targets(loss.targets))


def assert_an_activations_gradients_right(activation, loss):
    model = network([Dense(6, activation), Dense(4, activation)], loss)
    check = model.check_gradients(samples(), targets(loss.targets))
    assert check.passed(1e-6), str(check)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation):
    assert_an_activations_gradients_right(activation, Huber())


@pytest.mark.slow
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_with_every_loss(activation, loss):
    assert_an_activations_gradients_right(activation, LOSSES[loss]())


@pytest.mark.parametrize("layer", LAYERS)
def test_the_gradient_at_the_input(layer):
    model = network(LAYERS[layer](), Huber())
    parameters = model.parameters.copy(np.float64)
    x, t = samples(), targets("values")
    mode = Mode(training=True, seed=3, step=4)

    def value():
        last = reference.forward(model.layers, parameters.layers, x, mode)[-1].z
        return float(Huber().rows(last, t).sum())

    passes = reference.forward(model.layers, parameters.layers, x, mode)
    at_output = Huber().gradient(passes[-1].z, t)
    exact = reference.backward(passes, parameters.layers, at_output)[0].at_x
    numeric = reference.numerical_gradient(value, x, 1e-5)
    np.testing.assert_allclose(exact, numeric, rtol=1e-5, atol=1e-8)


def test_flatten_passes_gradients_of_images():
    model = Sequential([Input((2, 3)), Rescaling(2.0), Flatten(), Dense(4, "tanh"), Dense(1)])
    images = samples().reshape(-1)[:30].reshape(5, 2, 3)
    assert model.check_gradients(images, np.arange(5.0)).passed(1e-6)


def test_a_sample_of_weight_two_counts_as_two_and_of_weight_zero_as_none():
    model = Sequential([Input((FEATURES,)), Dense(4, "tanh"), Dense(UNITS, "softmax")])
    model.compile(loss="categorical_crossentropy")
    parameters = model.parameters.copy(np.float64)
    x, t = samples(), targets("distribution")
    times = np.array([2, 0, 1, 3, 0, 1, 1])

    def met(x, t, sample_weight=None):
        objective = model.objective(t)
        return reference.loss_and_gradients(
            model.layers, parameters, objective, x, t, sample_weight
        )

    weighted = met(x, t, times.astype(np.float64))
    repeated = met(np.repeat(x, times, axis=0), np.repeat(t, times, axis=0))
    share = times.sum() / BATCH  # the mean is over the samples, not over their weights
    np.testing.assert_allclose(weighted.loss, share * repeated.loss, rtol=1e-12)
    np.testing.assert_allclose(weighted.gradient, share * repeated.gradient, atol=1e-12)


@pytest.mark.parametrize("sample_weight", [None, np.linspace(0.0, 3.0, BATCH)])
def test_weighted_squares_of_a_linear_layer_by_the_textbooks_formula(sample_weight):
    model = Sequential([Input((FEATURES,)), Dense(UNITS)])
    model.compile(loss="mean_squared_error")
    parameters = model.parameters.copy(np.float64)
    x, t = samples(), targets("values")
    w = np.ones(BATCH) if sample_weight is None else sample_weight
    error = x @ parameters.layers[0]["kernel"] + parameters.layers[0]["bias"] - t
    slope = 2.0 * w[:, np.newaxis] * error / (UNITS * BATCH)
    found = reference.loss_and_gradients(
        model.layers, parameters, model.objective(t), x, t, sample_weight
    )
    np.testing.assert_allclose(found.loss, (w * (error**2).mean(axis=1)).mean(), rtol=1e-12)
    of_weights = found.met[0].of_weights
    np.testing.assert_allclose(of_weights["kernel"], x.T @ slope, atol=1e-12)
    np.testing.assert_allclose(of_weights["bias"], slope.sum(axis=0), atol=1e-12)


def test_backward_leaves_its_argument_alone():
    model = network([Dense(4, "relu"), BatchNormalization(), Dropout(0.5)], Huber())
    passes = model.forward(samples(), training=True)
    gradient = np.ones((BATCH, UNITS), dtype=np.float32)
    reference.backward(passes, model.parameters.layers, gradient)
    assert (gradient == 1.0).all()


def test_the_three_layer_forward_pass_of_the_notes():
    model = Sequential(
        [Input((2,)), Dense(3, "sigmoid"), Dense(2, "sigmoid"), Dense(2, "identity")]
    )
    model.set_weights(
        [
            [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]],
            [0.1, 0.2, 0.3],
            [[0.1, 0.4], [0.2, 0.5], [0.3, 0.6]],
            [0.1, 0.2],
            [[0.1, 0.3], [0.2, 0.4]],
            [0.1, 0.2],
        ]
    )
    passes = model.forward([[1.0, 0.5]])
    np.testing.assert_allclose(passes[0].a, [[0.3, 0.7, 1.1]], rtol=1e-6)
    np.testing.assert_allclose(passes[0].z, [[0.57444252, 0.66818777, 0.75026011]], rtol=1e-6)
    np.testing.assert_allclose(passes[1].a, [[0.51615984, 1.21402696]], rtol=1e-6)
    np.testing.assert_allclose(passes[2].z, [[0.31682708, 0.69627909]], rtol=1e-6)


@given(rate=st.floats(0.0, 0.95), step=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_dropout_keeps_the_mean_and_repeats_itself_by_seed_and_step(rate, step):
    layer = Dropout(rate)
    x = np.ones((200, 200))
    mode = Mode(training=True, seed=5, step=step, layer=2)
    once, _ = layer.forward({}, x, mode)
    again, _ = layer.forward({}, x, mode)
    assert (once == again).all()
    kept = once[once != 0.0]
    np.testing.assert_allclose(kept, 1.0 / (1.0 - rate), rtol=1e-6)
    share = np.sqrt(rate * (1.0 - rate) / x.size)  # the standard deviation of the share kept
    assert abs(len(kept) / x.size - (1.0 - rate)) <= 6.0 * share


def test_noise_differs_between_layers_and_steps_and_is_absent_when_answering():
    x = np.zeros((4, 4))
    layer = GaussianNoise(1.0)
    seen = {
        layer.forward({}, x, Mode(True, 0, step, index))[0].tobytes()
        for step in range(3)
        for index in range(3)
    }
    assert len(seen) == 9
    assert (layer.forward({}, x, Mode())[0] == 0.0).all()


def test_gaussian_noise_has_the_deviation_asked_for():
    added, _ = GaussianNoise(0.5).forward({}, np.zeros((300, 300)), Mode(training=True))
    assert abs(added.std() - 0.5) < 0.01
    assert abs(added.mean()) < 0.01


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("own_seed", [None, 11])
def test_an_elements_noise_follows_from_seed_layer_step_and_index(dtype, own_seed):
    x = np.ones((4, 3, 5), dtype)
    mode = Mode(training=True, seed=1, step=2, layer=3)
    index = np.arange(60, dtype=np.uint32).reshape(4, 3, 5)
    key = prng.key_of(1, 3, 2, own_seed)
    z, _ = Dropout(0.4, seed=own_seed).forward({}, x, mode)
    np.testing.assert_array_equal(z != 0.0, prng.uniform(index, key) >= np.float32(0.4))
    assert z.dtype == dtype
    z, _ = GaussianNoise(0.5, seed=own_seed).forward({}, x, mode)
    np.testing.assert_allclose(z, 1.0 + 0.5 * prng.normal(index, key), rtol=1e-6)
    assert z.dtype == dtype


def test_batch_normalization_moves_its_averages_as_the_paper_says():
    model = network([BatchNormalization(momentum=0.9)], Huber())
    layer = model.layers[0]
    x = samples().astype(np.float32)
    model.compile("sgd", Huber())
    model.fit(x, targets("values"), batch_size=BATCH, epochs=1, shuffle=False)
    np.testing.assert_allclose(layer.moving_mean, 0.1 * x.mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance, 0.9 + 0.1 * x.var(axis=0), rtol=1e-5)


@pytest.mark.peers
def test_normalisations_agree_with_pytorch():
    torch = pytest.importorskip("torch")
    x = samples().astype(np.float32)
    batch = torch.nn.BatchNorm1d(FEATURES, eps=0.001, momentum=0.01)
    expected = batch(torch.tensor(x)).detach().numpy()
    layer = BatchNormalization()
    views = Parameters([layer.parameters((FEATURES,))])
    views.initialise(0)
    given, _ = layer.forward(views.layers[0], x, Mode(training=True))
    np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-6)
    by_sample = LayerNormalization(epsilon=1e-5)
    views = Parameters([by_sample.parameters((FEATURES,))])
    views.initialise(0)
    given, _ = by_sample.forward(views.layers[0], x, Mode())
    expected = torch.nn.functional.layer_norm(torch.tensor(x), (FEATURES,)).numpy()
    np.testing.assert_allclose(given, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.peers
def test_a_training_step_agrees_with_pytorch():
    torch = pytest.importorskip("torch")
    model = Sequential([Input((FEATURES,)), Dense(6, "tanh"), Dense(UNITS, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    twin = torch.nn.Sequential(
        torch.nn.Linear(FEATURES, 6), torch.nn.Tanh(), torch.nn.Linear(6, UNITS)
    )
    with torch.no_grad():
        for mine, theirs in zip(model.get_weights(), twin.parameters(), strict=True):
            theirs.copy_(torch.tensor(mine.T))
    x, t = samples().astype(np.float32), targets("labels")
    descent = torch.optim.SGD(twin.parameters(), lr=0.01)
    for _ in range(5):
        descent.zero_grad()
        torch.nn.functional.cross_entropy(twin(torch.tensor(x)), torch.tensor(t)).backward()
        descent.step()
    model.fit(x, t, batch_size=BATCH, epochs=5)
    for mine, theirs in zip(model.get_weights(), twin.parameters(), strict=True):
        np.testing.assert_allclose(mine.T, theirs.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_every_layer_can_be_computed():
    for layer in layers.LAYERS:
        kind = layers.LAYERS[layer]
        assert kind.forward is not layers.Layer.forward
        assert kind.backward is not layers.Layer.backward
