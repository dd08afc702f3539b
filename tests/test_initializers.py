"""Initializers: distributions against SciPy and Keras, names against Keras, bits against seeds."""

import dataclasses
import inspect
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes
from scipy import stats

from badak import initializers
from badak.errors import InputError, UnknownNameError

SHAPE = (300, 100)  # inputs, units
DRAWN = [
    initializers.RandomNormal(mean=0.3, stddev=2.0),
    initializers.RandomUniform(minval=-1.0, maxval=3.0),
    initializers.TruncatedNormal(mean=-0.3, stddev=0.5),
    initializers.LecunUniform(),
    initializers.LecunNormal(),
    initializers.GlorotUniform(),
    initializers.GlorotNormal(),
    initializers.HeUniform(),
    initializers.HeNormal(),
    initializers.VarianceScaling(3.0, "fan_out", "uniform"),
    initializers.VarianceScaling(3.0, "fan_out", "truncated_normal"),
    initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal"),
    initializers.Orthogonal(gain=0.5),
]
FIXED = [initializers.Zeros(), initializers.Ones(), initializers.Constant(0.1)]
NAMES = {
    "zeros": "Zeros",
    "ones": "Ones",
    "constant": "Constant",
    "random_normal": "RandomNormal",
    "random_uniform": "RandomUniform",
    "truncated_normal": "TruncatedNormal",
    "lecun_normal": "LecunNormal",
    "lecun_uniform": "LecunUniform",
    "glorot_normal": "GlorotNormal",
    "glorot_uniform": "GlorotUniform",
    "he_normal": "HeNormal",
    "he_uniform": "HeUniform",
    "variance_scaling": "VarianceScaling",
    "orthogonal": "Orthogonal",
}


def uniform(limit):
    return stats.uniform(-limit, 2.0 * limit)


def truncated(stddev):
    """Return the normal distribution cut at two sigmas and widened to standard deviation stddev."""
    sigma = stddev / stats.truncnorm(-2.0, 2.0).std()
    return stats.truncnorm(-2.0, 2.0, scale=sigma)


@pytest.mark.parametrize(
    ("initializer", "expected"),
    [
        (initializers.RandomNormal(), stats.norm(0.0, 0.05)),
        (initializers.RandomNormal(0.3, 2.0), stats.norm(0.3, 2.0)),
        (initializers.RandomUniform(), stats.uniform(-0.05, 0.1)),
        (initializers.RandomUniform(-1.0, 3.0), stats.uniform(-1.0, 4.0)),
        (initializers.TruncatedNormal(), stats.truncnorm(-2.0, 2.0, 0.0, 0.05)),
        (initializers.TruncatedNormal(1.0, 0.5), stats.truncnorm(-2.0, 2.0, 1.0, 0.5)),
        (initializers.LecunUniform(), uniform(math.sqrt(3.0 / 300.0))),
        (initializers.LecunNormal(), truncated(math.sqrt(1.0 / 300.0))),
        (initializers.GlorotUniform(), uniform(math.sqrt(6.0 / 400.0))),
        (initializers.GlorotNormal(), truncated(math.sqrt(2.0 / 400.0))),
        (initializers.HeUniform(), uniform(math.sqrt(6.0 / 300.0))),
        (initializers.HeNormal(), truncated(math.sqrt(2.0 / 300.0))),
        (initializers.VarianceScaling(), truncated(math.sqrt(1.0 / 300.0))),
        (initializers.VarianceScaling(3.0, "fan_out", "uniform"), uniform(math.sqrt(9.0 / 100.0))),
        (initializers.VarianceScaling(3.0, "fan_avg", "normal"), truncated(math.sqrt(3.0 / 200.0))),
        (
            initializers.VarianceScaling(3.0, "fan_out", "untruncated_normal"),
            stats.norm(0.0, math.sqrt(3.0 / 100.0)),
        ),
    ],
    ids=lambda given: repr(given) if isinstance(given, initializers.Initializer) else "",
)
def test_weights_follow_the_distribution_of_the_paper(initializer, expected):
    weights = initializer(SHAPE).ravel()
    low, high = expected.support()
    assert low <= weights.min()
    assert weights.max() <= high
    # 30,000 numbers: a standard deviation wrong by 5 % would be found.
    assert stats.kstest(weights, expected.cdf).pvalue > 0.01


