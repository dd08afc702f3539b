import inspect

import numpy as np
import pytest

from badak import Input, Sequential
from badak.activations import BOUNDED_RELU, RELU
from badak.errors import InputError, UnknownNameError
from badak.layers import (
    ELU,
    LAYERS,
    Activation,
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
    from_config,
)

MADE = [
    Dense(3, "elu", False, "he_uniform", "ones", "l1", "l2"),
    Activation("gelu"),
    Flatten(),
    Rescaling(0.5, 1.0),
    Normalization(),
    Whitening("zca", 0.1),
    GaussianNoise(0.2, seed=4),
    BatchNormalization(momentum=0.5, epsilon=0.1, center=False),
    LayerNormalization(epsilon=0.1, scale=False, gamma_initializer="zeros"),
    ReLU(4.0, 0.2, 0.1),
    LeakyReLU(0.1),
    ThresholdedReLU(0.5),
    PReLU("ones", "l2"),
    ELU(0.5),
    Softmax(),
]


@pytest.mark.parametrize("layer", MADE, ids=repr)
def test_a_layer_comes_back_from_its_configuration(layer):
    back = from_config(layer.get_config())
    assert back.get_config() == layer.get_config()
    assert repr(back) == repr(layer)


@pytest.mark.parametrize("name", LAYERS)
def test_every_argument_is_kept_under_its_name(name):
    kind = LAYERS[name]
    accepted = inspect.signature(kind).parameters
    assert set(kind.arguments) <= set(accepted)


@pytest.mark.parametrize(
    ("layer", "given", "made", "weights"),
    [
        (Dense(3), (4,), (3,), {"kernel": (4, 3), "bias": (3,)}),
        (Dense(3, use_bias=False), (4,), (3,), {"kernel": (4, 3)}),
        (Flatten(), (2, 3, 4), (24,), {}),
        (Normalization(), (5, 4), (5, 4), {"mean": (4,), "variance": (4,)}),
        (Whitening(), (4,), (4,), {"mean": (4,), "matrix": (4, 4)}),
        (PReLU(), (5, 4), (5, 4), {"alpha": (5, 4)}),
        (LayerNormalization(), (4,), (4,), {"gamma": (4,), "beta": (4,)}),
        (
            BatchNormalization(),
            (4,),
            (4,),
            {"gamma": (4,), "beta": (4,), "moving_mean": (4,), "moving_variance": (4,)},
        ),
    ],
)
def test_shapes(layer, given, made, weights):
    assert layer.output_shape(given) == made
    assert {spec.name: spec.shape for spec in layer.parameters(given)} == weights


def test_relu_is_the_plain_one_unless_asked():
    assert ReLU().activation is RELU
    assert ReLU(max_value=6.0).activation.value is BOUNDED_RELU.value
    x = np.array([-2.0, 0.5, 3.0, 9.0])
    np.testing.assert_allclose(ReLU(6.0, 0.1, 1.0).activation(x), [-0.3, -0.05, 3.0, 6.0])


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ReLU(max_value=-1.0), "max_value"),
        (lambda: LeakyReLU(float("nan")), "negative_slope"),
        (lambda: Rescaling(float("inf")), "Rescaling's scale must be a number"),
        (lambda: GaussianNoise(-1.0), "stddev"),
        (lambda: BatchNormalization(axis=1), "last axis"),
        (lambda: BatchNormalization(momentum=2.0), "momentum"),
        (lambda: LayerNormalization(epsilon=0.0), "epsilon"),
        (lambda: BatchNormalization(epsilon=1e-40), "epsilon"),
        (lambda: Normalization(mean=1.0), "together"),
        (lambda: Whitening("svd"), "'pca' or 'zca'"),
        (lambda: Whitening(epsilon=-1.0), "epsilon"),
        (lambda: Whitening().parameters((2, 2)), r"Flatten\(\)"),
        (lambda: Normalization().adapt([1.0]), "samples"),
        (lambda: Normalization().adapt([["1"], ["2"]]), "numbers"),
        (lambda: Normalization().adapt([[1.0], [np.nan]]), r"x\[1, 0\] is nan"),
        (lambda: Normalization(mean=[0.0, np.nan], variance=[1.0, 1.0]), "finite number"),
        (lambda: Normalization(mean=["a"], variance=[1.0]), "finite number"),
        (lambda: Normalization(mean=[0.0], variance=[-1.0]), "0 or more, not -1"),
        (
            lambda: Normalization(mean=[0.0, 1.0], variance=[1.0, 1.0]).parameters((3,)),
            "samples of 3 features, but what it knows is of 2",
        ),
        (lambda: Dense(3, input_shape=(2.5,)), "positive whole numbers"),
        (lambda: from_config({"class": "Dense"}), "units"),
    ],
)
def test_wrong_arguments_are_refused(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_a_layer_in_a_network_is_not_adapted_to_other_data():
    layer = Normalization(mean=[0.0, 1.0], variance=[1.0, 4.0])
    model = Sequential([Input((2,)), layer])
    before = model.predict([[1.0, 3.0]])
    with pytest.raises(InputError, match="samples of 2 features, but what it knows is of 3"):
        layer.adapt(np.ones((4, 3)))
    np.testing.assert_array_equal(model.predict([[1.0, 3.0]]), before)


def test_one_mean_and_variance_serve_all_features():
    model = Sequential([Input((2,)), Normalization(mean=1.0, variance=4.0)])
    np.testing.assert_array_equal(model.predict([[1.0, 5.0]]), [[0.0, 2.0]])
    row = Normalization(mean=np.ones((1, 2)), variance=np.full((1, 2), 4.0))
    model = Sequential([Input((2,)), row])
    np.testing.assert_array_equal(model.predict([[1.0, 5.0]]), [[0.0, 2.0]])


def test_unknown_layers_are_answered_with_the_nearest():
    with pytest.raises(UnknownNameError, match="did you mean 'Dense'"):
        from_config({"class": "Dens"})


def test_adapting_learns_mean_and_variance_of_the_last_axis():
    x = np.random.default_rng(0).normal(3.0, 2.0, size=(5000, 2, 3))
    layer = Normalization()
    layer.adapt(x)
    np.testing.assert_allclose(layer.learned["mean"], x.mean(axis=(0, 1)))
    np.testing.assert_allclose(layer.learned["variance"], x.var(axis=(0, 1)))


@pytest.mark.parametrize("seed", [-1, 1.5, "a"])
@pytest.mark.parametrize("layer", [Dropout, GaussianNoise])
def test_a_wrong_seed_is_met_at_the_door(layer, seed):
    with pytest.raises(InputError, match="seed"):
        layer(0.5, seed=seed)
