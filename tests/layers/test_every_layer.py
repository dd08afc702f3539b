"""What holds for every registered layer, and for layers of a user's own: run on their examples."""

import copy
import pickle
import warnings

import numpy as np
import pytest

from badak import Input, Sequential, initializers, layers
from badak.layers import LAYERS, Dense, Flatten, Layer, from_config
from badak.layers.base import is_just
from badak.layers.passes import LayerPass, Mode
from tests.own_layers import OWN, Twice

BATCH = 12


EVERY = {**{name: LAYERS[name] for name in LAYERS}, **OWN}


def samples(kind, count=BATCH):
    return np.random.default_rng(1).normal(size=(count, *kind.example_input)).astype(np.float32)


def network(kind, engine=None):
    """A Dense layer where the example takes flat samples, the example, and a Dense layer.

    Between them it is flattened where it has several axes.
    """
    before = [Dense(kind.example_input[0], "tanh")] if len(kind.example_input) == 1 else []
    shape = kind.example_input if not before else (3,)
    layer = kind.example()
    after = [Flatten()] if len(layer.output_shape(kind.example_input)) > 1 else []
    stack = [Input(shape), *before, layer, *after, Dense(2)]
    model = Sequential(stack, seed=3, engine=engine)
    x = np.random.default_rng(2).normal(size=(BATCH, *shape)).astype(np.float32)
    t = np.random.default_rng(3).normal(size=(BATCH, 2)).astype(np.float32)
    model.adapt(x)
    return model, x, t


def place_in(kind):
    """Which layer of its network the example is."""
    return 1 if len(kind.example_input) == 1 else 0


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
        model.predict(x)
        model.compile(loss="mean_squared_error")
        model.fit(x, t, verbose=0)


NO_FORMULA = ["Twice", "AcrossRows", "BesideItsSquares", "RowSum", "Matrix", "MinusBatchMean"]


@pytest.mark.parametrize("name", NO_FORMULA)
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
    layer = model.layers[place_in(kind)]
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
    passed = model.forward(x)[place_in(kind)]
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