@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.1, 10.0), st.integers(0, 2**32))
def test_an_orthogonal_layer_keeps_lengths(inputs, units, gain, seed):
    w = initializers.Orthogonal(gain, seed=seed)((inputs, units)) / gain
    product = w.T @ w if inputs >= units else w @ w.T
    np.testing.assert_allclose(product, np.eye(min(inputs, units)), atol=1e-12)


def test_orthogonal_matrices_favour_no_direction():
    rng = np.random.default_rng(5)
    angles = [np.arctan2(*initializers.Orthogonal()((2, 2), rng)[:, 0]) for _ in range(2000)]
    assert stats.kstest(angles, stats.uniform(-np.pi, 2.0 * np.pi).cdf).pvalue > 0.01


def test_orthogonal_takes_all_axes_but_the_last_as_rows():
    w = initializers.Orthogonal()((2, 3, 4)).reshape(6, 4)
    np.testing.assert_allclose(w.T @ w, np.eye(4), atol=1e-12)


@pytest.mark.parametrize("initializer", FIXED + DRAWN, ids=repr)
def test_weights_are_float64_of_the_shape_asked_for(initializer):
    weights = initializer((7, 3))
    assert weights.dtype == np.float64
    assert weights.shape == (7, 3)


def test_fixed_weights_are_what_their_names_say():
    assert not initializers.Zeros()((2, 3)).any()
    assert (initializers.Ones()((2, 3)) == 1.0).all()
    assert (initializers.Constant(-2)((2, 3)) == -2.0).all()


@pytest.mark.parametrize("initializer", DRAWN, ids=repr)
def test_the_same_call_gives_the_same_bits(initializer):
    def seeded(seed):
        return dataclasses.replace(initializer, seed=seed)(SHAPE).tobytes()

    assert initializer(SHAPE).tobytes() == seeded(0)
    assert seeded(3) == seeded(3)
    assert seeded(3) != seeded(4)


@pytest.mark.parametrize("initializer", DRAWN, ids=repr)
def test_an_own_seed_comes_before_the_generator_of_the_model(initializer):
    own = dataclasses.replace(initializer, seed=7)
    rng = np.random.default_rng(1)
    assert own(SHAPE, rng).tobytes() == own(SHAPE).tobytes()
    assert (
        initializer(SHAPE, rng).tobytes() == initializer(SHAPE, np.random.default_rng(1)).tobytes()
    ), "the generator of the model was drawn from although the seed was given"
    assert initializer(SHAPE, rng).tobytes() != initializer(SHAPE).tobytes()


@given(array_shapes(min_dims=0, max_dims=4, max_side=6))
def test_every_shape_is_filled(shape):
    for name in NAMES:
        if name != "orthogonal":
            assert initializers.get(name)(shape).shape == shape


def test_one_number_alone_is_drawn_again_too():
    rng = np.random.default_rng(0)
    drawn = [float(initializers.TruncatedNormal(stddev=1.0)((), rng)) for _ in range(200)]
    assert stats.kstest(drawn, stats.truncnorm(-2.0, 2.0).cdf).pvalue > 0.01
    assert max(np.abs(drawn)) <= 2.0


@pytest.mark.parametrize(("name", "cls"), NAMES.items())
def test_names_of_keras_are_known(name, cls):
    made = initializers.get(name)
    assert type(made).__name__ == cls
    assert initializers.get(cls) == made
    assert getattr(initializers, name) is getattr(initializers, cls)
    assert initializers.get(type(made)) == made


@pytest.mark.parametrize("initializer", FIXED + DRAWN, ids=repr)
def test_a_configuration_rebuilds_an_equal_initializer(initializer):
    config = json.loads(json.dumps(initializer.get_config()))
    assert initializers.get(config) == initializer


def test_numbers_of_numpy_are_kept_as_numbers_of_python():
    given = initializers.RandomNormal(np.float32(0.5), np.int64(1), np.int64(3))
    json.dumps(given.get_config())
    assert given == initializers.RandomNormal(0.5, 1.0, 3)


def test_a_function_of_your_own_is_called_with_the_shape():
    def rising(shape):
        return np.arange(math.prod(shape)).reshape(shape)

    made = initializers.get(rising)
    weights = made((2, 3), np.random.default_rng())
    np.testing.assert_array_equal(weights, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])
    assert weights.dtype == np.float64
    assert made.get_config() == {"name": "rising"}


