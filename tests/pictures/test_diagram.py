import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

from badak import Input, Perceptron, Sequential
from badak.errors import InputError
from badak.layers import (
    Activation,
    BatchNormalization,
    Dense,
    Dropout,
    Ensemble,
    Flatten,
    GaussianNoise,
    Normalization,
    PiecewiseLinearEncoding,
    PReLU,
    Rescaling,
)
from badak.pictures import network
from badak.pictures.canvas import LIGHT


def words(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def weights_drawn(figure):
    """The lines of weights: those between two points."""
    return [line for line in figure.axes[0].lines if line.get_linestyle() == "-"][:-2]


def numbers(figure):
    return sorted(float(word) for word in words(figure) if re.fullmatch(r"-?\d+\.\d\d", word))


@pytest.fixture
def small():
    model = Sequential([Input((2,)), Dense(3, "sigmoid"), Dense(2)], seed=3)
    model.layers[0].bias[...] = [0.1, -0.2, 0.3]
    return model


def test_a_small_network_has_a_line_and_a_number_for_every_weight(small):
    figure = network(small)
    held = [w for array in small.get_weights() for w in array.ravel()]
    assert len(weights_drawn(figure)) == len(held) == 17
    assert numbers(figure) == sorted(round(float(w), 2) for w in held)
    assert figure.axes[0].get_title() == "Network of 17 weights"


def test_colour_tells_the_sign_and_width_the_size(small):
    held = np.concatenate([array.ravel() for array in small.get_weights()])
    lines = weights_drawn(network(small))
    above = sum(to_hex(line.get_color()) == LIGHT.series[1] for line in lines)
    assert above == (held > 0.0).sum()
    widths = sorted(line.get_linewidth() for line in lines)
    np.testing.assert_allclose(widths, 0.5 + 3.5 * np.sort(abs(held)) / abs(held).max(), rtol=1e-5)


def test_units_are_circles_in_columns_and_biases_squares(small):
    marked = [line for line in network(small).axes[0].lines if line.get_marker() in "os"]
    counts = [(line.get_marker(), len(line.get_xdata())) for line in marked]
    assert counts == [("o", 2), ("s", 1), ("o", 3), ("s", 1), ("o", 2)]


def test_without_a_bias_there_is_no_line_from_one():
    model = Sequential([Input((2,)), Dense(3, use_bias=False)])
    assert len(weights_drawn(network(model))) == 6


def test_inputs_and_outputs_bear_their_names(small):
    assert {"x1", "x2", "y1", "y2", "dense", "sigmoid"} <= set(words(network(small)))
    small.class_names = ["no", "yes"]
    named = words(network(small, inputs=["rain", "wind"]))
    assert {"rain", "wind", "no", "yes"} <= set(named)


def test_a_perceptron_is_drawn_with_its_weights_and_its_bias():
    figure = network(Perceptron.NAND())
    assert numbers(figure) == [-0.5, -0.5, 0.7]
    assert "step" in words(figure)


def test_layers_without_units_of_their_own_stand_under_the_column_that_they_change():
    model = Sequential([Input((2, 2)), Flatten(), Dense(3, "relu"), Dropout(0.25), Dense(1)])
    shown = words(network(model))
    assert {"Flatten", "Dropout 0.25"} <= set(shown)
    assert shown.count("x4") == 1


def test_a_large_network_is_drawn_as_boxes_with_shapes_and_numbers_of_weights():
    model = Sequential(
        [Input((28, 28)), Rescaling(1 / 255), Flatten(), Dense(50, "relu"), Dense(10, "softmax")]
    )
    figure = network(model)
    shown = words(figure)
    assert [word for word in shown if word in ("Input", "Rescaling", "Flatten", "Dense")] == [
        *("Input", "Rescaling", "Flatten", "Dense", "Dense")
    ]
    assert {"28×28", "784", "50", "10", "39,250 weights", "510 weights", "softmax"} <= set(shown)
    assert figure.axes[0].get_title() == "Network of 39,760 weights"
    arrows = [p for p in figure.axes[0].patches if type(p).__name__ == "FancyArrowPatch"]
    assert len(arrows) == 4


def test_every_kind_of_layer_finds_its_place(check_legible):
    stack = [Rescaling(0.5, offset=-1.0), Flatten(), Normalization(mean=0.0, variance=1.0)]
    stack += [Dense(64), BatchNormalization(), Activation("tanh"), GaussianNoise(0.5)]
    stack += [Dense(64), PReLU(), Dropout(0.5), Dense(3, "softmax")]
    figure = network(Sequential([Input((8, 8)), *stack]))
    check_legible(figure)
    assert {"0.5 -1", "tanh", "PReLU", "0.5"} <= set(words(figure))


def test_the_style_can_be_chosen(small):
    assert "Dense" in words(network(small, style="boxes"))
    wide = Sequential([Input((17,)), Dense(2)])
    with pytest.raises(InputError, match="at most 6 layers of 16 units"):
        network(wide, style="circles")


OTHER_UNITS = [
    Ensemble([[Dense(2)], [Dense(3, "relu"), Dense(2)]]),
    PiecewiseLinearEncoding([[0.0, 1.0, 2.0], []]),
]


@pytest.mark.parametrize("layer", OTHER_UNITS, ids=lambda layer: type(layer).__name__)
def test_layers_that_make_other_units_without_being_dense_are_boxes(layer):
    model = Sequential([Input((2,)), layer, Dense(1)])
    drawn = words(network(model))
    assert any(type(layer).__name__.startswith(word.rstrip("…")) for word in drawn if word)
    with pytest.raises(InputError, match=f"'{layer.name}'.*style='boxes'"):
        network(model, style="circles")


def test_so_many_weights_that_their_numbers_find_no_room_have_none(check_legible):
    figure = network(Sequential([Input((8,)), Dense(8, "relu"), Dense(8)], seed=1))
    check_legible(figure)
    assert numbers(figure) == []
    assert len(weights_drawn(figure)) == 2 * (8 * 8 + 8)


@pytest.mark.parametrize(
    ("model", "options", "complaint"),
    [
        (Sequential([Dense(3)]), {}, "the input's shape is not known yet"),
        (Sequential(), {}, "no layers"),
        (Perceptron.AND(), {"inputs": ["x"]}, "2 inputs, but 1 names"),
        (Perceptron.AND(), {"style": "round"}, "not 'round'"),
        (Perceptron.AND(), {"style": "boxes"}, "drawn as circles"),
        (Perceptron(np.ones(17), 0.0), {}, "at most 6 layers of 16 units"),
    ],
)
def test_what_cannot_be_drawn_is_refused(model, options, complaint):
    with pytest.raises(InputError, match=complaint):
        network(model, **options)
