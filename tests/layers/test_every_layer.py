"""What holds for every registered layer, and for layers of a user's own: run on their examples."""

import copy
import pickle
import warnings

import numpy as np
import pytest

from badak import Input, Sequential, initializers, layers
from badak.layers import LAYERS, Dense, Layer, from_config
from badak.layers.base import is_just
from badak.layers.parameters import ParameterSpec
from badak.layers.passes import LayerPass, Mode

BATCH = 12


class Bend(Layer):
    """z = x + strength x^2 / (1 + |x|): elementwise, with one setting."""

    arguments = ("strength",)
    elementwise = True

    def __init__(self, strength=0.5, **common):
        super().__init__(**common)
        self.strength = strength

    def forward(self, w, x, mode):
        return x + self.strength * x * x / (1.0 + np.abs(x)), None

    def backward(self, w, p, gradient):
        a = np.abs(p.x)
        return gradient * (1.0 + self.strength * p.x * (2.0 + a) / ((1.0 + a) * (1.0 + a))), {}


class Twice(Dense):
    """A subclass of Dense with passes of its own: a = 2 (x W + b)."""

    def forward(self, w, x, mode):
        return 2.0 * (x @ w["kernel"] + w["bias"]), None

    def backward(self, w, p, gradient):
        of_weights = {"kernel": 2.0 * p.x.T @ gradient, "bias": 2.0 * gradient.sum(axis=0)}
        return 2.0 * gradient @ w["kernel"].T, of_weights

    @classmethod
    def example(cls):
        return cls(4, "tanh")


class BesideItsSquares(Layer):
    """Widens: x and a learned multiple of x^2 side by side."""

    def output_shape(self, input_shape):
        return (2 * input_shape[-1],)

    def parameters(self, input_shape):
        return [ParameterSpec("factor", input_shape, lambda shape, rng: np.full(shape, 0.3))]

    def forward(self, w, x, mode):
        return np.concatenate([x, w["factor"] * x * x], axis=-1), None

    def backward(self, w, p, gradient):
        width = p.x.shape[-1]
        plain, squared = gradient[:, :width], gradient[:, width:]
        at_x = plain + 2.0 * w["factor"] * p.x * squared
        return at_x, {"factor": (squared * p.x * p.x).sum(axis=0)}


class RowSum(Layer):
    """Narrows: one number, the sum of a sample's numbers."""

    def output_shape(self, input_shape):
        return (1,)

    def forward(self, w, x, mode):
        return x.sum(axis=-1, keepdims=True), None

    def backward(self, w, p, gradient):
        return gradient + np.zeros_like(p.x), {}


class MinusBatchMean(Layer):
    """Looks at the whole batch, and does not say so by its trait."""

    def forward(self, w, x, mode):
        return x - x.mean(axis=0), None

    def backward(self, w, p, gradient):
        return gradient - gradient.mean(axis=0), {}


class MinusBatchMeanAsItSays(MinusBatchMean):
    """Looks at the whole batch, and says so."""

    batch_statistics = True


OWN = {
    kind.__name__: kind
    for kind in (Bend, Twice, BesideItsSquares, RowSum, MinusBatchMean, MinusBatchMeanAsItSays)
}
EVERY = {**{name: LAYERS[name] for name in LAYERS}, **OWN}


def samples(kind, count=BATCH):
    return np.random.default_rng(1).normal(size=(count, *kind.example_input)).astype(np.float32)


def network(kind, engine=None, last="linear"):
    """A Dense layer where the example takes flat samples, the example, and a Dense layer."""
    before = [Dense(kind.example_input[0], "tanh")] if len(kind.example_input) == 1 else []
    shape = kind.example_input if not before else (3,)
    model = Sequential(
        [Input(shape), *before, kind.example(), Dense(2, last)], seed=3, engine=engine
    )
    x = np.random.default_rng(2).normal(size=(BATCH, *shape)).astype(np.float32)
    t = np.random.default_rng(3).normal(size=(BATCH, 2)).astype(np.float32)
    model.adapt(x)
    return model, x, t


