"""Any stack of layers answers alike wherever it is written to."""

import importlib.util

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, activations, formats, layers

HAS_ONNX = importlib.util.find_spec("onnx") is not None

# Without those that grow beyond all bounds, and those whose jumps make the last bit count.
NAMES = sorted(
    set(activations.ACTIVATIONS) - {"exponential", "step", "threshold", "thresholded_relu"}
)
number = st.floats(-2.0, 2.0).map(lambda value: round(value, 2))
positive = st.floats(0.1, 3.0).map(lambda value: round(value, 2))


def everywhere():
    """Layers that work on samples of any number of axes."""
    activation = st.sampled_from(NAMES)
    return st.one_of(
        st.builds(layers.Rescaling, number, number),
        st.builds(layers.BatchNormalization, center=st.booleans(), scale=st.booleans()),
        st.builds(layers.LayerNormalization, center=st.booleans(), scale=st.booleans()),
        st.builds(layers.PReLU, st.just("he_normal")),
        st.builds(layers.Dropout, st.just(0.3)),
        st.builds(layers.GaussianNoise, st.just(0.1)),
        st.builds(layers.ReLU, positive, positive),
        st.builds(layers.ELU, positive),
        st.builds(layers.Activation, activation),
    )


def dense():
    return st.builds(
        layers.Dense,
        st.integers(1, 6),
        st.sampled_from(NAMES),
        st.booleans(),
        bias_initializer=st.just("random_normal"),
    )


stacks = st.tuples(
    st.lists(everywhere(), max_size=2),
    st.lists(st.one_of(dense(), everywhere()), min_size=1, max_size=4),
)


@given(
    stack=stacks,
    shape=st.sampled_from([(4,), (2, 3), (1, 2, 2), (1,)]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_any_stack_answers_alike(stack, shape, seed, tmp_path_factory):
    front, back = stack
    whole = [Input(shape), *front, layers.Flatten(), *back]
    model = Sequential(whole, seed=seed, engine="reference")
    rng = np.random.default_rng(seed)
    for layer in model.layers:  # averages, as training would leave them
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 2.0, w.shape) for w in layer.get_weights()])
    x = rng.normal(size=(7, *shape)).astype(np.float32)
    expected = model.predict(x)
    folder = tmp_path_factory.mktemp("stack")

    formats.export(model, folder / "network.npz")
    np.testing.assert_array_equal(read(folder / "network.npz").predict(x), expected)

    formats.export(model, folder / "network.py")
    spec = importlib.util.spec_from_file_location("network", folder / "network.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    np.testing.assert_allclose(module.predict(x), expected, rtol=1e-4, atol=1e-4)

    if HAS_ONNX:
        formats.export(model, folder / "network.onnx")
        given = read(folder / "network.onnx").predict(x)
        np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-4)


def read(path):
    model = formats.import_model(path)
    model.engine = "reference"
    return model
