import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from badak import Input, Sequential, activations, datasets, reference
from badak.errors import InputError
from badak.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LayerNormalization,
    Normalization,
    PReLU,
    Rescaling,
    Softmax,
    Whitening,
)

IMAGES = datasets.load("digits").x_test


def network(shape, *stack, seed=1, biased=True):
    """A network with weights at random, its biases too."""
    model = Sequential([Input(shape), *stack], seed=seed, engine="reference")
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if biased and "bias" in layer.weights:
            layer.bias[...] = rng.normal(size=layer.bias.shape)
    return model


def by_pencil():
    """Two pixels, three classes, no bias: sums are 3x - y, x + 2y and -x."""
    model = Sequential([Input((2,)), Dense(3, "softmax", use_bias=False)])
    model.set_weights([[[3.0, 1.0, -1.0], [-1.0, 2.0, 0.0]]])
    return model


def sum_of(model, x, target, against=None):
    """The class's sum before softmax in float64, by a forward pass of its own."""
    weights = model.parameters.copy(np.float64).layers
    sums = reference.output(model.layers, weights, x[np.newaxis], last_activation=False)[0]
    return sums[target] - (0.0 if against is None else sums[against])


STACKS = {
    "relu": lambda: [Rescaling(1 / 16), Flatten(), Dense(9, "relu"), Dense(4, "softmax")],
    "curved": lambda: [
        Flatten(),
        Dense(9, "tanh"),
        Dropout(0.5),
        Dense(5, "gelu"),
        Dense(4),
        Softmax(),
    ],
    "prepared": lambda: [
        Flatten(),
        Normalization(),
        Whitening(),
        Dense(9, "elu"),
        Dense(4, "softmax"),
    ],
    "normalised": lambda: [
        *[Rescaling(1 / 16), Flatten(), Dense(9), BatchNormalization(), Activation("sigmoid")],
        *[Dense(6), LayerNormalization(), PReLU(), Dense(4, "softmax")],
    ],
}


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("against", [None, 0])
def test_contributions_are_the_slope_by_central_differences_times_the_pixel(name, against):
    model = network((8, 8), *STACKS[name]())
    model.adapt(IMAGES)
    image = IMAGES[5].astype(np.float64) + 0.3
    slope = np.zeros_like(image)
    for place in np.ndindex(image.shape):
        step = np.zeros_like(image)
        step[place] = 1e-5
        above, below = (sum_of(model, image + s * step, 2, against) for s in (1.0, -1.0))
        slope[place] = (above - below) / 2e-5
    found = model.explain(image).contributions(2, against)
    np.testing.assert_allclose(found.pixels, slope * image, rtol=1e-5, atol=1e-7)
    assert found.sum == pytest.approx(sum_of(model, image, 2, against), rel=1e-12)


def test_without_hidden_layer_or_bias_a_contribution_is_weight_times_pixel():
    explained = by_pencil().explain([1.0, 0.5])
    assert explained.answer == 0
    np.testing.assert_allclose(explained.sums, [2.5, 2.0, -1.0])
    alone = explained.contributions()
    np.testing.assert_allclose(alone.pixels, [3.0 * 1.0, -1.0 * 0.5])
    assert (alone.sum, alone.total, alone.rest) == (2.5, 2.5, 0.0)
    rather = explained.contributions(0, against=1)
    np.testing.assert_allclose(rather.pixels, [(3.0 - 1.0) * 1.0, (-1.0 - 2.0) * 0.5])
    assert rather.sum == rather.total == 0.5
    e = np.exp([2.5, 2.0, -1.0])
    np.testing.assert_allclose(explained.probabilities, e / e.sum())


@settings(max_examples=30)
@given(
    widths=st.lists(st.integers(1, 12), max_size=3),
    activation=st.sampled_from(["relu", "leaky_relu", "identity"]),
    seed=st.integers(0, 1000),
)
def test_relu_without_biases_adds_up_to_the_sum_and_with_them_leaves_what_they_add(
    widths, activation, seed
):
    stack = [*(Dense(width, activation) for width in widths), Dense(3, "softmax")]
    model = network((6,), *stack, seed=seed)
    x = np.random.default_rng(seed).uniform(0.0, 1.0, 6)
    explained = model.explain(x)
    assert explained.straight
    found = explained.contributions(1)
    weights = model.parameters.copy(np.float64).layers
    passes = reference.forward(model.layers, weights, x[np.newaxis])
    met = reference.backward(passes, weights, np.eye(3)[[1]], at_sum=True)
    slopes = [each.of_weights for each in met]
    of_biases = sum(float(w["bias"] @ g["bias"]) for w, g in zip(weights, slopes, strict=True))
    assert found.rest == pytest.approx(of_biases, rel=1e-9, abs=1e-12)
    for layer in model.layers:
        layer.bias[...] = 0.0
    bare = model.explain(x).contributions(1)
    assert bare.total == pytest.approx(bare.sum, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "elu", "hard_sigmoid", "step"])