@pytest.mark.parametrize(
    ("function", "fault"),
    [
        (lambda shape: np.zeros((*shape, 1)), r"shape \(2, 3\), not float64 of shape \(2, 3, 1\)"),
        (lambda shape: np.full(shape, "a"), "must give numbers"),
        (lambda shape: np.full(shape, np.nan), "NaN or infinity"),
        (lambda shape: 0.0, r"not float64 of shape \(\)"),
    ],
)
def test_a_function_that_gives_no_weights_is_refused(function, fault):
    with pytest.raises(InputError, match=fault):
        initializers.get(function)((2, 3))


def test_a_class_of_your_own_draws_from_the_generator_of_the_model():
    @dataclasses.dataclass(frozen=True)
    class Signs(initializers.Initializer):
        def draw(self, shape, rng):
            return rng.choice([-1.0, 1.0], shape)

    drawn = initializers.get(Signs())(SHAPE, np.random.default_rng(2))
    np.testing.assert_array_equal(drawn, np.random.default_rng(2).choice([-1.0, 1.0], SHAPE))


@pytest.mark.parametrize(
    ("make", "fault"),
    [
        (lambda: initializers.Constant(np.nan), "Constant's value must be a number in"),
        (lambda: initializers.RandomNormal(stddev=-0.1), "RandomNormal's stddev must be"),
        (lambda: initializers.RandomNormal(mean="0"), "RandomNormal's mean must be"),
        (lambda: initializers.RandomNormal(seed=1.5), "seed must be None or a whole number"),
        (lambda: initializers.RandomNormal(seed=-1), "seed must be None or a whole number"),
        (lambda: initializers.HeNormal(seed=True), "seed must be None or a whole number"),
        (lambda: initializers.RandomUniform(0.1, -0.1), "exchange them"),
        (lambda: initializers.VarianceScaling(0.0), "scale must be"),
        (lambda: initializers.VarianceScaling(mode="fan"), "one of 'fan_in', 'fan_out', 'fan_avg'"),
        (lambda: initializers.VarianceScaling(distribution="cauchy"), "'untruncated_normal'"),
        (lambda: initializers.Orthogonal(math.inf), "gain must be"),
        (lambda: initializers.Orthogonal()((3,)), r"Orthogonal makes matrices.*not \(3,\)"),
        (lambda: initializers.Zeros()((3, 0)), r"positive whole numbers, not \(3, 0\)"),
        (lambda: initializers.Zeros()((3.0,)), r"positive whole numbers, not \(3.0,\)"),
        (lambda: initializers.get(3), "3 is not an initializer"),
        (lambda: initializers.get(None), "None is not an initializer"),
        (lambda: initializers.get({"name": "zeros", "value": 1}), "zeros"),
    ],
)
def test_what_cannot_be_worked_with_is_refused(make, fault):
    with pytest.raises(InputError, match=fault):
        make()


def test_a_name_misspelt_is_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")


@pytest.mark.peers
@pytest.mark.parametrize("cls", NAMES.values())
def test_arguments_and_defaults_are_those_of_keras(keras, cls):
    theirs = inspect.signature(getattr(keras.initializers, cls)).parameters
    ours = inspect.signature(getattr(initializers, cls)).parameters
    convolution = ("input_axes", "output_axes")  # which dense layers do not have
    expected = {name: p.default for name, p in theirs.items() if name not in convolution}
    assert {name: p.default for name, p in ours.items()} == expected
    assert list(ours) == list(expected)


@pytest.mark.peers
@pytest.mark.parametrize("cls", [cls for cls in NAMES.values() if cls not in ("Zeros", "Ones")])
def test_weights_are_distributed_as_those_of_keras(keras, cls):
    theirs = getattr(keras.initializers, cls)
    given = {} if cls == "Constant" else {"seed": 1}
    expected = theirs(**given)(SHAPE).detach().numpy().ravel()  # a tensor of PyTorch
    ours = getattr(initializers, cls)()(SHAPE).ravel()
    assert stats.ks_2samp(ours, expected).pvalue > 0.01


@pytest.mark.peers
@given(shape=array_shapes(min_dims=0, max_dims=4, max_side=6))
def test_fans_are_those_of_keras(keras, shape):
    from keras.src.initializers.random_initializers import compute_fans

    assert initializers.fans(shape) == compute_fans(shape)


@pytest.fixture(scope="module")
def keras():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_BACKEND", "torch")
        yield pytest.importorskip("keras")
