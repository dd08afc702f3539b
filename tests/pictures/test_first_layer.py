import numpy as np
import pytest

from badak import Input, Sequential
from badak.errors import InputError
from badak.layers import Dense, Dropout, Ensemble, Flatten, Rescaling
from badak.pictures import weights


def pictures(figure):
    return [np.array(image.get_array()) for image in figure.axes[0].images]


@pytest.mark.parametrize("first", [[Input((28, 28)), Rescaling(0.5), Flatten()], [Input((784,))]])
def test_the_weights_of_each_unit_are_an_image_where_inputs_are_pixels(first):
    model = Sequential([*first, Dense(5, "relu"), Dense(3)])
    figure = weights(model)
    kernel = model.layers[-2].kernel
    np.testing.assert_array_equal(pictures(figure), kernel.T.reshape(5, 28, 28))
    assert figure.axes[0].get_title() == "Weights of dense, 5 units"


def test_all_are_on_one_scale_with_zero_in_the_middle():
    model = Sequential([Input((9, 9)), Flatten(), Dense(4)])
    model.layers[1].kernel[3, 2] = -7.0
    for image in weights(model).axes[0].images:
        assert (image.norm.vmin, image.norm.vmax) == (-7.0, 7.0)
        middle = image.cmap(image.norm(0.0))[:3]
        assert np.ptp(middle) < 0.03  # neither blue nor orange


def test_one_weight_of_thousands_does_not_make_all_others_pale():
    model = Sequential([Input((28, 28)), Flatten(), Dense(4)])
    before = weights(model).axes[0].images[0].norm.vmax
    model.layers[1].kernel[0, 0] = 100.0
    assert weights(model).axes[0].images[0].norm.vmax == pytest.approx(before, rel=0.02)


def test_what_is_no_image_is_one_heat_map(check_legible):
    model = Sequential([Input((4,)), Dense(3), Dropout(0.5), Dense(64), Dense(2)])
    figure = weights(model)
    np.testing.assert_array_equal(pictures(figure)[0], model.layers[0].kernel.T)
    written = [float(text.get_text()) for text in figure.axes[0].texts]
    np.testing.assert_allclose(written, model.layers[0].kernel.ravel(), atol=0.0051)
    check_legible(figure)
    wide = weights(model, "dense_2")  # 64 inputs, but they are units and not pixels
    assert pictures(wide)[0].shape == (2, 64)
    assert not wide.axes[0].texts


def test_the_shape_of_images_can_be_told():
    model = Sequential([Input((6,)), Dense(2)])
    assert [p.shape for p in pictures(weights(model, image_shape=(2, 3)))] == [(2, 3), (2, 3)]
    with pytest.raises(InputError, match="6 pixels together"):
        weights(model, image_shape=(2, 2))


def test_only_the_first_units_are_shown_of_many():
    model = Sequential([Input((8, 8)), Flatten(), Dense(100)])
    figure = weights(model, count=12)
    assert len(pictures(figure)) == 12
    assert figure.axes[0].get_title() == "Weights of dense, first 12 of 100 units"


def test_weights_that_are_all_zero_are_drawn():
    model = Sequential([Input((8, 8)), Flatten(), Dense(2, kernel_initializer="zeros")])
    assert len(pictures(weights(model))) == 2


@pytest.mark.parametrize(
    ("model", "layer", "complaint"),
    [
        (Sequential([Dense(2)]), None, "shape is not known"),
        (Sequential([Input((2, 2)), Flatten()]), None, "has a kernel of its own to draw: Flatten"),
        (Sequential([Input((2,)), Ensemble([[Dense(1)]])]), None, "draw: Ensemble; .* its members"),
        (Sequential([Input((2, 2)), Flatten(), Dense(1)]), 0, "with one are: dense"),
        (Sequential([Input((2, 2)), Flatten(), Dense(1)]), "dens", "no layer 'dens'"),
        (Sequential([Input((2, 2)), Flatten(), Dense(1)]), 2, "no layer 2"),
    ],
)
def test_a_layer_without_a_kernel_is_refused(model, layer, complaint):
    with pytest.raises(InputError, match=complaint):
        weights(model, layer)