def test_what_bends_or_passes_the_origin_by_is_said_not_to_be_straight(activation):
    model = network((64,), Rescaling(1 / 16), Dense(9, activation), Dense(3, "softmax"))
    explained = model.explain(IMAGES[0])
    assert not explained.straight
    assert "biases and the bends of activations" in str(explained)


def test_a_step_leaves_no_pixel_a_slope():
    model = network((64,), Dense(9, "step"), Dense(3, "softmax"))
    found = model.explain(IMAGES[0]).contributions()
    np.testing.assert_array_equal(found.pixels, np.zeros((8, 8)))
    assert found.rest == found.sum


def test_probabilities_and_answer_are_the_networks():
    model = network((8, 8), Flatten(), Rescaling(1 / 16), Dense(9, "relu"), Dense(4, "softmax"))
    for image in IMAGES[:20]:
        explained = model.explain(image)
        np.testing.assert_allclose(
            explained.probabilities, model.predict(image[np.newaxis])[0], rtol=1e-4
        )
        assert explained.answer == model.classify(image[np.newaxis])[0]
        assert explained.order[0] == explained.answer == explained.target
        assert explained.against == explained.order[1]


def test_of_one_sigmoid_the_sum_is_that_of_yes_and_its_negative_that_of_no():
    model = network((2,), Dense(1, "sigmoid"), biased=False)
    model.set_weights([[[2.0], [-1.0]], [0.25]])
    model.class_names = ["cat"]
    explained = model.explain([1.0, 0.5])
    assert explained.class_names == ["not cat", "cat"]
    assert (explained.class_names[explained.answer], explained.yes_or_no) == ("cat", True)
    np.testing.assert_allclose(explained.sums, [-1.75, 1.75])
    np.testing.assert_allclose(explained.probabilities[1], 1.0 / (1.0 + np.exp(-1.75)))
    np.testing.assert_allclose(explained.contributions("cat").pixels, [2.0, -0.5])
    np.testing.assert_allclose(explained.contributions("not cat").pixels, [-2.0, 0.5])
    assert explained.contributions("cat").rest == pytest.approx(0.25)


def test_an_image_may_come_in_its_own_shape_where_the_network_takes_it_flat():
    model = network((60,), Dense(5, "relu"), Dense(3, "softmax"))
    image = np.random.default_rng(0).uniform(0.0, 1.0, (6, 10))
    found = model.explain(image).contributions().pixels
    assert found.shape == (6, 10)
    for flat in (image.ravel(), image.reshape(1, 60)):
        np.testing.assert_array_equal(found.ravel(), model.explain(flat).contributions().pixels)


def test_a_unit_adds_its_output_times_its_weight_for_the_class():
    model = network((8, 8), Flatten(), Rescaling(1 / 16), Dense(9, "relu"), Dense(4, "softmax"))
    explained = model.explain(IMAGES[1], target=2)
    hidden = explained.layers[2]
    z = np.maximum(IMAGES[1].ravel() / 16 @ model.layers[2].kernel + model.layers[2].bias, 0.0)
    expected = sorted(((v, k) for k, v in enumerate(z)), reverse=True)[:3]
    assert [active.unit for active in hidden.most_active] == [k for _, k in expected]
    for active in hidden.most_active:
        assert active.z == pytest.approx(z[active.unit], rel=1e-5)
        weight = float(model.layers[3].kernel[active.unit, 2])
        assert active.adds == pytest.approx(active.z * weight, rel=1e-5)
    assert hidden.fire == np.mean(z > 0.0)
    assert explained.layers[-1].most_active == ()
    assert [layer.fire is None for layer in explained.layers] == [True, True, False, True]


def test_the_table_tells_layers_and_sums():
    explained = by_pencil().explain([1.0, 0.5], against=2)
    lines = str(explained).splitlines()
    assert lines[0] == "0 61.10%, 1 37.06%, 2 1.84%"  # e^2.5, e^2, e^-1
    assert "sum of 0: 2.500 = pixels +2.500, biases +0.000" in lines
    assert "sum of 0 less that of 2: 3.500 = pixels +3.500, biases +0.000" in lines
    assert "<table" in explained._repr_html_()


@pytest.mark.parametrize(
    ("stack", "ending"),
    [
        ([Dense(3)], "identity of 3"),
        ([Dense(3, "sigmoid")], "sigmoid of 3"),
        ([Dense(1)], "identity of 1"),
        ([Dense(3, "softmax"), Dropout(0.1)], "no activation of 3"),
    ],
)
def test_a_network_that_tells_no_class_is_refused(stack, ending):
    with pytest.raises(InputError, match=f"ends in {ending}.*softmax"):
        network((2,), *stack).explain([1.0, 2.0])