@pytest.mark.parametrize("name", EVERY)
def test_the_engine_agrees_with_the_reference_or_says_that_numpy_takes_over(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = []
        for engine in ("reference", "compiled"):
            model, x, t = network(EVERY[name], engine)
            first = model.predict(x)
            model.compile("adam", loss="mean_squared_error")
            model.fit(x, t, batch_size=5, epochs=4, verbose=0)
            found.append((first, model.predict(x), *model.get_weights()))
    for by_reference, by_engine in zip(*found, strict=True):
        np.testing.assert_allclose(by_engine, by_reference, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_of_badak_is_compiled(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model, x, t = network(LAYERS[name], "compiled")
        if len(model.output_shape) > 1:
            pytest.skip("the loss wants flat outputs")
        model.predict(x)
        model.compile(loss="mean_squared_error")
        model.fit(x, t, verbose=0)


@pytest.mark.parametrize("name", ["Twice", "BesideItsSquares", "RowSum", "MinusBatchMean"])
def test_an_own_layer_that_is_no_formula_of_its_numbers_runs_in_numpy_with_a_warning(name):
    model, x, _ = network(OWN[name], "compiled")
    with pytest.warns(RuntimeWarning, match="the compiled engine cannot run this network"):
        model.predict(x)


@pytest.mark.parametrize("name", EVERY)
def test_gradients_are_those_of_central_differences_in_float64(name):
    model, x, t = network(EVERY[name])
    model.compile(loss="mean_squared_error")
    check = model.check_gradients(x, t)
    assert check.errors
    assert check.passed(1e-6), str(check)


@pytest.mark.parametrize("name", EVERY)
def test_backward_leaves_its_arguments_as_they_were(name):
    kind = EVERY[name]
    model, _, _ = network(kind)
    layer = model.layers[-2]
    weights = {key: w.astype(np.float64) for key, w in layer.weights.items()}
    x = samples(kind).astype(np.float64)
    z, memo = layer.forward(weights, x, Mode(training=True, seed=1))
    gradient = np.random.default_rng(4).normal(size=z.shape)
    before = x.copy(), gradient.copy()
    at_x, of_weights = layer.backward(weights, LayerPass(layer, x, None, z, memo), gradient)
    assert at_x.shape == x.shape
    trained = {spec.name for spec in layer.parameters(kind.example_input) if spec.trainable}
    assert set(of_weights) == trained
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(gradient, before[1])


@pytest.mark.parametrize("name", EVERY)
def test_shapes_are_those_that_were_promised(name):
    kind = EVERY[name]
    model, x, _ = network(kind)
    passed = model.forward(x)[-2]
    assert passed.z.shape == (BATCH, *kind.example().output_shape(kind.example_input))


@pytest.mark.parametrize("name", EVERY)
def test_a_configuration_rebuilds_the_layer(name):
    layer = EVERY[name].example()
    rebuilt = from_config(layer.get_config(), OWN)
    assert type(rebuilt) is type(layer)
    assert rebuilt.get_config() == layer.get_config()


@pytest.mark.parametrize("name", EVERY)
def test_copies_and_pickles_answer_the_same_bits(name):
    model, x, _ = network(EVERY[name], "reference")
    expected = model.predict(x).tobytes()
    assert copy.deepcopy(model).predict(x).tobytes() == expected
    assert pickle.loads(pickle.dumps(model)).predict(x).tobytes() == expected


@pytest.mark.parametrize("name", EVERY)
def test_a_trace_has_the_gradients_of_training(name):
    model, x, t = network(EVERY[name])
    model.compile(loss="mean_squared_error")
    by_trace = [
        gradient for entry in model.trace(x, t, training=True) for gradient in
        [entry.gradients[key] for key in entry.gradients]
    ]  # fmt: skip
    for mine, theirs in zip(by_trace, model.gradients(x, t), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)


@pytest.mark.parametrize("name", LAYERS)
def test_every_setting_of_a_layer_is_an_attribute(name):
    layer = LAYERS[name].example()
    for argument in layer.arguments:
        getattr(layer, argument)
    known = {**vars(layers), **vars(initializers)}
    assert eval(repr(layer), known).get_config() == layer.get_config()


def test_every_public_layer_is_registered():
    public = {
        name
        for name in layers.__all__
        if isinstance(getattr(layers, name), type) and issubclass(getattr(layers, name), Layer)
    }
    assert public - {"Layer", "Input", "InputLayer"} == set(LAYERS)


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(ValueError, match="the layer registry has 'dense' already"):
        layers.register(type("Dense", (Layer,), {}))


def test_of_a_kind_and_computing_as_it_does():
    class Named(Dense):
        """Only its name is its own."""

    assert is_just(Dense(3), Dense)
    assert is_just(Named(3), Dense)
    assert is_just(layers.ReLU(), layers.Activation)
    assert not is_just(Twice(3), Dense)
    assert not is_just(Dense(3), layers.Activation)
    changed = Dense(3)
    changed.forward = lambda w, x, mode: (x, None)
    assert not is_just(changed, Dense)