def test_wrong_samples_and_classes_are_refused():
    model = by_pencil()
    model.class_names = ["cat", "dog", "bird"]
    x = [1.0, 0.5]
    for wrong, complaint in [
        ([1.0, 2.0, 3.0], "one sample of shape"),
        ([[1.0, 2.0], [3.0, 4.0]], r"take one, x\[0\]"),
        ([1.0, np.nan], "remove or fill"),
    ]:
        with pytest.raises(InputError, match=complaint):
            model.explain(wrong)
    for arguments, complaint in [
        (("bard",), "did you mean 'bird'"),
        ((3,), "numbered 0 to 2"),
        ((True,), "its number or its name"),
        (("cat", "cat"), "hold it against another"),
        ((None, "cat"), "hold it against another"),
    ]:
        with pytest.raises(InputError, match=complaint):
            model.explain(x, *arguments)
    with pytest.raises(InputError, match="against itself"):
        model.explain(x).contributions("dog", "dog")


def test_a_network_that_is_not_built_or_broken_says_so():
    with pytest.raises(InputError, match="not known yet"):
        Sequential([Dense(2, "softmax")]).explain([1.0])
    model = network((2,), Dense(3, "relu"), Dense(2, "softmax"))
    model.layers[0].kernel[...] = np.inf
    with pytest.raises(InputError, match="'dense' gives NaN or infinity"):
        model.explain([1.0, 0.5])


@pytest.mark.peers
def test_contributions_are_pytorchs():
    torch = pytest.importorskip("torch", reason="the test-peers extra is not installed")
    model = network((10,), Dense(8, "relu"), Dense(6, "tanh"), Dense(4, "softmax"))
    image = np.random.default_rng(2).normal(size=10)
    w = [torch.tensor(each, dtype=torch.float64) for each in model.get_weights()]
    x = torch.tensor(image, requires_grad=True)
    z = torch.tanh(torch.relu(x @ w[0] + w[1]) @ w[2] + w[3]) @ w[4] + w[5]
    (z[3] - z[1]).backward()
    found = model.explain(image).contributions(3, against=1)
    np.testing.assert_allclose(found.pixels, x.grad.numpy() * image, rtol=1e-9)


# -- what a thing is, and not what it is called


def flat_sigmoid():
    """An activation that is called "sigmoid" and is another formula."""
    return activations.Activation(
        "sigmoid",
        lambda x: 1.0 / (1.0 + np.exp(-0.25 * x)),
        lambda y: 0.25 * y * (1.0 - y),
    )


def test_an_activation_that_is_only_called_sigmoid_is_refused_by_name():
    with pytest.raises(InputError, match=r"named 'sigmoid' but is not badak's sigmoid.*softmax"):
        network((2,), Dense(1, flat_sigmoid())).explain([1.0, 2.0])


def test_an_activation_that_is_only_called_identity_is_shown():
    twice = activations.Activation("identity", lambda x: x + x, lambda x: 0.0 * x + 2.0)
    model = network((2,), Dense(3, twice), Dense(2, "softmax"))
    explained = model.explain([1.0, 2.0])
    assert explained.layers[0].beside_name == ["identity"]
    assert explained.layers[0].fire == np.mean(explained.trace[0].a > 0.0)
    assert "dL/dz" in str(model.trace([[1.0, 2.0]], [0])[0])
    assert "-> identity ->" in str(model.trace([[1.0, 2.0]]).unit(0, 0))


class Squares(Layer):
    """A layer of the user's own, which bends."""

    def forward(self, w, x, mode):
        return x * x, None

    def backward(self, w, p, gradient):
        return 2.0 * p.x * gradient, {}


def test_a_layer_of_the_users_own_is_not_said_to_be_straight():
    explained = network((2,), Squares(), Dense(2, "softmax", use_bias=False)).explain([1.0, 2.0])
    found = explained.contributions()
    assert found.total == pytest.approx(2.0 * found.sum)  # x dy/dx = 2 y, where y = x^2
    assert not explained.straight


# -- the same as data


def test_the_numbers_of_an_explanation_are_kept_as_data():
    model = network((8, 8), Flatten(), Rescaling(1 / 16), Dense(9, "relu"), Dense(4, "softmax"))
    explained = model.explain(IMAGES[1], target=2, against=0)
    data = json.loads(json.dumps(explained.to_dict(), allow_nan=False))
    np.testing.assert_array_equal(data["image"], IMAGES[1])
    np.testing.assert_array_equal(data["probabilities"], explained.probabilities)
    assert (data["target"], data["against"], data["answer"]) == (2, 0, explained.answer)
    rather = data["rather"]
    assert rather["sum"] == pytest.approx(data["sums"][2] - data["sums"][0])
    assert rather["sum"] == pytest.approx(np.sum(rather["pixels"]) + rather["rest"])
    hidden = data["layers"][2]
    weights = model.layers[3].kernel
    for unit in hidden["most_active"]:
        assert unit["z"] == hidden["z"][unit["unit"]]
        assert unit["adds"] == pytest.approx(unit["z"] * float(weights[unit["unit"], 2]), rel=1e-5)


@pytest.mark.parametrize(
    ("names", "complaint"),
    [(["a", "b"], "3 outputs"), ("abc", "3 outputs"), ([None] * 3, "3 outputs")],
)
def test_class_names_that_do_not_fit_the_outputs_are_refused(names, complaint):
    model = by_pencil()
    model.class_names = names
    with pytest.raises(InputError, match=complaint):
        model.explain([1.0, 0.5])
